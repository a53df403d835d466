"""Alarms: nothing waits unseen, and an alarm ends by itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch import wrong
from dispatch.actions import account, alarm, intake
from dispatch.events import CLOCK
from dispatch.management.whom import OPERATOR
from dispatch.models import Alarm
from routing import store
from tests import makers
from tests.actions.alarms import ownerless, since, swept

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D12 Lee")


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
