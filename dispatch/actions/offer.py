"""Put a call to somebody: make, send, accept, decline, expire, drop."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions import scene, staff, transfer
from dispatch.actions.base import (
    action,
    coded,
    database_now,
    lock_call,
    lock_offer,
    lock_presence,
    lock_unit,
    move,
)
from dispatch.actions.search import fill, put
from dispatch.actions.seat import UNITS, let_go, served, to_fill, withdraw_pending
from dispatch.actions.takers import PARTNER, TOGETHER, Taker, unit_heard
from dispatch.actions.weigh import (
    mode_of,
    refuse_below_floor,
    refuse_closed,
    weighed,
)
from dispatch.errors import Invalid, LostRace, NotFree
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Offer, Presence, Seat
from dispatch.states import (
    OPEN_CALL,
    CallState,
    OfferState,
    PresenceState,
    SeatState,
    TransferState,
    UnitState,
)
from routing import store

# Who holds a call already stays engaged while another rings.
RINGING = (PresenceState.RESERVED, PresenceState.ENGAGED)


@action
def make(*, call_id: UUID, by: Actor) -> Call:
    """Offer a waiting call again. Harmless when nothing waits or nobody is free."""
    call = lock_call(call_id)
    if call.state in OPEN_CALL:
        fill(call, by)
    return call


@action
def send(
    *,
    call_id: UUID,
    unit_id: UUID,
    by: Actor,
    mode: str = "now",
    seen: int | None = None,
) -> Offer:
    """A dispatcher sends this unit. What the safety rules exclude stays excluded.

    They are asked about what is known now: a call may be sent to before it is decided.
    """
    call = lock_call(call_id, seen)
    refuse_closed(call)
    unit = lock_unit(unit_id)
    if unit.agency_id != call.agency_id or unit.kind not in UNITS:
        raise Invalid(field="unit", why=_("name a team of this centre"))
    if unit.state != UnitState.AVAILABLE or unit.emergency_at is not None:
        raise NotFree(name=unit.name)
    now = database_now()
    _row, protocol = store.published(call.agency_id)
    stand = weighed(call, protocol, now)
    refuse_below_floor(stand, unit.kind)
    if mode_of(stand, unit.kind) == "staged":
        mode = "staged"
    seat = to_fill(call, unit.kind, mode, by, now)
    # Whoever sends it by its name has it asked once more.
    unit_heard(unit)
    return put(call, seat, Taker(unit=unit), protocol, now, by)


@action
def accept(*, offer_id: UUID, by: Actor) -> Assignment:
    """Take the call. Saying so twice is saying it once; too late is LostRace."""
    call, seat, offer = lock_offer(offer_id)
    if offer.state == OfferState.ACCEPTED:
        return Assignment.objects.get(offer=offer)
    if offer.state != OfferState.PENDING or offer.expires_at <= database_now():
        raise LostRace
    taker = _taker(offer)
    if taker.person and taker.person.state not in RINGING:
        # Who went on a break or home meanwhile does not take a call by a late press.
        raise LostRace
    move(offer, OfferState.ACCEPTED, ended_at=Now())
    if TOGETHER in offer.because:
        # Whoever rang beside is told at once that somebody was quicker.
        withdraw_pending(call, seat, "taken", by)
    move(seat, SeatState.FILLED)
    assignment = Assignment(
        seat=seat, offer=offer, person_id=offer.person_id, unit_id=offer.unit_id
    )
    quick.add(assignment)
    _engage(seat, taker, offer)
    if call.state in {CallState.DECIDED, CallState.RESOLVED}:
        move(call, CallState.WORKING)
    served(call)
    journal.append(
        events.OfferAccepted(
            offer=offer.pk,
            seat=seat.pk,
            response=seat.response,
            person=offer.person_id,
        ),
        call=call,
        unit=taker.unit,
        by=by,
    )
    if taker.unit:
        scene.relieve(call, seat, taker.unit, by)
    return assignment


def _taker(offer: Offer) -> Taker:
    """Whom the offer was put to, locked."""
    if offer.unit_id:
        return Taker(unit=lock_unit(offer.unit_id))
    assert offer.person_id
    return Taker(person=lock_presence(offer.person_id))


def _engage(seat: Seat, taker: Taker, offer: Offer) -> None:
    if taker.unit:
        unit_heard(taker.unit)
        move(taker.unit, UnitState.ACKNOWLEDGED)
    if taker.person:
        _answered(taker.person)
        if taker.person.state != PresenceState.ENGAGED:
            move(taker.person, PresenceState.ENGAGED)
        partners = PARTNER in offer.because
        transfer.accepted(seat, taker.person.user_id, partners=partners)


def _answered(presence: Presence) -> None:
    """Whoever answers, yes or no, is there. Holds the presence."""
    if presence.missed:
        quick.write(presence, {"missed": 0})


def _missed(offer: Offer, by: Actor) -> None:
    """One more ring unanswered; after several in a row they are not asked any more.

    The caller holds the call and the offer.
    """
    assert offer.person_id
    presence = lock_presence(offer.person_id)
    _row, protocol = store.published(presence.agency_id)
    missed = presence.missed + 1
    quick.write(presence, {"missed": missed})
    if missed < protocol.queue.missed_offers:
        return
    if presence.state == PresenceState.RESERVED:
        staff.change_locked(presence, PresenceState.UNAVAILABLE, "missed_offers", by)


@action
def decline(*, offer_id: UUID, reason: str, by: Actor) -> Offer:
    """Not me, and why; the next one is asked at once."""
    call, seat, offer = lock_offer(offer_id)
    if offer.state == OfferState.DECLINED:
        return offer
    coded("reason", reason)
    if offer.state != OfferState.PENDING:
        raise LostRace
    move(offer, OfferState.DECLINED, reason=reason, ended_at=Now())
    taker = _taker(offer)
    if taker.person:
        _answered(taker.person)
    if taker.unit:
        unit_heard(taker.unit)
    let_go(offer, by)
    _transfer_out(seat, TransferState.DECLINED)
    journal.append(
        events.OfferDeclined(
            offer=offer.pk, seat=seat.pk, reason=reason, person=offer.person_id
        ),
        call=call,
        unit=offer.unit,
        by=by,
    )
    fill(call, by)
    return offer


@action
def expire(*, offer_id: UUID, by: Actor) -> Offer:
    """The deadline has passed. Early or twice changes nothing."""
    call, seat, offer = lock_offer(offer_id)
    if offer.state != OfferState.PENDING or offer.expires_at > database_now():
        return offer
    _expire(call, seat, offer, by)
    fill(call, by)
    return offer


def _expire(call: Call, seat: Seat, offer: Offer, by: Actor) -> None:
    move(offer, OfferState.EXPIRED, reason="no_answer", ended_at=Now())
    if offer.person_id and not _short(call, offer):
        _missed(offer, by)
    if offer.unit_id:
        silent = lock_unit(offer.unit_id)
        quick.write(silent, {"missed": silent.missed + 1})
    let_go(offer, by)
    _transfer_out(seat, TransferState.TIMED_OUT)
    journal.append(
        events.OfferExpired(offer=offer.pk, seat=seat.pk, person=offer.person_id),
        call=call,
        unit=offer.unit,
        by=by,
    )


def _short(call: Call, offer: Offer) -> bool:
    """A ring that was short on purpose, first for who knows the person: nobody's fault."""
    if "knows" not in offer.because:
        return False
    _row, protocol = store.published(call.agency_id)
    whole = timedelta(seconds=protocol.clocks["offer_rings"])
    return offer.expires_at - offer.made_at < whole


