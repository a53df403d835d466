"""A crew that is taken off its call is told why, at once and until it says that it knows."""

import pytest
from django.urls import reverse

from dispatch.actions import loan, offer, scene, seat, triage, unit
from dispatch.events import CLOCK
from dispatch.models import Event
from dispatch.selectors import taken_off
from tests import makers
from tests.edges.centres import signed_in
from tests.edges.test_crew import press, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


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
    return press(phone, "crew_seen", one.id)


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
        assert press(phone, "crew_seen", one.id).status_code == 302
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
    other = makers.decided(makers.a_call(centre, type="trespass"))
    scene.reassign(unit_id=crt.pk, call_id=other.pk, why="more_urgent", by=CLOCK)

    said = shown(phone)

    assert f"Taken off {call.number}" in said
    assert other.number in said


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

    assert press(phone, "crew_seen", theirs.pk).status_code == 404
    assert not Event.objects.filter(kind="TakenOffSeen").exists()
