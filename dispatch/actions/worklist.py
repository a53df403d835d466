"""The navigators' list: a call stands on it at most once at a time."""

from datetime import datetime

from django.db.models.functions import Now

from dispatch import events, journal
from dispatch.actions.base import move
from dispatch.actions.seat import done, locked_seats, withdraw_wanted
from dispatch.events import Actor
from dispatch.models import Call, FollowUp
from dispatch.states import FollowUpState, SeatState
from routing.core.facts import Response

ALL_BUT_NAVIGATION = frozenset(Response) - {Response.CN}


def plan_locked(call: Call, due: datetime, by: Actor) -> FollowUp:
    """A follow-up by then, or the one that is open already. The caller holds the call."""
    if found := _open(call):
        return found
    planned = FollowUp.objects.create(agency=call.agency, call=call, due_at=due)
    journal.append(
        events.FollowUpPlanned(followup=planned.pk, due=due.isoformat()),
        call=call,
        by=by,
    )
    return planned


def refuse_locked(call: Call, by: Actor) -> None:
    """The person says no: what is planned is closed, and Care Navigation let go.

    Whoever claimed it is not to ring any more. The caller holds the call.
    """
    row = _open(call)
    if row is not None:
        close_locked(call, row, "declined", by)
        withdraw_wanted(call, ALL_BUT_NAVIGATION, "declined", by)


def close_locked(call: Call, row: FollowUp, outcome: str, by: Actor) -> bool:
    """It is over, and how; whether Care Navigation had the call. Holds both."""
    move(row, FollowUpState.CLOSED, outcome=outcome, closed_at=Now())
    seats = locked_seats(call, response="cn", state=SeatState.FILLED)
    journal.append(
        events.FollowUpClosed(followup=row.pk, outcome=outcome), call=call, by=by
    )
    for seat in seats:
        done(call, seat, by)
    return bool(seats)


def _open(call: Call) -> FollowUp | None:
    rows = FollowUp.objects.select_for_update(no_key=True).filter(call=call)
    return rows.exclude(state=FollowUpState.CLOSED).first()
