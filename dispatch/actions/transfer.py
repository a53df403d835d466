"""Hand a caller over warmly: the sender owns the call until the receiver confirms."""

from uuid import UUID

from django.db.models.functions import Now

from dispatch import events, journal, quick
from dispatch.actions.base import action, database_now, lock_assignment, move
from dispatch.errors import LostRace
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Seat, Transfer
from dispatch.states import TRANSFER_OVER, TransferState


def offered(call: Call, seat: Seat, *, first: bool) -> None:
    """The seat's transfer waits for an answer; the ``first`` offer begins it."""
    transfer = None if first else open_of(seat)
    if transfer is None:
        quick.add(
            Transfer(
                call=call,
                seat=seat,
                sender_id=call.owner_id,
                state=TransferState.OFFERED.value,
            )
        )
    elif transfer.state != TransferState.OFFERED:
        move(transfer, TransferState.OFFERED)


def open_of(seat: Seat) -> Transfer | None:
    every = quick.rows(Transfer, lock="NO KEY UPDATE", order=["id"], seat=seat.pk)
    return next((one for one in every if one.state not in TRANSFER_OVER), None)


def end(seat: Seat, to: TransferState) -> None:
    """Walk an unfinished transfer to its end; a finished one stays as it is."""
    transfer = open_of(seat)
    if transfer is None:
        return
    if transfer.state in {TransferState.OFFERED, TransferState.ACCEPTED}:
        move(transfer, TransferState.TIMED_OUT)
    if transfer.state in {TransferState.TIMED_OUT, TransferState.DECLINED}:
        move(transfer, to)


def accepted(seat: Seat, receiver: UUID) -> None:
    transfer = open_of(seat)
    if transfer is not None:
        move(transfer, TransferState.ACCEPTED, receiver_id=receiver)


def out(seat: Seat, to: TransferState) -> None:
    transfer = open_of(seat)
    if transfer is not None and transfer.state == TransferState.OFFERED:
        move(transfer, to)


@action
def confirm(*, assignment_id: UUID, by: Actor) -> Assignment:
    """The clinician has the caller: from now on the call is theirs, the sender is free."""
    call, seat, assignment = lock_assignment(assignment_id)
    if assignment.confirmed_at is not None:
        return assignment
    if assignment.ended_at is not None or assignment.person_id is None:
        raise LostRace
    quick.write(assignment, {"confirmed_at": Now()})
    transfer = open_of(seat)
    if transfer is not None:
        move(transfer, TransferState.CONFERENCED)
        move(transfer, TransferState.CONFIRMED, confirmed_at=Now())
        move(transfer, TransferState.RELEASED)
        journal.append(
            events.TransferConfirmed(transfer=transfer.pk, person=assignment.person_id),
            call=call,
            by=by,
        )
    before, call.owner_id = call.owner_id, assignment.person_id
    call.owner_since = database_now()
    quick.keep(call, "owner", "owner_since")
    journal.append(
        events.OwnerChanged(owner=call.owner_id, before=before), call=call, by=by
    )
    return assignment
