"""A seat is one help that a call wants: open it, stage it, let everybody go."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, facts, journal, nudge, quick
from dispatch.actions import transfer
from dispatch.actions.base import (
    action,
    coded,
    database_now,
    lock_presence,
    lock_seat,
    lock_unit,
    move,
)
from dispatch.actions.before import as_before
from dispatch.actions.counted import refuse_to_withdraw
from dispatch.actions.leave import order_out
from dispatch.actions.lent import came_free, refuse_in_need
from dispatch.actions.required import answer_for, say_let_go
from dispatch.actions.whose import left
from dispatch.errors import FloorForbids, Invalid, Stale
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Offer, Presence, Seat, Unit
from dispatch.models.unit import TEAMS
from dispatch.states import OPEN_SEAT as OPEN_SEAT
from dispatch.states import CallState, OfferState, PresenceState, SeatState, UnitState
from routing.core.protocol import Protocol

PEOPLE = {"ccd": "clinician"}
UNITS = frozenset(TEAMS)
OURS = frozenset({*PEOPLE, *UNITS})
# Until these are answered no unarmed team goes in, whoever says that it is clear.
MUST_ASK = ("weapon", "violence")


def open_seat(
    call: Call,
    response: str,
    mode: str,
    by: Actor,
    *,
    give_up: timedelta | None = None,
    requested: bool = False,
    first: bool = False,
    skills: Mapping[str, Mapping[str, int]] | None = None,
) -> Seat:
    """A seat for this help, if the call has none open. The caller holds the call.

    ``requested`` by a person, it outlives a later decision that does not ask for it.
    ``first``: the call never had a seat, so none is looked for.
    """
    opened = None if first else _opened(call, response, requested=requested)
    if opened is not None:
        if skills and opened.skills != skills:
            quick.write(opened, {"skills": skills})
        return opened
    seat = Seat(call=call, response=response, mode=mode, requested=requested)
    seat.skills = dict(skills or {})
    now = database_now()
    seat.wanted_at = now
    seat.give_up_at = now + give_up if give_up is not None else None
    return _open(call, seat, by)


def _open(call: Call, seat: Seat, by: Actor) -> Seat:
    """A new seat; a call that had ended is worked on again. The caller holds the call."""
    quick.add(seat)
    if call.state == CallState.RESOLVED:
        move(call, CallState.WORKING)
    opened = events.SeatOpened(seat=seat.pk, response=seat.response, mode=seat.mode)
    journal.append(opened, call=call, by=by)
    return seat


def _opened(call: Call, response: str, *, requested: bool) -> Seat | None:
    """The seat of this kind that the call has open. The caller holds the call."""
    seats = _open_seats(call, response)
    if not seats:
        return None
    if requested and not seats[0].requested:
        quick.write(seats[0], {"requested": True})
    return seats[0]


def locked_seats(
    call: Call, *, order: Sequence[str] = ("id",), **equal: object
) -> list[Seat]:
    """The call's seats with these values (of a list, any), locked. Holds the call."""
    return quick.rows(Seat, order=order, lock="NO KEY UPDATE", call=call.pk, **equal)


def let_go(offer: Offer, by: Actor) -> None:
    """Whoever was asked is free again, unless they changed that themselves."""
    if offer.unit_id:
        unit = lock_unit(offer.unit_id)
        if unit.state == UnitState.DISPATCHED:
            move(unit, UnitState.AVAILABLE)
            came_free(unit, by)
            someone_free(unit)
        return
    assert offer.person_id
    presence = lock_presence(offer.person_id)
    if presence.state == PresenceState.RESERVED:
        move(presence, PresenceState.AVAILABLE)
        someone_free(presence)


def someone_free(who: Presence | Unit) -> None:
    """After this commit waiting calls are offered; the clock's sweep makes sure."""
    kind = who.kind if isinstance(who, Unit) else "ccd"
    transaction.on_commit(lambda: _offer_waiting(who.agency_id, kind), robust=True)


def _offer_waiting(agency: UUID, kind: str) -> None:
    """Most of the time no call waits, and no worker is woken for nothing."""
    if facts.waits(agency, kind):
        nudge.waiting(agency)


@action
def withdraw(*, seat_id: UUID, why: str, by: Actor) -> Seat:
    """This help is not wanted any more; whoever rings or rolls is let go.

    A team that is with the person clears first, and a partner who talks with the caller
    is not hung up: Invalid says which. So it does of what a safety rule still asks for,
    unless a person answers for that with the reason.
    """
    call, seat = lock_seat(seat_id)
    coded("why", why)
    if seat.state in OPEN_SEAT:
        refuse_to_withdraw(call, seat)
        answer_for(call, seat, why, by)
        withdraw_locked(call, seat, why, by)
    return seat


