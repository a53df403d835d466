"""The whole centre on this machine: servers, migrations, demo, every process.

`python -m heart.run` starts it all, restarts what dies and, at Ctrl-C, stops it all.
"""

import contextlib
import ctypes
import dataclasses
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil

from heart import embedded

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
MANAGE = (PYTHON, str(ROOT / "manage.py"))
GRACE = 10.0  # seconds that a process gets to finish what it is doing
STEADY = 60.0  # seconds alive after which a death counts as the first again
LOOK_AT_SERVERS = 5.0
DIES_WITH_PARENT = 1  # Linux's PR_SET_PDEATHSIG


class RunError(Exception):
    """A sentence for whoever typed `make run`: what is wrong, and the way out."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """What was asked for: data in this folder, pages on this port."""

    folder: Path
    port: int
    began: float


class Child:
    """One process of the centre, in a group of its own, its words in a log of its own."""

    def __init__(self, name: str, command: tuple[str, ...], log: Path) -> None:
        self.name = name
        self.command = command
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.since = 0.0
        self.again_at = 0.0

    def start(self, environment: dict[str, str]) -> None:
        self.since = time.monotonic()
        with self.log.open("ab") as words:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def look(self, environment: dict[str, str]) -> None:
        """Start it again if it died: at once the first time, then ever more slowly."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self.start(environment)
            return
        if self.process.poll() is None:
            return
        self.deaths = 1 if now - self.since > STEADY else self.deaths + 1
        wait = min(2.0**self.deaths - 1, 30.0)
        say(f"{self.name} stopped ({self.process.returncode}); again in {wait:.0f} s")
        say(_tail(self.log))
        self._end_group(signal.SIGKILL)
        self.process, self.again_at = None, now + wait

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Whoever does not stop when asked is stopped, and all that it started."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        self._end_group(signal.SIGKILL)
        self.process.wait()

    def _end_group(self, number: int) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def processes(port: int) -> dict[str, tuple[str, ...]]:
    console = ("uvicorn", "heart.asgi:application", "--port", str(port))
    quiet = ("--ws-per-message-deflate", "false", "--no-access-log")
    worker = ("celery", "-A", "heart", "worker", "--concurrency", "2")
    alone = ("--without-gossip", "--without-mingle", "--loglevel", "warning")
    return {
        "console": (PYTHON, "-m", *console, *quiet, "--timeout-graceful-shutdown", "3"),
        "worker": (PYTHON, "-m", *worker, *alone),
        "clock": (*MANAGE, "clock"),
        "demo": (*MANAGE, "demo"),
    }


