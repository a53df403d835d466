"""Presence: nobody absent is asked, nobody busy becomes free by saying so."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import offer, staff
from dispatch.errors import DispatchError, IllegalMove, Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Offer, Presence
from dispatch.selectors import due
from tests import makers

pytestmark = pytest.mark.django_db

ABSENT = timedelta(seconds=45)


def say(user, to, reason=""):
    return staff.set_presence(user_id=user.pk, to=to, reason=reason, by=makers.by(user))


def long_silent(user):
    makers.silent(user)
    Presence.objects.filter(user=user).update(since=Now() - timedelta(minutes=5))


def test_saying_the_same_twice_records_once(centre):
    clinician = makers.a_clinician(centre)

    say(clinician, "break", "meal")
    say(clinician, "break", "meal")

    assert makers.presence(clinician) == "break"


@pytest.mark.parametrize(
    ("to", "reason"), [("engaged", ""), ("break", ""), ("break", "secret")]
)
def test_only_known_words_are_taken(centre, to, reason):
    with pytest.raises(Invalid):
        say(makers.a_clinician(centre), to, reason)


def test_without_a_heartbeat_one_is_absent_and_never_offered_a_call(centre):
    clinician = makers.a_clinician(centre)
    long_silent(clinician)
    assert due.silent(centre.pk, ABSENT) == [clinician.pk]

    staff.mark_absent(user_id=clinician.pk, by=CLOCK)
    makers.decided(makers.a_call(centre))

    assert makers.presence(clinician) == "offline"
    assert not Offer.objects.exists()


def test_a_fresh_heartbeat_is_looked_for_again_before_anybody_is_called_absent(centre):
    clinician = makers.a_clinician(centre)
    long_silent(clinician)
    staff.beat(user_id=clinician.pk)

    staff.mark_absent(user_id=clinician.pk, by=CLOCK)

    assert makers.presence(clinician) == "available"


def test_a_heartbeat_leaves_no_event(centre, django_assert_num_queries):
    clinician = makers.a_clinician(centre)

    with django_assert_num_queries(1):
        staff.beat(user_id=clinician.pk)


@pytest.mark.parametrize(("to", "reason"), [("break", "meal"), ("offline", "")])
def test_who_leaves_while_it_rings_is_passed_over_and_cannot_take_it_any_more(
    centre, to, reason
):
    first, second = makers.a_clinician(centre), makers.a_clinician(centre)
    Presence.objects.filter(user=first).update(since=Now() - timedelta(minutes=9))
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    say(first, to, reason)
    with pytest.raises(LostRace):
        offer.accept(offer_id=ring.pk, by=makers.by(first))

    for pk in due.silent_offers():
        offer.drop(offer_id=pk, by=CLOCK)

    assert makers.ringing(call).person == second
    assert makers.presence(first) == to


def test_who_is_rung_answers_before_they_are_free_again(centre):
    clinician = makers.a_clinician(centre)
    makers.decided(makers.a_call(centre))

    with pytest.raises(IllegalMove):
        say(clinician, "available")

    assert makers.presence(clinician) == "reserved"


def test_an_offer_is_not_dropped_while_somebody_is_there(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    offer.drop(offer_id=makers.ringing(call).pk, by=CLOCK)

    assert due.silent_offers() == []
    assert makers.ringing(call)


def test_who_came_back_while_an_old_offer_rings_has_no_second_one(centre):
    clinician = makers.a_clinician(centre)
    makers.decided(makers.a_call(centre))
    say(clinician, "offline")
    say(clinician, "available")

    second = makers.decided(makers.a_call(centre))

    assert makers.any_ringing(second) is None
    assert Offer.objects.filter(person=clinician, state="pending").count() == 1


@pytest.mark.parametrize("to", ["available", "offline"])
def test_who_is_with_a_caller_ends_the_session_first(centre, to):
    makers.a_clinician(centre)
    session = makers.with_clinician(makers.decided(makers.a_call(centre)))

    with pytest.raises(DispatchError):
        say(session.person, to)

    assert makers.presence(session.person) == "engaged"


def test_after_wrap_up_one_is_free_again(centre):
    makers.a_clinician(centre)
    session = makers.with_clinician(makers.decided(makers.a_call(centre)))
    makers.ended(session)
    Presence.objects.filter(user=session.person).update(
        since=Now() - timedelta(minutes=3)
    )
    assert due.wrap_ups(centre.pk, timedelta(seconds=120)) == [session.person_id]

    staff.end_wrap_up(user_id=session.person_id, by=CLOCK)

    assert makers.presence(session.person) == "available"


def test_wrap_up_ends_only_wrap_up(centre):
    makers.a_clinician(centre)
    session = makers.with_clinician(makers.decided(makers.a_call(centre)))

    staff.end_wrap_up(user_id=session.person_id, by=CLOCK)

    assert makers.presence(session.person) == "engaged"
