"""Danger at the same building: what other open calls there say, for whoever goes there.

A building is the look-up of an address without its flat; where nobody knows it, and
where one call names a house and the other the block, nothing is near. A real call is
told of no simulated one, and the other way round.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch import planned
from dispatch.models.row import NO_ROW
from dispatch.states import OPEN_CALL, UNRESOLVED

# A yes to one of these is a danger to a crew at the next door as well. A dispute or a
# theft in one flat says nothing of another: an assumption.
DANGEROUS = frozenset({"violence", "weapon", "threat"})
SWEPT = 100  # calls told in one round of the clock

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_CALL))
_HELPED = ", ".join(f"'{state}'" for state in sorted(UNRESOLVED))
_ASKED = ", ".join(f"'{question}'" for question in sorted(DANGEROUS))
_YES = f"w.value = 'yes' AND w.question IN ({_ASKED})"
# A danger that is said: c, its caller p, and the yes w; it counts anew since a reopening.
# From the building to its calls to their answers: left to choose, the planner walks every
# open call for each caller there (80 ms for 600 calls of one building, 3 ms this way).
_THERE = f"""
  FROM dispatch_caller p
  CROSS JOIN LATERAL (SELECT * FROM dispatch_call WHERE id = p.call_id OFFSET 0) c
  CROSS JOIN LATERAL (
    SELECT * FROM dispatch_answer w WHERE w.call_id = c.id AND {_YES} OFFSET 0) w
  WHERE p.building_lookup <> '' AND c.state IN ({_OPEN})
"""  # noqa: S608  our own states and questions
_SINCE = """GREATEST(w.at, (SELECT max(r.at) FROM dispatch_event r
    WHERE r.call_id = c.id AND r.kind IN ('CallReopened', 'CallsUnlinked')))"""
DANGERS = f"""
  SELECT c.id, c.number, w.question, {_SINCE} {_THERE}
    AND p.building_lookup = %(building)s AND c.agency_id = %(agency)s::uuid
    AND c.id <> %(but)s::uuid AND (c.simulated <> '') = %(simulated)s::boolean
  ORDER BY w.at, w.id
"""
# Part of a statement that names ``agency`` and ``call``.
ANY = f"""
  SELECT EXISTS (SELECT {_THERE}
    AND c.agency_id = %(agency)s::uuid AND c.id <> %(call)s::uuid
    AND p.building_lookup = (
      SELECT building_lookup FROM dispatch_caller WHERE call_id = %(call)s::uuid)
    AND (c.simulated <> '') = (
      SELECT simulated <> '' FROM dispatch_call WHERE id = %(call)s::uuid))
"""  # noqa: S608  our own states and questions
# Calls whose history does not tell of a danger since it is said. Who is asked the same
# there and said yes knows it. In three steps that the planner cannot mix: its own order,
# each open call with each other one, took eleven seconds for a thousand.
UNHEARD = f"""
  WITH here AS MATERIALIZED (
    SELECT c.id, c.agency_id, c.simulated <> '' AS played, p.building_lookup AS building,
      c.state IN ({_HELPED}) AS helped
    FROM dispatch_call c JOIN dispatch_caller p ON p.call_id = c.id
    WHERE c.state IN ({_OPEN}) AND p.building_lookup <> ''),
  said AS MATERIALIZED (
    SELECT c.*, w.question, {_SINCE} AS since
    FROM here c CROSS JOIN LATERAL (
      SELECT question, at FROM dispatch_answer w
      WHERE w.call_id = c.id AND {_YES} OFFSET 0) w)
  SELECT x.id FROM here x WHERE x.helped AND EXISTS (
    SELECT FROM said d
    WHERE d.building = x.building AND d.agency_id = x.agency_id
      AND d.played = x.played AND d.id <> x.id
      AND NOT EXISTS (SELECT FROM dispatch_answer o WHERE o.call_id = x.id
        AND o.question = d.question AND o.value = 'yes')
      AND NOT EXISTS (SELECT FROM dispatch_event e
        WHERE e.call_id = x.id AND e.kind = 'DangerNear' AND e.at >= d.since
          AND e.body->>'other' = d.id::text AND e.body->>'question' = d.question))
  ORDER BY x.id LIMIT %(most)s
"""  # noqa: S608  our own states and questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """``call`` is another open one there; it answers ``question`` with yes, since ``at``."""

    call: UUID
    number: str
    question: str
    at: datetime


def dangers(
    agency: UUID, building: str, *, but: UUID | None = None, simulated: bool = False
) -> tuple[Danger, ...]:
    """What open calls at this look-up say, ``but`` left out; the oldest answer first.

    One statement, none without a building.
    """
    if not building:
        return ()
    asked = {"agency": agency, "building": building, "but": but or NO_ROW}
    found = planned.ask(DANGERS, asked | {"simulated": simulated})
    return tuple(
        Danger(call=pk, number=number, question=question, at=at)
        for pk, number, question, at in found
    )


def unheard() -> list[UUID]:
    """Calls of any centre that have not heard of a danger near them, in their order."""
    return [pk for (pk,) in planned.ask(UNHEARD, {"most": SWEPT})]
