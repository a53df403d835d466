"""Alarms: nothing waits unseen, somebody who is there has it, and it ends by itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from dispatch import wrong
from dispatch.actions import (
    account,
    alarm,
    callback,
    contact,
    intake,
    safety,
    seat,
    transfer,
    unit,
)
from dispatch.errors import LostRace
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.management.whom import OPERATOR
from dispatch.models import (
    Alarm,
    Assignment,
    Call,
    Event,
    PlannedShift,
    Seat,
    Transfer,
    Unit,
    UnitPosition,
)
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D12 Lee")


def there(agency, role, name=None):
    """Somebody of the floor whose page is open."""
    user = makers.a_user(agency, role, name)
    makers.here(user)
    return user


def ago(seconds):
    return Now() - timedelta(seconds=seconds)


def swept(agency):
    """What the clock does about alarms in one round."""
    clock._alarms(agency.pk)
    return list(Alarm.objects.filter(agency=agency).order_by("pk"))


def since(call, seconds):
    """So long ago this call was opened, and lost or found its owner."""
    long_ago = ago(seconds)
    Call.objects.filter(pk=call.pk).update(opened_at=long_ago)
    Call.objects.filter(pk=call.pk, owner__isnull=False).update(owner_since=long_ago)


def ownerless(agency, seconds=31):
    call = makers.a_call(agency)
    since(call, seconds)
    return call


def nobody_takes(row):
    """The time of whoever it is with has passed."""
    Alarm.objects.filter(pk=row.pk).update(passes_at=ago(1))


def deputy(agency, user):
    PlannedShift.objects.create(
        agency=agency,
        role=user.role,
        user=user,
        starts_at=ago(3600),
        ends_at=Now() + timedelta(hours=1),
        deputy=True,
    )


def test_an_ownerless_call_raises_an_alarm(centre):
    call = ownerless(centre)

    (row,) = swept(centre)

    assert (row.about, row.call, row.state) == ("unowned", call, "raised")
    assert makers.kinds(call)[-1] == "AlarmRaised"


def test_a_call_that_has_just_lost_its_owner_raises_none_yet(centre):
    ownerless(centre, seconds=20)

    assert swept(centre) == []


def test_a_call_whose_owner_left_or_works_elsewhere_now_is_ownerless(
    centre, dispatcher
):
    other = makers.a_user(centre, "dispatcher")
    for owner in (dispatcher, other):
        since(makers.a_call(centre, owner), 31)
    assert swept(centre) == []

    account.change(user_id=dispatcher.pk, active=False, by=OPERATOR)
    account.change(user_id=other.pk, role="navigator", by=OPERATOR)

    assert [row.about for row in swept(centre)] == ["unowned", "unowned"]


def test_the_alarm_ends_when_somebody_owns_the_call(centre, dispatcher):
    call = ownerless(centre)
    swept(centre)

    intake.take(call_id=call.pk, by=makers.by(dispatcher))
    (row,) = swept(centre)

    assert (row.state, row.why) == ("ended", "put_right")
    assert makers.kinds(call)[-1] == "AlarmEnded"


def test_the_alarms_of_a_call_end_with_it(centre):
    call = ownerless(centre)
    swept(centre)

    intake.cancel(call_id=call.pk, reason="caller_cancelled", by=CLOCK)
    (row,) = swept(centre)

    assert (row.state, row.why) == ("ended", "call_ended")


def test_one_thing_has_one_open_alarm_however_often_the_clock_looks(centre):
    call = ownerless(centre)

    swept(centre)
    rows = swept(centre)

    assert len(rows) == 1
    assert makers.kinds(call).count("AlarmRaised") == 1


def test_it_is_raised_to_the_supervisor_who_has_the_fewest(centre):
    busy, free = there(centre, "supervisor"), there(centre, "supervisor")
    first, second = sorted([busy, free], key=lambda user: user.pk)
    ownerless(centre)
    ownerless(centre)

    swept(centre)

    owners = set(Alarm.objects.values_list("owner", flat=True))
    assert owners == {first.pk, second.pk}
    assert set(Alarm.objects.values_list("to", flat=True)) == {"supervisor"}


def test_an_empty_supervisor_seat_passes_to_the_deputy_then_the_floor(
    centre, dispatcher
):
    away = makers.a_user(centre, "supervisor")
    makers.here(away)
    makers.silent(away)
    stands_in = there(centre, "dispatcher")
    deputy(centre, stands_in)
    call = ownerless(centre)

    (row,) = swept(centre)
    assert (row.to, row.owner) == ("deputy", stands_in)

    nobody_takes(row)
    (row,) = swept(centre)
    assert (row.to, row.owner, row.state) == ("floor", None, "raised")

    nobody_takes(row)
    (row,) = swept(centre)
    assert (row.to, row.passes_at) == ("floor", None)
    swept(centre)
    assert makers.kinds(call).count("AlarmPassedOn") == 2


def test_a_supervisor_who_does_not_take_it_loses_it_to_the_next(centre):
    there(centre, "supervisor")
    ownerless(centre)
    (row,) = swept(centre)
    assert row.to == "supervisor"
    assert swept(centre)[0].to == "supervisor"

    nobody_takes(row)

    assert swept(centre)[0].to == "floor"


def test_a_taken_alarm_is_not_passed_on(centre):
    supervisor = there(centre, "supervisor")
    ownerless(centre)
    (row,) = swept(centre)

    alarm.take(alarm_id=row.pk, by=makers.by(supervisor))
    alarm.take(alarm_id=row.pk, by=makers.by(supervisor))
    Alarm.objects.update(taken_at=ago(3600), raised_at=ago(3660))
    (row,) = swept(centre)

    assert (row.state, row.owner, row.passes_at) == ("taken", supervisor, None)
    assert Event.objects.filter(kind="AlarmTaken").count() == 1
    assert not Event.objects.filter(kind="AlarmPassedOn").exists()


def test_whoever_takes_it_second_is_told(centre, dispatcher):
    ownerless(centre)
    (row,) = swept(centre)
    alarm.take(alarm_id=row.pk, by=makers.by(dispatcher))

    with pytest.raises(LostRace):
        alarm.take(alarm_id=row.pk, by=makers.by(there(centre, "supervisor")))


def test_a_taker_who_goes_away_loses_it_to_the_first_who_is_there(centre, dispatcher):
    makers.here(dispatcher)
    ownerless(centre)
    (row,) = swept(centre)
    alarm.take(alarm_id=row.pk, by=makers.by(dispatcher))
    supervisor = there(centre, "supervisor")

    makers.silent(dispatcher)
    assert swept(centre)[0].owner == dispatcher  # just taken: a page may be loading
    Alarm.objects.update(taken_at=ago(60))
    (row,) = swept(centre)

    assert (row.state, row.to, row.owner) == ("raised", "supervisor", supervisor)
    assert row.taken_at is None


def test_who_goes_away_before_taking_it_does_not_keep_it_a_minute(centre):
    supervisor = there(centre, "supervisor")
    ownerless(centre)
    (row,) = swept(centre)
    assert row.owner == supervisor

    makers.silent(supervisor)

    assert swept(centre)[0].to == "floor"


# Accepted and then forgotten


def joining(centre, dispatcher, seconds=61):
    """A clinician accepted so long ago and never said that they have the caller."""
    call = makers.decided(makers.a_call(centre, dispatcher))
    assignment = makers.accepted(call)
    Assignment.objects.filter(pk=assignment.pk).update(accepted_at=ago(seconds))
    return call, assignment


def test_an_accepted_then_forgotten_call_is_raised_again(centre, dispatcher):
    makers.here(dispatcher)
    gone = makers.a_clinician(centre)
    call, assignment = joining(centre, dispatcher)
    (row,) = swept(centre)
    assert (row.about, row.assignment) == ("forgotten", assignment)
    assert (row.to, row.owner) == ("owner", dispatcher)
    assert makers.fresh(assignment).ended_at is None  # still there: reminded, not lost

    makers.silent(gone)
    colleague = makers.a_clinician(centre)
    swept(centre)

    assert makers.fresh(assignment).ended_at is not None
    assert makers.ringing(call).person == colleague
    again = makers.seat_of(call, "ccd")
    assert (again.state, again.position) == ("wanted", 1)
    assert again.give_up_at is not None
    assert makers.fresh(call).owner == dispatcher
    assert swept(centre)[0].state == "ended"


def test_what_is_given_back_was_served_by_nobody(centre, dispatcher):
    gone = makers.a_clinician(centre)
    call, assignment = joining(centre, dispatcher)
    assert makers.fresh(call).service == "served"
    makers.silent(gone)

    swept(centre)
    swept(centre)

    assert makers.fresh(call).service == ""
    assert makers.presence(gone) in {"wrap_up", "offline"}
    old = Transfer.objects.filter(seat=assignment.seat).get()
    assert old.state == "fallback"


def test_a_second_clinician_accepts_what_the_first_forgot(centre, dispatcher):
    gone = makers.a_clinician(centre)
    call, _assignment = joining(centre, dispatcher)
    makers.silent(gone)
    second = makers.a_clinician(centre)
    swept(centre)
    swept(centre)

    assignment = makers.accepted(call)
    transfer.confirm(assignment_id=assignment.pk, by=makers.by(second))

    assert makers.fresh(call).owner == second
    assert makers.fresh(call).service == "served"


def test_who_confirmed_and_went_silent_is_an_alarm_and_keeps_the_call(
    centre, dispatcher
):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    assignment = makers.with_clinician(call)
    Assignment.objects.update(confirmed_at=ago(300))
    assert swept(centre) == []

    makers.silent(clinician)
    swept(centre)
    (row,) = swept(centre)

    assert (row.about, row.to) == ("forgotten", "floor")
    assert makers.fresh(assignment).ended_at is None


# What else waits


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


# Its price


def test_a_quiet_centre_is_looked_at_in_one_statement(centre, dispatcher):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre, dispatcher)))
    _row, protocol = store.published(centre.pk)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = wrong.sweep(centre.pk, protocol)

    assert found == []
    assert len(asked) == 1


def test_a_protocol_older_than_a_clock_has_the_usual_time(centre):
    _row, protocol = store.published(centre.pk)
    clocks = {k: v for k, v in protocol.clocks.items() if k != "crew_still"}
    object.__setattr__(protocol, "clocks", clocks)

    assert wrong.seconds(protocol, "crew_still") == timedelta(seconds=180)


def test_what_is_well_again_before_the_lock_raises_nothing(centre, dispatcher):
    call = ownerless(centre)
    _row, protocol = store.published(centre.pk)
    (found,) = wrong.sweep(centre.pk, protocol)
    intake.take(call_id=call.pk, by=makers.by(dispatcher))

    assert alarm.raise_(found=found, by=CLOCK) is None
    assert not Alarm.objects.exists()
