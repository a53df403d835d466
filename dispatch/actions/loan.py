"""Ask a neighbour for a unit; they lend one or decline; it goes home, and the loan ends."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.base import (
    action,
    coded,
    database_now,
    lock_call,
    lock_loan,
    lock_unit,
    move,
)
from dispatch.actions.counted import EMERGENCY, THERE
from dispatch.actions.lent import over, say
from dispatch.actions.search import anew, fill, put
from dispatch.actions.seat import (
    UNITS,
    end_assignment,
    locked_seats,
    to_fill,
    withdraw_pending,
)
from dispatch.actions.takers import Taker
from dispatch.actions.weigh import mode_of, refuse_below_floor, refuse_closed, weighed
from dispatch.errors import Invalid, LostRace, NotFree
from dispatch.events import Actor
from dispatch.models import Agency, Assignment, Call, Loan, Offer, Seat, Unit
from dispatch.states import LoanState, OfferState, SeatState, UnitState
from dispatch.wrong import seconds
from routing import store

# Clocks of the protocol. Usually 120 s, an assumption: a dispatcher next door answers, or
# somebody else is asked.
ANSWER_WITHIN = "loan_answer"
# Usually 4 h, an assumption: longer than nearly every call, with a drive to a hospital. A
# crew that is with somebody then is not sent away: the loan goes on for LONGER (30 min).
LENT_FOR, LONGER = "loan_lasts", "loan_longer"
DECLINE_WHY = ("no_capacity", "too_far", "crew_incomplete", "other")
OPEN_LOAN = [LoanState.ASKED, LoanState.LENT]


@action
def agree(
    *, agency_id: UUID, neighbour_id: UUID, by: Actor, ended: bool = False
) -> None:
    """These two centres may ask each other for units, or may not any more.

    Both hear of it. Said again it changes nothing; what is lent now stays lent.
    """
    if agency_id == neighbour_id:
        raise Invalid(field="neighbour", why=_("name another centre"))
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    if agency.neighbours.filter(pk=neighbour_id).exists() != ended:
        return
    neighbour = Agency.objects.get(pk=neighbour_id)
    if ended:
        agency.neighbours.remove(neighbour)
    else:
        agency.neighbours.add(neighbour)
    for one, other in ((agency_id, neighbour_id), (neighbour_id, agency_id)):
        agreed = events.NeighboursAgreed(neighbour=other, ended=ended)
        journal.append(agreed, agency=one, by=by)


@action
def ask(
    *, call_id: UUID, lender_id: UUID, response: str, by: Actor, seen: int | None = None
) -> Loan:
    """Put the call to a neighbour. Asking again while it is open is asking once.

    FloorForbids for a kind that the safety rules hold back here.
    """
    call = lock_call(call_id, seen)
    asked = quick.rows(Loan, call=call.pk, lender=lender_id, state=OPEN_LOAN)
    if same := [one for one in asked if one.response == response]:
        return same[0]
    refuse_closed(call)
    if response not in UNITS:
        raise Invalid(field="response", why=_("name a team"))
    if not Agency.objects.filter(pk=lender_id, neighbours=call.agency_id).exists():
        raise Invalid(field="lender", why=_("choose one of the list"))
    _mode(call, response)
    made = Loan(
        call=call,
        lender_id=lender_id,
        response=response,
        asked_by=str(by),
        ends_at=database_now() + _clock(call, ANSWER_WITHIN),
    )
    quick.add(made)
    put_to = events.LoanAsked(loan=made.pk, lender=lender_id, response=response)
    journal.append(put_to, call=call, by=by)
    journal.append(put_to, agency=lender_id, by=by)
    return made


@action
def lend(*, loan_id: UUID, unit_id: UUID, by: Actor) -> Loan:
    """Send this unit of ours to the neighbour's call. Saying so twice is once.

    The safety rules of the call's own centre hold for it, as they do for their units.
    """
    call, loan = lock_loan(loan_id)
    if loan.state == LoanState.LENT and loan.unit_id == unit_id:
        return loan
    _refuse_answered(loan)
    refuse_closed(call)
    unit = lock_unit(unit_id)
    if unit.agency_id != loan.lender_id or unit.kind != loan.response:
        raise Invalid(field="unit", why=_("name a team of this centre"))
    if unit.state != UnitState.AVAILABLE or unit.emergency_at is not None:
        raise NotFree(name=unit.name)
    mode = _mode(call, unit.kind)
    now = database_now()
    answered = {"answered_by": str(by), "answered_at": Now(), "unit_id": unit.pk}
    move(loan, LoanState.LENT, ends_at=now + _clock(call, LENT_FOR), **answered)
    _say(call, loan, "lent", by)
    seat = to_fill(call, unit.kind, mode, by, now)
    _row, protocol = store.published(call.agency_id)
    put(call, seat, Taker(unit=unit, because=("lent",)), protocol, now, by)
    return loan


@action
def decline(*, loan_id: UUID, reason: str, by: Actor) -> Loan:
    """Not from us, and why. Saying so twice is saying it once."""
    call, loan = lock_loan(loan_id)
    if loan.state == LoanState.DECLINED:
        return loan
    if reason not in DECLINE_WHY:
        raise Invalid(field="reason", why=_("choose a reason"))
    _refuse_answered(loan)
    answered = {"answered_by": str(by), "answered_at": Now(), "ended_at": Now()}
    move(loan, LoanState.DECLINED, reason=reason, **answered)
    _say(call, loan, "declined", by)
    return loan


@action
def end(*, loan_id: UUID, why: str, by: Actor) -> Loan:
    """We do not need it any more: its place on the call ends. Twice is once.

    Refused while the team is with the person or calls for help.
    """
    call, loan = lock_loan(loan_id)
    if loan.state in OPEN_LOAN:
        _end(call, loan, coded("why", why), by, again=False)
    return loan


@action
def call_back(*, loan_id: UUID, by: Actor) -> Loan:
    """The lender needs its unit: the same help is wanted anew there. Twice is once.

    Refused while the team is with the person or calls for help.
    """
    call, loan = lock_loan(loan_id)
    if loan.state == LoanState.LENT:
        _end(call, loan, "called_back", by, again=True)
    return loan


@action
def expire(*, loan_id: UUID, by: Actor) -> Loan:
    """Unanswered or out of time, it ends. Early or twice changes nothing.

    A team that is with the person stays: its loan goes on for a while.
    """
    call, loan = lock_loan(loan_id)
    if loan.state not in OPEN_LOAN or loan.ends_at > database_now():
        return loan
    if loan.state == LoanState.ASKED:
        over(call, loan, "no_answer", by)
    elif loan.unit is not None and _counted_on(loan.unit):
        quick.write(loan, {"ends_at": database_now() + _clock(call, LONGER)})
    else:
        _end(call, loan, "time_over", by, again=True)
    return loan


def _refuse_answered(loan: Loan) -> None:
    """LostRace once somebody answered or nobody did in time. The caller holds it."""
    if loan.state != LoanState.ASKED or loan.ends_at <= database_now():
        raise LostRace


def _clock(call: Call, name: str) -> timedelta:
    """A time of the centre whose call it is."""
    return seconds(store.published(call.agency_id)[1], name)


def _mode(call: Call, kind: str) -> str:
    """How the call's own rules let this kind go; FloorForbids. Holds the call."""
    _row, protocol = store.published(call.agency_id)
    stand = weighed(call, protocol, database_now())
    refuse_below_floor(stand, kind)
    return "staged" if mode_of(stand, kind) == "staged" else "now"


