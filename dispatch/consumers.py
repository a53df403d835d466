"""One-way live lines for boards and pages; websocket_urlpatterns at the foot."""

import asyncio
import json
import logging
from urllib.parse import parse_qs

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError
from django.urls import path

from dispatch import access
from dispatch.errors import Forbidden
from dispatch.hub import Line, hub
from dispatch.models import User

logger = logging.getLogger(__name__)

QUEUE = 64  # messages that may wait for a slow console
SLOW = 10.0  # seconds until a console that reads nothing is let go
CHECK = 30.0  # seconds between looks at the session
ASK_BYTES = 200
DIGITS = 18  # of a number in the log
LINES = 200  # of one person in one process

SIGNED_OUT, FORBIDDEN, TOO_SLOW, TOO_MANY = 4401, 4403, 4008, 4429


class Board(AsyncWebsocketConsumer):
    """Speaks, and hears one thing: from which number to speak again."""

    async def connect(self) -> None:
        self.line: Line | None = None
        self.tasks: list[asyncio.Task[None]] = []
        user = self.scope["user"]
        try:
            projection = await database_sync_to_async(_admit)(user)
        except Forbidden:
            await self.accept()
            await self.close(FORBIDDEN if user.is_authenticated else SIGNED_OUT)
            return
        await self.accept()
        if hub.lines_of(user.pk) >= LINES:
            await self.close(TOO_MANY)
            return
        self.waiting: asyncio.Queue[tuple[str, bool]] = asyncio.Queue(QUEUE)
        self.line = Line(
            agency=user.agency_id,
            projection=projection,
            user=user.pk,
            loop=asyncio.get_running_loop(),
            push=self._push,
        )
        self.tasks = [
            asyncio.create_task(self._pump()),
            asyncio.create_task(self._watch()),
        ]
        query = self.scope["query_string"].decode(errors="replace")
        hub.register(self.line, _since(query))

    async def disconnect(self, code: int) -> None:
        if self.line is not None:
            hub.leave(self.line)
        for task in self.tasks:
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
            await self.close(1003)
            return
        if self.line is not None:
            hub.ask(self.line, since)

    def _push(self, text: str, end: bool) -> None:  # noqa: FBT001  the hub calls it by place
        """From the hub, on this loop. A full queue is emptied and told to ask again."""
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            text = '{"t":"resync"}'
        self.waiting.put_nowait((text, end))

    async def _pump(self) -> None:
        while True:
            text, end = await self.waiting.get()
            try:
                async with asyncio.timeout(SLOW):
                    await self.send(text)
            except TimeoutError:
                await self.close(TOO_SLOW)
                return
            if end:
                await self.close(SIGNED_OUT)
                return

    async def _watch(self) -> None:
        """Whoever was signed out, locked or given another role hears no more."""
        while True:
            await asyncio.sleep(CHECK)
            try:
                user = await get_user(self.scope)
                session = self.scope["session"]
                allowed = await database_sync_to_async(_still)(user, session, self.line)
            except DatabaseError:
                # The database is away: the hub is silent too, and this looks again.
                continue
            if not allowed:
                await self.close(SIGNED_OUT)
                return


def _admit(user: User) -> str:
    """The projection of this person; Forbidden for whoever sees no board."""
    projection = access.require(user, "live.hear")
    access.record(user, "live.hear")
    return projection


def _still(user: User, session: SessionBase, line: Line) -> bool:
    """Whether the session lives and its user still sees what the line shows."""
    # Loaded anew, for the row of a session outlives its time.
    alive = bool(type(session)(session.session_key).load())
    return (
        alive
        and user.is_authenticated
        and user.agency_id == line.agency
        and access.may(user, "live.hear")
        and access.require(user, "live.hear") == line.projection
    )


def _since(query: str) -> int | None:
    said = parse_qs(query).get("since", [""])[0]
    return int(said) if said.isdecimal() and len(said) <= DIGITS else None


websocket_urlpatterns = [path("ws/board/", Board.as_asgi())]
