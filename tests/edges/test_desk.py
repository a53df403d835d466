"""The clinician's desk: one clear ring, answer, take the caller, write, end."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.actions import intake, offer
from dispatch.events import CLOCK
from dispatch.models import AccessRecord, Assignment, CallNote, Disposition, Heartbeat
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(centre, client):
    """A browser in which a clinician who is available is signed in."""
    client.user = makers.a_clinician(centre, "D. Mercer")
    client.force_login(client.user)
    return client


@pytest.fixture
def call(centre, desk):
    """A call that rings at this desk."""
    dispatcher = makers.a_user(centre, "dispatcher", "D12 Lee")
    opened = makers.a_call(
        centre, dispatcher, type="suicide_threat", said="the blue house"
    )
    return makers.decided(opened, threat="not_known", minor_alone="not_asked")


def press(client, name, *args, **fields):
    return client.post(reverse(name, args=args), {"key": str(uuid4()), **fields})


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def accept(desk, call):
    press(desk, "offer_accept", makers.ringing(call).pk)
    return Assignment.objects.get(person=desk.user, ended_at=None)


def talk(desk, call):
    session = accept(desk, call)
    press(desk, "session_confirm", session.pk)
    session.refresh_from_db()
    return session


def test_a_free_desk_says_so(desk):
    said = words(desk.get(reverse("desk")))

    assert "No call rings. You are available; the next one appears here." in said


def test_a_ring_brings_its_context(desk, call):
    said = words(desk.get(reverse("desk")))

    assert f"Ringing you, {call.number}" in said
    assert "1012 W Main St" in said
    assert "the blue house" in said
    assert "D12 Lee stays on the line until you have the caller." in said
    assert "Weapon No" in said
    assert "Threats Caller doesn&#x27;t know" in said
    assert "Alone, under 18 Not asked" in said
    assert "E1" in said
    assert f"Accept {call.number}" in said


def test_a_ring_appears_in_the_fragment_and_is_gone_when_it_ends(desk, call):
    rings = words(desk.get(reverse("desk_live")))
    makers.ring_out(makers.ringing(call))

    silent = words(desk.get(reverse("desk_live")))

    assert f"Ringing you, {call.number}" in rings
    assert "Ringing you" not in silent


def test_accepting_opens_the_session_and_leaves_the_caller_with_dispatch(desk, call):
    done = press(desk, "offer_accept", makers.ringing(call).pk)

    assert done.url == reverse("desk")
    said = words(desk.get(done.url))
    assert f"Caller in {call.number}" in said
    assert "D12 Lee owns the call and stays on the line until you say so." in said
    assert "I have the caller" in said
    assert "How it ended" not in said


def test_accepting_twice_is_accepting_once(desk, call):
    ring = makers.ringing(call).pk

    first = press(desk, "offer_accept", ring)
    second = press(desk, "offer_accept", ring)

    assert first.status_code == second.status_code == 302
    assert Assignment.objects.count() == 1


def test_a_ring_that_is_over_says_so_calmly_on_the_desk(desk, call):
    ring = makers.ringing(call)
    makers.ring_out(ring)

    answer = press(desk, "offer_accept", ring.pk)

    assert answer.status_code == 409
    assert "This call does not ring for you any more." in words(answer)
    assert not Assignment.objects.exists()


def test_who_was_slower_reads_who_took_it_for_a_moment(desk, centre):
    document = makers.open_all_day()
    queue = document["queue"] | {"ring_at_once": 2}
    store.publish(centre.pk, document | {"queue": queue, "version": "test-two"})
    other = makers.a_clinician(centre, "Q.One")
    call = makers.decided(makers.a_call(centre))
    rings = call.seats.get().offers
    took = f"Q.One took {call.number}."
    assert took not in words(desk.get(reverse("desk_live")))

    offer.accept(offer_id=rings.get(person=other).pk, by=makers.by(other))
    shown = desk.get(reverse("desk_live"))
    rings.update(ended_at=Now() - timedelta(seconds=30))

    assert took in words(shown)
    assert f'data-say="{took}"' in shown.content.decode()
    assert took not in words(desk.get(reverse("desk_live")))


def test_declining_needs_one_of_the_reasons(desk, call):
    ring = makers.ringing(call)

    refused = press(desk, "offer_decline", ring.pk, reason="because")
    press(desk, "offer_decline", ring.pk, reason="conflict_of_interest")

    assert refused.status_code == 422
    ring.refresh_from_db()
    assert (ring.state, ring.reason) == ("declined", "conflict_of_interest")
    assert makers.presence(desk.user) == "available"


def test_with_the_caller_the_call_is_the_clinicians(desk, call):
    session = talk(desk, call)

    assert session.confirmed_at
    assert makers.fresh(call).owner == desk.user
    said = words(desk.get(reverse("desk")))
    assert "Do you have the caller?" not in said
    assert "How it ended" in said


@pytest.mark.parametrize("kind", ["ems", "police", "cor"])
def test_more_help_is_one_press_away(desk, call, kind):
    session = talk(desk, call)

    press(desk, "session_ask", session.pk, response=kind, reason="not_safe")

    assert makers.seat_of(call, kind).requested


def test_what_nobody_may_ask_for_is_refused(desk, call):
    session = talk(desk, call)

    answer = press(desk, "session_ask", session.pk, response="fire", reason="other")

    assert answer.status_code == 422
    assert not call.seats.filter(response="fire").exists()


def test_a_note_is_kept_once_and_an_empty_one_refused(desk, call):
    session = talk(desk, call)
    fields = {"text": "Speaks softly.", "key": str(uuid4())}

    press(desk, "session_note", session.pk, **fields)
    press(desk, "session_note", session.pk, **fields)
    empty = press(desk, "session_note", session.pk, text=" ")

    assert CallNote.objects.get().text == "Speaks softly."
    assert empty.status_code == 422


def test_a_session_ends_with_outcomes_and_consent_and_wrap_up_begins(desk, call):
    session = talk(desk, call)

    press(
        desk,
        "session_end",
        session.pk,
        outcomes=["resolved_by_phone", "moved_to_988"],
        person_reached="yes",
        followup_consent="not_known",
    )

    made = Disposition.objects.get()
    assert made.outcomes == ["resolved_by_phone", "moved_to_988"]
    assert (made.person_reached, made.followup_consent) == (True, "not_known")
    said = words(desk.get(reverse("desk")))
    assert "Wrap-up" in said
    assert "Available again" in said

    press(desk, "wrap_up")
    assert makers.presence(desk.user) == "available"


def test_a_session_does_not_end_without_an_outcome(desk, call):
    session = talk(desk, call)

    answer = press(desk, "session_end", session.pk)

    assert answer.status_code == 422
    assert "choose how it ended" in words(answer)
    session.refresh_from_db()
    assert session.ended_at is None


def test_a_break_has_a_kind_and_nothing_rings_in_it(centre, desk):
    press(desk, "presence", to="break", reason="meal")
    call = makers.decided(makers.a_call(centre))

    said = words(desk.get(reverse("desk")))

    assert "Break: Meal" in said
    assert makers.any_ringing(call) is None
    press(desk, "presence", to="available")
    assert makers.presence(desk.user) == "available"


def test_a_break_without_a_kind_is_refused_on_the_desk(desk):
    answer = press(desk, "presence", to="break")

    assert answer.status_code == 422
    assert "choose the kind of break" in words(answer)
    assert "data-desk" in answer.content.decode()


def test_nobody_leaves_a_caller_behind(desk, call):
    talk(desk, call)

    answer = press(desk, "presence", to="offline")

    assert answer.status_code == 422
    assert makers.presence(desk.user) == "engaged"


@pytest.mark.parametrize(
    ("role", "status"), [("clinician", 204), ("navigator", 204), ("dispatcher", 403)]
)
def test_a_heartbeat_keeps_whoever_has_a_presence(centre, client, role, status):
    user = makers.a_user(centre, role)
    client.force_login(user)

    assert client.post(reverse("beat")).status_code == status
    assert Heartbeat.objects.filter(user=user).exists() == (status == 204)


def test_the_heartbeat_is_on_every_page_of_a_clinician(desk, call):
    page = desk.get(reverse("call", args=[call.pk])).content.decode()

    assert f'data-beat="{reverse("beat")}"' in page


def test_nobody_answers_or_ends_what_is_anothers(centre, client, desk, call):
    session = talk(desk, call)
    client.force_login(makers.a_clinician(centre))

    ended = press(client, "session_end", session.pk, outcomes=["other"])
    taken = press(client, "offer_accept", session.offer_id)

    assert (ended.status_code, taken.status_code) == (404, 404)


def test_looking_at_a_call_on_the_desk_leaves_a_record(desk, call):
    desk.get(reverse("desk"))

    assert AccessRecord.objects.filter(user=desk.user, call=call).count() == 1


def test_the_desk_costs_the_same_however_long_the_history(
    centre, desk, call, django_assert_max_num_queries
):
    talk(desk, call)
    for number in range(5):
        makers.a_clinician(centre, f"C. {number}")
        intake.add_note(call_id=call.pk, text="At the door.", by=CLOCK)
    desk.get(reverse("desk"))

    with django_assert_max_num_queries(38):
        desk.get(reverse("desk"))
    with django_assert_max_num_queries(8):
        desk.get(reverse("desk_ending"))