def environments(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The owner's, for migrations, and the processes' own, without the owner's URL."""
    owner = os.environ | {"HEART_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
    wanted = wanted_servers()
    if wanted:
        addresses = embedded.start(folder, wanted)
        if "postgres" in wanted:
            owner["DATABASE_URL"] = addresses.database_url
            owner["DATABASE_OWNER_URL"] = addresses.owner_url
        if "valkey" in wanted:
            owner["REDIS_URL"] = addresses.redis_url
    runtime = dict(owner)
    if runtime.pop("DATABASE_OWNER_URL", ""):
        runtime["DATABASE_URL_IS_RUNTIME"] = "yes"
    return owner, runtime


def wanted_servers() -> list[str]:
    """The embedded servers that no address in the environment replaces."""
    replaced = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return [name for name, url in replaced.items() if not os.environ.get(url)]


def prepare(owner: dict[str, str], runtime: dict[str, str]) -> None:
    _manage(owner, "migrate", "--database", "owner", "--noinput", "-v", "0")
    _manage(owner, "grant_runtime", "--database", "owner")
    _manage(runtime, "seed_demo")


def _manage(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run(
        [*MANAGE, *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C never cuts a migration in two
        preexec_fn=_die_with_parent,
    )
    if done.returncode:
        raise RunError(f"{done.stdout}\nmanage.py {words[0]} failed: see above.")


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[bool]:
    """Holds the folder for this run; says whether the last run was cut off."""
    embedded.make_folder(folder)
    (folder / "log").mkdir(exist_ok=True)
    lock = (folder / "run.lock").open("a+")
    with lock:
        _hold(lock, folder)
        lock.seek(0)
        cut_off = bool(lock.read())
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield cut_off
        finally:
            lock.truncate(0)


def _hold(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        raise RunError(
            f"A centre already runs from {folder} (process {lock.read()}): stop it, "
            "or say HEART_DATA=/another/folder PORT=8010 make run."
        ) from error


def check_port(port: int, *, patience: float) -> None:
    """The processes of a run that was cut off get a moment to go."""
    end = time.monotonic() + patience
    while not _free(port):
        if time.monotonic() > end:
            raise RunError(
                f"Port {port} is taken{_holder(port)}: stop that, "
                f"or say PORT={port + 10} make run."
            )
        time.sleep(0.1)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    """By whom, as far as this account may know."""
    with contextlib.suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.laddr and each.laddr.port == port and each.pid:
                return f" by process {each.pid} ({psutil.Process(each.pid).name()})"
    return ""


def _die_with_parent() -> None:
    """Even after kill -9 of the parent nothing stays behind; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _greet(centre: Centre) -> None:
    seconds = time.monotonic() - centre.began
    say(f"\nThe console is open at http://127.0.0.1:{centre.port}/ ({seconds:.1f} s)\n")
    accounts = centre.folder / "demo_accounts.json"
    if accounts.exists():
        say("Sign in as one of the demo centre's people:\n")
        for each in json.loads(accounts.read_text()):
            name, password = each["username"], each["password"]
            say(f"  {each['role']:<12} {name:<12} {password:<22} {each['can']}")
    say(f"\nLogs are in {centre.folder / 'log'}. Ctrl-C stops everything.")


def say(line: str) -> None:
    """A terminal that has gone away must not keep us from stopping cleanly."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-12:]
    return "\n".join(f"    {line}" for line in lines)


def _watch(
    centre: Centre,
    children: list[Child],
    runtime: dict[str, str],
    stopping: threading.Event,
) -> None:
    greeted = False
    look_at = time.monotonic() + LOOK_AT_SERVERS
    while not stopping.wait(0.1):
        for child in children:
            child.look(runtime)
        if not greeted and _answers(centre.port):
            _greet(centre)
            greeted = True
        if time.monotonic() > look_at:
            _look_at_servers(centre.folder)
            look_at = time.monotonic() + LOOK_AT_SERVERS


def _look_at_servers(folder: Path) -> None:
    wanted = wanted_servers()
    running = embedded.status(folder) if wanted else {}
    if not all(running[name] for name in wanted):
        say("An embedded server had stopped; starting it again.")
        embedded.start(folder, wanted)


def run(centre: Centre, stopping: threading.Event) -> None:
    with only_one(centre.folder) as cut_off:
        check_port(centre.port, patience=GRACE if cut_off else 0)
        children: list[Child] = []
        try:
            owner, runtime = environments(centre.folder)
            prepare(owner, runtime)
            for name, command in processes(centre.port).items():
                log = centre.folder / "log" / f"{name}.log"
                log.write_bytes(b"")
                children.append(Child(name, command, log))
            _watch(centre, children, runtime, stopping)
        finally:
            say("\nStopping ...")
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.stop()
            if wanted_servers():
                embedded.stop(centre.folder, wanted_servers())
            say("Everything is stopped.")


def centre_asked_for() -> Centre:
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise RunError(f"PORT={port} is no port: say PORT=8010 make run.")
    folder = Path(os.environ.get("HEART_DATA") or ROOT / ".data").resolve()
    return Centre(folder=folder, port=int(port), began=time.monotonic())


def main() -> int:
    stopping = threading.Event()
    hang_up_counts = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN  # nohup
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or hang_up_counts:
            signal.signal(number, lambda *_: stopping.set())
    try:
        run(centre_asked_for(), stopping)
    except (RunError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(embedded.not_ours(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
