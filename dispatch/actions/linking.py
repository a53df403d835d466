"""Two calls that are one event: the help of the one goes on with the other."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import quick
from dispatch.actions.base import goes_on, lock_call, move
from dispatch.actions.counted import refuse_with_person
from dispatch.actions.going_on import go_on
from dispatch.actions.line import refuse_while_lost
from dispatch.actions.seat import OPEN_SEAT, open_seat
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Event, Seat
from dispatch.states import BEFORE_DECISION, OPEN_CALL, CallState, SeatState

# Services that are not ours: when two calls are one event, they go on with the other.
OUTSIDE = frozenset({"ems", "fire", "police", "cit"})


def lock_event(call_id: UUID) -> tuple[Call, Call]:
    """The call, and of calls that are one event the one that goes on; both locked.

    The lower id first, as whoever links two calls locks them: neither waits for the
    other in a ring. NotFound for no call.
    """
    for pk in sorted(_chain(call_id)):
        lock_call(pk)
    call = lock_call(call_id)
    # What was linked between the look and the lock is locked last.
    return call, goes_on(call)


def _chain(call_id: UUID) -> Iterator[UUID]:
    """The call and each that goes on for the one before, as they stand unlocked."""
    here: UUID | None = call_id
    while here is not None:
        yield here
        seen = quick.find(Call, id=here)
        linked = seen is not None and seen.state == CallState.DUPLICATE
        here = seen.duplicate_of_id if seen is not None and linked else None


def hand_on(call: Call, other: Call, by: Actor) -> tuple[str, ...]:
    """Help that the duplicate looked for or had told is wanted on the other. Holds both.

    Answers with the seats that were opened for it. Whoever is on its line goes on there
    first. A person tells that help there. Unarmed teams are left to the other call's
    own decision, and so is all of ours while that is not made. Should the calls be
    parted again, it stays wanted on both: nobody knows who relies on it by then.
    """
    go_on(call, other, by)
    kinds = OUTSIDE if other.state in BEFORE_DECISION else OUTSIDE | {"ccd", "cor"}
    seats = quick.rows(Seat, order=["id"], call=call.pk, state=OPEN_SEAT)
    going = [seat for seat in seats if seat.response in kinds]
    had = {one.pk for one in quick.rows(Seat, call=other.pk, state=OPEN_SEAT)}
    there = [
        open_seat(other, seat.response, seat.mode, by, requested=True) for seat in going
    ]
    if going and other.state == CallState.RESOLVED:
        move(other, CallState.WORKING)
    return tuple(str(one.pk) for one in there if one.pk not in had)


def want_again(call: Call, by: Actor) -> None:
    """Help outside that was asked for, and let go with the link, is wanted anew.

    What only a decision wanted is left to the next one, where one is made at once.
    Holds the call.
    """
    parted = Event.objects.filter(call=call, kind="CallsUnlinked").order_by("-number")
    last = parted.first()
    let_go = quick.rows(
        Seat,
        order=["id"],
        call=call.pk,
        response=OUTSIDE,
        state=SeatState.WITHDRAWN,
        why="duplicate",
    )
    for seat in let_go:
        # What an earlier link let go was wanted again then.
        now = last is None or seat.since > last.at
        if now and (seat.requested or call.triaged_at is None):
            open_seat(call, seat.response, seat.mode, by, requested=True)


def refuse_link(call: Call, other: Call) -> None:
    """No help is lost by linking: the other goes on, and no team is left alone."""
    if bool(other.simulated) != bool(call.simulated):
        why = _("one is real and the other simulated: they are two events")
        raise Invalid(field="duplicate_of", why=why)
    if other.state not in OPEN_CALL:
        raise Invalid(field="duplicate_of", why=_("that call has ended; reopen it"))
    working = Assignment.objects.filter(seat__call=call, ended_at=None)
    if working.filter(unit__isnull=False).exists():
        raise Invalid(field="call", why=_("a team is still on it; link the other one"))
    refuse_while_lost(call, goes_on=True)
    refuse_with_person(call)
