"""The board: one word a call, the most pressing; in order; each wall sees its share."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.actions import account, intake, offer, safety, seat
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.models import Call, Unit
from dispatch.selectors import board, roster
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D12 Lee")


def card(call, projection="operations"):
    (only,) = board.cards(call.agency_id, projection, [call.pk])
    return only


def said(call):
    state = card(call)["state"]
    return state["code"], state["act"]


def unwanted_person(centre, dispatcher, **known):
    return makers.decided(makers.a_call(centre, dispatcher, type="trespass", **known))


def test_a_new_call_says_that_triage_has_not_begun(centre, dispatcher):
    assert said(makers.a_call(centre, dispatcher)) == ("new", False)


def test_a_call_that_waits_for_its_decision_says_so(centre, dispatcher):
    assert said(makers.triaged(makers.a_call(centre, dispatcher))) == (
        "deciding",
        False,
    )


def test_a_ringing_call_says_who_is_asked_and_until_when(centre, dispatcher):
    makers.a_clinician(centre, "D. Mercer")
    call = makers.decided(makers.a_call(centre, dispatcher))

    state = card(call)["state"]

    assert (state["code"], state["label"]) == ("ringing", "Ringing D. Mercer")
    assert state["due"] == makers.ringing(call).expires_at.isoformat()
    assert card(call)["group"] == "waiting"


def test_an_accepted_call_asks_the_sender_to_stay_on_the_line(centre, dispatcher):
    makers.a_clinician(centre, "D. Mercer")
    call = makers.decided(makers.a_call(centre, dispatcher))
    makers.accepted(call)

    assert card(call)["state"]["label"] == "D. Mercer joins: stay on the line"


def test_a_call_with_a_clinician_says_with_whom_and_is_active(centre, dispatcher):
    makers.a_clinician(centre, "D. Mercer")
    call = makers.decided(makers.a_call(centre, dispatcher))
    makers.with_clinician(call)

    assert card(call)["state"]["label"] == "With D. Mercer"
    assert (card(call)["group"], card(call)["owner"]) == ("active", "D. Mercer")


def test_a_call_nobody_can_take_is_shouted_for(centre, dispatcher):
    call = makers.decided(makers.a_call(centre, dispatcher, type="counselling"))

    assert said(call) == ("no_unit", True)


def test_an_outside_service_still_to_be_told_goes_before_a_ringing_phone(
    centre, dispatcher
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher), attempt="yes")
    assert said(call) == ("tell", True)
    assert card(call)["units"] == ["EMS"]

    seat.confirm_told(seat_id=makers.seat_of(call, "ems").pk, by=CLOCK)

    assert said(call)[0] == "ringing"


def test_a_call_without_an_owner_is_an_alarm(centre):
    call = intake.open_call(agency_id=centre.pk, intake=Intake(), by=CLOCK)

    assert said(call) == ("no_owner", True)


def test_a_team_is_shown_as_far_as_it_came(centre, dispatcher):
    car = makers.a_unit(centre, name="CRT 2")
    call = unwanted_person(centre, dispatcher)
    assert card(call)["state"]["label"] == "Dispatched CRT 2"
    makers.on_scene(call)

    assert card(call)["state"]["label"] == "On scene CRT 2"
    assert card(call)["units"] == [car.name]


def test_a_team_where_it_is_not_safe_must_leave(centre, dispatcher):
    makers.a_unit(centre, name="CRT 2")
    call = unwanted_person(centre, dispatcher)
    makers.on_scene(call)
    makers.late(call, weapon="yes")

    assert said(call) == ("staging", True)


def test_an_emergency_of_a_crew_that_is_only_asked_stands_in_the_lane(centre):
    car = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    assert makers.ringing(call, "crt").unit == car

    safety.emergency(unit_id=car.pk, by=CLOCK)

    assert said(call) == ("crew_emergency", True)


def test_a_late_safety_check_goes_before_everything_but_an_emergency(
    centre, dispatcher
):
    car = makers.a_unit(centre)
    call = unwanted_person(centre, dispatcher)
    makers.on_scene(call)
    Unit.objects.filter(pk=car.pk).update(check_due_at=Now() - timedelta(seconds=1))
    safety.check_overdue(unit_id=car.pk, by=CLOCK)
    assert said(call) == ("check_late", True)

    safety.emergency(unit_id=car.pk, by=CLOCK)

    assert said(call) == ("crew_emergency", True)
    assert card(call)["lane"]


def test_a_call_whose_last_help_was_withdrawn_says_that_nobody_is_on_it(
    centre, dispatcher
):
    makers.a_unit(centre)
    call = unwanted_person(centre, dispatcher)
    makers.accepted(call, "crt")
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="x", by=CLOCK)

    assert said(call) == ("nobody", True)


def test_an_ended_call_asks_to_be_closed_and_a_closed_one_is_gone(centre, dispatcher):
    makers.a_unit(centre)
    call = unwanted_person(centre, dispatcher)
    makers.cleared(makers.on_scene(call))
    assert said(call) == ("resolved", True)

    makers.closed(call)

    assert board.cards(centre.pk, "operations") == []


def test_the_lane_comes_first_then_who_waits_then_who_is_helped(centre, dispatcher):
    car = makers.a_unit(centre)
    crew_in_need = unwanted_person(centre, dispatcher)
    makers.on_scene(crew_in_need)
    safety.emergency(unit_id=car.pk, by=CLOCK)
    routine = makers.a_call(centre, dispatcher, priority=4)
    soon = makers.a_call(centre, dispatcher, priority=3)
    later_soon = makers.a_call(centre, dispatcher, priority=3)
    first = makers.a_call(centre, dispatcher, priority=1)
    makers.a_unit(centre)
    # At another house: where a crew needs help nobody unarmed goes.
    helped = unwanted_person(centre, dispatcher, address="9 Elm St")
    makers.on_scene(helped)
    Call.objects.filter(pk=helped.pk).update(priority=2)

    shown = [one["number"] for one in board.cards(centre.pk, "operations")]

    ranked = [crew_in_need, first, soon, later_soon, routine, helped]
    assert shown == [call.number for call in ranked]


def test_a_wall_shows_no_name_and_no_place(centre, dispatcher):
    makers.a_clinician(centre, "D. Mercer")
    makers.a_clinician(centre, "A. Brandt")
    ringing = makers.decided(makers.a_call(centre, dispatcher, name="Ana"))
    makers.with_clinician(makers.decided(makers.a_call(centre, dispatcher)))
    assert card(ringing)["place"] == "1012 W Main St"

    wall = json.dumps(
        [board.cards(centre.pk, "wall"), roster.people(centre.pk, "wall")]
    )

    # The whole number: three digits alone stand by chance in ids and times.
    for word in ("Mercer", "Brandt", "Lee", "Main", "Ana", "555-0142", "/calls/"):
        assert word not in wall
    assert "District 2" in wall


def test_a_wall_says_of_nothing_that_it_only_hides_that_nobody_knows_it(
    centre, dispatcher, client
):
    makers.a_clinician(centre, "D. Mercer")
    makers.a_call(centre, dispatcher, zone="")
    client.force_login(makers.a_user(centre, "wallboard"))

    shown = client.get(reverse("board")).content.decode()

    assert "Place not known" not in shown
    assert re.search(r"Clinicians and navigators. tabindex=.0. hidden", shown)
    assert "F3" not in shown


def test_only_clinicians_see_what_risk_was_answered(centre, dispatcher):
    call = makers.decided(makers.a_call(centre, dispatcher), threat="yes")

    assert card(call, "clinical")["risks"] == ["threat"]
    assert "risks" not in card(call)
    assert "risks" not in card(call, "wall")


@pytest.mark.parametrize("projection", ["operations", "wall", "clinical"])
def test_the_board_costs_one_statement_however_long(
    centre, dispatcher, projection, django_assert_num_queries
):
    for _ in range(3):
        makers.a_clinician(centre)
        makers.decided(makers.a_call(centre, dispatcher))
    board.cards(centre.pk, projection)

    with django_assert_num_queries(1):
        few = board.cards(centre.pk, projection)
    for _ in range(12):
        makers.decided(makers.a_call(centre, dispatcher), attempt="yes")
    with django_assert_num_queries(1):
        many = board.cards(centre.pk, projection)

    assert (len(few), len(many)) == (3, 15)


def test_units_and_people_cost_one_statement_each(centre, django_assert_num_queries):
    for _ in range(3):
        makers.a_clinician(centre)
        makers.a_unit(centre)

    with django_assert_num_queries(1):
        units = roster.units(centre.pk, "operations")
    with django_assert_num_queries(1):
        people = roster.people(centre.pk, "operations")

    assert (len(units), len(people)) == (3, 3)


def test_a_board_shows_its_own_centre_alone(centre, dispatcher):
    makers.a_call(makers.an_agency())

    assert board.cards(centre.pk, "operations") == []


def test_units_and_people_say_where_they_are(centre, dispatcher):
    makers.a_clinician(centre, "D. Mercer")
    makers.a_unit(centre, name="CRT 2")
    makers.a_unit(centre, name="CRT 9", crewed=False)
    call = makers.decided(
        makers.a_call(
            centre, dispatcher, type="suicide_threat", caller_kind="third_party"
        )
    )
    makers.on_scene(call)
    makers.with_clinician(call)

    (car,) = roster.units(centre.pk, "operations")
    (person,) = roster.people(centre.pk, "operations")

    assert (car["name"], car["label"], car["call"]) == (
        "CRT 2",
        "On scene",
        call.number,
    )
    assert (person["label"], person["call"]) == ("Talking", call.number)


def test_who_is_no_clinician_any_more_leaves_the_board(centre):
    person = makers.a_clinician(centre)
    account.change(user_id=person.pk, role="dispatcher", by=CLOCK)

    (gone,) = roster.people(centre.pk, "operations", [person.pk])

    assert gone["gone"]
    assert roster.people(centre.pk, "operations") == []


def test_a_unit_that_went_off_duty_leaves_the_board(centre):
    car = makers.a_unit(centre, crewed=False)

    (gone,) = roster.units(centre.pk, "operations", [car.pk])

    assert gone["gone"]


def test_a_snapshot_is_true_for_one_number(centre, dispatcher):
    call = unwanted_person(centre, dispatcher)
    offer.make(call_id=call.pk, by=CLOCK)

    shown = board.snapshot(centre.pk, "operations")

    assert shown.number == makers.fresh(call).head
    assert [one["id"] for one in shown.cards] == [str(call.pk)]


@pytest.mark.parametrize("projection", ["operations", "clinical", "wall"])
def test_calls_that_the_board_has_no_room_for_are_counted(
    centre, dispatcher, monkeypatch, projection
):
    monkeypatch.setattr(board, "PAGE", 2)
    for _ in range(3):
        makers.a_call(centre, dispatcher)
    makers.a_call(makers.an_agency())
    ended = makers.a_call(centre, dispatcher)
    intake.cancel(call_id=ended.pk, reason="test", by=makers.by(dispatcher))

    shown = board.snapshot(centre.pk, projection)

    assert (len(shown.cards), shown.open) == (2, 3)


def test_a_board_with_room_counts_without_asking(centre, dispatcher):
    makers.a_call(centre, dispatcher)

    with CaptureQueriesContext(connection) as asked:
        shown = board.snapshot(centre.pk, "operations")

    assert shown.open == len(shown.cards) == 1
    assert not [one for one in asked if "count(*)" in one["sql"]]


@pytest.mark.parametrize("micros", [0, 1, 10, 120_000, 123_456, 999_999])
def test_a_time_is_written_as_everywhere_else(micros):
    then = datetime(2026, 3, 2, 15, 4, 5, micros, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz::text", [then])
        (stored,) = cursor.fetchone()

    assert roster.moment(stored) == then.isoformat()


def test_a_crew_that_does_not_move_is_said_where_nothing_is_worse(centre, dispatcher):
    makers.a_unit(centre)
    call = unwanted_person(centre, dispatcher)
    assignment = makers.accepted(call, "crt")
    assert said(call) == ("acknowledged", False)

    Unit.objects.update(state_since=Now() - timedelta(seconds=200))
    clock._alarms(centre.pk)
    assert said(call) == ("crew_still", True)

    Unit.objects.update(state_since=Now())
    clock._alarms(centre.pk)
    assert said(call) == ("acknowledged", False)
    assert makers.fresh(assignment).ended_at is None
