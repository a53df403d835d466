"""One per socket process: follows the log, builds each card once, feeds the consoles.

The hub has a thread and a database connection of its own. It is woken by a Redis
publish and looks every 250 ms anyway. What it tells a board is true for the number
it names: events, cards and answers of one pass are read in one snapshot, so that
the next message always begins where the last one ended.
"""

import asyncio
import logging
import threading
import time
import types
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from uuid import UUID

import redis
from django.conf import settings
from django.db import connection, transaction

from dispatch.nudge import FEED_CHANNEL
from dispatch.selectors import feed

logger = logging.getLogger(__name__)

LOOK = 0.25  # seconds between looks when nobody nudges
REST = 0.05  # seconds between messages while changes keep coming: they become one
SAVED = 0.2  # seconds of rest that a quiet time saves up for a burst
PAUSE = 0.01  # seconds between two looks at the least
BEAT = 2.0

Push = Callable[[str, bool], None]
Work = Coroutine[object, None, None]
Sent = list[tuple["Line", str, bool]]


@dataclass(slots=True, eq=False)
class Line:
    """One console. ``push`` takes, on its loop, a message and whether it is the last."""

    agency: UUID
    projection: str
    user: UUID
    loop: asyncio.AbstractEventLoop
    push: Push
    answered: bool = False


def _hand_out(sent: Sent) -> None:
    """One call into each event loop, however many consoles it has."""
    batches: dict[asyncio.AbstractEventLoop, Sent] = {}
    for one in sent:
        batches.setdefault(one[0].loop, []).append(one)
    for loop, batch in batches.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_push_all, batch)


def _push_all(batch: Sent) -> None:
    for line, text, end in batch:
        line.push(text, end)


class Pace:
    """A lone change goes out at once; a stream of them waits and goes out together."""

    def __init__(self) -> None:
        self._due = 0.0

    def rest(self, now: float) -> float:
        """How long to rest after a message that was sent now."""
        self._due = max(self._due, now - SAVED) + REST
        return max(PAUSE, self._due - now)


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
        pace = Pace()
        while True:
            self._wake.wait(LOOK)
            self._wake.clear()
            begun = time.monotonic()
            told = [self._pass(agency) for agency in self._watched()]
            rest = pace.rest(begun) if any(told) else PAUSE
            time.sleep(max(0.0, begun + rest - time.monotonic()))

    def _watched(self) -> list[UUID]:
        with self._lock:
            return [agency for agency, lines in self._lines.items() if lines]

    def _pass(self, agency: UUID) -> bool:
        """One look; whether there was anything to tell. One agency never ends all."""
        with self._lock:
            asks, self._asks[agency] = self._asks[agency], {}
            lines = list(self._lines[agency])
        try:
            sent = self._look(agency, lines, asks)
        except Exception as error:  # noqa: BLE001  see below
            # The database went away, or a row cannot be shown. No heartbeat now: a
            # dead hub must not look alive. The next look connects anew.
            logger.warning("no look", extra={"error": type(error).__name__})
            with self._lock:
                self._asks[agency] = asks | self._asks[agency]
            connection.close()
            time.sleep(LOOK)
            return False
        _hand_out(sent)
        return bool(sent)

    def _look(
        self, agency: UUID, lines: list[Line], asks: dict[Line, int | None]
    ) -> Sent:
        """Tell what is new, answer who asked, beat if it is time."""
        before = self._numbers.get(agency)
        head, sent = feed.head(agency), []
        if asks or head.number != before:
            head, sent = self._tell(agency, lines, asks, before)
        self._numbers[agency] = head.number
        return sent + self._beat(agency, lines, head)

    def _tell(
        self,
        agency: UUID,
        lines: list[Line],
        asks: dict[Line, int | None],
        before: int | None,
    ) -> tuple[feed.Head, Sent]:
        with transaction.atomic():
            moment = feed.Moment(agency, {line.projection for line in lines})
            sent: Sent = []
            if before is not None and moment.head.number > before:
                sent += _news(moment, [line for line in lines if line.answered], before)
            for line, since in asks.items():
                sent.append((line, moment.answer(line.projection, since), False))
                line.answered = True
        return moment.head, sent

    def _beat(self, agency: UUID, lines: list[Line], head: feed.Head) -> Sent:
        """After a successful look only, and at most every two seconds."""
        now = time.monotonic()
        if now - self._beaten.get(agency, 0.0) < BEAT:
            return []
        self._beaten[agency] = now
        text = feed.beat(head)
        return [(line, text, False) for line in lines if line.answered]


def _news(moment: feed.Moment, lines: list[Line], before: int) -> Sent:
    """What happened since, and a last word to those whose access it ended."""
    projections = {line.projection for line in lines}
    said = {name: moment.said(name, before) for name in projections}
    sent: Sent = [(line, said[line.projection], False) for line in lines]
    ended = moment.touched(before).ended
    byes = {pk: feed.encode({"t": "bye", "why": why}) for pk, why in ended.items()}
    if byes:
        sent += [(line, byes[line.user], True) for line in lines if line.user in byes]
    return sent


def begin(work: Work) -> Awaitable[None] | None:
    """Run it now as far as it goes without waiting; what is left of it, or None.

    A task for each message of each console cost more than the sending itself.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return _rest(work, waits_for)


@types.coroutine
def _rest(work: Work, waits_for: object) -> Generator[object, None, None]:
    try:
        yield waits_for  # what it was waiting for when it stopped
    except BaseException:
        work.close()
        raise
    yield from work


def _start(target: Callable[[], None], name: str) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


hub = Hub()
