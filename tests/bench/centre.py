"""A centre that works round the clock, its people signed in, its processes running."""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models.functions import Now
from django.test import override_settings

from dispatch.actions import staff
from dispatch.models import Agency, Heartbeat, User
from heart.sessions import SessionStore
from tests import makers

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
READY = 30.0
AWAKE = timedelta(hours=1)  # nobody's page has to beat while we measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody signed in: what their browser sends."""

    id: UUID
    name: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    agency: Agency
    dispatchers: list[Person]
    clinicians: list[Person]

    @property
    def by_id(self) -> dict[str, Person]:
        return {str(each.id): each for each in self.clinicians}


# What sign-in costs is not measured here, and Argon2 is slow by design.
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
def a_centre(*, clinicians: int = 30, dispatchers: int = 12) -> Centre:
    agency = makers.an_agency(f"bench-{secrets.token_hex(3)}")
    people = [makers.a_user(agency, "clinician") for _ in range(clinicians)]
    for user in people:
        Heartbeat.objects.update_or_create(user=user, defaults={"at": Now() + AWAKE})
        staff.set_presence(user_id=user.pk, to="available", by=makers.by(user))
    takers = [makers.a_user(agency, "dispatcher") for _ in range(dispatchers)]
    return Centre(
        agency=agency,
        clinicians=[signed_in(user) for user in people],
        dispatchers=[signed_in(user) for user in takers],
    )


def signed_in(user: User) -> Person:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    token = secrets.token_hex(16)
    cookies = {
        settings.SESSION_COOKIE_NAME: session.session_key,
        settings.CSRF_COOKIE_NAME: token,
    }
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Cookie": cookie, "X-CSRFToken": token}
    return Person(id=user.pk, name=user.short_name, headers=headers)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Processes:
    """What production runs, here on free ports; stopped at the end of the block."""

    def __init__(self) -> None:
        self.web, self.live, self.bare = free_port(), free_port(), free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The parents first: they end their own children.
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def roots(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    def start(self, *wanted: str) -> None:
        """Those of them that do not run yet, ready when this returns."""
        names = [name for name in wanted if name not in self._running]
        commands = {
            "web": [
                *(str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1"),
                *("--port", str(self.web), "--workers", "2", "--blocking-threads", "2"),
                "heart.wsgi:application",
            ],
            "live": _uvicorn("heart.asgi:application", self.live),
            "bare": _uvicorn("tests.bench.bare:application", self.bare),
            "worker": [
                *(str(BIN / "celery"), "-A", "heart", "worker"),
                *(
                    "--loglevel",
                    "ERROR",
                    "--pool",
                    "solo",
                    "--without-gossip",
                    "--without-mingle",
                ),
            ],
            "clock": [sys.executable, "manage.py", "clock"],
        }
        runtime = {k: v for k, v in os.environ.items() if k != "DATABASE_OWNER_URL"}
        runtime |= {"DATABASE_URL_IS_RUNTIME": "yes", "PORT": str(self.live)}
        for name in names:
            # Sockets hold no connection for long; the others keep theirs.
            kept = {"CONN_MAX_AGE": "0" if name == "live" else "600"}
            self._running[name] = subprocess.Popen(
                commands[name],
                cwd=ROOT,
                env=runtime | kept,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        for name in names:
            if name in {"web", "live", "bare"}:
                _wait(getattr(self, name), self._running[name])


def _uvicorn(application: str, port: int) -> list[str]:
    return [
        *(str(BIN / "uvicorn"), application, "--host", "127.0.0.1"),
        *("--port", str(port), "--log-level", "warning", "--no-access-log"),
        *("--ws-per-message-deflate", "false"),
    ]


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/login/")
            line.getresponse().read()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"Nothing answers on port {port}.")
