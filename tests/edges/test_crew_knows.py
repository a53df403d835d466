"""What a crew reads on its phone beside the order: what was noted, and who relieves whom."""

import json
import re

import pytest
from django.urls import reverse

from dispatch.actions import intake, loan, offer, scene, unit
from dispatch.events import CLOCK, Actor
from dispatch.selectors import crew
from tests import makers
from tests.edges.centres import signed_in

pytestmark = pytest.mark.django_db
DOG = "Large dog loose in the yard"


@pytest.fixture
def crt(centre):
    return makers.a_unit(centre, name="CRT 6")


@pytest.fixture
def call(centre, crt):
    """A call that CRT 6 is sent to."""
    return makers.decided(makers.a_call(centre, type="trespass"))


def phone_of(unit):
    return signed_in(unit.shifts.get(ended_at=None).user)


def shown(unit):
    page = phone_of(unit).get(reverse("crew")).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def noted(call, *texts, by=CLOCK):
    for text in texts:
        intake.add_note(call_id=call.pk, text=text, by=by)


def test_a_note_reaches_the_phone_with_who_wrote_it_before_the_crew_answers(
    centre, call, crt
):
    noted(call, DOG, by=makers.by(makers.a_user(centre, "dispatcher", "D. Lee")))

    assert re.search(rf"\d\d:\d\d:\d\d D\. Lee {DOG}", shown(crt))


def test_the_newest_three_notes_stand_on_the_phone_and_older_ones_are_named(call, crt):
    noted(call, "Red door", "Two flights up", "No lift", "Milo is calmer")

    said = shown(crt)

    assert re.search(r"calmer .*No lift .*Two flights up .*Older notes", said)
    assert "Red door" not in said


def test_three_notes_are_all_there_are(call, crt):
    noted(call, "Two flights up", "No lift", "Milo is calmer")

    assert "Older notes" not in shown(crt)


def test_what_988_wrote_later_reaches_the_phone_in_our_words(call, crt):
    told = {"code": "told", "told": {"said": "Has pills beside them"}}
    answers = {"willing": "yes", "wants_team": "yes"}
    at_988 = Actor(kind="partner", name="988")
    noted(call, json.dumps(told | answers), by=at_988)

    assert "988 Said: Has pills beside them" in shown(crt)


def test_a_crew_that_is_lent_reads_no_notes(centre):
    lender = makers.an_agency("next-door")
    loan.agree(agency_id=centre.pk, neighbour_id=lender.pk, by=CLOCK)
    call, car = makers.decided(makers.a_call(centre)), makers.a_unit(lender)
    made = loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    noted(call, DOG)

    said = shown(car)

    assert call.number in said
    assert DOG not in said


def test_notes_cost_the_phone_one_query_however_many(
    call, crt, django_assert_num_queries
):
    noted(call, *("again" for _ in range(9)))
    row = makers.accepted(call, "crt").unit
    crew.crew(row)

    with django_assert_num_queries(13):
        crew.crew(row)


@pytest.fixture
def desk(centre):
    return signed_in(makers.a_user(centre, "dispatcher"))


