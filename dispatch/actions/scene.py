"""Several teams on one call: who leads, who takes another's place, backup, moving on."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.asked import only_chosen
from dispatch.actions.backup import most_urgent
from dispatch.actions.base import (
    action,
    coded,
    database_now,
    lock_call,
    lock_seat,
    lock_unit,
    move,
)
from dispatch.actions.search import anew, fill, put
from dispatch.actions.seat import (
    OPEN_SEAT,
    UNITS,
    end_assignment,
    locked_seats,
    one_more,
    to_fill,
    withdraw_pending,
)
from dispatch.actions.takers import Taker
from dispatch.actions.weigh import mode_of, refuse_below_floor, refuse_closed, weighed
from dispatch.errors import Invalid, NotFree, Stale
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Offer, Seat, Unit
from dispatch.models.offer import REPLACES
from dispatch.states import WITH_PERSON, OfferState, SeatState, UnitState
from routing import store

BACKUP = frozenset({*UNITS, "cit", "ems", "police", "fire"})
LENT = _("%(who)s is lent to a neighbour: call it back first.")
LESS_URGENT = _(
    "%(who)s is on %(number)s, priority %(theirs)d; this call has priority %(ours)d."
    " Ask a second time, and say why."
)
# What the crew and the place it leaves are told of why; any other reason is "moved".
MORE_URGENT = "more_urgent"
LEFT_FOR = frozenset({MORE_URGENT, "nearer"})


@action
def lead(*, seat_id: UUID, by: Actor) -> Seat:
    """This team speaks for all on scene. Saying so twice is saying it once."""
    call, seat = lock_seat(seat_id)
    if seat.lead:
        return seat
    work = _work(seat)
    if seat.state != SeatState.FILLED or (work is None and seat.arrived_at is None):
        raise Invalid(field="seat", why=_("only who is on the call can lead"))
    _name(call, seat, work.unit if work else None, by)
    return seat


def lead_by_default(call: Call, seat: Seat, unit: Unit, by: Actor) -> None:
    """The first on scene leads where nobody was named. Holds the call and the seat."""
    if not locked_seats(call, state=OPEN_SEAT, lead=True):
        _name(call, seat, unit, by)


def _name(call: Call, seat: Seat, unit: Unit | None, by: Actor) -> None:
    before = None
    for one in locked_seats(call, state=OPEN_SEAT, lead=True):
        quick.write(one, {"lead": False})
        before = one.pk
    quick.write(seat, {"lead": True})
    named = events.LeadNamed(seat=seat.pk, before=before)
    journal.append(named, call=call, unit=unit, by=by)


@action
def replace(
    *, seat_id: UUID, unit_id: UUID, by: Actor, seen: int | None = None
) -> Offer:
    """Ask another unit to take this team's place; the team keeps the call until it has.

    Should that unit decline, the search goes on, and whoever accepts relieves the team.
    Asking the same unit twice is asking it once.
    """
    call, seat = lock_seat(seat_id)
    unit = lock_unit(unit_id)
    if asked := _asked_already(unit, seat):
        return asked
    _refuse_stale(call, seen)
    if _work(seat) is None:
        raise Invalid(field="seat", why=_("no team of ours has this place"))
    mode = _may_go(call, unit)
    now = database_now()
    place = one_more(call, unit.kind, mode, by, now, requested=True, skills=seat.skills)
    quick.write(place, {"relieves": seat.pk})
    taker = Taker(unit=unit, because=(REPLACES, str(seat.pk)))
    _row, protocol = store.published(call.agency_id)
    return put(call, place, taker, protocol, now, by)


def _asked_already(unit: Unit, seat: Seat) -> Offer | None:
    rings = quick.find(Offer, unit=unit.pk, state=OfferState.PENDING)
    return rings if rings is not None and rings.relieves == seat.pk else None


def relieve(call: Call, seat: Seat, unit: Unit, by: Actor) -> None:
    """The team whose place this unit has just taken may go.

    One that is with the person, or in an emergency, is not sent away by a press
    elsewhere: it hands over face to face, and clears. Holds the call and the seat.
    """
    old = _relieved_by(call, seat)
    work = _work(old) if old else None
    if old is None or work is None or work.unit is None:
        return
    if work.unit.state in WITH_PERSON or work.unit.emergency_at is not None:
        return
    _replaced(call, old, work.unit, seat, unit, by)
    _leave(call, old, work, "another_unit", by)


def handed_over(call: Call, seat: Seat, unit: Unit, by: Actor) -> None:
    """This team clears: whoever was to relieve it and has come forward has its place.

    Holds the call and the seat.
    """
    works = Assignment.objects.filter(seat__call=call, ended_at=None)
    came = works.filter(seat__relieves=seat.pk)
    new = came.select_related("seat", "unit").first()
    if new is not None and new.unit is not None:
        _replaced(call, seat, unit, new.seat, new.unit, by)


def _replaced(
    call: Call, old: Seat, team: Unit, seat: Seat, unit: Unit, by: Actor
) -> None:
    """``unit`` has the place of ``team`` now, and leads if that did. Holds them.

    Whoever ``team`` was to relieve is relieved by ``unit``.
    """
    quick.write(seat, {"relieves": old.relieves})
    replaced = events.UnitReplaced(seat=old.pk, by_unit=unit.pk)
    journal.append(replaced, call=call, unit=team, by=by)
    if old.lead:
        _name(call, seat, unit, by)


def _relieved_by(call: Call, seat: Seat) -> Seat | None:
    """The seat that this one is to relieve, while somebody has it."""
    if seat.relieves is None:
        return None
    filled = locked_seats(call, state=SeatState.FILLED)
    return next((one for one in filled if one.pk == seat.relieves), None)


def _leave(call: Call, seat: Seat, work: Assignment, why: str, by: Actor) -> None:
    """This team is off the call; its seat ends. The caller holds the call and the seat."""
    unit = work.unit
    end_assignment(work, by)
    move(seat, SeatState.WITHDRAWN, why=why, lead=False)
    withdrawn = events.SeatWithdrawn(seat=seat.pk, response=seat.response, why=why)
    journal.append(withdrawn, call=call, unit=unit, by=by)


@action
def backup(*, seat_id: UUID, response: str, by: Actor) -> Seat:
    """The team on this seat asks for one more of a kind that the safety rules let go.

    Asking again while nobody has answered is asking once. Police asked for from the
    scene make the call as urgent as can be.
    """
    call, seat = lock_seat(seat_id)
    refuse_closed(call)
    work = _work(seat)
    if work is None:
        raise Invalid(field="unit", why=_("this unit is on no call"))
    if response not in BACKUP:
        raise Invalid(field="response", why=_("choose one of the list"))
    _row, protocol = store.published(call.agency_id)
    now = database_now()
    stand = weighed(call, protocol, now)
    refuse_below_floor(stand, response)
    if response == "police":
        most_urgent(call, by, work.unit)
    wanted = locked_seats(call, state=SeatState.WANTED, response=response)
    if not wanted or not wanted[0].requested or response in only_chosen(call):
        asked = events.TeamRequested(response=response, reason="more_help")
        journal.append(asked, call=call, unit=work.unit, by=by)
    if wanted:
        quick.write(wanted[0], {"requested": True, "give_up_at": None})
        return wanted[0]
    mode = mode_of(stand, response)
    more = one_more(call, response, mode, by, now, requested=True)
    fill(call, by, protocol)
    return more


@action
def reassign(
    *,
    unit_id: UUID,
    call_id: UUID,
    why: str,
    by: Actor,
    confirmed: str = "",
    seen: int | None = None,
) -> Offer:
    """Take a team to a call that needs it more; what it leaves is wanted anew at once.

    Refused once the team is with the person, or has called for help itself, and while
    it is lent. ``confirmed``: the call that it leaves and how urgent that is, as ``by``
    was shown it; a call that is as urgent or more is left for nobody who was not.
    """
    coded("why", why)
    left_id = _call_of(unit_id)
    if left_id is None or left_id == call_id:
        raise Invalid(field="unit", why=_("this unit is on no other call"))
    # Always in the same order, whichever of the two it goes to.
    calls = {pk: lock_call(pk) for pk in sorted((left_id, call_id))}
    left, call = calls[left_id], calls[call_id]
    _refuse_stale(call, seen)
    unit = lock_unit(unit_id)
    if left.agency_id != unit.agency_id:
        # Whoever lent it writes nothing on the call of the centre that has it now.
        raise Invalid(LENT, field="unit", who=unit.name)
    if unit.state in WITH_PERSON or unit.emergency_at is not None:
        raise Invalid(field="unit", why=_("it is with the person; ask for another"))
    if _call_of(unit_id) != left_id:
        raise Stale
    now = database_now()
    mode = _stands(call, unit, now)
    _refuse_less_urgent(left, call, unit, why, confirmed)
    _take_away(left, unit, call, why, by)
    place = to_fill(call, unit.kind, mode, by, now)
    _row, protocol = store.published(call.agency_id)
    taker = Taker(unit=lock_unit(unit_id), because=("moved",))
    made = put(call, place, taker, protocol, now, by)
    fill(left, by, protocol)
    return made


def _refuse_less_urgent(
    left: Call, call: Call, unit: Unit, why: str, confirmed: str
) -> None:
    """A call as urgent or more is left by who was shown it, and not for urgency."""
    leaves = f"{left.pk} {left.priority}"
    if call.priority < left.priority or (confirmed == leaves and why != MORE_URGENT):
        return
    theirs, ours = left.priority, call.priority
    said = {"who": unit.name, "number": left.number, "theirs": theirs, "ours": ours}
    raise Invalid(LESS_URGENT, field="unit", leaves=leaves, left=left.pk, **said)


def _take_away(left: Call, unit: Unit, to: Call, why: str, by: Actor) -> None:
    """The left call wants the same help anew; an unanswered offer just ends. Holds all."""
    held = quick.find(Assignment, unit=unit.pk, ended_at=None)
    rings = quick.find(Offer, unit=unit.pk, state=OfferState.PENDING)
    gone = held or rings
    assert gone is not None
    seat = next(one for one in locked_seats(left) if one.pk == gone.seat_id)
    moved = events.UnitReassigned(seat=seat.pk, to_call=to.pk, why=why)
    journal.append(moved, call=left, unit=unit, by=by)
    gone_for = why if why in LEFT_FOR else "moved"
    if held is None:
        withdraw_pending(left, seat, gone_for, by)
        return
    _leave(left, seat, held, gone_for, by)
    anew(left, seat, by)


def _may_go(call: Call, unit: Unit) -> str:
    """How this free unit may go to the call; refused where it may not. Holds both."""
    if unit.state != UnitState.AVAILABLE or unit.emergency_at is not None:
        raise NotFree(name=unit.name)
    return _stands(call, unit, database_now())


def _stands(call: Call, unit: Unit, now: datetime) -> str:
    refuse_closed(call)
    if unit.agency_id != call.agency_id or unit.kind not in UNITS:
        raise Invalid(field="unit", why=_("name a team of this centre"))
    _row, protocol = store.published(call.agency_id)
    stand = weighed(call, protocol, now)
    refuse_below_floor(stand, unit.kind)
    return "staged" if mode_of(stand, unit.kind) == "staged" else "now"


def _refuse_stale(call: Call, seen: int | None) -> None:
    if seen is not None and call.version != seen:
        raise Stale


def _work(seat: Seat) -> Assignment | None:
    """Who of our teams works on this seat. The caller holds the call."""
    found = seat.assignments.filter(ended_at=None, unit__isnull=False)
    return found.select_related("unit").first()


def _call_of(unit_id: UUID) -> UUID | None:
    """The call that the unit works on or is dispatched to."""
    works = Assignment.objects.filter(unit=unit_id, ended_at=None)
    asked = Offer.objects.filter(unit=unit_id, state=OfferState.PENDING)
    rows = works.values_list("seat__call", flat=True)
    return rows.first() or asked.values_list("seat__call", flat=True).first()
