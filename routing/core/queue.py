"""How calls wait: an agency's settings, and whose turn it is; ties are broken by id.

Waiting alone makes no emergency: a call rises to 2 at most, so that 1 stays a danger
that somebody named and never hides behind many that have merely waited.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from routing.core.facts import Response
from routing.core.why import Why, because

When = tuple[tuple[str, frozenset[object]], ...]
# As high as waiting alone can lift a call.
RISES_TO = 2
# Seconds until a waiting seat is past its target: as the alarm of an unowned call, and
# twice a crew's time to acknowledge. Assumptions; every agency sets its own.
TARGETS = {Response.CCD: 30, Response.CRT: 120, Response.COR: 120}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """When these facts hold, this skill: required, or else preferred. Levels are 1 to 3."""

    when: When
    skill: str
    level: int
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How an agency's calls wait. Times are seconds; what a document leaves out is here."""

    capacity: int = 1
    ring_at_once: int = 1
    missed_offers: int = 2
    sticky: float = 8
    rises: tuple[float, ...] = (120, 300)
    relax_required: float = 30
    relax_preferred: float = 15
    targets: Mapping[Response, float] = field(default_factory=lambda: dict(TARGETS))
    wishes: tuple[Wish, ...] = ()
    roster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Skills that a call asks for, each with its least level."""

    required: Mapping[str, int] = field(default_factory=dict)
    preferred: Mapping[str, int] = field(default_factory=dict)

    @property
    def together(self) -> dict[str, int]:
        return highest(self.required, self.preferred)


def highest(*several: Mapping[str, int]) -> dict[str, int]:
    """Each skill once, with the highest level that any asks for."""
    levels: dict[str, int] = {}
    for skills in several:
        for skill, level in skills.items():
            levels[skill] = max(level, levels.get(skill, 0))
    return levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Who waits. Priority: 1 emergency to 4 routine."""

    id: str
    priority: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A place in the queue. ``behind``: why it is after the one before it."""

    id: str
    priority: int
    waited_s: int
    why: tuple[Why, ...]
    behind: Why | None


def read(plain: Mapping[str, object], conditions: Callable[[object], When]) -> Queue:
    """The settings of a document whose shape is checked; ``conditions`` reads a `when`."""
    given = dict(plain)
    for need, seconds in mapping(given.pop("relax", {})).items():
        given[f"relax_{need}"] = seconds
    if isinstance(rises := given.get("rises"), list):
        given["rises"] = tuple(rises)
    targets = mapping(given.get("targets", {}))
    given["targets"] = TARGETS | {Response(kind): s for kind, s in targets.items()}
    wishes = given.pop("skills", [])
    assert isinstance(wishes, list)
    given["wishes"] = tuple(read_wish(mapping(one), conditions) for one in wishes)
    return Queue(**given)  # type: ignore[arg-type]


def read_wish(
    plain: Mapping[str, object], conditions: Callable[[object], When]
) -> Wish:
    level = plain.get("level", 1)
    assert isinstance(level, int)
    return Wish(
        when=conditions(plain["when"]),
        skill=str(plain["skill"]),
        level=level,
        required=plain["need"] == "required",
    )


def mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def effective_priority(priority: int, waited_s: float, rises: Iterable[float]) -> int:
    """The priority after waiting: one step for each time that is over, to 2 at most."""
    steps = sum(waited_s >= after for after in rises)
    return min(priority, max(RISES_TO, priority - steps))


def rises_in(priority: int, to: int, waited_s: float, rises: Iterable[float]) -> float:
    """Seconds until waiting has lifted a call so high; infinite where it never does."""
    steps, times = priority - to, sorted(rises)
    if to < RISES_TO or steps > len(times):
        return inf
    return max(0.0, times[steps - 1] - waited_s) if steps > 0 else 0.0


def order(waiting: Iterable[Waiting], now: datetime, settings: Queue) -> list[Turn]:
    """Effective priority first, then who waits longest, then id."""

    def turn(one: Waiting) -> tuple[int, datetime, str]:
        waited = (now - one.since).total_seconds()
        risen = effective_priority(one.priority, waited, settings.rises)
        return risen, one.since, one.id

    queued = sorted(((turn(one), one) for one in waiting), key=lambda pair: pair[0])
    turns = []
    before: tuple[int, datetime, str] | None = None
    for standing, one in queued:
        turns.append(placed(one, standing, before, now))
        before = standing
    return turns


def placed(
    one: Waiting,
    standing: tuple[int, datetime, str],
    before: tuple[int, datetime, str] | None,
    now: datetime,
) -> Turn:
    priority = standing[0]
    waited = max(0, int((now - one.since).total_seconds()))
    if priority < one.priority:
        own = because("risen", was=one.priority, priority=priority)
    else:
        own = because("priority", priority=priority)
    return Turn(
        id=one.id,
        priority=priority,
        waited_s=waited,
        why=(own, because("waited", s=waited)),
        behind=None if before is None else behind(standing, before),
    )


def behind(mine: tuple[int, datetime, str], first: tuple[int, datetime, str]) -> Why:
    if mine[0] != first[0]:
        return because("lower_priority", priority=mine[0], first=first[0])
    if mine[1] != first[1]:
        later = int((mine[1] - first[1]).total_seconds())
        return because("waited_less", s=later)
    return because("higher_id")
