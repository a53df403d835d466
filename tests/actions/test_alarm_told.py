"""What a supervisor was told, and a triage that does not end: alarms until somebody acts."""

import pytest
from django.db.models.functions import Now

from dispatch.actions import alarm, disposition, triage
from dispatch.events import CLOCK
from dispatch.models import Alarm, Call, Seat
from dispatch.selectors import alarm as pages
from dispatch.selectors import board
from tests import makers
from tests.actions.alarms import ago, swept, there

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(centre):
    return there(centre, "supervisor")


@pytest.fixture
def dispatcher(centre):
    return there(centre, "dispatcher")


def open_now(centre):
    return [one for one in swept(centre) if one.state != "ended"]


def word(call):
    (card,) = board.cards(call.agency_id, "operations", [call.pk])
    return card["state"]["label"], card["state"]["act"]


def team_under_way(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    makers.accepted(call, "crt")
    return call


def test_danger_that_becomes_known_late_is_an_alarm_until_a_supervisor_took_it(
    centre, dispatcher, supervisor
):
    call = team_under_way(centre, dispatcher)
    assert open_now(centre) == []

    makers.late(call, weapon="yes")
    (row,) = [one for one in open_now(centre) if one.about == "told"]
    assert (row.to, row.owner, row.call) == ("supervisor", supervisor, call)
    (shown,) = pages.open_ones(Alarm.objects.all(), supervisor.pk, "supervisor")
    assert "danger became known late" in shown.what
    alarm.take(alarm_id=row.pk, by=makers.by(supervisor))
    assert not [one for one in open_now(centre) if one.about == "told"]

    Call.objects.filter(pk=call.pk).update(supervisor_told_at=Now())
    assert [one.about for one in open_now(centre) if one.about == "told"] == ["told"]


def test_a_danger_known_before_anybody_went_is_no_news(centre, dispatcher, supervisor):
    makers.decided(makers.a_call(centre, dispatcher), weapon="yes")

    assert "told" not in {one.about for one in open_now(centre)}


@pytest.mark.parametrize("begun", [True, False])
def test_a_triage_that_does_not_end_is_the_owner_s_alarm_and_stands_on_the_board(
    centre, dispatcher, supervisor, begun
):
    call = makers.a_call(centre, dispatcher)
    if begun:
        triage.record_answers(call_id=call.pk, answers={"weapon": "no"}, by=CLOCK)
    Call.objects.filter(pk=call.pk).update(state_since=ago(299))
    assert open_now(centre) == []

    Call.objects.filter(pk=call.pk).update(state_since=ago(301))
    (row,) = open_now(centre)
    assert (row.about, row.owner, row.to) == ("nobody", dispatcher, "owner")
    assert word(call) == ("Triage open for long", True)
    (shown,) = pages.open_ones(Alarm.objects.all(), dispatcher.pk, "dispatcher")
    assert shown.what == "its triage is open for long"

    makers.a_clinician(centre)
    makers.decided(call)
    assert open_now(centre) == []


def test_a_call_that_was_opened_again_and_left_is_an_alarm(centre, dispatcher):
    call = makers.closed(makers.decided(makers.a_call(centre)))
    disposition.reopen(
        call_id=call.pk, reason="closed_by_mistake", by=makers.by(dispatcher)
    )
    Seat.objects.update(since=ago(302))
    Call.objects.filter(pk=call.pk).update(state_since=ago(301))

    assert [(one.about, one.owner) for one in open_now(centre)] == [
        ("nobody", dispatcher)
    ]
    assert Alarm.objects.get().call == call
