"""Two calls that are one event name each other, and say what the one that goes on has."""

import pytest
from django.urls import reverse

from dispatch.actions import disposition, intake, seat
from dispatch.events import CLOCK
from dispatch.selectors import call as calls
from tests import makers
from tests.edges.centres import signed_in
from tests.edges.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def owning(centre, dispatcher):
    """The call that goes on, with a team on scene."""
    makers.a_unit(centre, name="CRT 6")
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    makers.on_scene(call)
    return call


@pytest.fixture
def linked(centre, owning, dispatcher):
    call = makers.a_call(centre, dispatcher)
    intake.link_calls(call_id=call.pk, duplicate_of=owning.pk, by=CLOCK)
    return call


def view(call):
    return calls.view(makers.fresh(call), "operations")


def page(call, dispatcher):
    return signed_in(dispatcher).get(reverse("call", args=[call.pk]))


def test_the_linked_call_has_the_state_and_the_help_of_the_one_that_goes_on(
    owning, linked
):
    seen = view(linked)

    assert [one.label for one in seen.marks] == [f"{owning.number}: On scene CRT 6"]
    assert seen.head.service == "Served"


def test_once_the_other_has_ended_so_it_is_said(owning, linked):
    makers.cleared(makers.seat_of(owning, "crt").assignments.get())
    makers.closed(owning)

    (mark,) = view(linked).marks

    assert mark.label == f"{owning.number}: Closed"


def test_that_nobody_is_with_the_other_is_said_of_the_linked_one_too(owning, linked):
    makers.cleared(makers.seat_of(owning, "crt").assignments.get())
    again = makers.fresh(owning)
    disposition.reopen(call_id=again.pk, reason="called_again", by=CLOCK)
    makers.decide(makers.triaged(again))
    for one in again.seats.filter(state="filled"):
        seat.withdraw(seat_id=one.pk, why="not_needed", by=CLOCK)
    for one in again.seats.filter(state="wanted"):
        seat.withdraw(seat_id=one.pk, why="not_needed", by=CLOCK)

    assert view(linked).head.service == "Nobody is with this call"


def test_each_page_leads_to_the_other(owning, linked, dispatcher):
    there = page(linked, dispatcher)
    back = page(owning, dispatcher)

    assert f"Linked to {owning.number}" in words(there)
    assert reverse("call", args=[owning.pk]) in there.content.decode()
    assert f"Linked to it: {linked.number}" in words(back)
    assert reverse("call", args=[linked.pk]) in back.content.decode()
    assert "Not served" not in words(there)


def test_a_call_that_nobody_linked_names_no_other(owning, dispatcher):
    assert "Linked to" not in words(page(owning, dispatcher))
    assert view(owning).linked == ()
