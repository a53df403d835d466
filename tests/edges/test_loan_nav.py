"""The way to neighbours' requests: on every page, with how many wait for an answer."""

import pytest
from django.urls import reverse

from dispatch import journal
from dispatch.actions import loan
from dispatch.events import CLOCK
from dispatch.selectors import feed
from tests import makers
from tests.edges.centres import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def next_door(centre):
    other = makers.an_agency("next-door")
    centre.neighbours.add(other)
    return other


def entry(user):
    nav = signed_in(user).get(reverse("roster")).context["nav"]
    return next((one for one in nav if one["url"] == reverse("loans")), None)


def asked(centre, lender):
    call = makers.decided(makers.a_call(centre, type="trespass"))
    return loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)


@pytest.mark.parametrize(
    ("role", "told"),
    [("dispatcher", 1), ("supervisor", 1), ("clinician", None)],
)
def test_who_may_answer_finds_the_page_and_how_many_ask(centre, next_door, role, told):
    user = makers.a_user(next_door, role)
    asked(centre, next_door)

    found = entry(user)

    assert (found and found["count"]) == told


def test_what_is_answered_is_counted_no_more(centre, next_door):
    user = makers.a_user(next_door, "dispatcher")
    made = asked(centre, next_door)
    loan.decline(loan_id=made.pk, reason="too_far", by=CLOCK)

    page = signed_in(user).get(reverse("loans")).content.decode()

    assert entry(user)["count"] == 0
    assert "nav__count" not in page


def test_the_count_beside_the_name_is_fetched_anew(centre, next_door):
    client = signed_in(makers.a_user(next_door, "dispatcher"))
    page = client.get(reverse("roster")).content.decode()
    assert f'data-loans="{reverse("loans_count")}"' in page
    assert "nav__count" not in page

    asked(centre, next_door)

    assert "nav__count" in client.get(reverse("loans_count")).content.decode()
    clinician = signed_in(makers.a_user(next_door, "clinician"))
    assert clinician.get(reverse("loans_count")).status_code == 403


def test_the_live_line_says_that_a_neighbour_asks(centre, next_door):
    since = journal.head(next_door.pk)
    asked(centre, next_door)

    touched = feed._touched(next_door.pk, since, journal.head(next_door.pk))
    assert (touched.loans, touched.alarms) == (True, False)


def test_a_centre_without_neighbours_has_no_entry(centre):
    assert entry(makers.a_user(centre, "dispatcher")) is None


def test_the_list_is_fetched_anew_by_its_page(centre, next_door):
    client = signed_in(makers.a_user(next_door, "dispatcher"))
    page = client.get(reverse("loans")).content.decode()
    assert f'data-live-fragment="{reverse("loans_live")}"' in page
    assert "No neighbour asks for a unit." in page

    asked(centre, next_door)
    part = client.get(reverse("loans_live")).content.decode()

    assert "asks for a unit" in part
    assert "<html" not in part
