"""Which of the units that may go comes first; ties are broken by id."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import inf

from routing.core import geo
from routing.core.facts import Point, Response, UnitFacts

JUST_NOW = datetime.max.replace(tzinfo=UTC)


def order(
    place: Point | None,
    units: Iterable[UnitFacts],
    *,
    kind: Response | None = None,
    skills: frozenset[str] = frozenset(),
) -> list[UnitFacts]:
    """Nearest first, then longest idle, then id.

    A unit with every wanted skill comes before one without, for a skill is a wish and
    never a reason to send nobody. One whose position nobody knows comes after the rest.
    """
    may_go = [unit for unit in units if kind is None or unit.kind == kind]

    def standing(unit: UnitFacts) -> tuple[bool, float, datetime, str]:
        return (
            not skills <= unit.skills,
            distance(place, unit),
            unit.idle_since or JUST_NOW,
            unit.id,
        )

    return sorted(may_go, key=standing)


def distance(place: Point | None, unit: UnitFacts) -> float:
    if place is None or unit.point is None:
        return inf
    return geo.distance_km(place, unit.point)
