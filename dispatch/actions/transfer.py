"""Hand a caller over warmly: the sender owns the call until the receiver confirms."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick, unheard
from dispatch.actions.base import (
    action,
    database_now,
    lock_assignment,
    lock_presence,
    move,
)
from dispatch.actions.line import LIVE, OVER, back_with, caller_leg, callers, legs
from dispatch.actions.line import step as line_step
from dispatch.actions.whose import own_locked
from dispatch.errors import Invalid, LostRace
from dispatch.events import Actor
from dispatch.models import (
    Answer,
    Assignment,
    Call,
    Contact,
    HandOff,
    Offer,
    Seat,
    Transfer,
    User,
)
from dispatch.models.contact import CALLERS
from dispatch.models.transfer import MAY_TRAVEL
from dispatch.states import (
    TRANSFER_OVER,
    ContactState,
    OfferState,
    PresenceState,
    SeatState,
    TransferState,
)
from routing import store

# In these nobody has said yet that they have the caller.
BEFORE_ANSWER = frozenset(
    {TransferState.REQUESTED, TransferState.DATA_SENT, TransferState.OFFERED}
)
ANSWERED = frozenset({TransferState.ACCEPTED, TransferState.CONFERENCED})
NOT_BACK = _("The caller is lost. Call them back first; whoever reaches them has them.")
NOBODY_THERE = _(
    "No caller is on a line of this call. Once one is, say that you have them; if nobody "
    "is to be reached, have dispatch withdraw you."
)
# Between two receivers: nobody is asked just now.
WAITING = frozenset({TransferState.DECLINED, TransferState.TIMED_OUT})
# Here a lost caller is not news: the transfer is over, is just being offered anew, or
# waits for this very caller.
NOT_WITH_CALLER = frozenset(
    {
        *TRANSFER_OVER,
        TransferState.DECLINED,
        TransferState.TIMED_OUT,
        TransferState.CALLER_DROPPED,
        TransferState.CALLBACK,
    }
)


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
    elif transfer.state in {TransferState.DECLINED, TransferState.TIMED_OUT}:
        move(transfer, TransferState.OFFERED)


def open_of(seat: Seat) -> Transfer | None:
    every = quick.rows(Transfer, lock="NO KEY UPDATE", order=["id"], seat=seat.pk)
    return next((one for one in every if one.state not in TRANSFER_OVER), None)


def end(call: Call, seat: Seat, why: str, by: Actor) -> None:
    """The seat of an unfinished transfer is gone: whoever was asked outside is let go.

    The sender keeps the caller. Where a partner talks with them already it goes on: only
    a person says who has them then. A finished one stays as it is. Holds the call.
    """
    transfer = open_of(seat)
    if transfer is None or _partner_talks(transfer):
        return
    before = transfer.state
    if transfer.state in BEFORE_ANSWER | ANSWERED:
        move(transfer, TransferState.TIMED_OUT)
    move(transfer, TransferState.FALLBACK, due_at=None, ended_at=Now(), why=why)
    if transfer.partner_id is None:
        return
    let_partner_go(call, transfer, by, why)
    over = events.TransferMoved(
        transfer=transfer.pk, before=before, after=transfer.state, why=why
    )
    journal.append(over, call=call, by=by)


def _partner_talks(one: Transfer) -> bool:
    return one.state == TransferState.CONFERENCED and one.partner_leg_id is not None


def let_partner_go(call: Call, one: Transfer, by: Actor, why: str = "") -> None:
    """Nobody at the partner's hears or reads any more of this caller. Holds the call."""
    close_page(one)
    if one.partner_leg_id is None:
        return
    leg = quick.locked(Contact, one.partner_leg_id)
    if leg is not None and leg.state not in OVER:
        line_step(call, leg, ContactState.COMPLETED, by, why=why)


def close_page(one: Transfer) -> None:
    """The partner's page shows nothing any more. Holds the call."""
    made = quick.find(HandOff, transfer=one.pk)
    if made is not None and made.revoked_at is None:
        quick.write(made, {"revoked_at": Now()})


def accepted(seat: Seat, receiver: UUID, *, partners: bool) -> None:
    """``partners``: the receiver is a partner's counsellor who sits in our centre."""
    transfer = open_of(seat)
    if transfer is None:
        return
    if partners or transfer.partner_id is not None:
        quick.write(transfer, _side_of(transfer, receiver))
    if transfer.state == TransferState.CALLBACK:
        # The caller is just being called back: who will take them is settled already.
        quick.write(transfer, {"receiver_id": receiver, "accepted_at": Now()})
        return
    move(transfer, TransferState.ACCEPTED, receiver_id=receiver, accepted_at=Now())


