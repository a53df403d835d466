"""The search for somebody to fill a seat: whom to ask next, and when to give up.

Offers ring one after another, each with a deadline in its row, until one is accepted
or the search is given up; then the call wants another decision, in which this kind
counts as not to be had.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from dispatch import events, journal, nudge, quick
from dispatch.actions import transfer
from dispatch.actions.base import database_now, move
from dispatch.actions.line import gone_for_good
from dispatch.actions.seat import (
    OURS,
    PEOPLE,
    locked_seats,
    one_more,
    withdraw_locked,
)
from dispatch.actions.takers import TOGETHER, Taker, anybody_else, next_taker
from dispatch.events import ROUTER, Actor
from dispatch.models import Call, Offer, Seat
from dispatch.states import (
    OfferState,
    PresenceState,
    SeatState,
    UnitState,
)
from routing import store
from routing.core.protocol import Protocol


def fill(
    call: Call,
    by: Actor,
    protocol: Protocol | None = None,
    *,
    opened: Sequence[Seat] | None = None,
) -> None:
    """Ring somebody for each wanted seat that nobody is asked for. Holds the call.

    Never waits: whoever another transaction is just taking is passed over. While the
    call waits for a decision nobody is asked: the old one may not hold any more.
    ``opened``: the seats that this action has just made, where the call had none.
    """
    if call.decision_wanted_at is not None:
        return
    protocol = protocol or store.published(call.agency_id)[1]
    now = database_now()
    if opened is None:
        for seat, ringing in _unasked(call, protocol):
            _ring(call, seat, protocol, now, by, ringing=ringing)
    else:
        for seat in opened:
            if seat.response in OURS:
                _ring(call, seat, protocol, now, by, first=True)


def _unasked(call: Call, protocol: Protocol) -> list[tuple[Seat, int]]:
    """The wanted seats of ours for which more may ring, the longest wanted first.

    Beside each how many it rings for now.
    """
    wanted = locked_seats(
        call, order=["wanted_at", "id"], state=SeatState.WANTED, response=OURS
    )
    if not wanted:
        return []
    ids = [seat.pk for seat in wanted]
    pending = quick.rows(Offer, seat=ids, state=OfferState.PENDING)
    asked = Counter(offer.seat_id for offer in pending)
    if protocol.queue.ring_at_once > 1:
        _mark_together(pending)
    return [
        (seat, asked[seat.pk])
        for seat in wanted
        if asked[seat.pk] < _together(seat, protocol)
    ]


def _mark_together(pending: Sequence[Offer]) -> None:
    """Rings that began when one rang alone, by rules that have changed since."""
    for offer in pending:
        if offer.person_id and TOGETHER not in offer.because:
            quick.write(offer, {"because": [*offer.because, TOGETHER]})


def _together(seat: Seat, protocol: Protocol) -> int:
    """How many may ring for this seat at once; of units always one."""
    return protocol.queue.ring_at_once if seat.response in PEOPLE else 1


def _ring(
    call: Call,
    seat: Seat,
    protocol: Protocol,
    now: datetime,
    by: Actor,
    *,
    ringing: int = 0,
    first: bool = False,
) -> None:
    """Ask as many as may ring together. ``ringing``: who is asked already.

    For a line that is over nobody is sought, unless a person asked for them.
    """
    if seat.response in PEOPLE and not seat.requested and gone_for_good(call):
        withdraw_locked(call, seat, "caller_gone", ROUTER)
        return
    if not ringing and seat.give_up_at is not None and now >= seat.give_up_at:
        _give_up(call, seat, "timed_out")
        return
    for place in range(ringing, _together(seat, protocol)):
        taker = next_taker(call, seat, protocol, now)
        if taker is None:
            if not place and _in_vain(call, seat, protocol, now):
                _give_up(call, seat, "timed_out" if seat.offers.exists() else "no_unit")
            return
        if _together(seat, protocol) > 1:
            taker = replace(taker, because=(*taker.because, TOGETHER))
        put(call, seat, taker, protocol, now, by, first=first and not place)


def _in_vain(call: Call, seat: Seat, protocol: Protocol, now: datetime) -> bool:
    """The search ends one day, and nobody is there for whom it could still ring."""
    return seat.give_up_at is not None and not anybody_else(call, seat, protocol, now)


def put(
    call: Call,
    seat: Seat,
    taker: Taker,
    protocol: Protocol,
    now: datetime,
    by: Actor,
    *,
    first: bool = False,
) -> Offer:
    """Reserve the locked taker and start the clock on the offer.

    ``first``: nobody was asked for this seat before.
    """
    expires = now + timedelta(seconds=_rings(taker, protocol))
    if taker.person and seat.give_up_at is not None:
        expires = min(expires, seat.give_up_at)
    person = taker.person.user_id if taker.person else None
    offer = Offer(
        seat=seat,
        person_id=person,
        unit=taker.unit,
        made_at=now,
        expires_at=expires,
        because=list(taker.because),
    )
    quick.add(offer)
    if taker.person:
        # Who holds a call and may hold another stays engaged while it rings.
        if taker.person.state == PresenceState.AVAILABLE:
            move(taker.person, PresenceState.RESERVED)
        transfer.offered(call, seat, first=first)
    if taker.unit:
        move(taker.unit, UnitState.DISPATCHED)
    journal.append(
        events.OfferMade(
            offer=offer.pk,
            seat=seat.pk,
            response=seat.response,
            person=person,
            because=taker.because,
        ),
        call=call,
        unit=taker.unit,
        by=by,
    )
    return offer


def _rings(taker: Taker, protocol: Protocol) -> float:
    """Seconds. Who knows the person is asked alone, and only for a moment."""
    if taker.unit:
        return protocol.clocks["acknowledge"]
    return protocol.queue.sticky if taker.alone else protocol.clocks["offer_rings"]


def anew(call: Call, seat: Seat, by: Actor) -> None:
    """A seat like the one that lost its team, with all the time that a search has.

    Whoever waited for that team waits for the next one. The caller holds the call.
    """
    now = database_now()
    wanted = one_more(
        call,
        seat.response,
        seat.mode,
        by,
        now,
        requested=seat.requested,
        skills=seat.skills,
    )
    if seat.relieves is not None:
        quick.write(wanted, {"relieves": seat.relieves})
    if seat.give_up_at is not None:
        _row, protocol = store.published(call.agency_id)
        in_all = timedelta(seconds=protocol.clocks["team_in_all"])
        quick.write(wanted, {"give_up_at": now + in_all})


def _give_up(call: Call, seat: Seat, why: str) -> None:
    """Nobody can be had: the seat ends and the call wants another decision.

    No one person did that, whoever declined last. What a person asked for is wanted on,
    without an end: only a person lets it go.
    """
    transfer.end(call, seat, why, ROUTER)
    move(seat, SeatState.UNFILLED, why=why)
    quick.write(call, {"decision_wanted_at": Now()})
    transaction.on_commit(lambda: nudge.route(call.pk), robust=True)
    journal.append(
        events.SeatUnfilled(seat=seat.pk, response=seat.response, why=why),
        call=call,
        by=ROUTER,
    )
    if seat.requested:
        one_more(
            call,
            seat.response,
            seat.mode,
            ROUTER,
            database_now(),
            requested=True,
            skills=seat.skills,
        )
