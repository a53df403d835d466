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
# theft in one flat says nothing of another: an assumption. So are these, which no
# question names: a crew of the call presses for help, or says that it is not safe.
DANGEROUS = frozenset({"violence", "weapon", "threat"})
CREWS = ("crew_emergency", "crew_unsafe")
SWEPT = 100  # calls told in one round of the clock

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_CALL))
_HELPED = ", ".join(f"'{state}'" for state in sorted(UNRESOLVED))
_ASKED = ", ".join(f"'{question}'" for question in sorted(DANGEROUS))
_AGAIN = "r.kind IN ('CallReopened', 'CallsUnlinked')"
# What the call c says of danger. A crew's emergency holds while it lasts and works there.
# That it is not safe holds until the scene is cleared for its team, or for another one
# there after it has left; and no longer than until the call ends. The history of a call
# to which no unit went is not read.
_SAID = f"""
  SELECT question, at FROM dispatch_answer
  WHERE call_id = c.id AND value = 'yes' AND question IN ({_ASKED})
  UNION ALL
  SELECT 'crew_emergency', max(u.emergency_at)
  FROM dispatch_seat s
  JOIN dispatch_assignment a ON a.seat_id = s.id AND a.ended_at IS NULL
  JOIN dispatch_unit u ON u.id = a.unit_id
  WHERE s.call_id = c.id HAVING max(u.emergency_at) IS NOT NULL
  UNION ALL
  SELECT 'crew_unsafe', max(n.at) FROM dispatch_event n
  WHERE n.kind = 'CrewUnsafe' AND n.call_id = (
    SELECT s.call_id FROM dispatch_seat s JOIN dispatch_assignment a ON a.seat_id = s.id
    WHERE s.call_id = c.id AND a.unit_id IS NOT NULL LIMIT 1)
  AND NOT EXISTS (
    SELECT FROM dispatch_event r
    WHERE r.call_id = n.call_id AND r.number > n.number
      AND ({_AGAIN} OR r.kind = 'SceneCleared' AND NOT EXISTS (
        SELECT FROM dispatch_seat s
        JOIN dispatch_assignment a ON a.seat_id = s.id
          AND a.accepted_at < r.at AND (a.ended_at IS NULL OR a.ended_at > r.at)
        WHERE s.call_id = n.call_id AND a.unit_id = n.unit_id
          AND s.id::text <> r.body->>'seat')))
  HAVING max(n.at) IS NOT NULL
"""  # noqa: S608  our own words
# A danger that is said: c, its caller p, and what w; it counts anew since a reopening.
# From the building to its calls to what they say: left to choose, the planner walks every
# open call for each caller there (80 ms for 600 calls of one building, 9 ms this way).
_THERE = f"""
  FROM dispatch_caller p
  CROSS JOIN LATERAL (SELECT * FROM dispatch_call WHERE id = p.call_id OFFSET 0) c
  CROSS JOIN LATERAL ({_SAID} OFFSET 0) w
  WHERE p.building_lookup <> '' AND c.state IN ({_OPEN})
"""  # noqa: S608  our own states and questions
_SINCE = f"""GREATEST(w.at, (SELECT max(r.at) FROM dispatch_event r
    WHERE r.call_id = c.id AND {_AGAIN}))"""  # noqa: S608  our own words
DANGERS = f"""
  SELECT c.id, c.number, w.question, {_SINCE} {_THERE}
    AND p.building_lookup = %(building)s AND c.agency_id = %(agency)s::uuid
    AND c.id <> %(but)s::uuid AND (c.simulated <> '') = %(simulated)s::boolean
  ORDER BY w.at, c.id, w.question
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
# there and said yes knows it. In steps that the planner cannot mix: its own order, each
# open call with each other one, took eleven seconds for a thousand. Each history is read
# once, not once for each danger: 70 ms where 600 calls have heard of 42, and not 280.
UNHEARD = f"""
  WITH here AS MATERIALIZED (
    SELECT c.id, c.agency_id, c.simulated <> '' AS played, p.building_lookup AS building,
      c.state IN ({_HELPED}) AS helped
    FROM dispatch_call c JOIN dispatch_caller p ON p.call_id = c.id
    WHERE c.state IN ({_OPEN}) AND p.building_lookup <> ''),
  said AS MATERIALIZED (
    SELECT c.*, w.question, {_SINCE} AS since
    FROM here c CROSS JOIN LATERAL ({_SAID} OFFSET 0) w),
  heard AS MATERIALIZED (
    SELECT x.id AS by, d.id AS other, d.question
    FROM (SELECT id FROM here WHERE building IN (SELECT building FROM said) OFFSET 0) x
    CROSS JOIN LATERAL (
      SELECT at, body->>'other' AS other, body->>'question' AS question
      FROM dispatch_event WHERE call_id = x.id AND kind = 'DangerNear' OFFSET 0) e
    JOIN said d ON d.id::text = e.other AND d.question = e.question AND d.since <= e.at)
  SELECT x.id FROM here x WHERE x.helped AND EXISTS (
    SELECT FROM said d
    WHERE d.building = x.building AND d.agency_id = x.agency_id
      AND d.played = x.played AND d.id <> x.id
      AND NOT EXISTS (SELECT FROM dispatch_answer o WHERE o.call_id = x.id
        AND o.question = d.question AND o.value = 'yes')
      AND (x.id, d.id, d.question) NOT IN (SELECT by, other, question FROM heard))
  ORDER BY x.id LIMIT %(most)s
"""  # noqa: S608  our own states and questions
# Calls whose building nobody has reckoned: a version wrote them that did not know of it.
UNPLACED = f"""
  SELECT c.id
  FROM (SELECT id FROM dispatch_call WHERE state IN ({_OPEN}) OFFSET 0) c
  CROSS JOIN LATERAL (
    SELECT FROM dispatch_caller p
    WHERE p.call_id = c.id AND p.building_lookup = '' AND p.place_lookup <> '' OFFSET 0) p
  ORDER BY c.id LIMIT %(most)s
"""  # noqa: S608  our own states


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """``call`` is another open one there; it says yes to ``question`` since ``at``.

    Or this is one of ``CREWS``, and a crew of it is in danger.
    """

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


def unplaced() -> list[UUID]:
    """Open calls at a place that is exact, and of no building yet."""
    return [pk for (pk,) in planned.ask(UNPLACED, {"most": SWEPT})]