def _say(call: Call, loan: Loan, answer: str, by: Actor) -> None:
    say(events.LoanAnswered(loan=loan.pk, answer=answer), call, loan, by)


def _end(call: Call, loan: Loan, why: str, by: Actor, *, again: bool) -> None:
    """The loan is over and its unit free; ``again``: the call wants the same anew."""
    if loan.unit_id is None:
        over(call, loan, why, by)
        return
    unit = lock_unit(loan.unit_id)
    if sentence := _counted_on(unit):
        raise Invalid(sentence, field="unit", who=unit.name)
    over(call, loan, why, by)
    _leave(call, unit, why, by, again=again)
    if again:
        fill(call, by)


def _counted_on(unit: Unit) -> str:
    """Why this unit is not just let go; empty where it is. The caller holds it."""
    if unit.emergency_at is not None:
        return EMERGENCY
    return THERE.get(UnitState(unit.state), "")


def _leave(call: Call, unit: Unit, why: str, by: Actor, *, again: bool) -> None:
    """Off the call's seat. Holds the call and the unit."""
    held = quick.find(Assignment, unit=unit.pk, ended_at=None)
    rings = quick.find(Offer, unit=unit.pk, state=OfferState.PENDING)
    gone = held or rings
    place = [one for one in locked_seats(call) if gone and one.pk == gone.seat_id]
    for seat in place:
        withdraw_pending(call, seat, why, by)
        if held is not None:
            end_assignment(held, by)
        if held is not None or not again:
            _withdrawn(call, seat, unit, why, by)
        if held is not None and again:
            anew(call, seat, by)


def _withdrawn(call: Call, seat: Seat, unit: Unit, why: str, by: Actor) -> None:
    move(seat, SeatState.WITHDRAWN, why=why, lead=False)
    gone = events.SeatWithdrawn(seat=seat.pk, response=seat.response, why=why)
    journal.append(gone, call=call, unit=unit, by=by)