def withdraw_all(call: Call, why: str, by: Actor) -> None:
    """Let everybody go, and say so of what a safety rule asks for. Holds the call."""
    open_ = locked_seats(call, state=OPEN_SEAT)
    say_let_go(call, open_, by)
    for seat in open_:
        withdraw_locked(call, seat, why, by)


def withdraw_wanted(
    call: Call,
    keep: Iterable[str],
    why: str,
    by: Actor,
    *,
    forbidden: Iterable[str] | None = None,
    barred: Collection[str] = (),
) -> None:
    """Stop looking for kinds that are not wanted any more. The caller holds the call.

    With ``forbidden`` kinds given, what a person requested goes only if it is one of
    these; of ``barred`` ones it is said that the safety rules hold them back.
    """
    keep = set(keep)
    forbids = None if forbidden is None else set(forbidden)
    for seat in locked_seats(call, state=SeatState.WANTED):
        stays = forbids is not None and seat.requested and seat.response not in forbids
        if seat.response not in keep and not stays:
            held = seat.requested and seat.response in barred
            withdraw_locked(call, seat, "held_back" if held else why, by)


def finish_outside(call: Call, by: Actor) -> None:
    """Who was told and came is done when the call ends. The caller holds the call."""
    for seat in locked_seats(call, state=SeatState.FILLED):
        if seat.response not in OURS:
            done(call, seat, by)


def done(call: Call, seat: Seat, by: Actor) -> None:
    """This help has done its work. The caller holds the call and the seat."""
    move(seat, SeatState.DONE)
    journal.append(
        events.SeatDone(seat=seat.pk, response=seat.response), call=call, by=by
    )


def stage(call: Call, seats: Iterable[Seat], why: Iterable[str], by: Actor) -> None:
    """These teams wait near by until the scene is cleared. The caller holds them."""
    for seat in seats:
        if seat.mode == "staged":
            continue
        quick.write(seat, {"mode": "staged"})
        order_out(seat)
        journal.append(
            events.StagingOrdered(seat=seat.pk, response=seat.response, why=tuple(why)),
            call=call,
            by=by,
        )


def hold_back(call: Call, response: str, why: Iterable[str], by: Actor) -> None:
    """The floor keeps this kind back: who rings is let go, who rolls stages.

    The caller holds the call.
    """
    for seat in _open_seats(call, response):
        if seat.state == SeatState.WANTED:
            withdraw_locked(call, seat, "held_back", by)
        else:
            stage(call, [seat], why, by)


def stage_all(call: Call, response: str, why: Iterable[str], by: Actor) -> None:
    """Every team of this kind stages. The caller holds the call."""
    stage(call, _open_seats(call, response), why, by)


def _open_seats(call: Call, response: str) -> list[Seat]:
    """Where it has several, the first position first."""
    return locked_seats(call, order=["position"], response=response, state=OPEN_SEAT)


def withdraw_locked(call: Call, seat: Seat, why: str, by: Actor) -> None:
    withdraw_pending(call, seat, why, by)
    freed = seat.assignments.filter(ended_at=None).select_related("unit").first()
    if freed is not None:
        end_assignment(freed, by)
    transfer.end(call, seat, why, by)
    move(seat, SeatState.WITHDRAWN, why=why)
    withdrawn = events.SeatWithdrawn(
        seat=seat.pk,
        response=seat.response,
        why=why,
        person=freed.person_id if freed else None,
    )
    unit = freed.unit if freed else None
    journal.append(withdrawn, call=call, unit=unit, by=by)
    if freed is not None and unit is None:
        left(call, freed, by)


def withdraw_pending(call: Call, seat: Seat, why: str, by: Actor) -> None:
    """Whoever still rings for this seat is told at once, and free again."""
    pending = quick.rows(
        Offer,
        order=["id"],
        lock="NO KEY UPDATE",
        seat=seat.pk,
        state=OfferState.PENDING,
    )
    for offer in pending:
        move(offer, OfferState.WITHDRAWN, reason=why, ended_at=Now())
        gone = events.OfferWithdrawn(
            offer=offer.pk, seat=seat.pk, why=why, person=offer.person_id
        )
        journal.append(gone, call=call, unit=offer.unit, by=by)
    for offer in pending:
        if offer.unit_id:
            let_go(offer, by)
    _people_free([offer.person_id for offer in pending if offer.person_id])


