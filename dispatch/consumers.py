"""One-way live lines for boards and pages; websocket_urlpatterns at the foot."""

import asyncio
import contextlib
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from types import SimpleNamespace
from typing import TypeVar
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.db import Error, connection
from django.urls import path

from dispatch import access
from dispatch.hub import Line, begin, hub
from dispatch.models import User

QUEUE = 64  # messages that may wait for a slow console
SLOW = 10.0  # seconds until a console that reads nothing is let go
CHECK = 30.0  # seconds between looks at the session, at the most
ASK_BYTES = 200
DIGITS = 18  # of a number in the log
LINES = 200  # of one person in one process
RESYNC = '{"t":"resync"}'
SIGNED_OUT, FORBIDDEN, TOO_SLOW, TOO_MANY = 4401, 4403, 4008, 4429

# What sending raises while a line closes from the other side; a disconnect follows.
CLOSING = (OSError, RuntimeError)

Answer = TypeVar("Answer")
Heard = tuple[User | AnonymousUser, str | None]
# A thread of its own, for its connection stays open: to connect anew for each console
# and each look at a session cost more than all that is sent to it.
_door = ThreadPoolExecutor(1, "door")


class Board(AsyncWebsocketConsumer):
    """Speaks, and hears one thing: from which number to speak again."""

    # None: the hub reads the log, and a board must connect also while Redis is away.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        self.line: Line | None = None
        self.watching: asyncio.Task[None] | None = None
        self.sending: asyncio.Task[None] | None = None
        self.waiting: deque[tuple[str, bool]] = deque()
        self.over = False
        session = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        user, projection = await _ask(_admit, session)
        await self.accept()
        if projection is None:
            await self.close(FORBIDDEN if user.is_authenticated else SIGNED_OUT)
            return
        if hub.lines_of(user.pk) >= LINES:
            await self.close(TOO_MANY)
            return
        self.line = Line(
            agency=user.agency_id,
            projection=projection,
            user=user.pk,
            loop=asyncio.get_running_loop(),
            push=self._push,
        )
        self.watching = asyncio.create_task(self._watch(session, self.line))
        query = self.scope["query_string"].decode(errors="replace")
        hub.register(self.line, _since(query))

    async def disconnect(self, code: int) -> None:
        self._leave()
        for task in filter(None, (self.watching, self.sending)):
            task.cancel()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """``{"since": N}`` or ``{"since": null}``; anything else ends the line."""
        try:
            if text_data is None or len(text_data) > ASK_BYTES:
                raise ValueError
            since = json.loads(text_data)["since"]
            # The type itself: true is an int to Python, and "5" is none to the hub.
            if since is not None and (type(since) is not int or since < 0):
                raise ValueError
        except (ValueError, TypeError, KeyError, RecursionError):
            await self._end(1003)
            return
        if self.line is not None:
            hub.ask(self.line, since)

    async def _end(self, code: int) -> None:
        """Close, once; after the first time nothing more is said."""
        if not self.over:
            self._leave()
            await self.close(code)

    def _leave(self) -> None:
        self.over = True
        if self.line is not None:
            hub.leave(self.line)

    def _push(self, text: str, end: bool) -> None:  # noqa: FBT001  the hub calls it by place
        """From the hub, on this loop: at once, or after those that are on their way.

        When too many wait, they are dropped and the board is told to ask again.
        """
        if self.over:
            return
        if self.sending is not None:
            if len(self.waiting) == QUEUE:
                self.waiting.clear()
                text = RESYNC
            self.waiting.append((text, end))
            return
        try:
            rest = begin(self._say(text, end=end))
        except CLOSING:
            self._leave()
        else:
            self.sending = asyncio.create_task(self._finish(rest)) if rest else None

    def _say(self, text: str, *, end: bool) -> Coroutine[object, None, None]:
        return self._last(text) if end else self.send(text)

    async def _last(self, text: str) -> None:
        await self.send(text)
        await self._end(SIGNED_OUT)

    async def _finish(self, rest: Awaitable[None]) -> None:
        """A slow console: what waits goes out in order, each in its time."""
        try:
            async with asyncio.timeout(SLOW):
                await rest
            while self.waiting and not self.over:
                text, end = self.waiting.popleft()
                async with asyncio.timeout(SLOW):
                    await self._say(text, end=end)
            self.sending = None
        except TimeoutError:
            with contextlib.suppress(OSError):
                await self._end(TOO_SLOW)
        except CLOSING:
            self._leave()

    async def _watch(self, session: str, line: Line) -> None:
        """Whoever was signed out, locked or given another role hears no more."""
        while True:
            # Not all at once: two hundred consoles came back in the same second.
            await asyncio.sleep(random.uniform(CHECK * 2 / 3, CHECK))  # noqa: S311
            try:
                allowed = await _ask(_still, session, line)
            except Error:
                # The database is away: the hub is silent too, and this looks again.
                continue
            if not allowed:
                await self._end(SIGNED_OUT)
                return


async def _ask(question: Callable[..., Answer], *about: object) -> Answer:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_door, _asked, question, *about)


def _asked(question: Callable[..., Answer], *about: object) -> Answer:
    """Once more on a new connection, for the old one may have died unnoticed."""
    try:
        return question(*about)
    except Error:
        connection.close()
        return question(*about)


def _admit(session: str | None) -> Heard:
    user, projection = _heard(session)
    if projection is not None:
        access.record(user, "live.hear")
    return user, projection


def _still(session: str, line: Line) -> bool:
    """Whether the session lives and its user still sees what the line shows."""
    user, projection = _heard(session)
    same = user.pk == line.user and projection == line.projection
    return same and user.agency_id == line.agency


def _heard(session: str | None) -> Heard:
    """Whose session this is, as pages find out, and their projection, if they have one."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session)
    user = get_user(SimpleNamespace(session=store))
    may = access.may(user, "live.hear")
    return user, access.require(user, "live.hear") if may else None


def _since(query: str) -> int | None:
    said = parse_qs(query).get("since", [""])[0]
    return int(said) if said.isdecimal() and len(said) <= DIGITS else None


websocket_urlpatterns = [path("ws/board/", Board.as_asgi())]
