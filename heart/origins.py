"""Which pages may open a live line: those of our own addresses, and no other."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator, WebsocketDenier

Tell = Callable[..., Awaitable[None]]


class OwnOrigins(OriginValidator):
    """The library's check, and a refusal where it would fail: an Origin that is none."""

    async def __call__(
        self, scope: dict[str, object], receive: Tell, send: Tell
    ) -> None:
        said = [value for name, value in scope["headers"] if name == b"origin"]
        if all(_readable(origin) for origin in said):
            await super().__call__(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)


def _readable(origin: bytes) -> bool:
    """Whether it has an address and a port that can be."""
    try:
        port = urlsplit(origin.decode("latin1")).port
    except ValueError:
        return False
    return port is None or port > 0
