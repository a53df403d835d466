"""A partner's counsellor at our desk: on pages and API what came to them, and no more."""

import json

import pytest
from django.urls import reverse

from dispatch.actions import intake, staff
from dispatch.events import CLOCK
from dispatch.models import AccessRecord
from tests import makers
from tests.actions import partners
from tests.edges.api import Person
from tests.edges.centres import signed_in
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


def colleague(centre):
    """A clinician of our own."""
    return signed_in(makers.a_user(centre, "clinician"))


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


def test_a_danger_next_door_is_told_without_the_call_that_tells_it(guest, centre):
    armed = makers.late(makers.a_call(centre), weapon="yes")
    call = rung(guest, centre, phone="919-555-0199")
    url = reverse("call", args=[call.pk])

    theirs = words(guest.get(url))
    ours = words(colleague(centre).get(url))

    danger = "Hazard: A weapon is said to be at this place"
    assert danger in theirs
    assert armed.number not in theirs
    assert f"{danger}, another open call {armed.number}" in ours


def test_a_call_that_was_linked_to_theirs_is_not_named(guest, centre):
    call = rung(guest, centre)
    other = makers.a_call(centre, address=ELSEWHERE)
    intake.link_calls(call_id=other.pk, duplicate_of=call.pk, by=CLOCK)
    url = reverse("call", args=[call.pk])

    theirs = guest.get(url)

    assert "Linked to it" not in words(theirs)
    assert other.number not in words(theirs)
    assert str(other.pk) not in theirs.content.decode()
    assert f"Linked to it: {other.number}" in words(colleague(centre).get(url))


def test_a_call_of_theirs_that_was_linked_does_not_name_the_other(guest, centre):
    call = rung(guest, centre)
    url = reverse("call", args=[call.pk])
    makers.accepted(call)
    other = makers.decided(makers.a_call(centre, address=ELSEWHERE))
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)

    theirs = guest.get(url)

    assert ">Linked to another call</span>" in theirs.content.decode()
    assert other.number not in words(theirs)
    assert str(other.pk) not in theirs.content.decode()
    ours = colleague(centre).get(url)
    assert f"Linked to {other.number}" in words(ours)
    assert ">Linked to another call</span>" not in ours.content.decode()


WITHHELD = "What the centre knows from before is not shown here."
NOTHING = "Nothing known of this number, place or person."


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("page", ["call", "desk", "triage"])
def test_that_nothing_is_known_is_not_said_to_whom_it_is_not_told(
    guest, centre, page, before
):
    if before:
        makers.a_call(centre)
    call = rung(guest, centre)
    url = reverse(page, args=[] if page == "desk" else [call.pk])

    theirs = words(guest.get(url))

    assert WITHHELD in theirs
    assert NOTHING not in theirs
    guest.user.employer = None
    guest.user.save()
    ours = words(guest.get(url))
    assert WITHHELD not in ours
    assert ("Same number" if before else NOTHING) in ours


def test_our_own_clinicians_ring_names_the_call_that_tells_of_a_danger(guest, centre):
    armed = makers.late(makers.a_call(centre), weapon="yes")
    rung(guest, centre, phone="919-555-0199")
    assert armed.number not in words(guest.get(reverse("desk")))

    guest.user.employer = None
    guest.user.save()

    assert f"another open call {armed.number}" in words(guest.get(reverse("desk")))


def test_the_centres_log_is_not_theirs(guest):
    assert Person(guest.user).get("events/").status_code == 403
