"""Alarms: raised to somebody who is there, taken, passed on while nobody does, ended."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from dispatch import events, journal, quick, wrong
from dispatch.actions import forgotten
from dispatch.actions.base import action, database_now, lock_call, lock_unit, move
from dispatch.errors import LostRace, NotFound
from dispatch.events import Actor, EventBody
from dispatch.models import Alarm, Call, Contact, Unit
from dispatch.models.contact import LIVE
from dispatch.states import OPEN_CALL, AlarmState
from dispatch.wrong import Found
from routing import store
from routing.core.protocol import Protocol

LINE = ("owner", "supervisor", "deputy", "floor")
# About a caller on the line; it is over as well when they are on it no longer.
ON_THE_LINE = frozenset({"unanswered", "on_hold"})
# Whoever owns the call, and is there, can put these right at once.
OWNER_FIRST = frozenset({"forgotten", "crew_still", "callback", "nobody", *ON_THE_LINE})


def see_to(found: Found, by: Actor) -> None:
    """Do what the sweep found is to be done."""
    if found.act == "raise":
        raise_(found=found, by=by)
    elif found.act == "give_back":
        assert found.assignment
        forgotten.give_back(assignment_id=found.assignment, by=by)
    else:
        assert found.alarm
        {"pass_on": pass_on, "end": end}[found.act](alarm_id=found.alarm, by=by)


@action
def raise_(*, found: Found, by: Actor) -> Alarm | None:
    """Somebody is told. Twice is once; None where all is well again by now."""
    call, unit = _above(found.call, found.unit)
    if known := _open(found):
        return known
    _row, protocol = store.published(found.agency)
    if not wrong.holds(found.agency, protocol, found.about, found.subject):
        return None
    alarm = Alarm(
        agency_id=found.agency,
        about=found.about,
        subject=found.subject,
        call_id=found.call,
        seat_id=found.seat,
        assignment_id=found.assignment,
        unit_id=found.unit,
        person_id=found.person,
        passes_at=database_now() + _patience(protocol),
    )
    alarm.to, alarm.owner_id = _next(alarm, protocol)
    quick.add(alarm)
    raised = events.AlarmRaised(
        alarm=alarm.pk, about=alarm.about, to=alarm.to, owner=alarm.owner_id
    )
    _say(alarm, raised, call, unit, by)
    return alarm


@action
def take(*, alarm_id: UUID, by: Actor) -> Alarm:
    """I see to it. Twice is once; what is over already stays over."""
    assert by.id
    call, unit, alarm = _lock(alarm_id)
    if alarm.state == AlarmState.TAKEN and alarm.owner_id != by.id:
        raise LostRace
    if alarm.state != AlarmState.RAISED:
        return alarm
    also = {"owner_id": by.id, "taken_at": Now(), "passes_at": None}
    move(alarm, AlarmState.TAKEN, **also)
    taken = events.AlarmTaken(alarm=alarm.pk, about=alarm.about, person=by.id)
    _say(alarm, taken, call, unit, by)
    if alarm.about == "told" and call is not None:
        # To know it is all there is to do; what is told after that is news again.
        quick.write(call, {"supervisor_told_at": None})
        _over(alarm, "heard", call, unit, by)
    return alarm


@action
def pass_on(*, alarm_id: UUID, by: Actor) -> Alarm:
    """Nobody took it, or whoever has it is away: the next in line, at last the floor.

    On the floor it stays, and says so once more.
    """
    call, unit, alarm = _lock(alarm_id)
    _row, protocol = store.published(alarm.agency_id)
    if not _passes(alarm, protocol):
        return alarm
    stays = alarm.state == AlarmState.RAISED and alarm.to == "floor"
    # A taker who went away was none of the line: it begins anew.
    after = alarm.to if alarm.state == AlarmState.RAISED else ""
    to, owner = _next(alarm, protocol, after)
    passes = None if stays else database_now() + _patience(protocol)
    quick.write(
        alarm, {"to": to, "owner_id": owner, "taken_at": None, "passes_at": passes}
    )
    if alarm.state == AlarmState.TAKEN:
        move(alarm, AlarmState.RAISED)
    passed = events.AlarmPassedOn(
        alarm=alarm.pk, about=alarm.about, to=to, owner=alarm.owner_id
    )
    _say(alarm, passed, call, unit, by)
    return alarm


@action
def end(*, alarm_id: UUID, by: Actor) -> Alarm:
    """What it was about is no more. Early or twice changes nothing."""
    call, unit, alarm = _lock(alarm_id)
    _row, protocol = store.published(alarm.agency_id)
    still = wrong.holds(alarm.agency_id, protocol, alarm.about, alarm.subject)
    if alarm.state == AlarmState.ENDED or still:
        return alarm
    _over(alarm, _over_why(alarm, call), call, unit, by)
    return alarm


def emergency_over(call: Call | None, unit: Unit, by: Actor) -> None:
    """Its alarms end with it, where it is lent as well: the next one is told anew.

    The caller holds the unit, and before it the call that it is on, if any.
    """
    here = {"unit": unit.pk, "about": "emergency"}
    states = [AlarmState.RAISED, AlarmState.TAKEN]
    open_ = quick.rows(Alarm, order=["id"], lock="NO KEY UPDATE", state=states, **here)
    for one in open_:
        its = call if call is not None and call.pk == one.call_id else None
        if its is None and one.call_id is not None:
            # Raised on a call that it has left since. Should this late lock cross
            # another's, the database ends one of them and it is tried again.
            its = lock_call(one.call_id)
        _over(one, _over_why(one, its), its, unit, by)


def _over(
    alarm: Alarm, why: str, call: Call | None, unit: Unit | None, by: Actor
) -> None:
    move(alarm, AlarmState.ENDED, ended_at=Now(), passes_at=None, why=why)
    ended = events.AlarmEnded(alarm=alarm.pk, about=alarm.about, why=why)
    _say(alarm, ended, call, unit, by)


def _over_why(alarm: Alarm, call: Call | None) -> str:
    """A word of ``selectors.alarm.WHY``: who hung up unheard was not put right."""
    if call is not None and call.state not in OPEN_CALL:
        return "call_ended"
    if alarm.about in ON_THE_LINE:
        leg = quick.find(Contact, id=alarm.subject)
        if leg is not None and leg.state not in LIVE:
            return "line_over"
    return "put_right"


def _say(
    alarm: Alarm, body: EventBody, call: Call | None, unit: Unit | None, by: Actor
) -> None:
    """In the log of the centre whose alarm it is; of a lent unit its own has another."""
    ours = unit if unit is not None and unit.agency_id == alarm.agency_id else None
    journal.append(body, agency=alarm.agency_id, call=call, unit=ours, by=by)


def _passes(alarm: Alarm, protocol: Protocol) -> bool:
    """Whether it goes to the next now. The caller holds the alarm."""
    now = database_now()
    away = alarm.owner_id is not None and not wrong.there(
        alarm.agency_id, protocol, alarm.owner_id
    )
    if alarm.state == AlarmState.TAKEN:
        assert alarm.taken_at
        return away and alarm.taken_at < now - wrong.seconds(protocol, "absent_after")
    if alarm.state != AlarmState.RAISED:
        return False
    return away or (alarm.passes_at is not None and alarm.passes_at <= now)


def _next(alarm: Alarm, protocol: Protocol, after: str = "") -> tuple[str, UUID | None]:
    """Whose it is next, and who that is; the floor is everybody there."""
    there = wrong.in_line(alarm.agency_id, protocol, alarm.call_id, alarm.person_id)
    places = LINE[LINE.index(after) + 1 :] if after else LINE
    for to in places:
        if to in there and (to != "owner" or alarm.about in OWNER_FIRST):
            return to, there[to]
    return "floor", None


def _patience(protocol: Protocol) -> timedelta:
    return wrong.seconds(protocol, "alarm_escalates")


def _open(found: Found) -> Alarm | None:
    states = [AlarmState.RAISED, AlarmState.TAKEN]
    return quick.find(Alarm, about=found.about, subject=found.subject, state=states)


def _above(call: UUID | None, unit: UUID | None) -> tuple[Call | None, Unit | None]:
    """What it hangs on, locked: call, then unit. Who raises the same waits here."""
    return lock_call(call) if call else None, lock_unit(unit) if unit else None


def _lock(alarm_id: UUID) -> tuple[Call | None, Unit | None, Alarm]:
    found = quick.find(Alarm, id=alarm_id)
    if found is None:
        raise NotFound
    call, unit = _above(found.call_id, found.unit_id)
    alarm = quick.locked(Alarm, alarm_id)
    assert alarm is not None
    return call, unit, alarm
