"""Which of the units that may go comes first, and why not another; ties are broken by id."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from math import inf

from routing.core.facts import Point, UnitFacts
from routing.core.standing import Position, Ranking, Standing, stand
from routing.core.why import Why, because

JUST_NOW = datetime.max.replace(tzinfo=UTC)
Key = tuple[bool, bool, int, int, bool, bool, bool, int, float, datetime, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit that may go. Times are seconds.

    ``travel_s`` is None unless the position is fresh; ``last_known_s`` is the way from
    where a stale one was last seen, ``age_s`` ago, and never to be shown as near.
    ``why`` is what is to be known of it; ``not_first`` is None for the first alone.
    """

    id: str
    position: Position
    travel_s: int | None
    last_known_s: int | None
    age_s: int | None
    why: tuple[Why, ...]
    not_first: Why | None

    @property
    def stale(self) -> bool:
        return self.position == Position.STALE


def candidates(
    place: Point | None,
    units: Iterable[UnitFacts],
    settings: Ranking,
    now: datetime,
    skills: Mapping[str, int],
    zone: str | None,
) -> list[Candidate]:
    """The units in the order in which to ask them, whatever order they come in.

    First those with every wanted skill, then a crew that is not short, then a position
    that is fresh; of these the nearest. Among those as near: rested, crew known to be
    complete, of this zone, fewer calls today; then the seconds, the longest idle, id.
    """
    seen = [stand(place, unit, settings, now, skills, zone) for unit in units]
    keyed = sorted(keys(seen, settings.near), key=lambda pair: pair[0])
    return [candidate(one, key, *keyed[0]) for key, one in keyed]


def keys(seen: Iterable[Standing], near: int) -> list[tuple[Key, Standing]]:
    """Each unit with its key, the smaller the earlier.

    "As near" is counted from the nearest of each band: compared two by two, a could be
    as near as b, and b as c, and c not as a.
    """
    keyed = []
    ordered = sorted(seen, key=lambda one: (one.group, one.travel))
    for _group, members in groupby(ordered, key=lambda one: one.group):
        band, nearest = -1, -inf
        for one in members:
            if one.travel - nearest > near:
                band, nearest = band + 1, one.travel
            keyed.append((key_of(one, band), one))
    return keyed


def key_of(one: Standing, band: int) -> Key:
    """The steps are named in STEPS, in the same order."""
    unit = one.unit
    return (
        *one.group,
        band,
        one.not_rested,
        unit.crew_complete is None,
        one.other_zone,
        unit.calls_today,
        one.travel,
        unit.idle_since or JUST_NOW,
        unit.id,
    )


def candidate(one: Standing, key: Key, best: Key, first: Standing) -> Candidate:
    fresh, age = one.position == Position.FRESH, one.unit.age_s
    unseen = age is None or one.position == Position.UNKNOWN
    return Candidate(
        id=one.unit.id,
        position=one.position,
        travel_s=one.travel_s if fresh else None,
        last_known_s=None if fresh else one.travel_s,
        age_s=None if unseen else round(age or 0),
        why=tuple(known(one)),
        not_first=None if one is first else not_first(one, key, best, first),
    )


def known(one: Standing) -> list[Why]:
    """What is to be known of a unit, whether or not it moved it."""
    said = [] if one.position == Position.FRESH else [of_position(one)]
    if one.travel_s is not None:
        said.append(because("by_road" if one.by_road else "straight_line"))
    said += [because("lacks_skill", skill=skill) for skill in one.lacking]
    if one.unit.crew_complete is not True:
        said.append(of_crew(one))
    if one.not_rested:
        said.append(of_rest(one))
    if one.other_zone:
        said.append(of_zone(one))
    return said


def of_position(one: Standing) -> Why:
    if one.position == Position.UNKNOWN:
        return because("position_unknown")
    if one.unit.age_s is None:
        return because("position_stale")
    return because("position_stale", age_s=round(one.unit.age_s))


def of_crew(one: Standing) -> Why:
    short = one.unit.crew_complete is False
    return because("crew_incomplete" if short else "crew_unknown")


def of_rest(one: Standing) -> Why:
    return because("not_rested", s=one.rested_s or 0)


def of_zone(one: Standing) -> Why:
    if not one.unit.zone:
        return because("zone_unknown")
    return because("other_zone", zone=one.unit.zone)


def of_way(one: Standing, first: Standing) -> Why:
    """How much farther; of a stale position only how much farther it was."""
    if one.travel_s is None or first.travel_s is None:
        return because("travel_unknown")
    fresh = one.position == Position.FRESH
    code = "farther" if fresh else "farther_when_last_seen"
    return because(code, s=one.travel_s - first.travel_s)


def of_idle(one: Standing, first: Standing) -> Why:
    mine, other = one.unit.idle_since, first.unit.idle_since
    if mine is None or other is None:
        return because("idle_unknown")
    return because("idle_shorter", s=int((mine - other).total_seconds()))


def of_calls(one: Standing, first: Standing) -> Why:
    return because(
        "more_calls", calls=one.unit.calls_today, first=first.unit.calls_today
    )


# For each part of the key, what to say where it is the first that differs.
STEPS: tuple[Callable[[Standing, Standing], Why], ...] = (
    lambda one, first: because("lacks_skill", skill=one.lacking[0]),
    lambda one, first: of_crew(one),
    lambda one, first: of_position(one),
    of_way,
    lambda one, first: of_rest(one),
    lambda one, first: of_crew(one),
    lambda one, first: of_zone(one),
    of_calls,
    of_way,
    of_idle,
    lambda one, first: because("higher_id"),
)


def not_first(one: Standing, key: Key, best: Key, first: Standing) -> Why:
    """What the first step says at which it differs from the first."""
    step = next(n for n in range(len(STEPS)) if key[n] != best[n])
    return STEPS[step](one, first)
