"""How long each call of a queue waits for one kind of seat, and how sure that is.

Every session under way is given an end, and every call that waits a length, in many
futures at once; in each the calls are served in their order and overtaken at the rate
given, and the futures' quantiles are the answer. An end is drawn from the sessions seen
that lasted longer than this one has: a session of an hour ends no sooner than any other.

The draws are a fixed Latin hypercube, so that the same queue gives the same wait, one
call more ahead never shortens it and one person more never lengthens it. At simulated
desks four in five waits came inside the band; a gamma curve of departures held seven in
ten, and erred up to a fifth more.

A wait is until somebody is free for the call: ringing comes on top. Who is away is not
counted, whoever is here is taken to stay, and nobody is taken to hang up, for a caller
who is lost is called back.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from heapq import heapify, heapreplace
from itertools import accumulate
from math import ceil, exp, inf, isfinite, log, log1p, sqrt
from operator import itemgetter, mul
from statistics import NormalDist, fmean

from routing.core import overtaking
from routing.core.overtaking import Rate, come, meant

FUTURES = 80  # 128 make the mean error a hundredth smaller
LOW, HIGH = 0.1, 0.9
# How many sessions the prior is worth, one fewer for every three that were seen.
PRIOR_WORTH, FADES = 10, 3
FEW, ENOUGH = 10, 30  # sessions seen: below, a guess; from the second on, known
LONG = 0.95  # the part of all sessions that a long one outlasts
TAIL = 5  # sessions seen that lasted longer: with fewer, their logarithms' normal curve
FLATTEST = 0.3  # of that curve's deviation, where all that were seen were alike
WIDE, NARROW = 3.0, 300.0  # times the median; seconds within which a width is no matter
MOST_OVERTAKING, MOST_HELD = 64, 16  # looked at; calls of one person at once
SHORTEST = 1.0  # seconds of a session that can be meant; `overtaking` has the longest
NORMAL = NormalDist()
PARTS = tuple((turn + 0.5) / FUTURES for turn in range(FUTURES))

Column = Sequence[float]  # one value for each future


class Sure(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Why(StrEnum):
    """What made it as sure as it is."""

    FREE = "free"
    ENOUGH_SEEN = "enough_seen"
    WIDE = "wide"
    FEW_SEEN = "few_seen"
    NONE_SEEN = "none_seen"
    LONG_HELD = "long_held"
    OVERTAKEN = "overtaken"
    NOBODY_THERE = "nobody_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who fills such seats; free where nothing is held and no wrap-up left.

    ``held``: seconds that each session of theirs, or offer, has lasted. ``wrap_left``:
    seconds. ``away``: nobody knows until when.
    """

    held: tuple[float, ...] = ()
    wrap_left: float = 0.0
    capacity: int = 1
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """How long a session lasts where none was seen: seconds with wrap-up, and who says so."""

    median: float
    ninetieth: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """``overtaken``: for each call that waits, in the order of being served, how many
    calls an hour are put before it; ``overtaken_new`` the same for one that would come
    now, at the end. ``at_first``, where given, for each as well: those that
    are put before it only until waiting has lifted it.
    ``seen``: seconds of recent sessions with their wrap-up.
    """

    people: tuple[Person, ...]
    overtaken: tuple[float, ...] = ()
    overtaken_new: float = 0.0
    at_first: tuple[Rate, ...] = ()
    at_first_new: Rate = ()
    seen: tuple[float, ...] = ()
    prior: Prior


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Seconds; nine in ten wait longer than ``low``, one in ten longer than ``high``.

    None is unknown: nobody is there, or so many overtake that no end can be said.
    """

    median: float | None
    low: float | None
    high: float | None
    sure: Sure
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """``seen``: how many sessions it rests on. ``prior``: the source, where one took part."""

    waiting: tuple[Wait, ...]
    new: Wait
    seen: int
    prior: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sessions:
    """``lengths`` sorted, the prior's among them; their logarithms' mean and deviation."""

    lengths: tuple[float, ...]
    seen: int
    mean: float
    deviation: float


def expected(queue: Queue) -> Waits:
    """Total: what cannot be meant (below nought, no number) is taken for nought."""
    sessions = _sessions(queue)
    ends = _ends(queue.people, sessions)
    rates = overtaking.rates(
        (*queue.overtaken, queue.overtaken_new),
        (*(queue.at_first or ((),) * len(queue.overtaken)), queue.at_first_new),
    )
    if ends:
        long = _long_held(queue.people, sessions)
        waits = [
            _wait(sorted(starts), sessions.seen, long)
            for starts in _starts(ends, rates, sessions)
        ]
    else:
        waits = [_UNKNOWN] * len(rates)
    return Waits(
        waiting=tuple(waits[:-1]),
        new=waits[-1],
        seen=sessions.seen,
        prior=queue.prior.source if _worth(sessions.seen) else None,
    )


# --- How long sessions last ---


def _sessions(queue: Queue) -> _Sessions:
    seen = [meant(each) for each in queue.seen if isfinite(each) and each > 0]
    typical = _typical(queue.prior, _worth(len(seen)))
    lengths = sorted(max(SHORTEST, each) for each in (*seen, *typical))
    logs = [log(each) for each in lengths]
    mean = fmean(logs)
    return _Sessions(
        lengths=tuple(lengths),
        seen=len(seen),
        mean=mean,
        deviation=max(FLATTEST, sqrt(fmean((each - mean) ** 2 for each in logs))),
    )


def _worth(seen: int) -> int:
    return max(0, PRIOR_WORTH - seen // FADES)


def _typical(prior: Prior, count: int) -> list[float]:
    """So many sessions of the prior, evenly over its log-normal curve."""
    median = max(SHORTEST, meant(prior.median))
    ninetieth = max(median, meant(prior.ninetieth))
    deviation = log(ninetieth / median) / NORMAL.inv_cdf(HIGH)
    parts = [(turn + 0.5) / count for turn in range(count)]
    return [median * exp(deviation * NORMAL.inv_cdf(part)) for part in parts]


@lru_cache(maxsize=1024)
def _places(count: int) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """As many quantiles as there are futures, each as likely as the next."""
    return itemgetter(*(int(part * count) for part in PARTS))


def _spread(ordered: Sequence[float]) -> tuple[float, ...]:
    return _places(len(ordered))(ordered)


def _left(held: float, sessions: _Sessions) -> list[float]:
    """Seconds that are left of a session, quantile by quantile, given how long it lasts."""
    longer = sessions.lengths[bisect_right(sessions.lengths, held) :]
    if len(longer) >= TAIL:
        return [length - held for length in _spread(longer)]
    lasted = max(SHORTEST, held)
    over = (log(lasted) - sessions.mean) / sessions.deviation
    still = max(NORMAL.cdf(-over), 1e-12)  # the share of sessions that last this long
    now = NORMAL.inv_cdf(still)
    tails = [NORMAL.inv_cdf(still * (1 - part)) for part in PARTS]
    return [lasted * (exp(sessions.deviation * (now - tail)) - 1) for tail in tails]


# --- Who is free when ---


def _ends(people: Iterable[Person], sessions: _Sessions) -> list[Column]:
    """For each call that people here can hold at once: when they are free for one."""
    certain: list[float] = []
    held: list[float] = []
    for person in people:
        if not person.away:
            certain += _free(person)
            held += _holding(person)
    doubt = _doubt(sessions)
    drawn = [
        list(map(mul, _shuffle("end", turn)(_left(each, sessions)), doubt))
        for turn, each in enumerate(sorted(held, reverse=True))
    ]
    return [*([each] * FUTURES for each in certain), *drawn]


def _holding(person: Person) -> list[float]:
    """Of more sessions than they may hold, those begun last bar the way longest."""
    return sorted(map(meant, person.held))[: _room(person)]


def _free(person: Person) -> list[float]:
    """Wrap-up keeps a person from every further call."""
    return [meant(person.wrap_left)] * (_room(person) - len(person.held))


def _room(person: Person) -> int:
    return min(max(0, person.capacity), MOST_HELD)


def _long_held(people: Iterable[Person], sessions: _Sessions) -> float:
    """The share of those here in a session that outlasts nearly all that were seen."""
    here = [person for person in people if not person.away]
    edge = sessions.lengths[int(LONG * len(sessions.lengths))]
    long = [person for person in here if any(each >= edge for each in person.held)]
    return len(long) / len(here)


# --- The futures ---


@lru_cache(maxsize=512)
def _shuffle(what: str, which: int) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """Deals quantiles out to the futures, in an order of its own for each draw."""

    def place(turn: int) -> bytes:
        return blake2b(f"{what}/{which}/{turn}".encode(), digest_size=8).digest()

    return itemgetter(*sorted(range(FUTURES), key=place))


def _doubt(sessions: _Sessions) -> Column:
    """In each future all sessions are longer or shorter, as few that were seen may be."""
    error = sessions.deviation / sqrt(len(sessions.lengths))
    return _shuffle("doubt", 0)([exp(error * NORMAL.inv_cdf(part)) for part in PARTS])


def _starts(
    ends: Sequence[Column], rates: Sequence[Rate], sessions: _Sessions
) -> list[Column]:
    """For each call, in order: the second at which it is served, in every future."""
    most = _overtaking(len(ends), rates, fmean(sessions.lengths))
    starts = _looked_at(most, ends, rates, sessions)
    if 0 < most < MOST_OVERTAKING and inf in starts[-1]:
        return _looked_at(MOST_OVERTAKING, ends, rates, sessions)
    return starts


def _looked_at(
    most: int, ends: Sequence[Column], rates: Sequence[Rate], sessions: _Sessions
) -> list[Column]:
    """The starts, infinite where as many overtake as are looked at."""
    spread, doubt = _spread(sessions.lengths), _doubt(sessions)
    lengths = [
        list(map(mul, _shuffle("length", turn)(spread), doubt))
        for turn in range(len(rates) + most)
    ]
    served = map(_served, zip(*ends, strict=True), zip(*lengths, strict=True))
    if most:
        served = map(_overtaken, served, _arrivals(most), [rates] * FUTURES)
    return [*zip(*served, strict=True)]


def _served(ends: Iterable[float], lengths: Iterable[float]) -> list[float]:
    """One future: when the first call is served, the second, and so on."""
    free = list(ends)
    heapify(free)
    return [heapreplace(free, free[0] + length) for length in lengths]


def _overtaking(people: int, rates: Sequence[Rate], mean: float) -> int:
    """How many that overtake to look at first: three times what the wait lets expect."""
    expected_ones = come(rates[-1], len(rates) * mean / people)
    return min(MOST_OVERTAKING, 8 + ceil(3 * expected_ones)) if expected_ones else 0


def _arrivals(most: int) -> Iterable[tuple[float, ...]]:
    """In each future: when so many calls come of which one a second is expected."""
    gaps = [-log1p(-part) for part in PARTS]
    drawn = [_shuffle("gap", turn)(gaps) for turn in range(most)]
    return (tuple(accumulate(each)) for each in zip(*drawn, strict=True))


def _overtaken(
    starts: Sequence[float], arrivals: Sequence[float], rates: Sequence[Rate]
) -> list[float]:
    """One future: the start that is left to each call by all who come before it.

    A call behind n others has the start k once no more than k - n have overtaken it.
    """
    most = len(arrivals)
    kept, turn = [], -1
    for ahead, rate in enumerate(rates):
        turn += 1
        while turn - ahead < (
            before := bisect_right(arrivals, come(rate, starts[turn]))
        ):
            turn = ahead + before
        kept.append(starts[turn] if before < most else inf)
    return kept


# --- How sure ---

_UNKNOWN = Wait(median=None, low=None, high=None, sure=Sure.POOR, why=Why.NOBODY_THERE)


def _wait(ordered: Sequence[float], seen: int, long_held: float) -> Wait:
    # Rounded outwards, for the sessions seen are never quite those that come.
    low, high = ordered[int(LOW * FUTURES) - 1], ordered[int(HIGH * FUTURES)]
    median = ordered[FUTURES // 2]
    sure, why = _sure(median, high, seen, long_held)
    return Wait(
        median=_known(median), low=_known(low), high=_known(high), sure=sure, why=why
    )


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _sure(median: float, high: float, seen: int, long_held: float) -> tuple[Sure, Why]:
    """The first that holds, the worst first."""
    rows = (
        (high == 0, Sure.GOOD, Why.FREE),
        (high == inf, Sure.POOR, Why.OVERTAKEN),
        (seen == 0, Sure.POOR, Why.NONE_SEEN),
        (seen < FEW, Sure.POOR, Why.FEW_SEEN),
        (long_held > 0.5, Sure.POOR, Why.LONG_HELD),
        (seen < ENOUGH, Sure.FAIR, Why.FEW_SEEN),
        (long_held > 0, Sure.FAIR, Why.LONG_HELD),
        (high > max(NARROW, WIDE * median), Sure.FAIR, Why.WIDE),
    )
    return next(
        ((sure, why) for holds, sure, why in rows if holds),
        (Sure.GOOD, Why.ENOUGH_SEEN),
    )
