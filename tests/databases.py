"""PostgreSQL and Valkey for tests: one pair for all, a cloned database for each."""

import contextlib
import dataclasses
import fcntl
import functools
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from heart import embedded

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("HEART_TEST_DATA") or ROOT / ".data" / "test").resolve()
SLOTS = 15  # Valkey numbers its databases to 15; 0 stays free
_held: list[IO[str]] = []  # locks that this process keeps until it ends


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One database and one Valkey number, and every address of them."""

    slot: int
    database_url: str
    owner_url: str
    admin_url: str
    redis_url: str

    def environment(self, *, owner: bool = False) -> dict[str, str]:
        """For a real process; only migrations see the owner's address."""
        addresses = {
            "DATABASE_URL": self.database_url,
            "DATABASE_URL_IS_RUNTIME": "yes",
            "REDIS_URL": self.redis_url,
            "DJANGO_SETTINGS_MODULE": "heart.settings",
            "HEART_DATA": str(FOLDER),
        }
        if owner:
            addresses["DATABASE_OWNER_URL"] = self.owner_url
        return os.environ | addresses


def slot() -> int:
    """A number that no other test process on these servers has, until this one ends."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number in range(1, SLOTS + 1):
        lock = (FOLDER / f"slot-{number}.lock").open("w")
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _held.append(lock)
            return number
        lock.close()
    raise RuntimeError(f"All {SLOTS} slots in {FOLDER} are taken.")


def clone(name: str, slot: int) -> Place:
    """A fresh copy of the migrated template: a fraction of a second, rows none."""
    addresses = servers()
    with admin(addresses.admin_url) as cursor:
        template = _template(addresses, cursor)
        _drop(cursor, name)
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER heart_owner")
        words = (sql.Identifier(name), sql.Identifier(template))
        cursor.execute(command.format(*words))
    return place(addresses, name, slot)


def drop(place: Place) -> None:
    with admin(place.admin_url) as cursor:
        _drop(cursor, urlsplit(place.database_url).path.lstrip("/"))


def place(addresses: embedded.Addresses, name: str, slot: int) -> Place:
    return Place(
        slot=slot,
        database_url=_named(addresses.database_url, name),
        owner_url=_named(addresses.owner_url, name),
        admin_url=addresses.admin_url,
        redis_url=f"{addresses.redis_url}?db={slot}",
    )


def migrate(place: Place) -> None:
    """As the owner, then the runtime role's grants, as `make run` does it."""
    for words in (["migrate", "--noinput", "-v", "0"], ["grant_runtime"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *words, "--database", "owner"],
            cwd=ROOT,
            env=place.environment(owner=True),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@functools.cache
def servers() -> embedded.Addresses:
    """The shared pair, started by whoever needs it first; see `stop_if_last`."""
    return embedded.start(FOLDER)


def hold() -> None:
    """While a run holds the servers, no other run stops them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = (FOLDER / "runs.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_SH)
    _held.append(lock)


def stop_if_last() -> None:
    for lock in _held:
        lock.close()
    _held.clear()
    lock = (FOLDER / "runs.lock").open("w")
    with lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        embedded.stop(FOLDER)


@contextlib.contextmanager
def admin(url: str) -> Iterator[psycopg2.extensions.cursor]:
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def _template(addresses: embedded.Addresses, cursor: psycopg2.extensions.cursor) -> str:
    """Migrated once for each content of the migrations; older ones are dropped."""
    name = f"template_{_fingerprint()}"
    with (FOLDER / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^template_'")
        there = {row[0] for row in cursor.fetchall()}
        if name in there:
            return name
        for old in there:
            _drop(cursor, old)
        _drop(cursor, "making")
        cursor.execute("CREATE DATABASE making OWNER heart_owner")
        migrate(place(addresses, "making", 0))
        command = sql.SQL("ALTER DATABASE making RENAME TO {}")
        cursor.execute(command.format(sql.Identifier(name)))
    return name


def _fingerprint() -> str:
    # Named, not searched for: below lie databases whose folders come and go.
    grants = ROOT / "dispatch/management/commands/grant_runtime.py"
    sources = [*ROOT.glob("*/migrations/*.py"), grants]
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.relative_to(ROOT).as_posix().encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _drop(cursor: psycopg2.extensions.cursor, name: str) -> None:
    command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    cursor.execute(command.format(sql.Identifier(name)))


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
