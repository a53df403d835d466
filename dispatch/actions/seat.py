"""A seat is one help that a call wants: open it, find somebody, let everybody go.

Its offers ring one after another, each with a deadline in its row, until one is
accepted or the search is given up; then the call wants another decision, in which
this kind counts as not to be had.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from dispatch import events, facts, journal, nudge
from dispatch.actions import transfer
from dispatch.actions.base import (
    action,
    database_now,
    lock_presence,
    lock_seat,
    lock_unit,
    move,
)
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import (
    Assignment,
    Call,
    Offer,
    Presence,
    Seat,
    Unit,
    UnitPosition,
)
from dispatch.states import (
    CallState,
    OfferState,
    PresenceState,
    SeatState,
    TransferState,
    UnitState,
)
from routing import store
from routing.core import rank
from routing.core.facts import Point, UnitFacts
from routing.core.protocol import Protocol

PEOPLE = {"ccd": "clinician"}
UNITS = frozenset({"crt", "cor"})
OURS = frozenset({*PEOPLE, *UNITS})
OPEN_SEAT = (SeatState.WANTED, SeatState.FILLED)
# Who did not take this seat is not asked again for so long.
ASK_AGAIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Whom an offer is put to: a person's presence or a unit, locked."""

    person: Presence | None = None
    unit: Unit | None = None


def open_seat(
    call: Call, response: str, mode: str, by: Actor, *, give_up: timedelta | None
) -> Seat:
    """A seat for this help, if the call has none open. The caller holds the call."""
    seat = Seat.objects.filter(
        call=call, response=response, state__in=OPEN_SEAT
    ).first()
    if seat is not None:
        return seat
    seat = Seat(call=call, response=response, mode=mode)
    now = database_now()
    seat.wanted_at = now
    seat.give_up_at = now + give_up if give_up is not None else None
    seat.save(force_insert=True)
    journal.append(
        events.SeatOpened(seat=seat.pk, response=response, mode=mode), call=call, by=by
    )
    return seat


def fill(call: Call, by: Actor) -> None:
    """Ring somebody for each wanted seat that nobody is asked for. Holds the call.

    Never waits: whoever another transaction is just taking is passed over.
    """
    _row, protocol = store.published(call.agency_id)
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
        _give_up(call, seat, "no_unit", by)


