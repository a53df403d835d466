"""One per socket process: follows the log, builds each card once, feeds the consoles.

The hub has a thread and a database connection of its own. It is woken by a Redis
publish and looks every 250 ms anyway. What it tells a board is true for the number
it names: events, cards and answers of one pass are read in one snapshot, so that
the next message always begins where the last one ended.
"""

import asyncio
import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import redis
from django.conf import settings
from django.db import connection, transaction

from dispatch import journal
from dispatch.models import Event, Feed
from dispatch.nudge import FEED_CHANNEL
from dispatch.selectors import board, roster

logger = logging.getLogger(__name__)

LOOK = 0.25  # seconds between looks when nobody nudges
REST = 0.05  # changes within this time become one message
BEAT = 2.0
RESUME = 500  # a board further behind than this gets a snapshot

Push = Callable[[str, bool], None]


@dataclass(slots=True, eq=False)
class Line:
    """One console. ``push`` takes, on its loop, a message and whether it is the last."""

    agency: UUID
    projection: str
    user: UUID
    loop: asyncio.AbstractEventLoop
    push: Push
    answered: bool = False


@dataclass(slots=True)
class Touched:
    """What a run of events has changed."""

    calls: set[UUID] = field(default_factory=set)
    units: set[UUID] = field(default_factory=set)
    people: set[UUID] = field(default_factory=set)
    ended: dict[UUID, str] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        if event.call_id:
            self.calls.add(event.call_id)
        if event.unit_id:
            self.units.add(event.unit_id)
        person = event.body.get("person")
        if person:
            self.people.add(UUID(person))
        if event.kind == "AccessEnded":
            self.ended[UUID(event.body["person"])] = event.body["why"]


def _hand_out(sent: list[tuple[Line, str, bool]]) -> None:
    """One call into each event loop, however many consoles it has."""
    batches: dict[asyncio.AbstractEventLoop, list[tuple[Line, str, bool]]] = {}
    for one in sent:
        batches.setdefault(one[0].loop, []).append(one)
    for loop, batch in batches.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_push_all, batch)


def _push_all(batch: list[tuple[Line, str, bool]]) -> None:
    for line, text, end in batch:
        line.push(text, end)


