"""A crew that is taken off its call is told why, at once and until it says that it knows."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.actions import loan, offer, scene, seat, triage, unit
from dispatch.events import CLOCK
from dispatch.models import CallNote, Event, Offer, Seat, Shift
from dispatch.selectors import taken_off
from dispatch.selectors.taken_off import TakenOff
from dispatch.web import crew
from tests import makers
from tests.edges.centres import signed_in
from tests.edges.test_crew import press, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def crt(centre):
    return makers.a_unit(centre, "crt", "CRT 1")


@pytest.fixture
def phone(crt):
    return signed_in(crt.shifts.get(ended_at=None).user)


@pytest.fixture
def call(centre, crt):
    """CRT 1 is dispatched to it, and has not acknowledged."""
    made = makers.decided(makers.a_call(centre, type="trespass"))
    assert makers.ringing(made, "crt").unit == crt
    return made


def shown(phone):
    return words(phone.get(reverse("crew")))


def seen(phone):
    (one,) = phone.get(reverse("crew")).context["taken_off"]
    return press(phone, "crew_seen", offer=one.id)


def test_another_unit_in_its_place_is_said_until_the_crew_has_seen_it(
    centre, call, phone
):
    other = makers.a_unit(centre, "crt", "CRT 2")
    offer.send(call_id=call.pk, unit_id=other.pk, by=CLOCK)

    for _reload in range(2):
        assert f"Taken off {call.number}" in shown(phone)
        assert "Another unit goes in your place." in shown(phone)
    (one,) = phone.get(reverse("crew")).context["taken_off"]
    for _twice in range(2):
        assert press(phone, "crew_seen", offer=one.id).status_code == 302
    assert "Taken off" not in shown(phone)
    assert makers.kinds(call).count("TakenOffSeen") == 1


def test_a_danger_says_do_not_go(call, phone):
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)

    said = shown(phone)

    assert f"Taken off {call.number}" in said
    assert "Do not go" in said


def test_a_loan_in_its_place_is_said_and_so_is_the_end_of_one(centre, call, phone):
    lender = makers.an_agency()
    loan.agree(agency_id=centre.pk, neighbour_id=lender.pk, by=CLOCK)
    car = makers.a_unit(lender)
    made = loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    assert "Another unit goes in your place." in shown(phone)

    loan.call_back(loan_id=made.pk, by=CLOCK)

    theirs = signed_in(car.shifts.get(ended_at=None).user)
    assert "Your own centre needs you." in shown(theirs)
    assert seen(theirs).status_code == 302
    assert "Taken off" not in shown(theirs)


def test_a_crew_on_its_way_is_told_as_well(call, phone):
    offer.accept(offer_id=makers.ringing(call, "crt").pk, by=CLOCK)
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)

    assert "Your team is not needed there any more." in shown(phone)


def test_it_stands_beside_the_call_that_the_crew_is_moved_to(centre, call, phone, crt):
    other = makers.decided(makers.a_call(centre, type="welfare_check"))
    scene.reassign(unit_id=crt.pk, call_id=other.pk, why="more_urgent", by=CLOCK)

    said = shown(phone)

    assert f"Taken off {call.number}" in said
    assert "You are needed on a more urgent call." in said
    assert other.number in said


@pytest.mark.parametrize("next_call", ["dispatched", "acknowledged"])
def test_a_note_for_the_call_it_was_moved_off_is_given_back_and_goes_nowhere_else(
    centre, call, phone, crt, next_call
):
    old = makers.accepted(call, "crt")
    other = makers.decided(makers.a_call(centre, type="welfare_check"))
    scene.reassign(unit_id=crt.pk, call_id=other.pk, why="more_urgent", by=CLOCK)
    if next_call == "acknowledged":
        makers.accepted(other, "crt")
    typed = {"assignment": old.pk, "text": "A knife behind the house"}

    answer = press(phone, "crew_note", **typed)
    to_script = press(
        phone, "crew_note", **typed, headers={"Accept": "application/json"}
    )

    assert answer.status_code == to_script.status_code == 409
    assert "This call is not yours any more" in words(answer)
    assert "not yours any more, and nothing was kept" in to_script.json()["detail"]
    assert "Not sent: A knife behind the house" in words(answer)
    assert answer.content.decode().count("knife") == 1
    assert not CallNote.objects.filter(kind="note").exists()


def test_what_the_crew_did_itself_is_no_news_to_it(call, phone, crt):
    offer.accept(offer_id=makers.ringing(call, "crt").pk, by=CLOCK)
    unit.clear(unit_id=crt.pk, outcome="resolved_on_scene", by=CLOCK)

    assert "Taken off" not in shown(phone)


def test_who_is_sent_there_again_is_not_told_that_they_are_off(
    centre, call, phone, crt
):
    other = makers.a_unit(centre, "crt", "CRT 2")
    offer.send(call_id=call.pk, unit_id=other.pk, by=CLOCK)
    offer.send(call_id=call.pk, unit_id=crt.pk, by=CLOCK)

    assert "Taken off" not in shown(phone)


def test_a_crew_that_signs_on_later_is_not_told_of_the_one_before(call, phone, crt):
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)
    before = crt.shifts.get(ended_at=None).user
    unit.sign_off(unit_id=crt.pk, by=makers.by(before))
    unit.sign_on(unit_id=crt.pk, by=makers.by(before))

    assert taken_off.of(crt) == ()


def test_nobody_presses_for_another_unit(centre, call, phone):
    offer.send(call_id=call.pk, unit_id=makers.a_unit(centre, "crt").pk, by=CLOCK)
    theirs = makers.ringing(call, "crt")

    assert press(phone, "crew_seen", offer=theirs.pk).status_code == 404
    assert not Event.objects.filter(kind="TakenOffSeen").exists()


def test_one_press_answers_every_call_that_the_page_named(centre, call, phone):
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)
    other = makers.decided(makers.a_call(centre, type="trespass"))
    seat.withdraw(seat_id=makers.seat_of(other, "crt").pk, why="cancelled", by=CLOCK)
    named = [one.id for one in phone.get(reverse("crew")).context["taken_off"]]

    assert f"Taken off {call.number}" in shown(phone)
    assert f"Taken off {other.number}" in shown(phone)
    assert shown(phone).count("Understood") == 1
    assert press(phone, "crew_seen").status_code == 422
    assert press(phone, "crew_seen", offer=named).status_code == 302

    assert "Taken off" not in shown(phone)
    assert makers.kinds(call).count("TakenOffSeen") == 1
    assert makers.kinds(other).count("TakenOffSeen") == 1


def nodes(plan):
    """Every step of a plan, with what it did."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def plan(crt):
    """What the statement does to find it; by which index hangs on statistics."""
    with connection.cursor() as cursor:
        explained = "EXPLAIN (ANALYZE, FORMAT JSON) " + taken_off.TAKEN_OFF
        cursor.execute(explained, {"unit": crt.pk})
        found = cursor.fetchone()[0]
    made = json.loads(found) if isinstance(found, str) else found
    return list(nodes(made[0]["Plan"]))


