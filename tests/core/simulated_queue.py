"""A desk simulated event by event: what was known as each call came, and its true wait."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import exp, inf
from random import Random

from routing.core.overtaking import Rate
from routing.core.wait import Person, Prior, Queue

HISTORY = 300
LAST = 2  # of the two priorities
PRIOR = Prior(median=900, ninetieth=2400, source="assumed in this simulation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """``at`` in seconds from the beginning; the lowest ``priority`` is served first."""

    at: float
    priority: int
    session: float  # seconds, with its wrap-up
    away: float = 0.0  # seconds that whoever served it then goes away, telling nobody


@dataclass(slots=True, kw_only=True)
class Told:
    """What was known as one call came, its place among those waiting, and its wait."""

    queue: Queue
    place: int
    at: float
    wait: float | None = None


class Desk:
    """Calls are served by priority, then as they came, by whoever is free.

    ``rate``: at a second, the calls an hour that are put before one of a priority.
    ``rises``: seconds of waiting after which a call counts as urgent.
    """

    def __init__(
        self, people: int, rate: Callable[[float, int], float], rises: float = inf
    ) -> None:
        self.rate, self.rises = rate, rises
        self.free, self.away = people, 0
        self.began: dict[int, float] = {}
        self.waiting: list[int] = []
        self.seen: deque[float] = deque(maxlen=HISTORY)
        self.calls: list[Arrival] = []
        self.told: list[Told] = []
        self.turns = count()
        self.later: list[tuple[float, int, Callable[[float, int], None], int]] = []

    def run(self, arrivals: Iterable[Arrival]) -> list[Told]:
        """Every call, in the order of coming, until the last was served."""
        self.calls = list(arrivals)
        for number, call in enumerate(self.calls):
            self._at(call.at, self._arrive, number)
        while self.later:
            now, _turn, act, number = heappop(self.later)
            act(now, number)
        return self.told

    def _at(self, at: float, act: Callable[[float, int], None], number: int) -> None:
        heappush(self.later, (at, next(self.turns), act, number))

    def _arrive(self, now: float, number: int) -> None:
        self._queue(now, number)
        place = self.waiting.index(number)
        self.told.append(Told(queue=self._known(now), place=place, at=now))
        self._serve(now)

    def _queue(self, now: float, *come: int) -> None:
        self.waiting += come
        self.waiting.sort(key=lambda number: (self._standing(now, number), number))

    def _standing(self, now: float, number: int) -> int:
        call = self.calls[number]
        return 1 if now - call.at >= self.rises else call.priority

    def _at_first(self, now: float, number: int) -> Rate:
        until = self.rises - (now - self.calls[number].at)
        return ((self.rate(now, self._standing(now, number)), until),)

    def _known(self, now: float) -> Queue:
        busy = [Person(held=(now - began,)) for began in self.began.values()]
        others = [Person()] * self.free + [Person(away=True)] * self.away
        return Queue(
            people=(*busy, *others),
            overtaken=(0.0,) * len(self.waiting),
            at_first=tuple(self._at_first(now, number) for number in self.waiting),
            at_first_new=((self.rate(now, LAST), self.rises),),
            seen=tuple(self.seen),
            prior=PRIOR,
        )

    def _serve(self, now: float) -> None:
        self._queue(now)
        while self.free and self.waiting:
            number = self.waiting.pop(0)
            self.free -= 1
            self.began[number] = now
            self.told[number].wait = now - self.calls[number].at
            self._at(now + self.calls[number].session, self._end, number)

    def _end(self, now: float, number: int) -> None:
        del self.began[number]
        self.seen.append(self.calls[number].session)
        self.away += 1
        self._at(now + self.calls[number].away, self._back, number)

    def _back(self, now: float, _number: int) -> None:
        self.away -= 1
        self.free += 1
        self._serve(now)


def steady(
    seed: int,
    *,
    people: int,
    load: float,
    urgent: float = 0.0,
    rises: float = inf,
    median: float = 900.0,
    deviation: float = 0.7,
    calls: int = 900,
) -> list[Told]:
    """Calls at an even rate, sessions log-normal; ``urgent``: the share served first."""
    mean = median * exp(deviation**2 / 2)
    a_second = load * people / mean
    overtake = {1: 0.0, LAST: urgent * a_second * 3600}
    desk = Desk(people, lambda _now, priority: overtake[priority], rises)
    return desk.run(_steady(Random(seed), a_second, urgent, (median, deviation), calls))


def _steady(
    chance: Random,
    a_second: float,
    urgent: float,
    sessions: tuple[float, float],
    calls: int,
) -> Iterator[Arrival]:
    median, deviation = sessions
    at = 0.0
    for _ in range(calls):
        at += chance.expovariate(a_second)
        yield Arrival(
            at=at,
            priority=1 if chance.random() < urgent else LAST,
            session=median * chance.lognormvariate(0, deviation),
        )
