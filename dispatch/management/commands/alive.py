"""Each process's own health: what a container asks itself every half minute."""

import argparse
import socket
import sys
import urllib.request
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from dispatch.selectors import leader

PATIENCE = 3.0  # seconds


class Command(BaseCommand):
    help = "Exit status 0 if this process works, else one line and 1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("part", choices=sorted(PARTS))
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, part: str, port: int, **options: object) -> None:
        fault = PARTS[part](port)
        if fault:
            self.stderr.write(f"{part}: {fault}")
            sys.exit(1)


def _pages(port: int) -> str:
    """Asks as the front would: by the console's own name."""
    host = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/health/", headers={"Host": host}
    )
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            return "" if answer.status == 200 else f"answers {answer.status}"
    except OSError as error:
        return f"does not answer: {error}"


def _worker(_port: int) -> str:
    name = f"celery@{socket.gethostname()}"
    try:
        answers = current_app.control.ping(destination=[name], timeout=PATIENCE)
    except (current_app.connection().connection_errors, OSError) as error:
        return f"the broker cannot be asked: {error}"
    return "" if answers else f"{name} does not answer"


def _clock(_port: int) -> str:
    """Somebody leads, and nothing that was due is left lying."""
    try:
        return leader.fault()
    except DatabaseError as error:
        return f"the database cannot be asked: {type(error).__name__}"


PARTS: dict[str, Callable[[int], str]] = {
    "web": _pages,
    "live": _pages,
    "worker": _worker,
    "clock": _clock,
}
