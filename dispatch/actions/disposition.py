"""How a call ends: a session's end, resolve, close, reopen."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.base import (
    action,
    coded,
    database_now,
    lock_assignment,
    lock_call,
    move,
)
from dispatch.actions.ending import open_again, refuse_to_end
from dispatch.actions.line import end_all, refuse_session_over_lost, session_over
from dispatch.actions.seat import (
    OPEN_SEAT,
    OURS,
    done,
    end_assignment,
    finish_outside,
    unserved,
    withdraw_all,
    withdraw_wanted,
)
from dispatch.actions.whose import own_locked
from dispatch.actions.worklist import plan_locked, refuse_locked
from dispatch.errors import Invalid, LostRace
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Disposition, Seat
from dispatch.models.disposition import CONSENTS as CONSENTS
from dispatch.models.disposition import OUTCOMES as OUTCOMES
from dispatch.states import BEFORE_DECISION, CallState, SeatState
from routing import store


def record(
    call: Call,
    outcomes: Sequence[str],
    by: Actor,
    *,
    person_reached: bool | None = None,
    followup_consent: str = "not_asked",
) -> Disposition:
    """Store how this part of the call ended. The caller holds the call."""
    unknown = [code for code in outcomes if code not in OUTCOMES]
    if unknown or not outcomes:
        raise Invalid(field="outcome", why=_("choose how it ended"))
    if followup_consent not in CONSENTS:
        raise Invalid(
            field="followup_consent", why=_("yes, no, not_known or not_asked")
        )
    made = Disposition(
        call=call,
        outcomes=list(outcomes),
        person_reached=person_reached,
        resolved_by_phone="resolved_by_phone" in outcomes,
        followup_consent=followup_consent,
        by=str(by),
        by_name=by.name[:40],
    )
    quick.add(made)
    if followup_consent == "yes":
        _plan(call, by)
    elif followup_consent == "no":
        refuse_locked(call, by)
    return made


def settle(call: Call, by: Actor, last: Disposition | None = None) -> None:
    """Resolved once nobody is looked for, at work or to be told. Holds the call.

    Only a person says that help which nobody has told yet is not needed after all, or
    that a call needs no decision any more.
    ``last``: how the part ended that has just ended.
    """
    if call.state != CallState.WORKING or call.decision_wanted_at is not None:
        return
    if any(map(_in_hand, quick.rows(Seat, call=call.pk, state=OPEN_SEAT))):
        return
    last = last or Disposition.objects.filter(call=call).order_by("-at", "-pk").first()
    if last is not None:
        _resolve(call, last, by, by_itself=True)


def _in_hand(seat: Seat) -> bool:
    """Ours at work or looked for, or an outside service that nobody has told."""
    if seat.response == "cn":
        return False
    return seat.response in OURS or seat.state == SeatState.WANTED


def _resolve(
    call: Call, made: Disposition, by: Actor, *, by_itself: bool = False
) -> None:
    move(call, CallState.RESOLVED, decision_wanted_at=None)
    resolved = events.CallResolved(
        disposition=made.pk, outcomes=tuple(made.outcomes), by_itself=by_itself
    )
    journal.append(resolved, call=call, by=by)


def _plan(call: Call, by: Actor) -> None:
    """A follow-up within the protocol's time."""
    _row, protocol = store.published(call.agency_id)
    due = database_now() + timedelta(seconds=protocol.clocks["follow_up_first"])
    plan_locked(call, due, by)


@action
def end_session(
    *,
    assignment_id: UUID,
    outcomes: Sequence[str],
    by: Actor,
    person_reached: bool | None = None,
    followup_consent: str = "not_asked",
    line_over: bool = False,
) -> Assignment:
    """The clinician is done with the caller; wrap-up begins, teams go on.

    ``line_over``: they said that the caller's line has ended. Else it goes on, and
    somebody is to say who holds it.
    """
    call, seat, assignment = lock_assignment(assignment_id)
    if assignment.ended_at is not None:
        return assignment
    if assignment.confirmed_at is None:
        raise Invalid(field="session", why=_("confirm first that you have the caller"))
    clocks = store.published(call.agency_id)[1].clocks
    most = int(clocks["callback_attempts"])
    refuse_session_over_lost(call, assignment, most)
    end_assignment(assignment, by)
    done(call, seat, by)
    made = record(
        call,
        outcomes,
        by,
        person_reached=person_reached,
        followup_consent=followup_consent,
    )
    journal.append(
        events.SessionEnded(assignment=assignment.pk, person=assignment.person_id),
        call=call,
        by=by,
    )
    session_over(call, assignment, clocks["session_over"], by, over=line_over)
    settle(call, by, made)
    return assignment


@action
def resolve(
    *,
    call_id: UUID,
    outcomes: Sequence[str],
    by: Actor,
    person_reached: bool | None = None,
    followup_consent: str = "not_asked",
    seen: int | None = None,
) -> Disposition:
    """Say how the call ended while nobody of ours is at work on it any more."""
    call = lock_call(call_id, seen)
    refuse_to_end(call)
    made = record(
        call,
        outcomes,
        by,
        person_reached=person_reached,
        followup_consent=followup_consent,
    )
    withdraw_wanted(call, (), "resolved", by)
    if call.state != CallState.RESOLVED:
        _resolve(call, made, by)
    return made


@action
def close(
    *,
    call_id: UUID,
    by: Actor,
    outcomes: Sequence[str] = (),
    person_reached: bool | None = None,
    followup_consent: str = "not_asked",
    seen: int | None = None,
) -> Call:
    """Close the call. Without an earlier disposition, ``outcomes`` says how it ended."""
    call = lock_call(call_id, seen)
    if call.state == CallState.CLOSED:
        return call
    refuse_to_end(call)
    made = Disposition.objects.filter(call=call).order_by("-at", "-pk").first()
    if outcomes or made is None:
        made = record(
            call,
            outcomes,
            by,
            person_reached=person_reached,
            followup_consent=followup_consent,
        )
    end_all(call, by)
    if call.state != CallState.RESOLVED:
        _resolve(call, made, by)
    finish_outside(call, by)
    withdraw_all(call, "closed", by)
    declined = "declined_help" in made.outcomes
    unserved(call, "caller_declined" if declined else "other")
    move(call, CallState.CLOSED, closed_at=Now(), decision_wanted_at=None)
    journal.append(events.CallClosed(disposition=made.pk), call=call, by=by)
    return call


@action
def reopen(*, call_id: UUID, reason: str, by: Actor, seen: int | None = None) -> Call:
    """The call is open again and wants another look, by whoever opened it."""
    call = lock_call(call_id, seen)
    if call.state in BEFORE_DECISION:
        return call
    coded("reason", reason)
    if call.state not in {
        CallState.CLOSED,
        CallState.RESOLVED,
        CallState.CANCELLED,
        CallState.RETURNED,
        CallState.DUPLICATE,
    }:
        raise LostRace
    open_again(call, reason, by)
    if by.id is not None and call.owner_id != by.id:
        own_locked(call, by.id, by)
    return call
