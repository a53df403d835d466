"""The keyed fingerprints by which the same number, place or person is found again."""

import re
import unicodedata
from collections.abc import Collection

from dispatch.seal import lookup
from routing.core import wording

# What makes an address one place: a house, the hundred of a street, a crossing.
EXACT = ("house:", "block:", "crossing")
FLAT = "unit:"
# Behind the number itself: "ext 5", "x5", a pause for the switchboard.
EXTENSION = re.compile(r"(?<=\d)\s*(?:e?xt?\.?|ext(?:ension)?\.?|[,;#])", re.IGNORECASE)
NAME = re.compile(r"[^\W_]+")


def number(phone: str) -> str:
    """Of its last ten digits, without an extension; empty where there are none."""
    dialled = EXTENSION.split(phone, maxsplit=1)[0]
    signs = (unicodedata.decimal(sign, None) for sign in dialled)
    digits = "".join(str(digit) for digit in signs if digit is not None)[-10:]
    return lookup(digits) if digits else ""


def place(address: str) -> str:
    """Of the address, however it is written; empty where it names no more than a street."""
    return _place(wording.normalise(address))


def building(address: str) -> str:
    """The same of the place without its flat, for what is about the whole house."""
    tokens = wording.normalise(address)
    return _place({token for token in tokens if not token.startswith(FLAT)})


def _place(tokens: Collection[str]) -> str:
    if not any(token.startswith(EXACT) for token in tokens):
        return ""
    return lookup(f"place {' '.join(sorted(tokens))}")


def person(name: str) -> str:
    """Of the whole name in any order, accents off; empty for one word alone.

    Every Maria would else be the same person.
    """
    words = sorted(NAME.findall(wording.plain(name)))
    return lookup(f"person {' '.join(words)}") if len(words) > 1 else ""


def person_of(caller_kind: str, name: str, person_name: str) -> str:
    """Of the person in need, who may be the caller."""
    return person(person_name or (name if caller_kind == "person" else ""))