def _side_of(transfer: Transfer, receiver: UUID) -> dict[str, object]:
    """A partner's counsellor at our desk is the partner: what was agreed goes with it."""
    taker = quick.find(User, id=receiver)
    partner = taker.employer_id if taker is not None else None
    if partner is None:
        return {"kind": "911_ccd", "partner_id": None}
    said = quick.find(Answer, call=transfer.call_id, question="agrees_988")
    agreed = said.value if said is not None else "not_asked"
    return {
        "kind": "911_988",
        "partner_id": partner,
        "shared": "partner",
        "agreed": agreed,
        "fields": sorted(name for name, by in MAY_TRAVEL.items() if agreed in by),
    }


def out(seat: Seat, to: TransferState) -> None:
    transfer = open_of(seat)
    if transfer is not None and transfer.state == TransferState.OFFERED:
        move(transfer, to)


@action
def confirm(*, assignment_id: UUID, by: Actor) -> Assignment:
    """The clinician has the caller: from now on the call is theirs, the sender is free.

    Again, where somebody else had them meanwhile. Invalid while the caller is lost, or
    nobody is there to be taken: see ``unheard.nobody_to_take``.
    """
    call, seat, assignment = lock_assignment(assignment_id)
    if assignment.confirmed_at is not None:
        return _said_again(call, assignment, by)
    if assignment.ended_at is not None or assignment.person_id is None:
        raise LostRace
    transfer = open_of(seat)
    waits = transfer is not None and transfer.state == TransferState.CALLBACK
    every = legs(call)
    found = [leg for leg in every if leg.purpose in CALLERS]
    if waits or unheard.lost_now(found) is not None:
        raise Invalid(NOT_BACK, field="session")
    if unheard.nobody_to_take(every, assignment.accepted_at):
        raise Invalid(NOBODY_THERE, field="session")
    quick.write(assignment, {"confirmed_at": Now()})
    if transfer is not None:
        if transfer.state != TransferState.CONFERENCED:
            move(transfer, TransferState.CONFERENCED)
        open_ = [leg.pk for leg in found if leg.state not in OVER]
        if transfer.caller_leg_id is None and len(open_) == 1:
            quick.write(transfer, {"caller_leg_id": open_[0]})
        move(transfer, TransferState.CONFIRMED, confirmed_at=Now())
        move(transfer, TransferState.RELEASED, ended_at=Now())
        journal.append(
            events.TransferConfirmed(transfer=transfer.pk, person=assignment.person_id),
            call=call,
            by=by,
        )
    back_with(call, assignment, by)
    _own(call, assignment.person_id, by)
    brought_is_ours(call, assignment.person_id, by)
    return assignment


def _said_again(call: Call, session: Assignment, by: Actor) -> Assignment:
    if session.ended_at is None and back_with(call, session, by):
        _own(call, session.person_id, by)
    return session


def _own(call: Call, person_id: UUID | None, by: Actor) -> None:
    if call.owner_id != person_id:
        own_locked(call, person_id, by)


def step(
    call: Call,
    transfer: Transfer,
    to: TransferState,
    by: Actor,
    *,
    why: str = "",
    **also: object,
) -> None:
    """Move a locked transfer and say so in the log; its clock stops. Holds the call."""
    before = transfer.state
    if to in TRANSFER_OVER:
        also["ended_at"] = Now()
    move(transfer, to, **{"due_at": None, "why": why, **also})
    moved = events.TransferMoved(
        transfer=transfer.pk, before=before, after=to.value, why=why
    )
    journal.append(moved, call=call, by=by)


def brought_is_ours(call: Call, owner: UUID | None, by: Actor) -> None:
    """Somebody here owns the call: to the partner that brought it, that is "we have it".

    A transfer that is over, or was never made, stays as it is. Holds the call.
    """
    if call.source != "988" or owner is None:
        return
    for one in open_transfers(call):
        if one.kind == "988_911":
            have(call, one, owner, by)


def have(call: Call, one: Transfer, owner: UUID, by: Actor) -> None:
    """The partner that brought the caller is free: ``owner`` has them. Holds both."""
    if one.state == TransferState.OFFERED:
        step(
            call,
            one,
            TransferState.ACCEPTED,
            by,
            accepted_at=Now(),
            receiver_id=owner,
        )
    if one.state != TransferState.CONFERENCED:
        step(call, one, TransferState.CONFERENCED, by)
    step(call, one, TransferState.CONFIRMED, by, confirmed_at=Now())
    confirmed = events.TransferConfirmed(transfer=one.pk, person=owner)
    journal.append(confirmed, call=call, by=by)
    step(call, one, TransferState.RELEASED, by)


def open_transfers(call: Call) -> list[Transfer]:
    """Those that are not over, inside the centre and out of it, locked."""
    every = quick.rows(Transfer, lock="NO KEY UPDATE", order=["id"], call=call.pk)
    return [one for one in every if one.state not in TRANSFER_OVER]


def caller_lost(call: Call, leg: Contact, by: Actor) -> None:
    """The caller fell off the line: who was to get them waits for the call-back.

    Where nobody knows who was to be handed over, it is the first of those lost. The
    sender still owns the call. Twice is once. The caller holds the call.
    """
    first = next((one for one in callers(call) if one.state in unheard.LOST), leg)
    for one in open_transfers(call):
        if one.state in NOT_WITH_CALLER or not _on(call, one, leg):
            continue
        quick.write(one, {"caller_leg_id": one.caller_leg_id or first.pk})
        step(call, one, TransferState.CALLER_DROPPED, by, why="caller_lost")
        step(call, one, TransferState.CALLBACK, by, why="caller_lost")