def test_what_the_unit_was_offered_before_the_shift_is_not_gone_through(
    centre, call, crt
):
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)
    long_ago = Now() - timedelta(days=3)
    for _number in range(5):
        wanted = Seat.objects.create(call=makers.a_call(centre), response="crt")
        Offer.objects.create(
            seat=wanted,
            unit=crt,
            state="withdrawn",
            made_at=long_ago,
            expires_at=long_ago,
            ended_at=long_ago,
        )

    steps = plan(crt)

    (calls,) = [one for one in steps if one["Node Type"] == "Unique"]
    assert calls["Actual Rows"] == 1
    assert [one.number for one in taken_off.of(crt)] == [call.number]


def test_an_offer_that_rang_when_the_crew_signed_on_is_told(call, crt):
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)
    Offer.objects.filter(unit=crt).update(made_at=F("made_at") - timedelta(hours=9))

    assert Shift.objects.get(unit=crt).started_at > Offer.objects.get(unit=crt).made_at
    assert [one.number for one in taken_off.of(crt)] == [call.number]


def off_each(centre, orders):
    """As many calls, each withdrawn as not needed, the oldest first."""
    calls = []
    for _number in range(orders):
        one = makers.decided(makers.a_call(centre, type="trespass"))
        place = makers.seat_of(one, "crt")
        seat.withdraw(seat_id=place.pk, why="not_needed", by=CLOCK)
        calls.append(one)
    return calls


def test_of_many_the_newest_two_stand_and_one_press_answers_all(centre, crt, phone):
    calls = off_each(centre, 5)

    found = phone.get(reverse("crew")).context

    first = [one.number for one in found["taken_off_first"]]
    assert first == [calls[4].number, calls[3].number]
    assert len(found["taken_off_more"]) == 3
    assert "and 3 more" in shown(phone)
    assert phone.get(reverse("crew")).content.decode().count('name="offer"') == 5


def test_no_danger_is_folded_away():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    off = [
        TakenOff(id=uuid4(), number=str(n), why="", danger=n < 3, at=at)
        for n in range(4)
    ]

    found = crew._folded(off)

    assert found["taken_off_first"] == off[:3]
    assert found["taken_off_more"] == off[3:]
