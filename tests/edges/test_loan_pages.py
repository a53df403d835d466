"""Neighbours on their pages: what is shown to whom, how it is answered, when it is gone."""

import pytest
from django.urls import reverse

from dispatch.actions import loan
from dispatch.events import CLOCK
from dispatch.models import AccessRecord, Loan
from tests import makers
from tests.edges.centres import signed_in

PRIVATE = ("Rosa Calder", "919-555-0177", "Milo Calder", "he shouts at the wall")


@pytest.fixture
def next_door(centre):
    other = makers.an_agency("next-door")
    centre.neighbours.add(other)
    return other


@pytest.fixture
def call(centre):
    opened = makers.a_call(
        centre,
        type="trespass",
        zone="District 4",
        address="77 Quarry Rd",
        name="Rosa Calder",
        phone="919-555-0177",
        person_name="Milo Calder",
        said="he shouts at the wall",
    )
    return makers.decided(opened)


@pytest.fixture
def neighbour(next_door):
    client = signed_in(makers.a_user(next_door, "dispatcher"))
    client.raise_request_exception = True
    return client


def asked(call, lender):
    return loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)


def text(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_dispatcher_asks_from_the_page_of_the_call(desk, call, next_door):
    assert "Ask a neighbour" in text(desk, "call", call.pk)

    desk.post(
        reverse("loan_ask", args=[call.pk]),
        {"lender": str(next_door.pk), "response": "crt"},
    )

    assert Loan.objects.get().state == "asked"
    assert "asked, no answer yet" in text(desk, "call", call.pk)


def test_a_neighbour_sees_a_lent_call_and_nothing_else(call, next_door, neighbour):
    made, car = asked(call, next_door), makers.a_unit(next_door)
    before = "".join(text(neighbour, name) for name in ("loans", "staff"))

    neighbour.post(reverse("loan_lend", args=[made.pk]), {"unit": str(car.pk)})
    after = text(neighbour, "loans")

    assert call.number in before
    assert "District 4" in before
    assert "Quarry" not in before
    assert "77 Quarry Rd" in after
    assert car.name in after
    for private in PRIVATE:
        assert private not in before + after
    for name in ("call", "call_drawer", "triage", "plan"):
        assert neighbour.get(reverse(name, args=[call.pk])).status_code in {403, 404}


def test_each_look_of_a_neighbour_is_recorded(call, next_door, neighbour):
    asked(call, next_door)
    text(neighbour, "loans")

    seen = AccessRecord.objects.get(agency=next_door, call=call)
    assert (seen.verb, seen.projection) == ("loan.work", "operations")


def test_the_strip_beside_the_board_says_who_asks_for_what(call, next_door, neighbour):
    assert call.number not in text(neighbour, "loans_strip")
    asked(call, next_door)

    strip = text(neighbour, "loans_strip")

    assert "asks for" in strip
    assert f"{call.number}, " in strip
    assert "District 4" in strip


def test_after_the_end_the_neighbour_finds_nothing(call, next_door, neighbour):
    made, car = asked(call, next_door), makers.a_unit(next_door)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    makers.on_scene(call)
    assert call.number in text(neighbour, "staff")
    makers.cleared(call.seats.get(response="crt", state="filled").assignments.get())

    for name in ("loans", "staff", "loans_strip", "alarms"):
        assert call.number not in text(neighbour, name)
    assert neighbour.post(reverse("loan_back", args=[made.pk])).status_code == 404


def test_the_lent_crew_takes_its_call_without_names(call, next_door):
    made, car = asked(call, next_door), makers.a_unit(next_door)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    crew = signed_in(car.shifts.get().user)
    ring = makers.ringing(call, "crt")

    crew.post(reverse("crew_accept", args=[ring.pk]))
    page = text(crew, "crew")

    assert makers.fresh(ring).state == "accepted"
    assert "77 Quarry Rd" in page
    for private in PRIVATE:
        assert private not in page
    assert crew.get(reverse("call", args=[call.pk])).status_code == 404
    assert AccessRecord.objects.filter(
        agency=next_door, call=call, verb="call.see", reason="loan"
    ).exists()


def test_a_neighbour_declines_and_the_call_says_so(desk, call, next_door, neighbour):
    made = asked(call, next_door)

    neighbour.post(reverse("loan_decline", args=[made.pk]), {"reason": "no_capacity"})

    assert "nobody is free there" in text(desk, "call", call.pk)


def test_a_refusal_is_said_on_the_page(call, next_door, neighbour):
    made, car = asked(call, next_door), makers.a_unit(next_door)
    makers.late(call, weapon="yes")

    answer = neighbour.post(reverse("loan_lend", args=[made.pk]), {"unit": car.pk})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_the_borrower_ends_it_from_the_page(desk, call, next_door):
    made, car = asked(call, next_door), makers.a_unit(next_door)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    assert car.name in text(desk, "call", call.pk)

    desk.post(reverse("loan_end", args=[call.pk, made.pk]), {"why": "not_needed"})

    assert makers.fresh(made).reason == "not_needed"
    assert makers.fresh(car).state == "available"


def test_a_program_asks_sees_and_lends(dispatcher, call, next_door):
    there = type(dispatcher)(makers.a_user(next_door, "dispatcher"))
    car = makers.a_unit(next_door)
    made = dispatcher.post(
        f"calls/{call.pk}/loans/ask/",
        {"lender": str(next_door.pk), "response": "crt", "version": call.version},
    ).json()
    seen = there.get("loans/").json()

    answer = there.post(f"loans/{made['id']}/lend/", {"unit": str(car.pk)})

    assert [one["number"] for one in seen] == [call.number]
    assert seen[0]["place"] == ""
    assert answer.json()["state"] == "lent"
