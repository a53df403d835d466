"""A desk simulated event by event: what was known as each call came, and its true wait."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import exp, inf
from random import Random

from routing.core.overtaking import Rate
from routing.core.sessions import Prior
from routing.core.wait import Asks, Person, Queue

HISTORY = 300
LAST = 2  # of the two priorities
PRIOR = Prior(median=900, ninetieth=2400, source="assumed in this simulation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """``at`` in seconds from the beginning; the lowest ``priority`` is served first.

    ``asks``: only somebody skilled may serve it, until it has waited `Desk.relax`.
    """

    at: float
    priority: int
    session: float  # seconds, with its wrap-up
    away: float = 0.0  # seconds that whoever served it then goes away, telling nobody
    asks: bool = False


@dataclass(slots=True, kw_only=True)
class Told:
    """What was known as one call came, its place among those waiting, and its wait."""

    queue: Queue
    place: int
    at: float
    asks: bool
    wait: float | None = None


@dataclass(slots=True, kw_only=True)
class Clinician:
    """``began``: each call in hand and since when; ``breaks``: how many are not over.

    ``since``: when the last call ended, and the break began, if there is one.
    """

    capacity: int = 1
    skilled: bool = False
    began: dict[int, float] = field(default_factory=dict)
    breaks: int = 0
    since: float = 0.0

    @property
    def free(self) -> bool:
        return not self.breaks and len(self.began) < self.capacity

    def known(self, now: float) -> Person:
        held = tuple(now - began for began in self.began.values())
        gone = now - self.since if self.breaks else None
        away = gone is not None
        return Person(held=held, capacity=self.capacity, away=away, gone=gone)


class Desk:
    """Calls are served by priority, then as they came, by who holds fewest and is idle.

    ``rate``: at a second, the calls an hour that are put before one of a priority.
    ``rises``: seconds of waiting after which a call counts as urgent; ``relax``: after
    which it is put to somebody without the skill as well.
    """

    def __init__(
        self,
        people: Iterable[Clinician],
        rate: Callable[[float, int], float],
        *,
        rises: float = inf,
        relax: float = 30.0,
    ) -> None:
        self.people = list(people)
        self.rate, self.rises, self.relax = rate, rises, relax
        self.waiting: list[int] = []
        self.seen: deque[float] = deque(maxlen=HISTORY)
        self.calls: list[Arrival] = []
        self.told: list[Told] = []
        self.turns = count()
        self.later: list[tuple[float, int, Callable[[float], None]]] = []

    def run(self, arrivals: Iterable[Arrival]) -> list[Told]:
        """Every call, in the order of coming, until the last was served."""
        self.calls = list(arrivals)
        for number, call in enumerate(self.calls):
            self._at(call.at, lambda now, number=number: self._arrive(now, number))
        while self.later:
            now, _turn, act = heappop(self.later)
            act(now)
        return self.told

    def _at(self, at: float, act: Callable[[float], None]) -> None:
        heappush(self.later, (at, next(self.turns), act))

    def _arrive(self, now: float, number: int) -> None:
        self.waiting.append(number)
        self._order(now)
        place, asks = self.waiting.index(number), self.calls[number].asks
        self.told.append(Told(queue=self._known(now), place=place, at=now, asks=asks))
        self._serve(now)
        if asks:
            self._at(now + self.relax, self._serve)

    def _order(self, now: float) -> None:
        self.waiting.sort(key=lambda number: (self._standing(now, number), number))

    def _standing(self, now: float, number: int) -> int:
        call = self.calls[number]
        return 1 if now - call.at >= self.rises else call.priority

    def _at_first(self, now: float, number: int) -> Rate:
        until = self.rises - (now - self.calls[number].at)
        return ((self.rate(now, self._standing(now, number)), until),)

    def _known(self, now: float) -> Queue:
        return Queue(
            people=tuple(one.known(now) for one in self.people),
            overtaken=(0.0,) * len(self.waiting),
            at_first=tuple(self._at_first(now, number) for number in self.waiting),
            at_first_new=((self.rate(now, LAST), self.rises),),
            seen=tuple(self.seen),
            asks=tuple(self._asks(now, number) for number in self.waiting),
            prior=PRIOR,
        )

    def _asks(self, now: float, number: int) -> Asks | None:
        left = self.calls[number].at + self.relax - now
        if not self.calls[number].asks or left <= 0:
            return None
        skilled = tuple(one.known(now) for one in self.people if one.skilled)
        return Asks(suited=skilled, until=left)

    def _serve(self, now: float) -> None:
        """Whoever is free takes the first that may be put to them."""
        self._order(now)
        for number in tuple(self.waiting):
            free = [one for one in self.people if one.free]
            if not free:
                return
            suited = [one for one in free if self._may(one, number, now)]
            if suited:
                self._take(now, number, suited)

    def _may(self, one: Clinician, number: int, now: float) -> bool:
        call = self.calls[number]
        return one.skilled or not call.asks or now - call.at >= self.relax

    def _take(self, now: float, number: int, suited: list[Clinician]) -> None:
        who = min(suited, key=lambda one: (len(one.began), one.since))
        self.waiting.remove(number)
        who.began[number] = now
        self.told[number].wait = now - self.calls[number].at
        self._at(
            now + self.calls[number].session, lambda end: self._end(end, who, number)
        )

    def _end(self, now: float, who: Clinician, number: int) -> None:
        call = self.calls[number]
        del who.began[number]
        who.since = now
        self.seen.append(call.session)
        if call.away:
            who.breaks += 1
            self._at(now + call.away, lambda back: self._back(back, who))
        self._serve(now)

    def _back(self, now: float, who: Clinician) -> None:
        who.breaks -= 1
        self._serve(now)


def people(count: int, *, capacity: int = 1, skilled: int = 0) -> list[Clinician]:
    """``skilled``: how many of them are."""
    return [Clinician(capacity=capacity, skilled=n < skilled) for n in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Calls at an even rate, sessions log-normal; shares of all calls.

    ``load``: of the time that the desk has, the part that its calls take. ``urgent``:
    served first. ``asking``: for the skill that ``skilled`` people have. ``breaks``:
    after which whoever served them is away for ``break_s``.
    """

    people: int
    load: float
    capacity: int = 1
    skilled: int = 0
    relax: float = 30.0
    urgent: float = 0.0
    rises: float = inf
    asking: float = 0.0
    breaks: float = 0.0
    break_s: float = 900.0
    median: float = 900.0
    deviation: float = 0.7
    calls: int = 900

    @property
    def a_second(self) -> float:
        mean = self.median * exp(self.deviation**2 / 2) + self.breaks * self.break_s
        return self.load * self.people * self.capacity / mean


def steady(seed: int, day: Day) -> list[Told]:
    overtake = {1: 0.0, LAST: day.urgent * day.a_second * 3600}
    desk = Desk(
        people(day.people, capacity=day.capacity, skilled=day.skilled),
        lambda _now, priority: overtake[priority],
        rises=day.rises,
        relax=day.relax,
    )
    return desk.run(_steady(Random(seed), day))


def _steady(chance: Random, day: Day) -> Iterator[Arrival]:
    at = 0.0
    for _ in range(day.calls):
        at += chance.expovariate(day.a_second)
        urgent, asks, tired = (chance.random() for _ in range(3))
        yield Arrival(
            at=at,
            priority=1 if urgent < day.urgent else LAST,
            session=day.median * chance.lognormvariate(0, day.deviation),
            away=day.break_s if tired < day.breaks else 0.0,
            asks=asks < day.asking,
        )
