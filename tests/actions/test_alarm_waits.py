"""What else is an alarm: crews, seats, lines and transfers that wait too long."""

import pytest

from dispatch.actions import (
    alarm,
    callback,
    contact,
    decision,
    disposition,
    safety,
    seat,
    unit,
)
from dispatch.events import CLOCK
from dispatch.models import Assignment, Call, Seat, Transfer, Unit, UnitPosition
from dispatch.selectors import beside
from tests import makers
from tests.actions.alarms import ago, swept, there

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D12 Lee")


def crew(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    return call, makers.accepted(call, "crt")


def test_a_crew_that_took_a_call_and_does_not_move_is_an_alarm(centre, dispatcher):
    makers.here(dispatcher)
    call, assignment = crew(centre, dispatcher)
    Unit.objects.update(state_since=ago(181))

    (row,) = swept(centre)
    assert (row.about, row.unit, row.call) == ("crew_still", assignment.unit, call)
    assert row.owner == dispatcher

    unit.report(unit_id=assignment.unit_id, to="en_route", by=CLOCK)
    assert swept(centre)[0].state == "ended"


def test_a_seat_that_waits_past_its_target_is_an_alarm(centre, dispatcher):
    call = makers.decided(makers.a_call(centre, dispatcher))
    wanted = Seat.objects.filter(call=call, state="wanted").first()
    assert swept(centre) == []

    Seat.objects.filter(pk=wanted.pk).update(wanted_at=ago(600))

    (row,) = swept(centre)
    assert (row.about, row.seat) == ("waiting", wanted)


def test_police_whom_nobody_told_are_an_alarm_until_somebody_does(centre, dispatcher):
    call = makers.decided(makers.a_call(centre, dispatcher), violence="yes")
    police = makers.seat_of(call, "police")
    assert swept(centre) == []
    Seat.objects.filter(pk=police.pk).update(wanted_at=ago(31))
    assert [row.seat for row in swept(centre)] == [police]

    seat.confirm_told(seat_id=police.pk, by=makers.by(dispatcher))

    assert swept(centre)[0].state == "ended"


def test_a_late_check_and_an_emergency_of_one_crew_are_two_alarms(centre, dispatcher):
    call, assignment = crew(centre, dispatcher)
    for to in ("en_route", "on_scene"):
        unit.report(unit_id=assignment.unit_id, to=to, by=CLOCK)
    Unit.objects.update(check_due_at=ago(1))
    safety.check_overdue(unit_id=assignment.unit_id, by=CLOCK)
    safety.emergency(unit_id=assignment.unit_id, by=CLOCK)
    assert {row.about for row in swept(centre)} == {"check", "emergency"}

    safety.confirm_safe(unit_id=assignment.unit_id, by=CLOCK)
    safety.end_emergency(unit_id=assignment.unit_id, by=CLOCK)

    assert {row.state for row in swept(centre)} == {"ended"}
    assert makers.kinds(call).count("AlarmEnded") == 2


def test_an_emergency_of_a_crew_without_a_call_is_an_alarm_too(centre):
    car = makers.a_unit(centre)

    safety.emergency(unit_id=car.pk, by=CLOCK)

    (row,) = [one for one in swept(centre) if one.about == "emergency"]
    assert makers.seat_of(row.call, "crt").assignments.get().unit == row.unit == car


@pytest.fixture
def taken(centre, dispatcher):
    """A crew in need, whose alarm the supervisor has."""
    supervisor = there(centre, "supervisor")
    call, assignment = crew(centre, dispatcher)
    safety.emergency(unit_id=assignment.unit_id, by=CLOCK)
    (row,) = [one for one in swept(centre) if one.about == "emergency"]
    alarm.take(alarm_id=row.pk, by=makers.by(supervisor))
    return call, row


def test_an_emergency_that_ends_ends_its_alarm_and_the_next_is_told_anew(centre, taken):
    call, row = taken
    for act in (safety.end_emergency, safety.emergency):
        act(unit_id=row.unit_id, by=CLOCK)

    swept(centre)

    states = call.alarms.filter(about="emergency").order_by("raised_at")
    assert list(states.values_list("state", flat=True)) == ["ended", "raised"]
    kinds = [kind for kind in makers.kinds(call) if kind.startswith("Alarm")]
    assert kinds == ["AlarmRaised", "AlarmTaken", "AlarmEnded", "AlarmRaised"]


def test_nobody_has_an_emergency_who_took_the_one_before(taken):
    _call, row = taken
    assert beside.heard_by(makers.fresh(row.unit), row.agency_id)

    Unit.objects.filter(pk=row.unit_id).update(emergency_at=ago(0))

    assert beside.heard_by(makers.fresh(row.unit), row.agency_id) == ""


def test_a_crew_that_drives_and_stops_reporting_is_an_alarm(centre, dispatcher):
    _call, assignment = crew(centre, dispatcher)
    unit.report(unit_id=assignment.unit_id, to="en_route", by=CLOCK)
    Assignment.objects.update(accepted_at=ago(1200))
    assert swept(centre) == []  # it never reported: nobody is used to it

    unit.report_position(unit_id=assignment.unit_id, lat=36.0, lon=-78.9)
    assert swept(centre) == []
    UnitPosition.objects.update(at=ago(601))

    assert [row.about for row in swept(centre)] == ["position"]


def test_a_call_back_that_nobody_made_is_an_alarm_until_somebody_tries(
    centre, dispatcher
):
    makers.here(dispatcher)
    call = makers.a_call(centre, dispatcher)
    leg = call.contacts.get()
    contact.lost(contact_id=leg.pk, by=makers.by(dispatcher))
    assert swept(centre) == []

    call.contacts.update(due_at=ago(1))
    contact.due(contact_id=leg.pk, by=CLOCK)
    (row,) = swept(centre)
    assert (row.about, row.call, row.owner) == ("callback", call, dispatcher)

    callback.tried(contact_id=leg.pk, result="no_answer", by=makers.by(dispatcher))
    assert swept(centre)[0].state == "ended"


def test_an_interpreter_who_does_not_come_is_an_alarm(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    leg = contact.ask_interpreter(
        call_id=call.pk, language="es", by=makers.by(dispatcher)
    )
    assert swept(centre) == []

    call.contacts.update(due_at=ago(1))
    contact.due(contact_id=leg.pk, by=CLOCK)

    assert [row.about for row in swept(centre)] == ["interpreter"]


def test_a_transfer_past_its_time_is_an_alarm(centre, dispatcher):
    makers.a_clinician(centre)
    makers.decided(makers.a_call(centre, dispatcher))
    Transfer.objects.update(due_at=ago(11))

    assert [row.about for row in swept(centre)] == ["transfer"]


def police_told(call):
    asked = {"response": "police", "reason": "more_help"}
    decision.request_team(call_id=call.pk, **asked, by=CLOCK)
    seat.confirm_told(seat_id=makers.seat_of(call, "police").pk, by=CLOCK)


def opened_again(call, dispatcher):
    makers.here(dispatcher)
    disposition.resolve(call_id=call.pk, outcomes=["no_help_needed"], by=CLOCK)
    by = makers.by(dispatcher)
    disposition.reopen(call_id=call.pk, reason="closed_by_mistake", by=by)


def test_who_was_told_before_it_was_opened_again_is_not_with_it_now(centre, dispatcher):
    call = makers.decided(makers.a_call(centre, dispatcher))
    police_told(call)
    opened_again(call, dispatcher)
    assert makers.seat_of(call, "police").state == "filled"
    Seat.objects.update(since=ago(302))
    Call.objects.filter(pk=call.pk).update(state_since=ago(301))

    assert [one.about for one in swept(centre)] == ["nobody"]


def test_who_was_told_after_it_was_opened_again_is_with_it(centre, dispatcher):
    call = makers.decided(makers.a_call(centre, dispatcher))
    opened_again(call, dispatcher)
    police_told(call)
    Seat.objects.update(since=ago(301))
    Call.objects.filter(pk=call.pk).update(state_since=ago(302))

    assert swept(centre) == []
