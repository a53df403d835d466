"""Alarms as people read them: in order, with who has each, and at a fixed price."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from dispatch.actions import alarm as act
from dispatch.actions import safety
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.models import Alarm, Call, Seat
from dispatch.models.alarm import KINDS
from dispatch.selectors import alarm, sentences
from dispatch.selectors.standing import ALARM_WORDS
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D12 Lee")


def ownerless(centre, seconds=40):
    call = makers.a_call(centre)
    long_ago = Now() - timedelta(seconds=seconds)
    Call.objects.filter(pk=call.pk).update(opened_at=long_ago)
    return call


def shown(centre, user):
    clock._alarms(centre.pk)
    rows = Alarm.objects.filter(agency=centre)
    return alarm.open_ones(rows, user.pk, user.role)


def test_the_most_urgent_comes_first_then_the_oldest(centre, dispatcher):
    first = ownerless(centre)
    shown(centre, dispatcher)
    second = ownerless(centre)
    car = makers.a_unit(centre)
    safety.emergency(unit_id=car.pk, by=CLOCK)

    crew, *owned = shown(centre, dispatcher)

    # Its emergency is a call by itself, so that somebody can be sent to it.
    assert (crew.about, crew.unit or crew.name) == ("emergency", car.name)
    assert [one.name for one in owned] == [first.number, second.number]


def test_an_emergency_call_stands_before_a_calm_one_that_is_older(centre, dispatcher):
    calm = ownerless(centre, seconds=400)
    urgent = ownerless(centre)
    Call.objects.filter(pk=calm.pk).update(priority=4)
    Call.objects.filter(pk=urgent.pk).update(priority=1)

    names = [one.name for one in shown(centre, dispatcher)]

    assert names == [urgent.number, calm.number]


def test_a_wait_says_for_which_help_and_whom_nobody_told(centre, dispatcher):
    calm = makers.decided(makers.a_call(centre, dispatcher, type="counselling"))
    danger = makers.a_call(centre, dispatcher)
    makers.decided(danger, violence="yes", medical="yes")
    long_ago = Now() - timedelta(hours=1)
    Seat.objects.filter(call__in=[calm, danger]).update(wanted_at=long_ago)

    said = [one.what for one in shown(centre, dispatcher) if one.about == "waiting"]

    assert set(said[:2]) == {"EMS: not told yet", "Police: not told yet"}
    assert "Clinician: waits longer than it should" in said[2:]


def test_what_i_have_taken_stands_after_what_nobody_has(centre, dispatcher):
    first, second = ownerless(centre), ownerless(centre)
    rows = {one.name: one for one in shown(centre, dispatcher)}
    act.take(alarm_id=rows[first.number].id, by=makers.by(dispatcher))

    names = [one.name for one in shown(centre, dispatcher)]

    assert names == [second.number, first.number]


def test_what_a_colleague_has_is_not_mine(centre, dispatcher):
    ownerless(centre)
    (one,) = shown(centre, dispatcher)
    assert one.mine
    assert one.with_ == "everybody on the floor"
    act.take(alarm_id=one.id, by=makers.by(makers.a_user(centre, "dispatcher", "D7")))

    (one,) = shown(centre, dispatcher)

    assert (one.mine, one.taken, one.to_take, one.with_) == (False, True, False, "D7")


def test_the_strip_costs_one_query_however_many(centre, dispatcher):
    for _ in range(5):
        ownerless(centre)
    shown(centre, dispatcher)

    with CaptureQueriesContext(connection) as asked:
        strip = alarm.strip(Alarm.objects.all(), dispatcher.pk, dispatcher.role)

    assert (strip.count, strip.more) == (5, 4)
    assert len(asked) == 1


def test_every_kind_has_a_word_and_a_rank():
    assert set(KINDS) == set(sentences.ALARMS) == set(alarm.RANKS) - {"untold"}
    assert set(ALARM_WORDS) - {"undecided"} < set(KINDS)
