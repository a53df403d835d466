"""Alarms on the screens: one line above every page, a list, and who may take which."""

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from dispatch.actions import alarm, intake, safety
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.models import Alarm, Call, Heartbeat
from tests import makers
from tests.actions.alarms import ago, there
from tests.edges.api import Person

STRIP, LIST = "/alarms/strip/", "/alarms/"


@pytest.fixture
def call(centre):
    """A call that nobody owns, and the clock has seen it."""
    made = makers.a_call(centre)
    Call.objects.filter(pk=made.pk).update(opened_at=ago(41))
    clock._alarms(centre.pk)
    return made


def the_alarm():
    return Alarm.objects.get()


def take(client, **headers):
    return client.post(f"/alarms/{the_alarm().pk}/take/", {"key": "k"}, **headers)


def test_the_strip_is_on_every_page_and_says_what_waits(desk, call):
    for path in ("/board/", "/calls/new/", f"/calls/{call.pk}/", "/staff/", LIST):
        text = desk.get(path).content.decode()
        assert "1 alarm" in text, path
        assert "nobody who is there owns this call" in text, path


def test_a_page_asks_once_what_stands_above_it(desk, call):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            desk.get("/board/")
        return [one["sql"] for one in asked if 'FROM "dispatch_alarm"' in one["sql"]]

    statements()

    assert len(statements()) == 1


def test_the_strip_is_empty_while_nothing_waits(desk):
    assert desk.get(STRIP).content.decode().strip() == ""


def test_a_crew_s_emergency_stands_above_every_dispatcher_s_page_until_one_has_it(
    centre, desk, client
):
    there(centre, "supervisor")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    car = makers.a_unit(centre, name="CRT 6")
    makers.accepted(makers.decided(call), "crt")
    safety.emergency(unit_id=car.pk, by=CLOCK)
    clock._alarms(centre.pk)
    row = Alarm.objects.get(about="emergency")

    assert row.owner != desk.user
    assert "a crew calls for help" in desk.get("/calls/new/").content.decode()

    alarm.take(alarm_id=row.pk, by=makers.by(makers.a_user(centre, "supervisor")))
    assert desk.get(STRIP).content.decode().strip() == ""


def test_taking_it_in_the_strip_leaves_the_page_alone(desk, call):
    answer = take(desk, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "yours" in answer.content.decode()
    assert (the_alarm().state, the_alarm().owner) == ("taken", desk.user)
    assert Heartbeat.objects.filter(user=desk.user, at__gt=ago(5)).exists()


def test_taking_it_without_scripts_leads_to_the_list(desk, call):
    answer = take(desk)

    assert answer.status_code == 302
    assert answer.url == LIST
    assert the_alarm().owner == desk.user


def test_whoever_is_second_is_told_and_sees_who_has_it(desk, call, centre):
    first = makers.a_user(centre, "dispatcher", "D7 Kim")
    alarm.take(alarm_id=the_alarm().pk, by=makers.by(first))

    answer = take(desk)

    assert answer.status_code == 409
    assert "Somebody else was first." in answer.content.decode()
    assert "D7 Kim has it" in answer.content.decode()


def test_a_dispatcher_sees_theirs_and_the_floor_s_a_supervisor_all(
    client, desk, centre, call
):
    supervisor = makers.a_user(centre, "supervisor", "M. Ortiz")
    Alarm.objects.update(to="supervisor", owner=supervisor)
    assert "nobody owns" not in desk.get(LIST).content.decode()
    assert take(desk).status_code == 404

    client.force_login(supervisor)

    text = client.get(LIST).content.decode()
    assert "nobody who is there owns this call" in text
    assert "with M. Ortiz, the supervisor, not taken yet" in text


def test_a_clinician_sees_only_their_own(client, centre, call):
    client.force_login(makers.a_clinician(centre))

    assert "nobody owns" not in client.get(LIST).content.decode()
    assert client.get(STRIP).content.decode().strip() == ""


def test_what_ended_today_says_how_long_it_took(desk, call):
    Alarm.objects.update(raised_at=ago(72))
    intake.take(call_id=call.pk, by=makers.by(desk.user))
    clock._alarms(call.agency_id)

    text = desk.get(LIST).content.decode()

    assert "1:12" in text
    assert "put right" in text


def test_the_most_urgent_stands_in_the_strip(desk, centre, call):
    car = makers.a_unit(centre, name="CRT 6")
    safety.emergency(unit_id=car.pk, by=CLOCK)
    clock._alarms(centre.pk)

    text = desk.get(STRIP).content.decode()

    assert "2 alarms" in text
    assert "CRT 6: a crew calls for help" in text
    assert "nobody owns" not in text


def test_a_page_of_the_floor_says_that_somebody_is_there(desk):
    assert 'data-beat="/alarms/beat/"' in desk.get("/board/").content.decode()

    desk.post("/alarms/beat/")

    assert Heartbeat.objects.filter(user=desk.user, at__lte=Now()).exists()


def test_the_api_lists_and_takes_the_same(dispatcher, call):
    listed = dispatcher.get("alarms/").json()
    assert [(one["about"], one["call"], one["to"]) for one in listed] == [
        ("unowned", str(call.pk), "floor")
    ]

    taken = dispatcher.post(f"alarms/{listed[0]['id']}/take/")

    assert taken.status_code == 200
    assert taken.json()["state"] == "taken"
    again = Person(makers.a_user(call.agency, "dispatcher"))
    refused = again.post(f"alarms/{listed[0]['id']}/take/")
    assert (refused.status_code, refused.json()["code"]) == (409, "lost_race")
