"""The partner has the caller: what ends here, and what the call had of it."""

from django.db.models.functions import Now

from dispatch import events, journal, quick
from dispatch.actions import line
from dispatch.actions.base import move
from dispatch.actions.seat import PEOPLE, locked_seats, served, withdraw_wanted
from dispatch.events import Actor
from dispatch.models import Call, Seat, Transfer
from dispatch.models.contact import CALLERS
from dispatch.states import CallState, ContactState, SeatState


def over(call: Call, one: Transfer, by: Actor) -> None:
    """Holds the call and the transfer, which is released."""
    _end_caller_leg(call, one, by)
    _fill_seat(call, one, by)
    _ring_no_clinician(call, by)


def _end_caller_leg(call: Call, one: Transfer, by: Actor) -> None:
    """We hang up: the caller is with the partner, not lost."""
    for leg in line.legs(call):
        if leg.pk == one.caller_leg_id and leg.state in line.LIVE:
            line.step(call, leg, ContactState.COMPLETED, by, why="handed_over")


def _ring_no_clinician(call: Call, by: Actor) -> None:
    """Once no caller is on a line of ours, nobody here is looked for to talk to them."""
    if any(
        leg.purpose in CALLERS and leg.state in line.LIVE for leg in line.legs(call)
    ):
        return
    wanted = {seat.response for seat in locked_seats(call, state=SeatState.WANTED)}
    withdraw_wanted(call, wanted - PEOPLE.keys(), "with_partner", by)


def _fill_seat(call: Call, one: Transfer, by: Actor) -> None:
    seat = quick.find(Seat, id=one.seat_id) if one.seat_id else None
    if seat is not None and seat.state == SeatState.WANTED:
        move(seat, SeatState.FILLED, confirmed_at=Now())
        journal.append(
            events.SeatConfirmed(seat=seat.pk, response=seat.response),
            call=call,
            by=by,
        )
        served(call)
        if call.state in {CallState.DECIDED, CallState.RESOLVED}:
            move(call, CallState.WORKING)