def _transfer_out(seat: Seat, to: TransferState) -> None:
    """Nobody rings any more: the transfer waits for the next or for its end."""
    if not quick.rows(Offer, seat=seat.pk, state=OfferState.PENDING):
        transfer.out(seat, to)


@action
def drop(*, offer_id: UUID, by: Actor) -> Offer:
    """Whoever it rings for is gone: do not wait for the deadline."""
    call, seat, offer = lock_offer(offer_id)
    if offer.state != OfferState.PENDING or offer.person_id is None:
        return offer
    if lock_presence(offer.person_id).state not in RINGING:
        if _cut_off(offer):
            _pass_on(call, seat, offer, by)
        else:
            _expire(call, seat, offer, by)
        fill(call, by)
    return offer


def _cut_off(offer: Offer) -> bool:
    """Whether whoever it rang for ended another session while it rang."""
    ended = Assignment.objects.filter(person=offer.person_id)
    return ended.filter(ended_at__gte=offer.made_at).exists()


def _pass_on(call: Call, seat: Seat, offer: Offer, by: Actor) -> None:
    """It rings for them no more, and they missed nothing. Holds the call and the offer."""
    why = "session_ended"
    move(offer, OfferState.WITHDRAWN, reason=why, ended_at=Now())
    _transfer_out(seat, TransferState.TIMED_OUT)
    journal.append(
        events.OfferWithdrawn(
            offer=offer.pk, seat=seat.pk, why=why, person=offer.person_id
        ),
        call=call,
        by=by,
    )