def _next_taker(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> Taker | None:
    asked = seat.offers.filter(made_at__gt=now - ASK_AGAIN)
    if seat.response in PEOPLE:
        free = (
            facts.present(call.agency_id, absent_after=absent_after(protocol), at=now)
            .filter(user__role=PEOPLE[seat.response])
            .exclude(user__in=asked.filter(person__isnull=False).values("person"))
            .order_by("since", "user_id")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .first()
        )
        return Taker(person=free) if free else None
    tried = asked.filter(unit__isnull=False).values_list("unit", flat=True)
    for unit_id in _ranked_units(call, seat.response, set(tried)):
        unit = (
            Unit.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(pk=unit_id, state=UnitState.AVAILABLE)
            .first()
        )
        if unit is not None:
            return Taker(unit=unit)
    return None


def _ranked_units(call: Call, kind: str, tried: set[UUID]) -> list[UUID]:
    """Free units of this kind: nearest first, then longest idle, then id."""
    units = Unit.objects.filter(
        agency=call.agency_id, kind=kind, state=UnitState.AVAILABLE
    ).exclude(pk__in=tried)
    places = {
        row.unit_id: Point(lat=row.lat, lon=row.lon)
        for row in UnitPosition.objects.filter(unit__in=units)
    }
    known = [
        UnitFacts(
            id=str(unit.pk),
            kind=unit.kind,
            point=places.get(unit.pk),
            idle_since=unit.state_since,
        )
        for unit in units.order_by("pk")
    ]
    return [UUID(unit.id) for unit in rank.order(point_of(call), known)]


def point_of(call: Call) -> Point | None:
    """Where help is wanted, if anybody knows."""
    stored = call.caller.point if hasattr(call, "caller") else ""
    if not stored:
        return None
    lat, lon = stored.split(",")
    return Point(lat=float(lat), lon=float(lon))


def _anybody_else(call: Call, seat: Seat, protocol: Protocol, now: datetime) -> bool:
    """Is somebody of this kind about to be free: ringing elsewhere or asked just now?"""
    if seat.response in PEOPLE:
        return Presence.objects.filter(
            agency=call.agency_id,
            user__role=PEOPLE[seat.response],
            user__heartbeat__at__gt=now - absent_after(protocol),
            state__in=[PresenceState.AVAILABLE, PresenceState.RESERVED],
        ).exists()
    return Unit.objects.filter(
        agency=call.agency_id, kind=seat.response, state=UnitState.AVAILABLE
    ).exists()


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
    call.decision_wanted_at = Now()
    call.save(update_fields=["decision_wanted_at"])
    transaction.on_commit(lambda: nudge.route(call.pk), robust=True)
    journal.append(
        events.SeatUnfilled(seat=seat.pk, response=seat.response, why=why),
        call=call,
        by=by,
    )


def let_go(offer: Offer, by: Actor) -> None:
    """Whoever was asked is free again, unless they changed that themselves."""
    if offer.unit_id:
        unit = lock_unit(offer.unit_id)
        if unit.state == UnitState.DISPATCHED:
            move(unit, UnitState.AVAILABLE)
            someone_free(unit.agency_id)
        return
    assert offer.person_id
    presence = lock_presence(offer.person_id)
    if presence.state == PresenceState.RESERVED:
        move(presence, PresenceState.AVAILABLE)
        someone_free(presence.agency_id)


def someone_free(agency: UUID) -> None:
    """After this commit waiting calls are offered; the clock's sweep makes sure."""
    transaction.on_commit(lambda: nudge.waiting(agency), robust=True)


@action
def withdraw(*, seat_id: UUID, why: str, by: Actor) -> Seat:
    """This help is not wanted any more; whoever rings or rolls is let go."""
    call, seat = lock_seat(seat_id)
    if seat.state in OPEN_SEAT:
        _withdraw(call, seat, why, by)
    return seat


def withdraw_all(call: Call, why: str, by: Actor) -> None:
    """Let everybody go. The caller holds the call."""
    seats = Seat.objects.select_for_update(no_key=True)
    for seat in seats.filter(call=call, state__in=OPEN_SEAT).order_by("pk"):
        _withdraw(call, seat, why, by)


def withdraw_wanted(call: Call, keep: Iterable[str], why: str, by: Actor) -> None:
    """Stop looking for kinds that are not wanted any more. The caller holds the call."""
    seats = Seat.objects.select_for_update(no_key=True)
    wanted = seats.filter(call=call, state=SeatState.WANTED)
    for seat in wanted.exclude(response__in=list(keep)).order_by("pk"):
        _withdraw(call, seat, why, by)


def _withdraw(call: Call, seat: Seat, why: str, by: Actor) -> None:
    withdraw_pending(call, seat, why, by)
    for assignment in seat.assignments.filter(ended_at=None):
        end_assignment(assignment, by)
    transfer.end(seat, TransferState.FALLBACK)
    move(seat, SeatState.WITHDRAWN, why=why)
    journal.append(
        events.SeatWithdrawn(seat=seat.pk, response=seat.response, why=why),
        call=call,
        by=by,
    )


def withdraw_pending(call: Call, seat: Seat, why: str, by: Actor) -> None:
    pending = seat.offers.select_for_update(no_key=True).filter(
        state=OfferState.PENDING
    )
    for offer in pending:
        move(offer, OfferState.WITHDRAWN, reason=why, ended_at=Now())
        let_go(offer, by)
        journal.append(
            events.OfferWithdrawn(
                offer=offer.pk, seat=seat.pk, why=why, person=offer.person_id
            ),
            call=call,
            unit=offer.unit,
            by=by,
        )


def end_assignment(assignment: Assignment, by: Actor) -> None:
    """Unit free, clinician in wrap-up. The caller holds the call and the seat."""
    assignment.ended_at = Now()
    assignment.save(update_fields=["ended_at"])
    if assignment.unit_id:
        unit = lock_unit(assignment.unit_id)
        move(unit, UnitState.AVAILABLE, check_due_at=None, check_late=False)
        someone_free(unit.agency_id)
        return
    assert assignment.person_id
    presence = lock_presence(assignment.person_id)
    if presence.state == PresenceState.ENGAGED:
        move(presence, PresenceState.WRAP_UP)


@action
def confirm_told(*, seat_id: UUID, by: Actor) -> Seat:
    """An outside service (EMS, police, fire, 988) has been told and said yes."""
    call, seat = lock_seat(seat_id)
    if seat.state == SeatState.FILLED:
        return seat
    if seat.response in OURS:
        raise Invalid(field="seat", why="our own teams answer for themselves")
    move(seat, SeatState.FILLED, confirmed_at=Now())
    if call.state == CallState.DECIDED:
        move(call, CallState.WORKING)
    journal.append(
        events.SeatConfirmed(seat=seat.pk, response=seat.response), call=call, by=by
    )
    return seat


@action
def clear_scene(*, seat_id: UUID, by: Actor) -> Seat:
    """A dispatcher heard that the scene is safe: the staged team may enter."""
    call, seat = lock_seat(seat_id)
    if seat.mode == "staged":
        seat.mode = "now"
        seat.save(update_fields=["mode"])
        journal.append(events.SceneCleared(seat=seat.pk), call=call, by=by)
    return seat


def absent_after(protocol: Protocol) -> timedelta:
    return timedelta(seconds=protocol.clocks["absent_after"])


def to_fill(
    call: Call, response: str, mode: str, by: Actor, now: datetime
) -> Seat:
    """The wanted seat of this kind, freed of a ringing offer, or one more."""
    seats = Seat.objects.select_for_update(no_key=True).filter(
        call=call, response=response, state__in=OPEN_SEAT
    )
    positions = 0
    for seat in seats.order_by("position"):
        positions = seat.position
        if seat.state == SeatState.WANTED:
            withdraw_pending(call, seat, "another_unit", by)
            return seat
    seat = Seat(
        call=call, response=response, mode=mode, position=positions + 1, wanted_at=now
    )
    seat.save(force_insert=True)
    journal.append(
        events.SeatOpened(seat=seat.pk, response=response, mode=mode), call=call, by=by
    )
    return seat
