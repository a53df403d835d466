"""Neighbours on their pages: what is shown to whom, how it is answered, when it is gone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dispatch.access import look
from dispatch.actions import loan, seat
from dispatch.events import CLOCK
from dispatch.models import AccessRecord, Loan
from tests import makers
from tests.edges.centres import signed_in
from tests.selectors.test_board import card

PRIVATE = ("Rosa Calder", "919-555-0177", "Milo Calder", "he shouts at the wall")

BOTH = ("end-emergency", "safe")


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


def looks(next_door):
    return list(
        AccessRecord.objects.filter(agency=next_door, verb="loan.work")
        .order_by("pk")
        .values_list("reason", flat=True)
    )


@pytest.mark.parametrize("name", ["loans_live", "loans_strip", "staff_live"])
def test_a_refresh_of_what_is_open_already_is_no_new_look(
    call, next_door, neighbour, name
):
    made, car = asked(call, next_door), makers.a_unit(next_door)
    text(neighbour, name)
    text(neighbour, name)
    assert looks(next_door) == ["loan_asked"]

    # What a loan shows is more than what a request shows.
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    text(neighbour, "loans_live")
    text(neighbour, "loans_live")
    assert looks(next_door) == ["loan_asked", "loan_lent"]

    text(neighbour, "loans")
    assert looks(next_door) == ["loan_asked", "loan_lent", "loan_lent"]


def test_a_refresh_is_a_look_for_somebody_else_and_in_the_next_sitting(
    call, next_door, neighbour, monkeypatch
):
    asked(call, next_door)
    text(neighbour, "loans")
    other = signed_in(makers.a_user(next_door, "supervisor"))
    text(other, "loans_live")
    assert len(looks(next_door)) == 2

    monkeypatch.setattr(look, "screen_lock", lambda user: timedelta(0))
    text(neighbour, "loans_live")

    assert len(looks(next_door)) == 3


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


def test_a_program_of_the_borrower_raises_the_emergency_of_the_lent_unit(
    dispatcher, call, next_door
):
    car = makers.a_unit(next_door)
    loan.lend(loan_id=asked(call, next_door).pk, unit_id=car.pk, by=CLOCK)

    answer = dispatcher.post(f"units/{car.pk}/emergency/")

    assert answer.status_code == 200
    assert makers.fresh(car).emergency_at is not None


def test_a_program_of_the_borrower_ends_the_emergency_and_answers_the_check(
    dispatcher, call, next_door
):
    car = makers.a_unit(next_door)
    loan.lend(loan_id=asked(call, next_door).pk, unit_id=car.pk, by=CLOCK)
    makers.on_scene(call)
    before = makers.fresh(car).check_due_at
    dispatcher.post(f"units/{car.pk}/emergency/")

    answers = [dispatcher.post(f"units/{car.pk}/{verb}/") for verb in BOTH]

    assert [one.status_code for one in answers] == [200, 200]
    assert makers.fresh(car).emergency_at is None
    assert makers.fresh(car).check_due_at != before
    spare = makers.a_unit(next_door)
    assert dispatcher.post(f"units/{spare.pk}/safe/").status_code == 404


def test_the_borrower_watches_over_the_lent_crew_from_the_page_of_the_call(
    desk, call, next_door
):
    car = makers.a_unit(next_door)
    made = asked(call, next_door)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    makers.on_scene(call)

    assert f"{car.name} needs help now" in text(desk, "call", call.pk)
    desk.post(reverse("loan_sos", args=[call.pk, made.pk]))
    assert makers.fresh(car).emergency_at is not None

    assert f"End the emergency of {car.name}<" in text(desk, "call", call.pk)
    desk.post(reverse("loan_calm", args=[call.pk, made.pk]))
    assert makers.fresh(car).emergency_at is None

    before = makers.fresh(car).check_due_at
    assert "Radio says OK" in text(desk, "call", call.pk)
    desk.post(reverse("loan_radio", args=[call.pk, made.pk]))
    assert makers.fresh(car).check_due_at > before


def test_after_the_loan_the_borrower_acts_for_that_crew_no_more(desk, call, next_door):
    car = makers.a_unit(next_door)
    made = asked(call, next_door)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    loan.call_back(loan_id=made.pk, by=CLOCK)

    desk.raise_request_exception = False
    assert desk.post(reverse("loan_sos", args=[call.pk, made.pk])).status_code == 404
    assert makers.fresh(car).emergency_at is None
    assert "needs help now" not in text(desk, "call", call.pk)


def test_a_withdrawn_unit_keeps_its_name_in_the_history_and_the_place(
    desk, call, next_door
):
    car = makers.a_unit(next_door)
    loan.lend(loan_id=asked(call, next_door).pk, unit_id=car.pk, by=CLOCK)
    place = makers.seat_of(call, "crt")
    seat.withdraw(seat_id=place.pk, why="not_needed", by=CLOCK)
    lent = f"{car.name}, {next_door.name}"

    page = text(desk, "call", call.pk)

    assert f'<span class="big">{lent}</span>' in page
    assert f"The neighbour answered: lent, {lent}" in page
    assert f"The loan of {lent} is over" in page


def test_a_lent_unit_is_never_taken_for_our_own_of_the_same_name(
    desk, centre, next_door
):
    ours = makers.a_unit(centre, name="CRT 1")
    floor = makers.somebody_free(centre, "dispatcher")
    call = makers.decided(makers.a_call(centre, floor, type="trespass"))
    theirs = makers.a_unit(next_door, name="CRT 1")
    lent = f"CRT 1, {next_door.name}"
    loan.lend(loan_id=asked(call, next_door).pk, unit_id=theirs.pk, by=CLOCK)
    asks = card(call)
    assert (asks["units"], asks["state"]["label"]) == ([lent], f"Dispatched {lent}")

    makers.on_scene(call)

    there = card(call)
    assert (there["units"], there["state"]["label"]) == ([lent], f"On scene {lent}")
    page = text(desk, "call", call.pk)
    assert f'<span class="big">{lent}</span>' in page
    assert f"{lent} is done there" in page
    assert f"{lent}: On scene" in page
    assert f"Send {ours.name}<" in page


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
