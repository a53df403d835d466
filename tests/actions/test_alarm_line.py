"""Whose an alarm is: the next in line who is there, until somebody takes it."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import alarm
from dispatch.errors import LostRace
from dispatch.models import Alarm, Event, PlannedShift
from tests import makers
from tests.actions.alarms import ago, ownerless, swept, there

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D12 Lee")


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
