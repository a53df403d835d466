"""One request to another system, sent once; a failure says whether it may have arrived.

Python's own client and no library: no other tells connecting from asking, and what may
have arrived is never sent again. It follows no redirect and uses no proxy.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

MOST = 1_000_000  # bytes of an answer; the rest is not read


class NotSent(Exception):
    """No connection: the other side knows nothing of it."""


class NoAnswer(Exception):
    """Sent, at least in part, and not answered: nobody knows what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds to wait: for the connection, and each time for more of the answer."""

    connect: float
    read: float


def send(
    method: str,
    address: str,
    *,
    patience: Patience,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer, whatever its status. Raises NotSent or NoAnswer."""
    line = _line(address, patience)
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        _connect(line, patience)
        return _ask(line, method, target, body, headers or {})
    finally:
        line.close()


def _line(address: str, patience: Patience) -> HTTPConnection:
    """ValueError: the address is none, which is a fault of the settings."""
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise ValueError("an address begins with http:// or https:// and a host")
    if parts.scheme == "http":
        return HTTPConnection(parts.hostname, parts.port, timeout=patience.connect)
    return HTTPSConnection(
        parts.hostname, parts.port, timeout=patience.connect, context=_trust()
    )


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connect(line: HTTPConnection, patience: Patience) -> None:
    try:
        line.connect()
    except OSError as error:
        raise NotSent from error
    line.sock.settimeout(patience.read)


def _ask(
    line: HTTPConnection,
    method: str,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> Answer:
    try:
        line.request(method, target, body=body, headers=dict(headers))
        said = line.getresponse()
        return Answer(status=said.status, body=said.read(MOST))
    except (OSError, HTTPException) as error:
        raise NoAnswer from error
