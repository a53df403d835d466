"""Alarms about an owner who is not there, and about a crew of another centre."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import account, alarm, intake, loan, safety, unit
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.management.whom import OPERATOR
from dispatch.models import Alarm, Assignment, Call, Event, Heartbeat, Loan, Unit
from tests import makers

pytestmark = pytest.mark.django_db


def there(agency, role):
    user = makers.a_user(agency, role)
    makers.here(user)
    return user


@pytest.fixture
def dispatcher(centre):
    return there(centre, "dispatcher")


@pytest.fixture
def call(centre, dispatcher):
    """Opened five minutes ago; its owner's page is open."""
    return long_ago(makers.a_call(centre, dispatcher))


def ago(seconds):
    return Now() - timedelta(seconds=seconds)


def long_ago(call):
    rows = Call.objects.filter(pk=call.pk)
    rows.update(opened_at=ago(300), owner_since=ago(300))
    return makers.fresh(call)


def heard(user, seconds):
    """This person's page was last heard of so long ago."""
    Heartbeat.objects.filter(user=user).update(at=ago(seconds))


def swept(agency):
    clock._alarms(agency.pk)
    return list(Alarm.objects.filter(agency=agency).exclude(state="ended"))


# An owner who is not there


def test_a_call_whose_owner_falls_silent_is_an_alarm_of_somebody_who_is_there(
    centre, dispatcher, call
):
    supervisor = there(centre, "supervisor")
    assert swept(centre) == []

    heard(dispatcher, 46)
    (row,) = swept(centre)

    assert (row.about, row.call, row.owner) == ("unowned", call, supervisor)


def test_triage_that_has_begun_is_watched_as_well(centre, dispatcher, call):
    makers.late(call, weapon="no")
    assert makers.fresh(call).state == "triaging"

    heard(dispatcher, 46)

    assert [row.about for row in swept(centre)] == ["unowned"]


def test_an_owner_whose_page_was_never_heard_of_is_not_there(centre):
    long_ago(makers.a_call(centre, makers.a_user(centre, "dispatcher")))

    assert [row.about for row in swept(centre)] == ["unowned"]


def test_an_owner_who_works_here_no_more_is_not_there(centre, dispatcher, call):
    account.change(user_id=dispatcher.pk, active=False, by=OPERATOR)
    makers.here(dispatcher)

    assert [row.about for row in swept(centre)] == ["unowned"]


def test_a_page_that_loads_or_a_call_just_taken_raises_nothing(
    centre, dispatcher, call
):
    heard(dispatcher, 40)
    assert swept(centre) == []

    late = there(centre, "dispatcher")
    intake.take(call_id=call.pk, by=makers.by(late))
    heard(late, 3600)

    assert swept(centre) == []


@pytest.mark.parametrize("comes", ["back", "colleague"])
def test_the_alarm_ends_when_somebody_who_is_there_has_the_call(
    centre, dispatcher, call, comes
):
    heard(dispatcher, 46)
    assert len(swept(centre)) == 1

    if comes == "back":
        makers.here(dispatcher)
    else:
        colleague = there(centre, "dispatcher")
        intake.take(call_id=call.pk, by=makers.by(colleague))

    assert swept(centre) == []


@pytest.mark.parametrize("state", ["decided", "working"])
def test_a_decided_call_is_watched_until_somebody_has_the_caller(
    centre, dispatcher, call, state
):
    makers.a_unit(centre)
    makers.decided(call)
    makers.override(call, "crt")
    if state == "working":
        makers.on_scene(call)
    assert makers.fresh(call).state == state

    heard(dispatcher, 46)

    assert "unowned" in [row.about for row in swept(centre)]


def test_a_decided_call_whose_clinician_has_the_caller_is_owned(
    centre, dispatcher, call
):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(call))

    heard(dispatcher, 46)

    assert swept(centre) == []


# A crew of another centre


@pytest.fixture
def home(centre):
    """The neighbour whose unit is lent."""
    neighbour = makers.an_agency()
    loan.agree(agency_id=centre.pk, neighbour_id=neighbour.pk, by=CLOCK)
    return neighbour


