"""The real processes of the console against a database of their own."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import Place

ROOT = Path(__file__).resolve().parent.parent
READY = 40.0  # seconds until a process that does not answer is a failure
COMMANDS = {
    "web": [
        "uvicorn",
        "heart.asgi:application",
        "--host=127.0.0.1",
        "--port={port}",
        "--log-level=warning",
        "--ws-per-message-deflate=false",
    ],
    "worker": [
        "celery",
        "-A",
        "heart",
        "worker",
        "--concurrency=1",
        "--loglevel=ERROR",
    ],
    "clock": ["manage.py", "clock"],
}


@dataclass(slots=True)
class Stack:
    """Starts, kills and restarts the processes; ``url`` is the console's address."""

    place: Place
    port: int
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *names):
        for name in names:
            command = [part.format(port=self.port) for part in COMMANDS[name]]
            first = ROOT / command[0]
            if not first.exists():
                first = Path(sys.executable).parent / command[0]
            self.running[name] = subprocess.Popen(
                [sys.executable, str(first), *command[1:]],
                cwd=ROOT,
                env=self.place.environment()
                | {"LOG_LEVEL": "ERROR", "PORT": str(self.port)},
                start_new_session=True,
            )
        if "web" in names:
            self.wait_until_ready()

    def wait_until_ready(self):
        end = time.monotonic() + READY
        while time.monotonic() < end:
            if self._answers():
                return
            assert self.running["web"].poll() is None, "the console did not start"
            time.sleep(0.05)
        raise AssertionError("the console did not answer")

    def _answers(self):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(line):
            try:
                line.request("GET", "/health/")
                return line.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def kill(self, name):
        """As a crash would: the whole process group, without a last word."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def stop(self):
        for name in list(self.running):
            self.kill(name)


def a_stack(place):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Stack(place=place, port=port)
