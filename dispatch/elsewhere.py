"""Of which session somebody else is said to hold the caller: who, on which leg, since when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch import planned, unheard
from dispatch.models.contact import CALLERS

_CALLERS, _HEARD = planned.codes(CALLERS), planned.codes(unheard.HEARD)

# Of the session ``a`` of the seat ``s``: each of its callers who are heard is on the line
# of somebody else; the first of them. Its callers: whoever was handed over for this seat,
# else, where nobody knows, all who are heard and were there when it was wanted.
OF_SESSION = f"""
(SELECT json_build_array((array_agg(h.short_name ORDER BY l.id))[1],
    (array_agg(l.since ORDER BY l.id))[1]::text, (array_agg(l.id ORDER BY l.id))[1],
    (array_agg(h.id ORDER BY l.id))[1])
  FROM dispatch_contact l LEFT JOIN dispatch_user h ON h.id = l.person_id
  WHERE a.person_id IS NOT NULL AND l.call_id = s.call_id
    AND l.purpose IN ({_CALLERS}) AND l.state IN ({_HEARD})
    AND l.id IN (
      SELECT g.caller_leg_id FROM dispatch_transfer g WHERE g.seat_id = s.id
      UNION ALL SELECT l.id WHERE l.began_at <= s.wanted_at AND NOT EXISTS (
        SELECT FROM dispatch_transfer g
        WHERE g.seat_id = s.id AND g.caller_leg_id IS NOT NULL))
  HAVING bool_and(COALESCE(l.person_id <> a.person_id, FALSE)))
"""  # noqa: S608  our own words
OF_CALL = f"""
SELECT s.id, {OF_SESSION} FROM dispatch_seat s
JOIN dispatch_assignment a ON a.seat_id = s.id AND a.ended_at IS NULL
WHERE s.call_id = %(call)s::uuid
"""  # noqa: S608  as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Who of ours is said to hold a session's caller, on which leg, since when."""

    who: str
    person: UUID
    leg: UUID
    since: datetime


def of_call(call_id: UUID) -> dict[UUID, Elsewhere]:
    """By seat, only where it is so; one statement."""
    found = planned.ask(OF_CALL, {"call": call_id})
    return {UUID(str(seat)): _read(*told) for seat, told in found if told}


def _read(who: str, since: str, leg: str, person: str) -> Elsewhere:
    return Elsewhere(
        who=who,
        person=UUID(person),
        leg=UUID(leg),
        since=datetime.fromisoformat(since),
    )
