"""The search for somebody to fill a seat: whom to ask next, and when to give up.

Offers ring one after another, each with a deadline in its row, until one is accepted
or the search is given up; then the call wants another decision, in which this kind
counts as not to be had.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from dispatch import events, facts, journal, nudge
from dispatch.actions import quick, transfer
from dispatch.actions.base import database_now, move
from dispatch.actions.seat import OURS, PEOPLE, absent_after, point_of
from dispatch.events import Actor
from dispatch.models import Call, Offer, Presence, Seat, Unit, UnitPosition
from dispatch.states import (
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

# Who did not take this seat is not asked again for so long.
ASK_AGAIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Whom an offer is put to: a person's presence or a unit, locked."""

    person: Presence | None = None
    unit: Unit | None = None


def fill(call: Call, by: Actor, protocol: Protocol | None = None) -> None:
    """Ring somebody for each wanted seat that nobody is asked for. Holds the call.

    Never waits: whoever another transaction is just taking is passed over. While the
    call waits for a decision nobody is asked: the old one may not hold any more.
    """
    if call.decision_wanted_at is not None:
        return
    protocol = protocol or store.published(call.agency_id)[1]
    now = database_now()
    seats = Seat.objects.select_for_update(no_key=True).filter(
        call=call, state=SeatState.WANTED, response__in=OURS
    )
    for seat in seats.order_by("wanted_at", "pk"):
        if not seat.offers.filter(state=OfferState.PENDING).exists():
            _ring(call, seat, protocol, now, by)


def _ring(call: Call, seat: Seat, protocol: Protocol, now: datetime, by: Actor) -> None:
    if seat.give_up_at is not None and now >= seat.give_up_at:
        _give_up(call, seat, "timed_out", by)
        return
    taker = _next_taker(call, seat, protocol, now)
    if taker is not None:
        put(call, seat, taker, protocol, now, by)
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
        ringing = Offer.objects.filter(state=OfferState.PENDING, person__isnull=False)
        free = (
            facts.present(call.agency_id, absent_after=absent_after(protocol), at=now)
            .filter(user__role=PEOPLE[seat.response])
            .exclude(user__in=_people_asked(seat, now))
            # Who was away and came back may still have the old offer ringing.
            .exclude(user__in=ringing.values("person"))
            .order_by("since", "user_id")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .first()
        )
        return Taker(person=free) if free else None
    for unit_id in _ranked_units(call, seat, now):
        unit = (
            facts.free_units(call.agency_id)
            .select_for_update(skip_locked=True, no_key=True)
            .filter(pk=unit_id)
            .first()
        )
        if unit is not None:
            return Taker(unit=unit)
    return None


def _untried_units(call: Call, seat: Seat, now: datetime) -> QuerySet[Unit]:
    tried = _asked(seat, now).filter(unit__isnull=False).values("unit")
    units = facts.free_units(call.agency_id).filter(kind=seat.response)
    return units.exclude(pk__in=tried)


def _ranked_units(call: Call, seat: Seat, now: datetime) -> list[UUID]:
    """Free units of this kind: nearest first, then longest idle, then id."""
    units = _untried_units(call, seat, now)
    places = {
        row.unit_id: Point(lat=row.lat, lon=row.lon)
        for row in UnitPosition.objects.filter(unit__in=units)
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
) -> Offer:
    """Reserve the locked taker and start the clock on the offer."""
    clock = "offer_rings" if taker.person else "acknowledge"
    expires = now + timedelta(seconds=protocol.clocks[clock])
    if taker.person and seat.give_up_at is not None:
        expires = min(expires, seat.give_up_at)
    person = taker.person.user_id if taker.person else None
    offer = Offer.objects.create(
        seat=seat, person_id=person, unit=taker.unit, made_at=now, expires_at=expires
    )
    if taker.person:
        move(taker.person, PresenceState.RESERVED)
        transfer.offered(call, seat, by)
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
