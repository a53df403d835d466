"""A partner's counsellor at our desk: on pages and API what came to them, and no more."""

import json

import pytest
from django.urls import reverse

from dispatch.actions import staff
from dispatch.models import AccessRecord
from tests import makers
from tests.actions import partners
from tests.edges.api import Person
from tests.edges.pages import words

pytestmark = pytest.mark.django_db
ELSEWHERE = "77 Elsewhere Rd"


@pytest.fixture
def guest(centre, client):
    """Signed in and away: nothing rings for them before they are available."""
    client.user = makers.a_clinician(centre, available=False)
    client.user.employer = partners.a_partner(centre, co_located=True)
    client.user.save()
    client.force_login(client.user)
    return client


@pytest.fixture
def elsewhere(centre):
    """Another call, which a clinician of the centre has."""
    call = makers.a_call(centre, address=ELSEWHERE, name="Nadia Roe")
    makers.a_clinician(centre)
    return makers.with_clinician(makers.decided(call)).seat.call


def rung(guest, centre, **known):
    """A call that rings for the guest, for there is nobody else."""
    makers.here(guest.user)
    staff.set_presence(user_id=guest.user.pk, to="available", by=makers.by(guest.user))
    return makers.decided(makers.a_call(centre, **known))


def test_the_page_of_a_call_is_there_once_it_rings_for_them(guest, centre, elsewhere):
    call = rung(guest, centre, address="1 Here St")

    assert "1 Here St" in words(guest.get(reverse("call", args=[call.pk])))
    for name in ("call", "call_live", "call_drawer", "triage", "plan"):
        answer = guest.get(reverse(name, args=[elsewhere.pk]))
        assert (name, answer.status_code) == (name, 404)


@pytest.mark.parametrize("verb", ["take", "note", "ask", "close"])
def test_a_press_on_a_call_of_others_finds_nothing(guest, elsewhere, verb):
    url = reverse(f"call_{verb}", args=[elsewhere.pk])
    assert guest.post(url, {"text": "x", "response": "crt"}).status_code == 404


def test_the_line_and_the_transfers_of_others_calls_are_not_theirs(
    guest, centre, elsewhere
):
    api, leg = Person(guest.user), elsewhere.contacts.get()
    dispatcher = makers.a_user(centre, "dispatcher")
    county = partners.a_partner(centre, "next", "centre")
    moved = partners.asked(elsewhere, county, dispatcher)

    for path, body in (
        (f"contacts/{leg.pk}/step/", {"to": "lost"}),
        (f"transfers/{moved.pk}/dial/", {}),
    ):
        assert (path, api.post(path, body).status_code) == (path, 404)
    assert api.get(f"calls/{elsewhere.pk}/transfers/").status_code == 404


def test_the_board_tells_them_zones_and_colleagues_and_nothing_of_callers(
    guest, elsewhere
):
    page = words(guest.get(reverse("board")))
    card = json.dumps(Person(guest.user).get("board/").json()["cards"])

    for shown in (page, card):
        assert ELSEWHERE not in shown
        assert "Nadia" not in shown
        assert "District 2" in shown
    assert "risks" not in card
    assert str(elsewhere.transfers.get().receiver) in page
    seen = AccessRecord.objects.filter(user=guest.user, verb="board.see")
    assert {one.projection for one in seen} == {"outline"}


def test_beside_their_call_stands_nothing_of_other_calls(guest, centre):
    makers.a_call(
        centre, caller_kind="person", name="Nadia Roe", safe_contact="text_first"
    )
    call = rung(guest, centre, caller_kind="person", name="Nadia Roe")

    page = words(guest.get(reverse("call", args=[call.pk])))
    triage = words(guest.get(reverse("triage", args=[call.pk])))

    assert "Same number" not in page
    assert "same address" not in triage
    assert "Asked before" not in triage


def test_our_own_clinician_sees_beside_a_call_what_came_before(guest, centre):
    makers.a_call(centre, caller_kind="person", name="Nadia Roe")
    call = rung(guest, centre, caller_kind="person", name="Nadia Roe")
    guest.user.employer = None
    guest.user.save()

    assert "Same number" in words(guest.get(reverse("call", args=[call.pk])))
    assert "same address" in words(guest.get(reverse("triage", args=[call.pk])))


def test_the_centres_log_is_not_theirs(guest):
    assert Person(guest.user).get("events/").status_code == 403
