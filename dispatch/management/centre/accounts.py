"""The demo accounts' passwords: made once, kept in a file that only its owner reads."""

import json
import os
import re
import secrets
from pathlib import Path

from dispatch.management.centre.people import ACCOUNTS

# Easy to read out and to type: three groups of three syllables are 55 bits.
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
GROUP = f"(?:[{CONSONANTS}][{VOWELS}]){{3}}"
MADE = re.compile(f"{GROUP}-{GROUP}-{GROUP}")


def kept(path: Path) -> dict[str, str]:
    """User name → password, as the file has it; nothing if there is no file."""
    try:
        rows = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return {row["username"]: row["password"] for row in rows}


def make_missing(path: Path) -> tuple[dict[str, str], set[str]]:
    """Every account's password, and whose was made just now.

    The file is written before any password is set: whoever is cut off in between
    sets it at the next start.
    """
    before = kept(path)
    new = {each.username for each in ACCOUNTS} - before.keys()
    passwords = {
        each.username: before.get(each.username) or _password() for each in ACCOUNTS
    }
    if new:
        _write(path, passwords)
    return passwords, new


def _password() -> str:
    return "-".join("".join(_syllable() for _ in range(3)) for _ in range(3))


def looks_made(password: str) -> bool:
    """Whether it could be one of these, which were printed on somebody's screen."""
    return MADE.fullmatch(password) is not None


def _syllable() -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)


def _write(path: Path, passwords: dict[str, str]) -> None:
    rows = [
        {
            "role": each.role.value,
            "username": each.username,
            "password": passwords[each.username],
            "can": each.can,
        }
        for each in ACCOUNTS
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
    fresh.replace(path)