def page_of(desk, call):
    page = desk.get(reverse("call_live", args=[call.pk])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def relief(centre, call, crt):
    """CRT 3, which is asked to relieve CRT 6 at the person's."""
    work = makers.on_scene(call)
    other = makers.a_unit(centre, name="CRT 3")
    scene.replace(seat_id=work.seat_id, unit_id=other.pk, by=CLOCK)
    return other


def test_who_is_asked_to_relieve_whom_stands_on_both_phones(relief, crt):
    assert "CRT 3 is asked to relieve you." in shown(crt)
    assert "You relieve CRT 6." in shown(relief)


def test_whoever_is_relieved_reads_that_the_other_team_comes(call, relief, crt):
    makers.accepted(call, "crt")

    assert "CRT 3 comes to relieve you." in shown(crt)
    assert "You relieve CRT 6." in shown(relief)


def test_until_somebody_is_asked_again_a_relief_is_sought(call, relief, crt):
    ring = makers.ringing(call, "crt")
    offer.decline(offer_id=ring.pk, reason="too_far", by=CLOCK)

    assert "A unit to relieve you is sought." in shown(crt)


def test_nobody_is_relieved_who_has_cleared(call, relief, crt):
    makers.accepted(call, "crt")
    unit.clear(unit_id=crt.pk, outcome="resolved_on_scene", by=CLOCK)

    assert "relieve" not in shown(relief)


def test_the_seats_of_the_call_say_who_relieves_whom(desk, call, relief):
    asked = page_of(desk, call)
    makers.accepted(call, "crt")
    comes = page_of(desk, call)

    assert "relieves CRT 6" in asked
    assert "CRT 3 is asked to relieve it" in asked
    assert "relieves CRT 6" in comes
    assert "CRT 3 comes to relieve it" in comes


def test_the_history_says_replaced_only_once_it_is_so(desk, call, relief, crt):
    makers.accepted(call, "crt")
    before = page_of(desk, call)
    unit.clear(unit_id=crt.pk, outcome="resolved_on_scene", by=CLOCK)

    assert "CRT 3 is asked to relieve CRT 6" in before
    assert "is replaced" not in before
    assert "CRT 6 is replaced by CRT 3" in page_of(desk, call)


@pytest.fixture
def third(centre, call, relief):
    """CRT 9, which took the place of CRT 3 on the way to relieve CRT 6."""
    work = makers.accepted(call, "crt")
    other = makers.a_unit(centre, name="CRT 9")
    scene.replace(seat_id=work.seat_id, unit_id=other.pk, by=CLOCK)
    makers.accepted(call, "crt")
    return other


def test_who_relieves_the_relief_relieves_whoever_waits_for_it(
    desk, call, crt, relief, third
):
    assert makers.fresh(relief).state == "available"
    assert "CRT 9 comes to relieve you." in shown(crt)
    assert "You relieve CRT 6." in shown(third)
    assert "CRT 9 comes to relieve it" in page_of(desk, call)

    unit.clear(unit_id=crt.pk, outcome="resolved_on_scene", by=CLOCK)

    assert "CRT 6 is replaced by CRT 9" in page_of(desk, call)
    assert call.seats.get(lead=True).assignments.get(ended_at=None).unit == third


@pytest.mark.parametrize("answered", [False, True])
def test_a_relief_that_is_moved_elsewhere_is_sought_anew(
    centre, desk, call, crt, relief, answered
):
    if answered:
        makers.accepted(call, "crt")
    worse = makers.decided(makers.a_call(centre, address="9 Elm St", priority=1))

    scene.reassign(unit_id=relief.pk, call_id=worse.pk, why="more_urgent", by=CLOCK)

    assert "A unit to relieve you is sought." in shown(crt)
    assert "a relief is sought" in page_of(desk, call)
    another = makers.a_unit(centre, name="CRT 9")
    offer.make(call_id=call.pk, by=CLOCK)
    makers.accepted(call, "crt")
    assert "You relieve CRT 6." in shown(another)


def test_a_relief_that_the_neighbour_calls_back_is_sought_anew(centre, call, crt):
    work = makers.on_scene(call)
    lender = makers.an_agency("next-door")
    loan.agree(agency_id=centre.pk, neighbour_id=lender.pk, by=CLOCK)
    ours, theirs = makers.a_unit(centre), makers.a_unit(lender, name="CRT 40")
    ring = scene.replace(seat_id=work.seat_id, unit_id=ours.pk, by=CLOCK)
    offer.decline(offer_id=ring.pk, reason="too_far", by=CLOCK)
    made = loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=made.pk, unit_id=theirs.pk, by=CLOCK)
    makers.accepted(call, "crt")
    assert "CRT 40 comes to relieve you." in shown(crt)

    loan.call_back(loan_id=made.pk, by=CLOCK)

    assert "A unit to relieve you is sought." in shown(crt)