class Hub:
    """Lines by agency, and the thread that feeds them. Started with the first line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._lines: dict[UUID, set[Line]] = defaultdict(set)
        # One ask a line: who asks a thousand times is answered once.
        self._asks: dict[UUID, dict[Line, int | None]] = defaultdict(dict)
        self._numbers: dict[UUID, int] = {}
        self._beaten: dict[UUID, float] = {}
        self._thread: threading.Thread | None = None

    def register(self, line: Line, since: int | None) -> None:
        """Join, and ask for what happened since. Joining comes first: nothing is lost."""
        with self._lock:
            self._lines[line.agency].add(line)
            self._asks[line.agency][line] = since
            if self._thread is None:
                self._thread = _start(self._follow, "hub")
                _start(self._listen, "hub-nudges")
        self._wake.set()

    def ask(self, line: Line, since: int | None) -> None:
        """The board lost the thread: answer it from this number."""
        with self._lock:
            if line in self._lines[line.agency]:
                self._asks[line.agency][line] = since
        self._wake.set()

    def leave(self, line: Line) -> None:
        with self._lock:
            self._lines[line.agency].discard(line)
            self._asks[line.agency].pop(line, None)

    def lines_of(self, user: UUID) -> int:
        """How many lines this person has open here."""
        with self._lock:
            every = (line for lines in self._lines.values() for line in lines)
            return sum(line.user == user for line in every)

    def wake(self) -> None:
        self._wake.set()

    def _listen(self) -> None:
        """Turn Redis publishes into wake-ups; without Redis the hub looks by itself."""
        while True:
            try:
                client = redis.Redis.from_url(
                    settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=None
                )
                heard = client.pubsub(ignore_subscribe_messages=True)
                heard.subscribe(FEED_CHANNEL)
                for _message in heard.listen():
                    self._wake.set()
            except (redis.RedisError, OSError, ValueError):
                time.sleep(1)

    def _follow(self) -> None:
        while True:
            self._wake.wait(LOOK)
            self._wake.clear()
            begun = time.monotonic()
            for agency in self._watched():
                try:
                    self._pass(agency)
                except Exception as error:  # noqa: BLE001  one agency never ends all
                    # The database went away, or a row cannot be shown. No heartbeat
                    # now: a dead hub must not look alive. The next look connects anew.
                    logger.warning("no look", extra={"error": type(error).__name__})
                    connection.close()
                    time.sleep(LOOK)
            time.sleep(max(0.0, begun + REST - time.monotonic()))

    def _watched(self) -> list[UUID]:
        with self._lock:
            return [agency for agency, lines in self._lines.items() if lines]

    def _pass(self, agency: UUID) -> None:
        """One look: tell what is new, answer who asked, beat if it is time."""
        with self._lock:
            asks, self._asks[agency] = self._asks[agency], {}
            lines = list(self._lines[agency])
        try:
            sent = self._look(agency, lines, asks)
        except Exception:
            with self._lock:
                self._asks[agency] = asks | self._asks[agency]
            raise
        _hand_out(sent)

    def _look(
        self, agency: UUID, lines: list[Line], asks: dict[Line, int | None]
    ) -> list[tuple[Line, str, bool]]:
        with transaction.atomic():
            at = _begin()
            before = self._numbers.get(agency)
            number = Feed.objects.values_list("number", flat=True).get(agency=agency)
            reader = _Reader(agency=agency, number=number, at=at)
            sent: list[tuple[Line, str, bool]] = []
            if before is not None and number > before:
                sent += reader.news(before, [line for line in lines if line.answered])
            for line, since in asks.items():
                sent.append((line, reader.answer(line.projection, since), False))
                line.answered = True
        self._numbers[agency] = number
        return sent + self._beat(agency, lines, number, at)

    def _beat(
        self, agency: UUID, lines: list[Line], number: int, at: datetime
    ) -> list[tuple[Line, str, bool]]:
        """After a successful look only, and at most every two seconds."""
        now = time.monotonic()
        if now - self._beaten.get(agency, 0.0) < BEAT:
            return []
        self._beaten[agency] = now
        text = _encode({"t": "beat", "number": number, "at": at.isoformat()})
        return [(line, text, False) for line in lines if line.answered]


class _Reader:
    """Builds each message of one look once per projection."""

    def __init__(self, *, agency: UUID, number: int, at: datetime) -> None:
        self.agency = agency
        self.number = number
        self.at = at.isoformat()
        self._made: dict[tuple[str, int | None], str] = {}

    def news(self, before: int, lines: list[Line]) -> list[tuple[Line, str, bool]]:
        touched = self._touched(before)
        sent = [
            (line, self._since(line.projection, before, touched), False)
            for line in lines
        ]
        for line in lines:
            if line.user in touched.ended:
                bye = _encode({"t": "bye", "why": touched.ended[line.user]})
                sent.append((line, bye, True))
        return sent

    def answer(self, projection: str, since: int | None) -> str:
        """A resume where the gap is small, else the whole board."""
        if since is None or not 0 <= self.number - since <= RESUME:
            return self._snapshot(projection)
        return self._since(projection, since, self._touched(since))

    def _touched(self, before: int) -> Touched:
        touched = Touched()
        for event in journal.since(self.agency, before, limit=self.number - before):
            touched.add(event)
        return touched

    def _since(self, projection: str, before: int, touched: Touched) -> str:
        if (projection, before) not in self._made:
            cards = _some(board.cards, self.agency, projection, touched.calls)
            shown = {card["id"] for card in cards}
            message = {
                "t": "cards",
                "prev": before,
                "number": self.number,
                "at": self.at,
                "cards": cards,
                "gone": sorted(str(pk) for pk in touched.calls if str(pk) not in shown),
                "units": _some(roster.units, self.agency, projection, touched.units),
                "people": _some(roster.people, self.agency, projection, touched.people),
            }
            self._made[projection, before] = _encode(message)
        return self._made[projection, before]

    def _snapshot(self, projection: str) -> str:
        if (projection, None) not in self._made:
            message = {
                "t": "snapshot",
                "number": self.number,
                "at": self.at,
                "cards": board.cards(self.agency, projection),
                "units": roster.units(self.agency, projection),
                "people": roster.people(self.agency, projection),
            }
            self._made[projection, None] = _encode(message)
        return self._made[projection, None]


def _some(
    read: Callable[[UUID, str, Iterable[UUID]], list[board.Card]],
    agency: UUID,
    projection: str,
    ids: set[UUID],
) -> list[board.Card]:
    return read(agency, projection, ids) if ids else []


def _begin() -> datetime:
    """One moment for all that this look reads; the database's time."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _encode(message: dict[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def _start(target: Callable[[], None], name: str) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


hub = Hub()
