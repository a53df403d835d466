"""What a crew was taken off and has not said that it knows: which call, and why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import planned
from dispatch.models import Unit
from dispatch.models.unit import UNARMED
from dispatch.selectors.decision import Words

# Of each call only what came last: who is sent there again is on it. A crew that signed
# on later never heard of it, and need not. No call that a crew took over with its unit
# was offered more than a day before: the unit's years of offers are not gone through.
TAKEN_OFF = """
    SELECT offer, (SELECT number FROM dispatch_call WHERE id = last.call_id), why,
      EXISTS (SELECT FROM dispatch_answer w WHERE w.call_id = last.call_id
        AND w.value = 'yes' AND w.question IN ('weapon', 'violence')), ended
    FROM (
      SELECT DISTINCT ON (s.call_id) s.call_id, o.id AS offer,
        CASE WHEN a.id IS NOT NULL THEN s.why WHEN o.state = 'expired' THEN o.state
          ELSE o.reason END AS why,
        COALESCE(a.ended_at, o.ended_at) AS ended,
        CASE WHEN a.id IS NOT NULL THEN a.ended_at IS NOT NULL AND s.state = 'withdrawn'
          ELSE o.state IN ('withdrawn', 'expired') END AS off
      FROM dispatch_offer o JOIN dispatch_seat s ON s.id = o.seat_id
      LEFT JOIN dispatch_assignment a ON a.offer_id = o.id
      WHERE o.unit_id = %(unit)s::uuid
        AND o.made_at >= (SELECT min(started_at) - interval '1 day'
          FROM dispatch_shift WHERE unit_id = %(unit)s::uuid AND ended_at IS NULL)
      ORDER BY s.call_id, o.made_at DESC) last
    WHERE off AND ended >= (SELECT min(started_at) FROM dispatch_shift
        WHERE unit_id = %(unit)s::uuid AND ended_at IS NULL)
      AND NOT EXISTS (SELECT FROM dispatch_event e WHERE e.unit_id = %(unit)s::uuid
        AND e.kind = 'TakenOffSeen' AND e.body->>'offer' = offer::text)
    ORDER BY ended
"""
DANGERS = frozenset({"held_back", "not_safe"})
WHY: Words = {
    "another_unit": gettext_lazy("Another unit goes in your place."),
    "expired": gettext_lazy("Nobody acknowledged in time; another unit is asked."),
    "more_urgent": gettext_lazy("You are needed on a more urgent call."),
    "nearer": gettext_lazy("You are nearer to the other call."),
    "moved": gettext_lazy("Dispatch sends you to another call instead."),
    "decided_again": gettext_lazy("What is known now asks for another help."),
    "overridden": gettext_lazy("Dispatch chose another help."),
    "not_needed": gettext_lazy("Your team is not needed there any more."),
    "resolved": gettext_lazy("The call has ended."),
    "closed": gettext_lazy("The call was closed."),
    "cancelled": gettext_lazy("The call was cancelled."),
    "caller_cancelled": gettext_lazy("The caller no longer wants help."),
    "duplicate": gettext_lazy("Another call about the same is being worked on."),
    "returned": gettext_lazy("The call went back to 911."),
    "called_back": gettext_lazy("Your own centre needs you."),
    "time_over": gettext_lazy("The time for which you were lent is over."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOff:
    """A call that the crew is not sent to any more; ``danger``: it must not go there."""

    id: UUID
    number: str
    why: str
    danger: bool
    at: datetime


def of(unit: Unit) -> tuple[TakenOff, ...]:
    """What this crew has not acknowledged yet: danger first, then the oldest.

    One statement.
    """
    made = []
    for offer, number, why, armed, at in planned.ask(TAKEN_OFF, {"unit": unit.pk}):
        danger = why in DANGERS or (armed and unit.kind == UNARMED)
        said = _("What is known now holds your team back.") if danger else _why(why)
        made.append(TakenOff(id=offer, number=number, why=said, danger=danger, at=at))
    return tuple(sorted(made, key=lambda one: not one.danger))


def _why(code: str) -> str:
    return str(WHY.get(code, _("Dispatch does not need you there any more.")))