def _people_free(ids: list[UUID]) -> None:
    """All who rang together, in one statement: the last of them hears as soon."""
    if not ids:
        return
    rang = quick.rows(Presence, order=["user"], lock="NO KEY UPDATE", user=ids)
    ringing = [one for one in rang if one.state == PresenceState.RESERVED]
    for presence in ringing:
        move(presence, PresenceState.AVAILABLE)
    if ringing:
        someone_free(ringing[0])


def end_assignment(assignment: Assignment, by: Actor) -> None:
    """Unit free, clinician in wrap-up. The caller holds the call and the seat."""
    quick.write(assignment, {"ended_at": Now()})
    if assignment.unit_id:
        unit = lock_unit(assignment.unit_id)
        refuse_in_need(unit)
        rested = {"last_call_ended_at": Now()}
        move(unit, UnitState.AVAILABLE, check_due_at=None, check_late=False, **rested)
        came_free(unit, by)
        as_before(unit, assignment.offer_id)
        someone_free(unit)
        return
    assert assignment.person_id
    presence = lock_presence(assignment.person_id)
    others = quick.rows(Assignment, person=assignment.person_id, ended_at=None)
    if presence.state == PresenceState.ENGAGED and not others:
        move(presence, PresenceState.WRAP_UP)
    elif presence.missed:
        # Fewer callers, and at the desk: another may ring again.
        quick.write(presence, {"missed": 0})


@action
def confirm_told(*, seat_id: UUID, by: Actor) -> Seat:
    """An outside service (EMS, police, fire, 988) has been told and said yes."""
    call, seat = lock_seat(seat_id)
    if seat.state == SeatState.FILLED:
        return seat
    if seat.response in OURS or seat.response == "cn":
        raise Invalid(field="seat", why=_("our own teams answer for themselves"))
    told(call, seat, by)
    return seat


def told(call: Call, seat: Seat, by: Actor) -> None:
    """Somebody outside knows and comes. The caller holds the call and the seat."""
    move(seat, SeatState.FILLED, confirmed_at=Now())
    if call.state in {CallState.DECIDED, CallState.RESOLVED}:
        move(call, CallState.WORKING)
    if seat.response == "988":
        served(call)
    journal.append(
        events.SeatConfirmed(seat=seat.pk, response=seat.response), call=call, by=by
    )


@action
def clear_scene(*, seat_id: UUID, by: Actor, seen: int | None = None) -> Seat:
    """A dispatcher heard that the scene is safe: the staged team may enter.

    Whoever says so has seen all that is known, and no safety question was left out.
    """
    call, seat = lock_seat(seat_id)
    if seen is not None and call.version != seen:
        raise Stale
    if seat.state in OPEN_SEAT and seat.mode == "staged":
        _refuse_unasked(call, seat)
        quick.write(seat, {"mode": "now", "confirmed_at": Now()})
        journal.append(events.SceneCleared(seat=seat.pk), call=call, by=by)
    return seat


def _refuse_unasked(call: Call, seat: Seat) -> None:
    asked = call.answers.filter(question__in=MUST_ASK).exclude(value="not_asked")
    if seat.response == "crt" and asked.count() < len(MUST_ASK):
        raise FloorForbids(why=_("ask about weapons and violence first"))


def served(call: Call) -> None:
    """Help that the programme counts as its own has the call. The caller holds it."""
    call.service, call.not_served = "served", ""
    quick.keep(call, "service", "not_served")


def unserved(call: Call, code: str) -> None:
    """The call was meant for us and ends without; the reason that stands stays."""
    if call.eligibility == "eligible" and call.service == "":
        call.service, call.not_served = "not_served", code
        quick.keep(call, "service", "not_served")


def absent_after(protocol: Protocol) -> timedelta:
    return timedelta(seconds=protocol.clocks["absent_after"])


def to_fill(call: Call, response: str, mode: str, by: Actor, now: datetime) -> Seat:
    """The wanted seat of this kind, freed of a ringing offer, or one more."""
    for seat in _open_seats(call, response):
        if seat.state == SeatState.WANTED:
            withdraw_pending(call, seat, "another_unit", by)
            if mode == "staged":
                stage(call, [seat], ("ordered",), by)
            return seat
    return one_more(call, response, mode, by, now)


def one_more(
    call: Call,
    response: str,
    mode: str,
    by: Actor,
    now: datetime,
    *,
    requested: bool = False,
    skills: Mapping[str, Mapping[str, int]] | None = None,
) -> Seat:
    """One seat of this kind more than the call has open. The caller holds the call."""
    places = [seat.position for seat in _open_seats(call, response)]
    seat = Seat(
        call=call,
        response=response,
        mode=mode,
        position=max(places, default=0) + 1,
        wanted_at=now,
        requested=requested,
        skills=dict(skills or {}),
    )
    return _open(call, seat, by)
