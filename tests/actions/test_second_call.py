"""A second call for who has a caller: when it rings, when not, and when it is passed on."""

import pytest
from django.db.models.functions import Now

from dispatch.actions import offer, staff
from dispatch.events import CLOCK
from dispatch.models import Offer, Presence
from dispatch.selectors import call as calls
from dispatch.selectors import desk, due
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    centre = makers.an_agency()
    rules(centre, capacity=2)
    return centre


def rules(centre, **queue):
    """This centre's calls wait by these settings from now on."""
    document = makers.open_all_day()
    waits = document["queue"] | queue
    store.publish(centre.pk, document | {"queue": waits, "version": f"test-{queue}"})


@pytest.fixture
def busy(centre):
    """Somebody with one caller, who may have a second."""
    person = makers.a_clinician(centre, "Q.One")
    person.session = makers.with_clinician(a_call(centre))
    return person


def a_call(centre, **known):
    """One that waits for a clinician whoever is there."""
    return makers.decided(makers.a_call(centre, type="counselling", **known))


def rung(call):
    rings = Offer.objects.filter(seat__call=call, state="pending")
    return {one.person for one in rings}


def misses(centre, times):
    for _number in range(times):
        # Of another number: a short ring of who knows the person counts as none.
        makers.ring_out(makers.ringing(a_call(centre, phone="")))


def said(person):
    return desk.standing(person).next


def test_who_left_second_rings_unanswered_hears_no_more_of_them(centre, busy):
    misses(centre, 2)

    call = a_call(centre, phone="")

    assert rung(call) == set()
    assert call.pk not in due.waiting_calls(centre.pk)
    assert makers.presence(busy) == "engaged"
    assert said(busy).startswith("2 rings in a row were not answered.")


def test_an_answer_lets_second_calls_ring_again(centre, busy):
    misses(centre, 1)
    declined = makers.ringing(a_call(centre))
    offer.decline(offer_id=declined.pk, reason="language", by=makers.by(busy))
    misses(centre, 1)

    assert rung(a_call(centre)) == {busy}


def test_the_end_of_a_session_lets_second_calls_ring_again(centre, busy):
    makers.with_clinician(a_call(centre))
    Presence.objects.filter(user=busy).update(missed=2)

    makers.ended(busy.session)

    assert rung(a_call(centre)) == {busy}


def test_who_has_a_caller_rings_only_where_too_few_others_are_free(centre, busy):
    rules(centre, capacity=2, ring_at_once=2)
    free = {makers.a_clinician(centre) for _number in range(2)}

    # Whoever had this person on the line before would be the first.
    assert rung(a_call(centre)) == free
    assert rung(a_call(centre)) == {busy}
    assert "too few others are free" in str(desk.BECAUSE["holding"])


def test_the_desk_of_who_may_have_a_second_caller_says_so(centre, busy):
    assert said(busy) == "You have a caller. Another call may still ring."

    makers.with_clinician(a_call(centre))

    assert said(busy) == (
        "You have as many callers as one may have. Nothing rings until a session ends."
    )


def test_where_one_caller_is_all_nothing_rings_while_somebody_talks(centre, busy):
    rules(centre, capacity=1)

    assert (
        said(busy)
        == "You are shown as: Talking. Nothing rings until you are available."
    )


@pytest.mark.parametrize("notes_done", [False, True])
def test_a_ring_that_my_own_ending_cut_off_is_passed_on_and_not_missed(
    centre, busy, notes_done
):
    second = a_call(centre)
    ring = makers.ringing(second)
    makers.ended(busy.session)
    if notes_done:
        staff.end_wrap_up(user_id=busy.pk, by=makers.by(busy))
    other = makers.a_clinician(centre, "Q.Cee")
    Presence.objects.filter(user=other).update(since=Now())
    assert ring.pk in due.silent_offers()

    offer.drop(offer_id=ring.pk, by=CLOCK)

    assert makers.fresh(ring).state == "withdrawn"
    assert Presence.objects.get(user=busy).missed == 0
    assert len(rung(second)) == 1
    told = [one.text for one in calls.view(second, "full").entries]
    assert "Offer to Q.One withdrawn: they had just ended another session" in told
    assert not any("did not answer" in one for one in told)