@pytest.fixture
def lent(centre, home, dispatcher):
    """A unit of the neighbour, on scene at a call of this centre."""
    car = makers.a_unit(home)
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    asked = loan.ask(call_id=call.pk, lender_id=home.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=asked.pk, unit_id=car.pk, by=CLOCK)
    makers.on_scene(call)
    return car


def call_of(car):
    return Assignment.objects.get(unit=car).seat.call


@pytest.mark.parametrize("about", ["emergency", "check"])
def test_a_lent_crew_in_need_is_an_alarm_in_both_centres_each_with_its_owner(
    centre, home, lent, about
):
    owners = there(centre, "supervisor"), there(home, "supervisor")
    in_need(lent, about)

    for agency, owner, call in (
        (centre, owners[0], call_of(lent)),
        (home, owners[1], None),
    ):
        rows = [row for row in swept(agency) if row.about == about]
        assert [(row.owner, row.unit, row.call) for row in rows] == [
            (owner, lent, call)
        ]
        assert [row.about for row in swept(agency)].count(about) == 1


def in_need(car, about):
    if about == "emergency":
        safety.emergency(unit_id=car.pk, by=CLOCK)
    else:
        Unit.objects.filter(pk=car.pk).update(check_due_at=ago(1))
        safety.check_overdue(unit_id=car.pk, by=CLOCK)


@pytest.mark.parametrize("about", ["emergency", "check"])
def test_it_ends_in_both_when_the_crew_is_well(centre, home, lent, about):
    in_need(lent, about)
    for agency in (centre, home):
        swept(agency)

    if about == "emergency":
        safety.end_emergency(unit_id=lent.pk, by=CLOCK)
    else:
        safety.confirm_safe(unit_id=lent.pk, by=CLOCK)

    for agency in (centre, home):
        assert about not in [row.about for row in swept(agency)]


def test_each_centre_takes_its_own_and_says_so_in_its_own_log(centre, home, lent):
    in_need(lent, "emergency")
    for agency in (centre, home):
        there(agency, "supervisor")
        row = next(one for one in swept(agency) if one.about == "emergency")
        alarm.take(alarm_id=row.pk, by=makers.by(row.owner))

    for agency in (centre, home):
        kinds = list(
            Event.objects.filter(
                agency=agency, kind__startswith="Alarm", body__about="emergency"
            ).values_list("kind", flat=True)
        )
        assert sorted(kinds) == ["AlarmRaised", "AlarmTaken"]


def emergencies(*agencies):
    return [[row.about for row in swept(one)].count("emergency") for one in agencies]


def test_a_lent_crew_that_clears_ends_neither_alarm_while_it_is_in_need(
    centre, home, lent
):
    in_need(lent, "emergency")
    call = call_of(lent)
    assert emergencies(centre, home) == [1, 1]

    with pytest.raises(Invalid) as refused:
        unit.clear(unit_id=lent.pk, outcome="other", by=CLOCK)

    assert str(refused.value).startswith(f"End the emergency of {lent.name} first")
    assert emergencies(centre, home) == [1, 1]
    assert makers.decide(call).state == "working"

    safety.end_emergency(unit_id=lent.pk, by=CLOCK)
    assert emergencies(centre, home) == [0, 0]
    unit.clear(unit_id=lent.pk, outcome="other", by=CLOCK)
    assert makers.fresh(lent).state == "available"
    assert Loan.objects.get().state == "ended"


def test_a_lent_crew_in_need_is_not_signed_off_either(centre, home, lent):
    in_need(lent, "emergency")
    crew = lent.shifts.get(ended_at=None).user

    with pytest.raises(Invalid):
        unit.sign_off(unit_id=lent.pk, by=makers.by(crew))

    assert emergencies(centre, home) == [1, 1]


def test_a_crew_of_our_own_has_one_alarm(centre, dispatcher):
    car = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    makers.on_scene(call)

    in_need(car, "emergency")

    assert [row.about for row in swept(centre)].count("emergency") == 1
