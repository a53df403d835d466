"""The bare fan-out: an ASGI socket that speaks 20 times a second and knows nothing."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable

RATE = 20.0
PADDING = "x" * 900  # about the length of a message with one card
_lines: set[Callable] = set()
_ticking: list[asyncio.Task[None]] = []


async def _tick() -> None:
    number = 0
    while True:
        await asyncio.sleep(1 / RATE)
        number += 1
        said = {"t": "cards", "prev": number - 1, "number": number, "at": time.time()}
        text = json.dumps(said | {"cards": PADDING}, separators=(",", ":"))
        for send in list(_lines):
            # One that has gone is forgotten below.
            with contextlib.suppress(OSError):
                await send({"type": "websocket.send", "text": text})


async def application(scope: dict, receive: Callable, send: Callable) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    else:
        await _speak(receive, send)


async def _lifespan(receive: Callable, send: Callable) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _speak(receive: Callable, send: Callable) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    if not _ticking:
        _ticking.append(asyncio.create_task(_tick()))
    _lines.add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    _lines.discard(send)
