"""What a supervisor was told, and a triage that does not end: alarms until somebody acts."""

import pytest

from dispatch.actions import alarm, disposition, intake, safety, triage, unit
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from dispatch.models import Alarm, Call, Seat
from dispatch.selectors import alarm as pages
from dispatch.selectors import board
from tests import makers
from tests.actions.alarms import ago, swept, there

pytestmark = pytest.mark.django_db
LATE = "The supervisor is told: danger became known late."
UNSAFE = "The supervisor is told: a crew is not safe."


@pytest.fixture
def supervisor(centre):
    return there(centre, "supervisor")


@pytest.fixture
def dispatcher(centre):
    return there(centre, "dispatcher")


def open_now(centre):
    return [one for one in swept(centre) if one.state != "ended"]


def told_now(centre):
    return [one for one in open_now(centre) if one.about == "told"]


def read_by(supervisor):
    """What stands of such alarms on the supervisor's page."""
    shown = pages.open_ones(Alarm.objects.all(), supervisor.pk, "supervisor")
    return [one.what for one in shown if one.about == "told"]


def not_safe(call):
    car = call.seats.get(response="crt").assignments.get().unit
    unit.report(unit_id=car.pk, to="en_route", by=CLOCK)
    safety.unsafe(unit_id=car.pk, why="crowd", by=CLOCK)


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
    assert read_by(supervisor) == [LATE]
    alarm.take(alarm_id=row.pk, by=makers.by(supervisor))
    assert not told_now(centre)


def test_all_that_is_told_before_somebody_takes_it_is_read_the_gravest_first(
    centre, dispatcher, supervisor
):
    call = team_under_way(centre, dispatcher)
    makers.late(call, threat="yes")
    not_safe(call)
    makers.decide(call)

    (row,) = told_now(centre)
    assert read_by(supervisor) == [f"{UNSAFE} {LATE}"]
    alarm.take(alarm_id=row.pk, by=makers.by(supervisor))
    assert not told_now(centre)


def test_what_is_told_after_it_was_taken_is_an_alarm_of_its_own(
    centre, dispatcher, supervisor
):
    call = team_under_way(centre, dispatcher)
    makers.late(call, threat="yes")
    (first,) = told_now(centre)
    alarm.take(alarm_id=first.pk, by=makers.by(supervisor))
    # Not even a round of the clock lies between.
    not_safe(call)

    (second,) = told_now(centre)
    assert second.pk != first.pk
    assert read_by(supervisor)[0].startswith(UNSAFE)
    assert (
        pages.ended_today(
            Alarm.objects.all(),
            centre,
            supervisor.pk,
            "supervisor",
            now=database_now(),
        )[0].why
        == "somebody knows it now"
    )


def test_that_a_call_ended_before_help_it_needs_came_is_an_alarm_until_it_is_taken(
    centre, dispatcher, supervisor
):
    call = makers.decided(makers.a_call(centre, dispatcher), attempt="yes")
    intake.cancel(call_id=call.pk, reason="other", by=makers.by(dispatcher))

    (row,) = told_now(centre)
    assert read_by(supervisor) == [
        "The supervisor is told: help that a safety rule asks for was let go."
    ]
    alarm.take(alarm_id=row.pk, by=makers.by(supervisor))
    assert not told_now(centre)


def test_an_emergency_takes_nothing_back_that_a_supervisor_has_not_heard(
    centre, dispatcher, supervisor
):
    call = team_under_way(centre, dispatcher)
    makers.late(call, threat="yes")
    car = call.seats.get(response="crt").assignments.get().unit
    safety.emergency(unit_id=car.pk, by=CLOCK)

    assert {one.about for one in open_now(centre)} >= {"told", "emergency"}
    assert read_by(supervisor)[-1] == LATE


def test_an_emergency_alone_is_one_alarm(centre, dispatcher, supervisor):
    call = team_under_way(centre, dispatcher)
    car = call.seats.get(response="crt").assignments.get().unit

    safety.emergency(unit_id=car.pk, by=CLOCK)

    assert not told_now(centre)


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
