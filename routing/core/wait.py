"""How long each call of a queue waits for one kind of seat, and how sure that is.

Every session under way is given an end, and every call that waits a length, in many
futures at once; in each the calls are served in their order and overtaken at the rate
given, and the futures' quantiles are the answer. An end is drawn from the sessions seen
that lasted longer than this one has: a session of an hour ends no sooner than any other.

The draws are a fixed Latin hypercube, so that the same queue gives the same wait, one
call more ahead never shortens it and one person more never lengthens it. At simulated
desks four in five waits came inside the band; a gamma curve of departures held seven in
ten, and erred up to a fifth more.

A wait is until somebody is free for the call: ringing comes on top. Who is on a break
is taken to come back as breaks end; who is away otherwise is not counted, whoever is
here is taken to stay, and nobody is taken to hang up, for a caller who is lost is called
back. A call that asks for a skill waits for whoever has it, or until it may be put to
anybody. That these may take another call meanwhile is not counted, nor whom such a call
lets pass where skills hold for long, and so neither is said to be sure.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heapify, heapreplace
from itertools import accumulate
from math import ceil, inf, isfinite, log1p
from operator import mul
from statistics import fmean

from routing.core import overtaking, sessions
from routing.core.overtaking import Rate, come, meant
from routing.core.sessions import FUTURES, HIGH, PARTS, Column, Prior, Sessions

LOW = 0.1
# Assumed: a quarter of an hour, and a meal.
BREAKS = Prior(median=900, ninetieth=2700, source="assumed")
FEW, ENOUGH = 10, 30  # sessions seen: below, a guess; from the second on, known
LONG = 0.95  # the part of all sessions that a long one outlasts
WIDE, NARROW = 3.0, 300.0  # times the median; seconds within which a width is no matter
MOST_OVERTAKING, MOST_HELD = 64, 16  # looked at; calls of one person at once


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
    SKILLED = "skilled"
    ON_BREAK = "on_break"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who fills such seats; free where nothing is held and no wrap-up left.

    ``held``: seconds that each session of theirs, or offer, has lasted. ``wrap_left``:
    seconds. ``away``: nobody knows until when; ``gone``: for so many seconds, if it is on
    a break that people come back from.
    """

    held: tuple[float, ...] = ()
    wrap_left: float = 0.0
    capacity: int = 1
    away: bool = False
    gone: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """Only the ``suited`` among the people may be asked for ``until`` seconds from now."""

    suited: tuple[Person, ...]
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """``overtaken``: for each call that waits, in the order of being served, how many
    calls an hour are put before it; ``overtaken_new`` the same for one that would come
    now, at the end. ``at_first``, where given, for each as well: those that
    are put before it only until waiting has lifted it.
    ``seen``: seconds of recent sessions with their wrap-up. ``asks``, where given: for
    each call that waits, the skill it asks for; None for whom everybody suits.
    """

    people: tuple[Person, ...]
    overtaken: tuple[float, ...] = ()
    overtaken_new: float = 0.0
    at_first: tuple[Rate, ...] = ()
    at_first_new: Rate = ()
    seen: tuple[float, ...] = ()
    asks: tuple[Asks | None, ...] = ()
    prior: Prior


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Seconds; nine in ten wait longer than ``low``, one in ten longer than ``high``.

    None is unknown: nobody is there, nobody who is there has what is asked for, or so
    many overtake that no end can be said.
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


def expected(queue: Queue) -> Waits:
    """Total: what cannot be meant (below nought, no number) is taken for nought."""
    known = sessions.sessions(queue.seen, queue.prior)
    waits = _waits(queue, known)
    return Waits(
        waiting=tuple(waits[:-1]),
        new=waits[-1],
        seen=known.seen,
        prior=queue.prior.source if sessions.worth(known.seen) else None,
    )


def _waits(queue: Queue, known: Sessions) -> list[Wait]:
    """Of each call that waits, and last of one that would come now."""
    rates = overtaking.rates(
        (*queue.overtaken, queue.overtaken_new),
        (*(queue.at_first or ((),) * len(queue.overtaken)), queue.at_first_new),
    )
    asks = (*(queue.asks or (None,) * len(queue.overtaken)), None)
    ends = _ends(queue.people, known)
    if not ends:
        return [_UNKNOWN] * len(rates)
    starts = _suited(_starts(ends, rates, known), asks, known)
    doubts = _doubts(queue.people, known)
    return [
        _wait(sorted(column), replace(doubts, skilled=_by_skill(asks[: turn + 1])))
        for turn, column in enumerate(starts)
    ]


# --- Who is free when ---


def _ends(people: Iterable[Person], known: Sessions) -> list[Column]:
    """For each call that people here can hold at once: when they are free for one.

    Of none where nobody is here: of breaks alone nobody can say when somebody comes.
    """
    here = [person for person in people if not person.away]
    certain = [each for person in here for each in _free(person)]
    held = [each for person in here for each in _holding(person)]
    sure = [[each] * FUTURES for each in certain]
    ends = [*sure, *sessions.drawn("end", held, known)]
    return [*ends, *_returns(people)] if ends else []


def _returns(people: Iterable[Person]) -> Iterable[Column]:
    """For each call that those on a break can hold: when they are back for it."""
    gone = [
        meant(person.gone)
        for person in people
        if person.away and person.gone is not None
        for _call in range(_room(person))
    ]
    return sessions.drawn("back", gone, sessions.sessions((), BREAKS))


