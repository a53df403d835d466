"""The search for somebody to fill a seat: whom to ask next, and when to give up.

Offers ring one after another, each with a deadline in its row, until one is accepted
or the search is given up; then the call wants another decision, in which this kind
counts as not to be had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from dispatch import events, journal, nudge, quick
from dispatch.actions import transfer
from dispatch.actions.base import database_now, move
from dispatch.actions.seat import OURS, PEOPLE, absent_after, locked_seats, point_of
from dispatch.events import Actor
from dispatch.models import Call, Offer, Presence, Seat, Unit, UnitPosition
from dispatch.states import (
    ASK_AGAIN,
    OfferState,
    PresenceState,
    SeatState,
    TransferState,
    UnitState,
)
from routing import store
from routing.core import rank
from routing.core.facts import Point, Response, UnitFacts
from routing.core.protocol import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Whom an offer is put to: a person's presence or a unit, locked."""

    person: Presence | None = None
    unit: Unit | None = None


# Who is free and there, the longest idle first. Who was away and came back may still
# have the old offer ringing; whom this seat has just rung is not asked again at once.
NEXT_PERSON = """
    JOIN dispatch_user u ON u.id = dispatch_presence.user_id
    JOIN dispatch_heartbeat h ON h.user_id = dispatch_presence.user_id
    WHERE dispatch_presence.agency_id = %(agency)s
      AND dispatch_presence.state = 'available'
      AND u.role = %(role)s AND h.at > %(fresh)s
      AND NOT EXISTS (
        SELECT FROM dispatch_offer o WHERE o.person_id = dispatch_presence.user_id
        AND (o.state = 'pending' OR (o.seat_id = %(seat)s AND o.made_at > %(asked)s)))
    ORDER BY dispatch_presence.since, dispatch_presence.user_id
    LIMIT 1 FOR NO KEY UPDATE OF dispatch_presence SKIP LOCKED
"""


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
        for seat in _unasked(call):
            _ring(call, seat, protocol, now, by)
    else:
        for seat in opened:
            if seat.response in OURS:
                _ring(call, seat, protocol, now, by, first=True)


def _unasked(call: Call) -> list[Seat]:
    """The wanted seats of ours for which nobody rings, the longest wanted first."""
    wanted = locked_seats(
        call, order=["wanted_at", "id"], state=SeatState.WANTED, response=OURS
    )
    if not wanted:
        return []
    ids = [seat.pk for seat in wanted]
    ringing = quick.rows(Offer, seat=ids, state=OfferState.PENDING)
    asked = {offer.seat_id for offer in ringing}
    return [seat for seat in wanted if seat.pk not in asked]


def _ring(
    call: Call,
    seat: Seat,
    protocol: Protocol,
    now: datetime,
    by: Actor,
    *,
    first: bool = False,
) -> None:
    if seat.give_up_at is not None and now >= seat.give_up_at:
        _give_up(call, seat, "timed_out", by)
        return
    taker = _next_taker(call, seat, protocol, now)
    if taker is not None:
        put(call, seat, taker, protocol, now, by, first=first)
    elif seat.give_up_at is not None and not _anybody_else(call, seat, protocol, now):
        _give_up(call, seat, "timed_out" if seat.offers.exists() else "no_unit", by)


def _asked(seat: Seat, now: datetime) -> QuerySet[Offer]:
    return seat.offers.filter(made_at__gt=now - ASK_AGAIN)


def _people_asked(seat: Seat, now: datetime) -> QuerySet[Offer, tuple[UUID]]:
    return _asked(seat, now).filter(person__isnull=False).values_list("person")


def _next_taker(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> Taker | None:
    if seat.response in PEOPLE:
        free = quick.picked(
            Presence,
            NEXT_PERSON,
            {
                "agency": call.agency_id,
                "role": PEOPLE[seat.response],
                "fresh": now - absent_after(protocol),
                "seat": seat.pk,
                "asked": now - ASK_AGAIN,
            },
        )
        return Taker(person=free[0]) if free else None
    for unit_id in _ranked_units(call, seat, protocol, now):
        unit = (
            _free_units(call)
            .select_for_update(skip_locked=True, no_key=True)
            .filter(pk=unit_id)
            .first()
        )
        if unit is not None:
            return Taker(unit=unit)
    return None


def _untried_units(call: Call, seat: Seat, now: datetime) -> QuerySet[Unit]:
    tried = _asked(seat, now).filter(unit__isnull=False).values("unit")
    return _free_units(call).filter(kind=seat.response).exclude(pk__in=tried)


def _free_units(call: Call) -> QuerySet[Unit]:
    """Units that may be sent. A crew that called for help is not, whatever its state."""
    return Unit.objects.filter(
        agency=call.agency_id, state=UnitState.AVAILABLE, emergency_at=None
    )


def _ranked_units(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> list[UUID]:
    """Free units of this kind: nearest first, then longest idle, then id.

    A position that is too old is as good as none.
    """
    units = _untried_units(call, seat, now)
    stale = timedelta(seconds=protocol.clocks["position_stale"])
    places = {
        row.unit_id: Point(lat=row.lat, lon=row.lon)
        for row in UnitPosition.objects.filter(unit__in=units, at__gt=now - stale)
    }
    known = [
        UnitFacts(
            id=str(unit.pk),
            kind=Response(unit.kind),
            point=places.get(unit.pk),
            idle_since=unit.state_since,
        )
        for unit in units.order_by("pk")
    ]
    return [UUID(unit.id) for unit in rank.order(point_of(call), known)]


def _anybody_else(call: Call, seat: Seat, protocol: Protocol, now: datetime) -> bool:
    """Is somebody of this kind, not asked yet, ringing elsewhere or just being taken?"""
    if seat.response in PEOPLE:
        there = Presence.objects.filter(
            agency=call.agency_id,
            user__role=PEOPLE[seat.response],
            user__heartbeat__at__gt=now - absent_after(protocol),
            state__in=[PresenceState.AVAILABLE, PresenceState.RESERVED],
        )
        return there.exclude(user__in=_people_asked(seat, now)).exists()
    return _untried_units(call, seat, now).exists()


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
    clock = "offer_rings" if taker.person else "acknowledge"
    expires = now + timedelta(seconds=protocol.clocks[clock])
    if taker.person and seat.give_up_at is not None:
        expires = min(expires, seat.give_up_at)
    person = taker.person.user_id if taker.person else None
    offer = Offer(
        seat=seat, person_id=person, unit=taker.unit, made_at=now, expires_at=expires
    )
    quick.add(offer)
    if taker.person:
        move(taker.person, PresenceState.RESERVED)
        transfer.offered(call, seat, first=first)
    if taker.unit:
        move(taker.unit, UnitState.DISPATCHED)
    journal.append(
        events.OfferMade(
            offer=offer.pk, seat=seat.pk, response=seat.response, person=person
        ),
        call=call,
        unit=taker.unit,
        by=by,
    )
    return offer


def _give_up(call: Call, seat: Seat, why: str, by: Actor) -> None:
    """Nobody can be had: the seat ends and the call wants another decision."""
    transfer.end(seat, TransferState.FALLBACK)
    move(seat, SeatState.UNFILLED, why=why)
    quick.write(call, {"decision_wanted_at": Now()})
    transaction.on_commit(lambda: nudge.route(call.pk), robust=True)
    journal.append(
        events.SeatUnfilled(seat=seat.pk, response=seat.response, why=why),
        call=call,
        by=by,
    )
