"""A real PostgreSQL and a real Valkey for one folder, without root; and its secrets."""

import argparse
import base64
import contextlib
import dataclasses
import fcntl
import json
import os
import secrets as random
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from heart import footing, servers
from heart.footing import EmbeddedError, Way

NAMES = ("postgres", "valkey")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the two servers answer: as the runtime role, the owner, the superuser."""

    database_url: str
    owner_url: str
    admin_url: str
    redis_url: str


def start(folder: Path, names: Iterable[str] = NAMES) -> Addresses:
    """Start the servers, or find them running: whoever comes second waits and reuses."""
    with _alone(folder):
        way = footing.way(folder)
        passwords = _kept(folder / "passwords.json", _new_passwords)
        if "postgres" in names:
            servers.start_postgres(way, passwords)
        if "valkey" in names:
            servers.start_valkey(way, passwords)
        addresses = _addresses(way, passwords)
        _write(folder / "services.json", dataclasses.asdict(addresses))
        return addresses


def stop(folder: Path, names: Iterable[str] = NAMES) -> None:
    """Stop the servers; stopping what is stopped is fine."""
    with _alone(folder):
        way = footing.way(folder)
        if "valkey" in names:
            passwords = _kept(folder / "passwords.json", _new_passwords)
            servers.stop_valkey(way, passwords)
        if "postgres" in names:
            servers.stop_postgres(way)


def empty_valkey(folder: Path) -> None:
    """Forget all that a stopped Valkey kept: for tests of that fault."""
    with _alone(folder):
        shutil.rmtree(footing.way(folder).place / "valkey", ignore_errors=True)


def status(folder: Path) -> dict[str, int | None]:
    """The process id of each server that answers, None for one that does not."""
    if not (folder / "passwords.json").exists():
        return {"postgres": None, "valkey": None}
    way = footing.way(folder)
    passwords = _kept(folder / "passwords.json", _new_passwords)
    postgres = way.place / "pg" / "postmaster.pid"
    valkey = way.place / "valkey" / "pid"
    return {
        "postgres": servers.pid(postgres) if servers.postgres_answers(way) else None,
        "valkey": servers.pid(valkey)
        if servers.valkey_answers(way, passwords)
        else None,
    }


def secrets(folder: Path) -> dict[str, str | dict[str, str]]:
    """This installation's own keys for development: made once, the same ever after."""
    return _kept(folder / "secrets.json", _new_secrets)


def _addresses(way: Way, passwords: dict[str, str]) -> Addresses:
    return Addresses(
        database_url=servers.postgres_url(way, passwords, "heart_app", "heart"),
        owner_url=servers.postgres_url(way, passwords, "heart_owner", "heart"),
        admin_url=servers.postgres_url(way, passwords, "heart_admin", "postgres"),
        redis_url=servers.valkey_url(way, passwords),
    )


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    make_folder(folder)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_folder(folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            # The account that root steps aside for must walk through, and see nothing.
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        (folder / ".lock").touch()
    except OSError as error:
        raise EmbeddedError(
            f"Cannot write in {folder} ({error.strerror}): "
            "set HEART_DATA to a folder of your own."
        ) from error


def _kept(path: Path, make: Callable[[], dict]) -> dict:
    """What the file says; written once, by whoever comes first."""
    if not path.exists():
        make_folder(path.parent)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _write(path, make())
    return json.loads(path.read_text())


def _write(path: Path, content: dict) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _new_passwords() -> dict[str, str]:
    names = ("heart_admin", "heart_owner", "heart_app", "valkey")
    return {name: random.token_hex(24) for name in names}


def _new_secrets() -> dict[str, str | dict[str, str]]:
    def key() -> str:
        return base64.b64encode(random.token_bytes(32)).decode()

    return {
        "SECRET_KEY": random.token_urlsafe(50),
        "SEAL_KEYS": {"1": key()},
        "LOOKUP_KEY": key(),
    }


def not_ours(error: PermissionError) -> str:
    return (
        f"{error.filename} belongs to another account (was it made as root?): "
        "give it to yours with chown -R, or set HEART_DATA to another folder."
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m heart.embedded")
    parser.add_argument("verb", choices=["start", "stop", "status"])
    parser.add_argument("--folder", default=os.environ.get("HEART_DATA", ".data"))
    asked = parser.parse_args()
    folder = Path(asked.folder).resolve()
    try:
        if asked.verb == "start":
            start(folder)
        if asked.verb == "stop":
            stop(folder)
        for name, pid in status(folder).items():
            print(f"{name}: {f'running, process {pid}' if pid else 'stopped'}")
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(not_ours(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
