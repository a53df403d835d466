"""Accepted and then forgotten: the call is given back, and somebody else is asked."""

from datetime import timedelta
from uuid import UUID

from dispatch import events, journal, quick, wrong
from dispatch.actions import transfer
from dispatch.actions.base import action, database_now, lock_assignment, move
from dispatch.actions.search import fill
from dispatch.actions.seat import end_assignment, open_seat
from dispatch.actions.whose import left
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Seat
from dispatch.states import OPEN_CALL, SeatState
from routing import store
from routing.core.protocol import Protocol


@action
def give_back(*, assignment_id: UUID, by: Actor) -> Assignment:
    """Whoever accepted is away and never confirmed: the same help is wanted anew.

    The caller stays with the sender, who owns the call. Early or twice changes nothing.
    """
    call, seat, assignment = lock_assignment(assignment_id)
    _row, protocol = store.published(call.agency_id)
    if call.state not in OPEN_CALL or not _forgotten(call, assignment, protocol):
        return assignment
    end_assignment(assignment, by)
    transfer.end(call, seat, "forgotten", by)
    # An offer that was accepted stays accepted, and a seat has one at most: a new seat.
    move(seat, SeatState.WITHDRAWN, why="forgotten")
    withdrawn = events.SeatWithdrawn(
        seat=seat.pk,
        response=seat.response,
        why="forgotten",
        person=assignment.person_id,
    )
    journal.append(withdrawn, call=call, by=by)
    left(call, assignment, by)
    _nobody_served(call)
    _again(call, seat, protocol, by)
    return assignment


def _forgotten(call: Call, assignment: Assignment, protocol: Protocol) -> bool:
    """Still unconfirmed after its time, by somebody whose page is silent."""
    over = database_now() - wrong.seconds(protocol, "forgotten")
    return (
        assignment.ended_at is None
        and assignment.confirmed_at is None
        and assignment.person_id is not None
        and assignment.accepted_at < over
        and not wrong.there(call.agency_id, protocol, assignment.person_id)
    )


def _nobody_served(call: Call) -> None:
    """Accepting counted as service; without anybody else there was none."""
    if not quick.rows(Seat, call=call.pk, state=[SeatState.FILLED, SeatState.DONE]):
        quick.write(call, {"service": ""})


def _again(call: Call, seat: Seat, protocol: Protocol, by: Actor) -> None:
    """The same help, with all the time that a search has."""
    in_all = timedelta(seconds=protocol.clocks["offer_in_all"])
    give_up = in_all if seat.give_up_at is not None else None
    wanted = open_seat(
        call, seat.response, seat.mode, by, give_up=give_up, requested=seat.requested
    )
    if wanted.skills != seat.skills:
        quick.write(wanted, {"skills": seat.skills})
    fill(call, by, protocol)
