"""Start, ask and stop one PostgreSQL and one Valkey, each on a socket of its own."""

import contextlib
import json
import shlex
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis
from psycopg2 import sql

from heart import footing
from heart.footing import EmbeddedError, Way

PATIENCE = 30.0  # seconds that a server gets to come up, recovery included
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
VALKEY_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
    "maxmemory-policy": "noeviction",
    "daemonize": "yes",
}


def start_postgres(way: Way, passwords: dict[str, str]) -> None:
    data = way.place / "pg"
    sockets = footing.sockets(way)
    if not data.exists():
        _make_cluster(way, data, passwords["heart_admin"])
    way.hand_over(data)
    options = POSTGRES_OPTIONS | {"unix_socket_directories": str(sockets)}
    words = shlex.join(f"-c{name}={value}" for name, value in options.items())

    # After kill -9 the old server's children may hold its shared memory for a moment and
    # PostgreSQL rightly refuses. We try again, and never remove postmaster.pid ourselves.
    def up() -> bool:
        if not postgres_answers(way):
            log = footing.logs(way) / "postgres.log"
            pg_ctl = way.postgres / "pg_ctl"
            way.run(pg_ctl, "start", "-D", data, "-w", "-l", log, "-o", words)
        return postgres_answers(way)

    _until(up, "PostgreSQL", footing.logs(way) / "postgres.log")
    _make_roles(way, passwords)


def _make_cluster(way: Way, data: Path, password: str) -> None:
    """Beside its final place first, so that an interrupted start leaves nothing half."""
    fresh = data.with_name("pg.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    told = footing.sockets(way) / "password"
    told.write_text(password)
    for path in (fresh, told):
        way.hand_over(path)
    made = way.run(
        *(way.postgres / "initdb", "-D", fresh, "-U", "heart_admin"),
        # The built-in C.UTF-8 sorts the same on every machine, whatever libc has.
        *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
        *("--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions"),
        *("--auth=scram-sha-256", f"--pwfile={told}"),
    )
    told.unlink()
    if made.returncode:
        raise EmbeddedError(f"initdb could not make {data}: {_last(made.stderr)}")
    fresh.rename(data)


def _make_roles(way: Way, passwords: dict[str, str]) -> None:
    """The owner who migrates and the runtime role that owns nothing, if missing."""
    admin = psycopg2.connect(postgres_url(way, passwords, "heart_admin", "postgres"))
    with contextlib.closing(admin), admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'heart'")
        if cursor.fetchone():
            return
        for role in ("heart_owner", "heart_app"):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            command = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                verb, sql.Identifier(role), sql.Literal(passwords[role])
            )
            cursor.execute(command)
        cursor.execute("GRANT heart_app TO heart_owner")
        cursor.execute("CREATE DATABASE heart OWNER heart_owner")


def postgres_answers(way: Way) -> bool:
    asked = way.run(
        way.postgres / "pg_isready", "-q", "-t", "2", "-h", footing.sockets(way)
    )
    return asked.returncode == 0


def stop_postgres(way: Way) -> None:
    data = way.place / "pg"
    if pid(data / "postmaster.pid") is None:
        return
    done = way.run(way.postgres / "pg_ctl", "stop", "-D", data, "-w", "-m", "fast")
    if done.returncode and postgres_answers(way):
        raise EmbeddedError(f"PostgreSQL in {data} will not stop: {_last(done.stderr)}")


# Valkey


def start_valkey(way: Way, passwords: dict[str, str]) -> None:
    data = way.place / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    way.hand_over(data)
    log = footing.logs(way) / "valkey.log"
    options = VALKEY_OPTIONS | {
        "dir": _quoted(data),
        "pidfile": _quoted(data / "pid"),
        "logfile": _quoted(log),
        "unixsocket": _quoted(footing.sockets(way) / "valkey.sock"),
        "requirepass": passwords["valkey"],
    }
    # On standard input, so that the password is in no list of processes.
    words = "".join(f"{name} {value}\n" for name, value in options.items())
    if not valkey_answers(way, passwords):
        way.run(way.valkey, "-", text=words)
    _until(lambda: valkey_answers(way, passwords), "Valkey", log)


def valkey_answers(way: Way, passwords: dict[str, str]) -> bool:
    try:
        with _valkey(way, passwords) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def stop_valkey(way: Way, passwords: dict[str, str]) -> None:
    with contextlib.suppress(redis.ConnectionError), _valkey(way, passwords) as client:
        client.shutdown()


def _valkey(way: Way, passwords: dict[str, str]) -> redis.Redis:
    return redis.Redis.from_url(valkey_url(way, passwords), socket_timeout=2)


def postgres_url(way: Way, passwords: dict[str, str], role: str, name: str) -> str:
    host = quote(str(footing.sockets(way)), safe="")
    return f"postgresql://{role}:{passwords[role]}@/{name}?host={host}"


def valkey_url(way: Way, passwords: dict[str, str]) -> str:
    path = quote(str(footing.sockets(way) / "valkey.sock"))
    return f"unix://:{passwords['valkey']}@{path}"


def _until(up: Callable[[], bool], name: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not up():
        if time.monotonic() > end:
            said = _last(log.read_text(errors="replace") if log.exists() else "")
            raise EmbeddedError(f"{name} did not start: {said} (more in {log})")
        time.sleep(0.05)


def pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _last(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _quoted(path: Path) -> str:
    return json.dumps(str(path))
