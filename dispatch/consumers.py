"""One-way live lines for boards and pages; websocket_urlpatterns at the foot."""

import asyncio
import json
import logging
from urllib.parse import parse_qs

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.sessions.backends.base import SessionBase
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

SIGNED_OUT, FORBIDDEN, TOO_SLOW = 4401, 4403, 4008


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
        hub.register(self.line, _since(self.scope["query_string"].decode()))

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
            if since is not None and (isinstance(since, bool) or int(since) < 0):
                raise ValueError
        except (ValueError, TypeError, KeyError):
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
            user = await get_user(self.scope)
            session = self.scope["session"]
            if not await database_sync_to_async(_still)(user, session, self.line):
                await self.close(SIGNED_OUT)
                return


def _admit(user: User) -> str:
    """The projection of this person; Forbidden for whoever sees no board."""
    projection = access.require(user, "live.hear")
    access.record(user, "live.hear")
    return projection


def _still(user: User, session: SessionBase, line: Line) -> bool:
    """Whether the session lives and its user still sees what the line shows."""
    return (
        session.exists(session.session_key)
        and access.may(user, "live.hear")
        and access.require(user, "live.hear") == line.projection
    )


def _since(query: str) -> int | None:
    said = parse_qs(query).get("since", [""])[0]
    return int(said) if said.isdecimal() else None


websocket_urlpatterns = [path("ws/board/", Board.as_asgi())]
