"""Two calls that are one event: the help of the one goes on with the other."""

from django.utils.translation import gettext_noop as _

from dispatch import quick
from dispatch.actions.base import move
from dispatch.actions.counted import refuse_with_person
from dispatch.actions.line import refuse_while_lost
from dispatch.actions.seat import OPEN_SEAT, open_seat
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Seat
from dispatch.states import BEFORE_DECISION, OPEN_CALL, CallState

# Services that are not ours: when two calls are one event, they go on with the other.
OUTSIDE = frozenset({"ems", "fire", "police", "cit"})


def hand_on(call: Call, other: Call, by: Actor) -> bool:
    """Help that the duplicate looked for or had told is wanted on the other. Holds both.

    A person tells it there. Unarmed teams are left to the other call's own decision,
    and so is all of ours while that is not made.
    """
    kinds = OUTSIDE if other.state in BEFORE_DECISION else OUTSIDE | {"ccd", "cor"}
    seats = quick.rows(Seat, order=["id"], call=call.pk, state=OPEN_SEAT)
    going = [seat for seat in seats if seat.response in kinds]
    for seat in going:
        open_seat(other, seat.response, seat.mode, by, requested=True)
    if going and other.state == CallState.RESOLVED:
        move(other, CallState.WORKING)
    return bool(going)


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
    refuse_while_lost(call)
    refuse_with_person(call)
