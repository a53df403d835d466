"""A unit on the scales: where it is, how far by road, and what it lacks for a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import inf, isfinite

from routing.core import geo
from routing.core.facts import Point, UnitFacts


class Position(StrEnum):
    """How far a unit's position can be trusted, the best first."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


TRUST = tuple(Position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How an agency compares units. Times are seconds."""

    # Roads in the United States are on average 1.417 times as long as the straight line:
    # Boscoe, Henry, Zdeb, The Professional Geographer 64 (2), 2012 (the detour index).
    road_factor: float = 1.4
    # An assumption: through a town by day, without lights and siren.
    speed_kmh: float = 35
    # A unit whose last call ended less long ago comes after a rested one as near.
    rest: float = 300
    # Travel times that differ by no more count as the same.
    near: int = 60
    # The protocol's clock `position_stale`.
    stale: float = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A unit beside one call. ``travel_s`` from where it was last seen, None = unknown;
    ``by_road`` = a road service said so; ``rested_s`` since its last call, None = none known.
    """

    unit: UnitFacts
    position: Position
    travel_s: int | None
    by_road: bool
    lacking: tuple[str, ...]
    rested_s: int | None
    not_rested: bool
    other_zone: bool
    # Whether anybody knows where help is wanted.
    placed: bool

    @property
    def group(self) -> tuple[bool, bool, int]:
        """Travel times are compared within a group alone: what is wanted comes first.

        A crew that nobody said is short is no short crew; a place that nobody knows is
        no near one. Where nobody knows the place, no unit is near and none is far.
        """
        short = self.unit.crew_complete is False
        trust = TRUST.index(self.position) if self.placed else 0
        return bool(self.lacking), short, trust

    @property
    def travel(self) -> float:
        return inf if self.travel_s is None else self.travel_s


def read(plain: Mapping[str, object], *, stale: float) -> Ranking:
    """The settings of a document whose shape is checked."""
    return Ranking(**plain, stale=stale)  # type: ignore[arg-type]


def stand(
    place: Point | None,
    unit: UnitFacts,
    settings: Ranking,
    now: datetime,
    skills: Mapping[str, int],
    zone: str | None,
) -> Standing:
    ended = unit.last_call_ended
    since = None if ended is None else int((now - ended).total_seconds())
    given = road_s(unit)
    return Standing(
        unit=unit,
        position=position(unit, settings.stale),
        travel_s=straight_s(place, unit, settings) if given is None else given,
        by_road=given is not None,
        lacking=tuple(s for s in sorted(skills) if level(unit, s) < skills[s]),
        rested_s=since,
        not_rested=since is not None and since < settings.rest,
        other_zone=zone is not None and unit.zone != zone,
        placed=place is not None,
    )


def position(unit: UnitFacts, stale: float) -> Position:
    """A position without an age is stale, and so is one from far in the future."""
    if unit.point is None:
        return Position.UNKNOWN
    if unit.age_s is None or not abs(unit.age_s) < stale:
        return Position.STALE
    return Position.FRESH


def road_s(unit: UnitFacts) -> int | None:
    """What a road service said, if it said a time and started from somewhere."""
    given = unit.travel_s
    if unit.point is None or given is None or not isfinite(given) or given < 0:
        return None
    return round(given)


def straight_s(place: Point | None, unit: UnitFacts, settings: Ranking) -> int | None:
    """The straight line as a usual road, driven at the usual speed."""
    if place is None or unit.point is None:
        return None
    km = geo.distance_km(place, unit.point) * settings.road_factor
    return round(km / settings.speed_kmh * 3600)


def level(unit: UnitFacts, skill: str) -> float:
    """0 = not there. Where no levels are kept, to have it is enough for any."""
    if isinstance(unit.skills, Mapping):
        return unit.skills.get(skill, 0)
    return inf if skill in unit.skills else 0
