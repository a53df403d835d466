"""An outside service at the scene: it is there, it is released, and by whom."""

from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.base import action, coded, lock_seat
from dispatch.actions.disposition import settle
from dispatch.actions.seat import OPEN_SEAT, OURS, done, told
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Call, Seat
from dispatch.states import SeatState


@action
def arrived(*, seat_id: UUID, by: Actor) -> Seat:
    """It is there: whoever told it, it knows. Saying so twice is saying it once."""
    call, seat = _lock(seat_id)
    if seat.arrived_at is not None:
        return seat
    if seat.state not in OPEN_SEAT:
        raise Invalid(field="seat", why=_("this help has ended"))
    if seat.state == SeatState.WANTED:
        told(call, seat, by)
    quick.write(seat, {"arrived_at": Now()})
    there = events.OutsideArrived(seat=seat.pk, response=seat.response)
    journal.append(there, call=call, by=by)
    return seat


@action
def released(*, seat_id: UUID, why: str, by: Actor, who: str = "") -> Seat:
    """It may go, and who said so: a unit's name, or whoever presses.

    Nobody is released who was never told; such a seat is withdrawn.
    """
    call, seat = _lock(seat_id)
    if seat.released_at is not None:
        return seat
    coded("why", why)
    if seat.state != SeatState.FILLED:
        raise Invalid(field="seat", why=_("it was not told, or has ended"))
    said = {"released_at": Now(), "released_by": (who or by.name)[:60], "lead": False}
    quick.write(seat, said)
    gone = events.OutsideReleased(seat=seat.pk, response=seat.response, why=why)
    journal.append(gone, call=call, by=by)
    done(call, seat, by)
    settle(call, by)
    return seat


def _lock(seat_id: UUID) -> tuple[Call, Seat]:
    call, seat = lock_seat(seat_id)
    if seat.response in OURS or seat.response == "cn":
        raise Invalid(field="seat", why=_("our own teams answer for themselves"))
    return call, seat
