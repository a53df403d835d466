"""The navigators' list: a call stands on it at most once at a time."""

from datetime import datetime

from dispatch import events, journal
from dispatch.events import Actor
from dispatch.models import Call, FollowUp
from dispatch.states import FollowUpState


def plan_locked(call: Call, due: datetime, by: Actor) -> FollowUp:
    """A follow-up by then, or the one that is open already. The caller holds the call."""
    rows = FollowUp.objects.filter(call=call).exclude(state=FollowUpState.CLOSED)
    if found := rows.first():
        return found
    planned = FollowUp.objects.create(agency=call.agency, call=call, due_at=due)
    journal.append(
        events.FollowUpPlanned(followup=planned.pk, due=due.isoformat()),
        call=call,
        by=by,
    )
    return planned
