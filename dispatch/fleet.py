"""Units as the core compares them: where, how fresh, how rested, with whom aboard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch import free, planned
from routing.core.facts import Point, Response, UnitFacts

# The crew's skills come on top of the vehicle's. Today is the agency's own.
UNITS = """
    SELECT n.id, n.name, n.kind, n.zone, n.state, n.state_since, n.emergency_at,
      n.last_call_ended_at, p.lat, p.lon,
      EXTRACT(EPOCH FROM %(now)s::timestamptz - p.at)::float8,
      n.crew_wanted,
      (SELECT count(*) FROM dispatch_shift s
       WHERE s.unit_id = n.id AND s.ended_at IS NULL),
      n.skills::json,
      (SELECT json_object_agg(skill, level) FROM (
         SELECT k.skill, max(k.level) AS level FROM dispatch_skill k
         JOIN dispatch_shift s ON s.user_id = k.user_id AND s.ended_at IS NULL
         WHERE s.unit_id = n.id GROUP BY k.skill) AS aboard),
      (SELECT count(*) FROM dispatch_assignment a
       WHERE a.unit_id = n.id AND a.accepted_at >= date_trunc(
         'day', %(now)s::timestamptz AT TIME ZONE g.time_zone) AT TIME ZONE g.time_zone),
      n.missed
    FROM dispatch_unit n JOIN dispatch_agency g ON g.id = n.agency_id
    LEFT JOIN dispatch_unitposition p ON p.unit_id = n.id
    WHERE n.agency_id = %(agency)s::uuid AND n.kind = ANY(%(kinds)s::text[])
"""
# Free units of this kind that answer, and that this call has not just asked in vain.
NOT_ASKED = free.not_asked("o.unit_id = n.id", "%(call)s::uuid", "n.kind")
FREE = f"{UNITS} AND {free.UNIT} AND {NOT_ASKED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A unit, and what the core compares of it.

    ``since`` when it does what it does; in an emergency, since that was raised.
    ``missed``: so many orders in a row its crew has not acknowledged.
    """

    id: UUID
    name: str
    state: str
    since: datetime
    emergency: bool
    missed: int
    facts: UnitFacts

    @property
    def free(self) -> bool:
        return self.state == "available" and not self.emergency


def untried(
    agency: UUID, call: UUID, kind: str, asked: datetime, missed: int, now: datetime
) -> list[UnitFacts]:
    """Whom a call may ask now: none that it asked in vain since then. One statement.

    Nor one whose crew let ``missed`` orders in a row lapse: nobody may be there.
    """
    values = {"agency": agency, "kinds": [kind], "now": now, "missed": missed}
    found = planned.ask(FREE, values | {"call": call, "asked": asked})
    return [_known(*row).facts for row in found]


def units(agency: UUID, kinds: list[str], now: datetime) -> list[Known]:
    """Every unit of these kinds, whatever it does. One statement."""
    found = planned.ask(UNITS, {"agency": agency, "kinds": kinds, "now": now})
    return [_known(*row) for row in found]


def _known(
    pk: UUID,
    name: str,
    kind: str,
    zone: str,
    state: str,
    since: datetime,
    emergency: datetime | None,
    ended: datetime | None,
    lat: float | None,
    lon: float | None,
    age: float | None,
    wanted: int,
    aboard: int,
    *rest: Any,
) -> Known:
    vehicle, crew, calls, missed = rest
    facts = UnitFacts(
        id=str(pk),
        kind=Response(kind),
        point=None if lat is None or lon is None else Point(lat=lat, lon=lon),
        idle_since=since,
        skills=_united(vehicle or {}, crew or {}),
        age_s=age,
        last_call_ended=ended,
        # Where nobody said how many make a crew, nobody knows.
        crew_complete=aboard >= wanted if wanted else None,
        zone=zone or None,
        calls_today=calls,
    )
    return Known(
        id=UUID(str(pk)),
        name=name,
        state=state,
        since=emergency or since,
        emergency=emergency is not None,
        missed=missed,
        facts=facts,
    )


def point(stored: str) -> Point | None:
    """A place as a call keeps it: degrees with a comma, or empty where nobody knows."""
    if not stored:
        return None
    lat, lon = stored.split(",")
    return Point(lat=float(lat), lon=float(lon))


def _united(*each: Mapping[str, int]) -> dict[str, int]:
    """Every skill that any of them has, at its best level."""
    best: dict[str, int] = {}
    for skills in each:
        for skill, level in skills.items():
            best[skill] = max(level, best.get(skill, 0))
    return best
