"""What a set-up command is told: its agency, its password; and its refusals, a line each."""

import getpass
import warnings
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from dispatch.errors import DispatchError, Invalid
from dispatch.management.centre import accounts
from dispatch.models import Agency
from routing.core.protocol import ProtocolError


@contextmanager
def refused_in_a_line() -> Iterator[None]:
    """Whatever an action refuses ends the command with 1 and names the argument."""
    try:
        yield
    except Invalid as error:
        field, why = str(error.params["field"]), error.params["why"]
        # The password is typed or in a file, and never an argument.
        where = "Password" if field == "password" else f"--{field.replace('_', '-')}"
        raise CommandError(f"{where}: {why}") from None
    except ProtocolError as error:
        raise CommandError(f"--protocol: {error}") from None
    except DispatchError as error:
        raise CommandError(str(error)) from None


def agency(code: str) -> Agency:
    found = Agency.objects.filter(code=code).first()
    if found is None:
        codes = Agency.objects.order_by("code").values_list("code", flat=True)
        known = ", ".join(codes) or "none"
        raise CommandError(f"--agency: there is no {code!r}. Known: {known}.")
    return found


def add_password_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="the password is this file's first line; else it is asked for twice",
    )


def password(path: Path | None) -> str:
    """From the file, or typed twice unseen. Never an argument: others read those."""
    said = _typed() if path is None else _first_line(path)
    if settings.PRODUCTION and accounts.looks_made(said):
        raise CommandError(
            "Password: that is one of a demo centre, which others have seen."
        )
    return said


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is no text"
        raise CommandError(f"--password-file: {path}: {why}") from None
    return lines[0] if lines else ""


def _typed() -> str:
    try:
        with warnings.catch_warnings():
            # It would be shown while it is typed.
            warnings.simplefilter("error", getpass.GetPassWarning)
            first = getpass.getpass("Password: ")
            again = getpass.getpass("The same again: ")
    except (getpass.GetPassWarning, EOFError):
        raise CommandError(
            "--password-file: there is no terminal to type at; name a file."
        ) from None
    if first != again:
        raise CommandError("Password: the two are not the same; nothing was changed.")
    return first
