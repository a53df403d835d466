"""Safety of crews: checks answered, late and escalated; emergencies; leaving in danger."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions import alarm, alone, lent, notice
from dispatch.actions.backup import back_up, most_urgent
from dispatch.actions.base import action, database_now, lock_call, lock_unit
from dispatch.actions.details import Details, correct_locked
from dispatch.actions.leave import LEAVE_WITHIN, told_to_leave
from dispatch.actions.seat import locked_seats, open_seat, someone_free, stage
from dispatch.actions.triage import again, look_again, told_of
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Seat, Unit
from dispatch.models.unit import UNARMED
from dispatch.states import BUSY_UNIT, OfferState, SeatState, UnitState
from dispatch.wrong import seconds
from routing import store
from routing.core.protocol import Protocol

# Why a crew is not safe → the safety question that this answers with yes, if any.
UNSAFE = {
    "weapon": "weapon",
    "violence": "violence",
    "medical": "medical",
    "crowd": "",
    "other": "",
}
# Why an emergency is out → why the crew itself and the other teams there wait outside.
PUT_OUT = {
    "crew_emergency": ("crew_emergency", "team_emergency"),
    "check_unanswered": ("crew_silent", "team_silent"),
}


@action
def confirm_safe(*, unit_id: UUID, by: Actor, by_radio: bool = False) -> Unit:
    """The crew answers, or a dispatcher records that it answered by radio.

    An emergency that is out stays out: whoever made it say so may stand beside it.
    """
    call, unit = _lock_with_call(unit_id)
    if unit.check_due_at is None:
        return unit
    _rearm(unit)
    journal.append(events.CrewSafe(by_radio=by_radio), call=call, unit=unit, by=by)
    return unit


def _rearm(unit: Unit) -> None:
    """Asked again later; soon, while it stands where it was told to leave."""
    work = _work(unit)
    leaves = work is not None and told_to_leave(unit, work.seat.mode)
    clock = LEAVE_WITHIN if leaves else "safety_check_then"
    _check(unit, database_now() + seconds(_protocol(unit), clock))


def _check(unit: Unit, due: object) -> None:
    late = {"check_late": False, "check_escalated_at": None}
    quick.write(unit, {"check_due_at": due, **late})


@action
def check_overdue(*, unit_id: UUID, by: Actor) -> Unit:
    """The clock says that a safety check was not answered in time."""
    call, unit = _lock_with_call(unit_id)
    due = unit.check_due_at
    if due is None or unit.check_late or due > database_now():
        return unit
    # An earlier check may have gone to a supervisor; this one has not yet.
    quick.write(unit, {"check_late": True, "check_escalated_at": None})
    journal.append(
        events.CrewCheckLate(due=due.isoformat()), call=call, unit=unit, by=by
    )
    return unit


@action
def escalate_check(*, unit_id: UUID, by: Actor) -> Unit:
    """Late and still no answer: a supervisor has it. Early or twice changes nothing."""
    call, unit = _lock_with_call(unit_id)
    due = unit.check_due_at
    if due is None or not unit.check_late or unit.check_escalated_at is not None:
        return unit
    if due + seconds(_protocol(unit), "check_escalates") > database_now():
        return unit
    quick.write(unit, {"check_escalated_at": database_now()})
    escalated = events.CrewCheckEscalated(due=due.isoformat())
    journal.append(escalated, call=call, unit=unit, by=by)
    _tell(call, unit, "check_escalated", by)
    return unit


@action
def check_unanswered(*, unit_id: UUID, by: Actor) -> Unit:
    """A supervisor had it, and still no answer: the crew needs help now."""
    call, unit = _lock_with_call(unit_id)
    escalated = unit.check_escalated_at
    if escalated is None or not unit.check_late or unit.emergency_at is not None:
        return unit
    if escalated + seconds(_protocol(unit), "check_emergency") > database_now():
        return unit
    _raise(call, unit, "check_unanswered", by)
    return unit


@action
def emergency(*, unit_id: UUID, by: Actor) -> Unit:
    """The crew needs help now. It overlays whatever the unit was doing.

    Police and EMS are wanted on its call at once; a person tells them and says so. No
    unarmed team goes in until somebody says that the scene is clear. A crew that is on
    no call gets one, where it was last heard of.
    """
    call, unit = _lock_with_call(unit_id)
    if unit.emergency_at is None:
        _raise(call, unit, "crew_emergency", by)
    return unit


def _raise(call: Call | None, unit: Unit, why: str, by: Actor) -> None:
    """Help to the crew. Holds the call, if there is one, and the unit."""
    now = database_now()
    quick.write(unit, {"emergency_at": now})
    works = _work(unit) is not None
    told = call.supervisor_told_at if call is not None else None
    if call is None:
        first = seconds(_protocol(unit), "safety_check_first")
        call = alone.open_for_crew(unit, now, now + first)
    else:
        alone.say_where(call, unit, now, by)
        most_urgent(call, by, unit)
    journal.append(events.CrewEmergency(cleared=False), call=call, unit=unit, by=by)
    open_seat(call, "police", "now", by, requested=True)
    open_seat(call, "ems", "now", by, requested=True)
    _tell(call, unit, why, by)
    if works:
        # Whoever is only asked to go there says nothing of that scene.
        own, others = PUT_OUT[why]
        _stage_unarmed(call, unit, by, own=own, others=others)
        _beware(call, by)
        # The emergency is an alarm already; what was told before it still is one.
        quick.write(call, {"supervisor_told_at": told})
    unit.refresh_from_db()


def _stage_unarmed(call: Call, unit: Unit, by: Actor, *, own: str, others: str) -> None:
    """Every unarmed team on the call waits near by, and is told whose danger it is.

    The caller holds the call.
    """
    works = quick.rows(Assignment, unit=unit.pk, ended_at=None)
    its = {one.seat_id for one in works}
    for one in locked_seats(call, response=UNARMED, state=SeatState.FILLED):
        stage(call, [one], (own if one.pk in its else others,), by)


def _beware(call: Call, by: Actor) -> None:
    """Danger there, whether it was known already or not: the floor holds it for later teams.

    Also for whoever was let in past an earlier danger. The caller holds the call.
    """
    changed = correct_locked(call, Details(hazard=True), by)
    look_again(call, changed | {"hazard"}, by)


@action
def end_emergency(*, unit_id: UUID, by: Actor) -> Unit:
    """Somebody on the floor knows that the crew is well; its check begins anew.

    Its alarms end with it: who had this one does not have the next.
    """
    call, unit = _lock_with_call(unit_id)
    if unit.emergency_at is not None:
        quick.write(unit, {"emergency_at": None})
        if unit.check_due_at is not None:
            _rearm(unit)
        journal.append(events.CrewEmergency(cleared=True), call=call, unit=unit, by=by)
        alarm.emergency_over(call, unit, by)
        if unit.state not in BUSY_UNIT:
            lent.came_free(unit, by)
        if unit.state == UnitState.AVAILABLE:
            someone_free(unit)
    return unit


@action
def unsafe(*, unit_id: UUID, why: str, by: Actor) -> Unit:
    """The crew says that it is not safe: every unarmed team stages, armed help comes.

    So it stays until somebody says that the scene is clear; the call is weighed anew.
    """
    call, unit = _lock_with_call(unit_id)
    if why not in UNSAFE:
        raise Invalid(field="why", why=_("choose one of the list"))
    work = _work(unit)
    if call is None or work is None:
        raise Invalid(field="unit", why=_("this unit is on no call"))
    journal.append(events.CrewUnsafe(why=why), call=call, unit=unit, by=by)
    stage(call, [work.seat], ("crew_unsafe",), by)
    _stage_unarmed(call, unit, by, own="crew_unsafe", others="team_unsafe")
    if UNSAFE[why]:
        told_of(call, UNSAFE[why], by)
    else:
        _beware(call, by)
    notice.tell(call, "crew_unsafe", by, unit)
    back_up(call, [why], by, kind=unit.kind, unit=unit)
    again(call)
    unit.refresh_from_db()
    return unit


def _tell(call: Call | None, unit: Unit, why: str, by: Actor) -> None:
    """On the history; the emergency and the check have alarms of their own."""
    told = events.SupervisorTold(why=(why,))
    journal.append(told, call=call, unit=unit, by=by)


def _protocol(unit: Unit) -> Protocol:
    return store.published(unit.agency_id)[1]


def _work(unit: Unit) -> Assignment | None:
    """What the unit works on, with its seat. The caller holds the call, if any."""
    works = Assignment.objects.filter(unit=unit, ended_at=None)
    return works.select_related("seat").first()


def _lock_with_call(unit_id: UUID) -> tuple[Call | None, Unit]:
    """The unit, and first the call that it works on, rings for or is lent to, if any."""
    found = _call_of(unit_id)
    call = lock_call(found) if found else None
    unit = lock_unit(unit_id)
    if (now := _call_of(unit_id)) != found:
        # It was sent or cleared meanwhile. Should the late lock cross another's, the
        # database ends one of them and the whole action is tried again.
        call = lock_call(now) if now else None
    return call, unit


def _call_of(unit_id: UUID) -> UUID | None:
    works = Q(assignments__unit=unit_id, assignments__ended_at=None)
    asked = Q(offers__unit=unit_id, offers__state=OfferState.PENDING)
    calls = Seat.objects.filter(works | asked).values_list("call", flat=True)
    return calls.order_by("pk").first() or lent.call_of(unit_id)