def _holding(person: Person) -> list[float]:
    """Of more sessions than they may hold, those begun last bar the way longest."""
    return sorted(map(meant, person.held))[: _room(person)]


def _free(person: Person) -> list[float]:
    """Wrap-up keeps a person from every further call."""
    return [meant(person.wrap_left)] * (_room(person) - len(person.held))


def _room(person: Person) -> int:
    return min(max(0, person.capacity), MOST_HELD)


# --- The futures ---


def _starts(
    ends: Sequence[Column], rates: Sequence[Rate], known: Sessions
) -> list[Column]:
    """For each call, in order: the second at which it is served, in every future."""
    most = _overtaking(len(ends), rates, fmean(known.lengths))
    starts = _looked_at(most, ends, rates, known)
    if 0 < most < MOST_OVERTAKING and inf in starts[-1]:
        return _looked_at(MOST_OVERTAKING, ends, rates, known)
    return starts


def _looked_at(
    most: int, ends: Sequence[Column], rates: Sequence[Rate], known: Sessions
) -> list[Column]:
    """The starts, infinite where as many overtake as are looked at."""
    lengths = _lengths(len(rates) + most, known)
    served = map(_served, zip(*ends, strict=True), zip(*lengths, strict=True))
    if most:
        served = map(_overtaken, served, _arrivals(most), [rates] * FUTURES)
    return [*zip(*served, strict=True)]


def _lengths(count: int, known: Sessions) -> list[Column]:
    """For each of so many calls: how long it lasts in every future."""
    spread, doubt = sessions.spread(known.lengths), sessions.doubt(known)
    return [
        list(map(mul, sessions.shuffle("length", turn)(spread), doubt))
        for turn in range(count)
    ]


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
    drawn = [sessions.shuffle("gap", turn)(gaps) for turn in range(most)]
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


def _suited(
    starts: Sequence[Column], asks: Sequence[Asks | None], known: Sessions
) -> list[Column]:
    """The same, no sooner than somebody suited is free or skills keep nobody away."""
    kept: list[Column] = []
    for turn, (column, ask) in enumerate(zip(starts, asks, strict=True)):
        if ask is not None:
            alone = _alone(ask, asks[:turn].count(ask), known)
            sooner = [min(ask.until, each) for each in alone]
            column = list(map(max, column, sooner))
        kept.append(column)
    return kept


def _by_skill(asks: Sequence[Asks | None]) -> bool:
    """Whether the last asks for a skill, or may go before another that long does."""
    long = any(ask is not None and ask.until > NARROW for ask in asks)
    return long or asks[-1] is not None


def _alone(ask: Asks, before: int, known: Sessions) -> Column:
    """When the suited are free, after so many calls that ask for the same."""
    ends = _ends(ask.suited, known)
    if not ends:
        return [inf] * FUTURES
    lengths = zip(*_lengths(before + 1, known), strict=True)
    return [each[-1] for each in map(_served, zip(*ends, strict=True), lengths)]


# --- How sure ---


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubts:
    """``seen``: sessions. ``long_held``: the share of those here in a session that
    outlasts nearly all that were seen. ``on_break``: whether somebody is."""

    seen: int
    long_held: float
    on_break: bool
    skilled: bool = False


_UNKNOWN = Wait(median=None, low=None, high=None, sure=Sure.POOR, why=Why.NOBODY_THERE)


def _doubts(people: Iterable[Person], known: Sessions) -> _Doubts:
    here = [person for person in people if not person.away]
    edge = known.lengths[int(LONG * len(known.lengths))]
    long = [person for person in here if any(each >= edge for each in person.held)]
    return _Doubts(
        seen=known.seen,
        long_held=len(long) / len(here),
        on_break=any(person.away and person.gone is not None for person in people),
    )


def _wait(ordered: Sequence[float], doubts: _Doubts) -> Wait:
    # Rounded outwards, for the sessions seen are never quite those that come.
    low, high = ordered[int(LOW * FUTURES) - 1], ordered[int(HIGH * FUTURES)]
    median = ordered[FUTURES // 2]
    sure, why = _sure(median, high, doubts)
    return Wait(
        median=_known(median), low=_known(low), high=_known(high), sure=sure, why=why
    )


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _sure(median: float, high: float, doubts: _Doubts) -> tuple[Sure, Why]:
    """The first that holds, the worst first."""
    seen, long_held = doubts.seen, doubts.long_held
    rows = (
        (high == 0, Sure.GOOD, Why.FREE),
        (high == inf and doubts.skilled, Sure.POOR, Why.SKILLED),
        (high == inf, Sure.POOR, Why.OVERTAKEN),
        (seen == 0, Sure.POOR, Why.NONE_SEEN),
        (seen < FEW, Sure.POOR, Why.FEW_SEEN),
        (long_held > 0.5, Sure.POOR, Why.LONG_HELD),
        (seen < ENOUGH, Sure.FAIR, Why.FEW_SEEN),
        (doubts.skilled, Sure.FAIR, Why.SKILLED),
        (long_held > 0, Sure.FAIR, Why.LONG_HELD),
        (doubts.on_break, Sure.FAIR, Why.ON_BREAK),
        (high > max(NARROW, WIDE * median), Sure.FAIR, Why.WIDE),
    )
    return next(
        ((sure, why) for holds, sure, why in rows if holds),
        (Sure.GOOD, Why.ENOUGH_SEEN),
    )