def caller_back(call: Call, lost: Contact, leg: Contact, by: Actor) -> None:
    """Who was ``lost`` is on this leg: for whoever accepted and is there, else offered.

    That all are on one line only a person says. The caller holds the call.
    """
    every = quick.rows(
        Transfer, lock="NO KEY UPDATE", order=["id"], call=call.pk, caller_leg=lost.pk
    )
    for one in every:
        _is_for(call, one, leg, by)


def _is_for(call: Call, one: Transfer, leg: Contact, by: Actor) -> None:
    """Whoever is on this leg is handed over; who waited goes on once they are heard."""
    quick.write(one, {"caller_leg_id": leg.pk})
    if one.state != TransferState.CALLBACK or leg.state in unheard.LOST:
        return
    answered = one.accepted_at is not None and not _partner_left(one)
    to = TransferState.ACCEPTED if answered else TransferState.OFFERED
    due = _again(call) if one.partner_id is not None else None
    step(call, one, to, by, why="caller_back", due_at=due)


def _partner_left(one: Transfer) -> bool:
    """They hung up while the caller was called back: they are to be dialled anew."""
    if one.partner_leg_id is None:
        return False
    leg = quick.find(Contact, id=one.partner_leg_id)
    if leg is not None and leg.state not in OVER:
        return False
    quick.write(one, {"partner_leg_id": None, "accepted_at": None})
    return True


def caller_gone(call: Call, leg: Contact, by: Actor, *, decide: bool = True) -> None:
    """No more call-backs: the transfer falls back and the call wants another decision.

    In that decision this kind of help counts as not to be had, so that somebody is
    sent to look instead; not where a person has decided (``decide``). Our own clinician
    is there for another caller, if there is one. The sender keeps the call. Holds it.
    """
    # Who was asked or accepted after the loss waits for this caller as well.
    caller_lost(call, leg, by)
    other = caller_leg(call)
    for one in open_transfers(call):
        waits = one.state in {*WAITING, TransferState.CALLBACK}
        if not waits or not _on(call, one, leg):
            continue
        if other is not None and other.pk != leg.pk and one.partner_id is None:
            _is_for(call, one, other, by)
            continue
        step(call, one, TransferState.FALLBACK, by, why="caller_gone", due_at=Now())
        let_partner_go(call, one, by, "caller_gone")
        if one.seat_id is not None:
            unfill(call, one.seat_id, "caller_gone", by)
        if decide:
            quick.write(call, {"decision_wanted_at": Now()})


def _again(call: Call) -> datetime:
    """A partner gets its time to answer anew."""
    clocks = store.published(call.agency_id)[1].clocks
    return database_now() + timedelta(seconds=clocks["partner_answers"])


def _on(call: Call, transfer: Transfer, leg: Contact) -> bool:
    """Was it this caller who is handed over? Unknown counts, if nobody else is there."""
    if transfer.caller_leg_id is not None:
        return transfer.caller_leg_id == leg.pk
    return not any(one.state in LIVE for one in callers(call) if one.pk != leg.pk)


def unfill(call: Call, seat_id: UUID, why: str, by: Actor) -> None:
    """Whoever rang or waited for this caller is free again; the seat stays empty.

    In the next decision this kind of help counts as not to be had. Holds the call.
    """
    (seat,) = quick.rows(Seat, lock="NO KEY UPDATE", id=seat_id)
    for offer in quick.rows(
        Offer, lock="NO KEY UPDATE", seat=seat.pk, state=OfferState.PENDING
    ):
        move(offer, OfferState.CANCELLED, reason=why, ended_at=Now())
        _free(offer.person_id)
        gone = events.OfferWithdrawn(
            offer=offer.pk, seat=seat.pk, why=why, person=offer.person_id
        )
        journal.append(gone, call=call, by=by)
    for assignment in quick.rows(Assignment, seat=seat.pk, ended_at=None):
        quick.write(assignment, {"ended_at": Now()})
        _free(assignment.person_id)
    if seat.state == SeatState.FILLED:
        move(seat, SeatState.WANTED)
    if seat.state == SeatState.WANTED:
        move(seat, SeatState.UNFILLED, why=why)
        unfilled = events.SeatUnfilled(seat=seat.pk, response=seat.response, why=why)
        journal.append(unfilled, call=call, by=by)


def _free(person_id: UUID | None) -> None:
    """Back to where they were asked from; the clock offers them what waits."""
    if person_id is None:
        return
    presence = lock_presence(person_id)
    others = quick.rows(Assignment, person=person_id, ended_at=None)
    busy = {PresenceState.RESERVED, PresenceState.ENGAGED}
    if presence.state in busy and not others:
        move(presence, PresenceState.AVAILABLE)
