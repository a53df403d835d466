"""Follow-up: plan, claim, attempt, postpone, close."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, reach
from dispatch.actions.base import action, database_now, lock_call, move
from dispatch.actions.callback import UNSAFE
from dispatch.actions.disposition import record, settle
from dispatch.actions.seat import locked_seats, served
from dispatch.actions.worklist import close_locked, plan_locked
from dispatch.errors import Invalid, LostRace, NotFound, Stale
from dispatch.events import Actor
from dispatch.models import Call, Disposition, FollowUp, FollowUpAttempt
from dispatch.states import CallState, FollowUpState, SeatState
from routing import store

OUTCOMES = ("engaged", "risk_reduced", "declined", "unreachable", "other")
CALL_OUTCOMES = {"declined": "declined_help", "unreachable": "not_located"}
CHANNELS = ("voice", "text", "visit")


@action
def plan(*, call_id: UUID, due_at: datetime, by: Actor) -> FollowUp:
    """Call this person back by then. A call has at most one open follow-up."""
    call = lock_call(call_id)
    return plan_locked(call, due_at, by)


@action
def claim(*, followup_id: UUID, by: Actor, seen: int | None = None) -> FollowUp:
    """This navigator takes it. A second one is told who was first."""
    call, row = _lock(followup_id, seen)
    if row.claimed_by_id == by.id:
        return row
    if row.claimed_by_id is not None or row.state == FollowUpState.CLOSED:
        raise LostRace
    assert by.id
    row.claimed_by_id = by.id
    _save(row, "claimed_by")
    _fill_seat(call, by)
    journal.append(
        events.FollowUpClaimed(followup=row.pk, person=by.id), call=call, by=by
    )
    return row


def _fill_seat(call: Call, by: Actor) -> None:
    """A call that wanted Care Navigation has it now. The caller holds the call."""
    seats = locked_seats(call, response="cn", state=SeatState.WANTED)
    if not seats:
        return
    seat = seats[0]
    move(seat, SeatState.FILLED, confirmed_at=Now())
    served(call)
    if call.state == CallState.DECIDED:
        move(call, CallState.WORKING)
    journal.append(
        events.SeatConfirmed(seat=seat.pk, response=seat.response), call=call, by=by
    )


@action
def attempt(
    *,
    followup_id: UUID,
    reached: bool,
    by: Actor,
    channel: str = "voice",
    seen: int | None = None,
) -> FollowUp:
    """One try to reach the person. An attempt is not a contact."""
    call, row = _lock_own(followup_id, seen, by)
    if row.state == FollowUpState.CLOSED:
        raise LostRace
    if channel not in CHANNELS:
        raise Invalid(field="channel", why=_("voice, text or visit"))
    if why := _reach(call).unsafe(channel, row.attempts):
        raise Invalid(field="channel", why=UNSAFE[why])
    row.attempts += 1
    FollowUpAttempt.objects.create(
        followup=row, number=row.attempts, channel=channel, reached=reached, by=str(by)
    )
    _save(row, "attempts")
    if reached and row.state in {FollowUpState.DUE, FollowUpState.ATTEMPTED}:
        move(row, FollowUpState.REACHED, reached_at=row.reached_at or database_now())
    elif row.state in {FollowUpState.DUE, FollowUpState.ATTEMPTED}:
        move(row, FollowUpState.ATTEMPTED)
    journal.append(
        events.FollowUpAttempted(followup=row.pk, reached=reached, number=row.attempts),
        call=call,
        by=by,
    )
    _close_after_last(call, row, by)
    return row


def refused_channels(call: Call, tried: int = 0) -> frozenset[str]:
    """What the safe-contact preference rules out after so many tries."""
    found = _reach(call)
    return frozenset(one for one in CHANNELS if found.unsafe(one, tried))


def _reach(call: Call) -> reach.Reach:
    return reach.of_callers([call])[call.pk]


def _close_after_last(call: Call, row: FollowUp, by: Actor) -> None:
    _version, protocol = store.published(call.agency_id)
    most = protocol.clocks["follow_up_attempts"]
    if row.state == FollowUpState.ATTEMPTED and row.attempts >= most:
        _close(call, row, "unreachable", by)


@action
def postpone(
    *, followup_id: UUID, hours: int, by: Actor, seen: int | None = None
) -> FollowUp:
    """Try again later: from now on, at most two weeks."""
    call, row = _lock_own(followup_id, seen, by)
    if row.state == FollowUpState.CLOSED:
        raise LostRace
    if not 1 <= hours <= 336:
        raise Invalid(field="hours", why=_("1 to 336"))
    row.due_at = database_now() + timedelta(hours=hours)
    _save(row, "due_at")
    journal.append(
        events.FollowUpPostponed(followup=row.pk, due=row.due_at.isoformat()),
        call=call,
        by=by,
    )
    return row


@action
def complete(
    *, followup_id: UUID, outcome: str, by: Actor, seen: int | None = None
) -> FollowUp:
    """The follow-up is over, and how."""
    call, row = _lock_own(followup_id, seen, by)
    if row.state == FollowUpState.CLOSED:
        return row
    if outcome not in OUTCOMES:
        raise Invalid(field="outcome", why=_("choose how it ended"))
    _close(call, row, outcome, by)
    return row


def _close(call: Call, row: FollowUp, outcome: str, by: Actor) -> None:
    if not close_locked(call, row, outcome, by):
        return
    # Where Care Navigation was all the help, its end is how the call ended.
    if not Disposition.objects.filter(call=call).exists():
        how = CALL_OUTCOMES.get(outcome, "other")
        record(call, [how], by, person_reached=row.reached_at is not None)
    settle(call, by)


def _lock(followup_id: UUID, seen: int | None) -> tuple[Call, FollowUp]:
    """The call first, then its follow-up; Stale if somebody changed it meanwhile."""
    found = FollowUp.objects.filter(pk=followup_id).values_list("call", flat=True)
    call_id = found.first()
    if call_id is None:
        raise NotFound
    call = lock_call(call_id)
    row = FollowUp.objects.select_for_update(no_key=True).get(pk=followup_id)
    if seen is not None and row.version != seen:
        raise Stale
    return call, row


def _lock_own(followup_id: UUID, seen: int | None, by: Actor) -> tuple[Call, FollowUp]:
    """As ``_lock``; LostRace where a colleague has claimed it."""
    call, row = _lock(followup_id, seen)
    if by.id is not None and row.claimed_by_id not in {None, by.id}:
        raise LostRace
    return call, row


def _save(row: FollowUp, *columns: str) -> None:
    row.version += 1
    row.save(update_fields=["version", *columns])
