"""Who had this person on the line before is asked first; who never had them is not."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import seat, staff
from dispatch.events import CLOCK
from dispatch.models import Presence
from tests import makers

pytestmark = pytest.mark.django_db


def a_crisis(centre, **who):
    return makers.decided(makers.a_call(centre, **who))


def free_again(centre, clinician):
    """The clinician is free since just now, a colleague for an hour; the colleague."""
    staff.end_wrap_up(user_id=clinician.pk, by=CLOCK)
    colleague = makers.a_clinician(centre)
    hour_ago = Now() - timedelta(hours=1)
    Presence.objects.filter(user=colleague).update(since=hour_ago)
    return colleague


def had_before(centre, **who):
    """A clinician who had this caller, and a colleague who is free for longer."""
    clinician = makers.a_clinician(centre)
    makers.ended(makers.with_clinician(a_crisis(centre, **who)))
    return clinician, free_again(centre, clinician)


def test_a_person_is_known_by_name_from_another_number(centre):
    knows, _longer = had_before(
        centre, phone="919-555-0177", person_name="María Delgado"
    )

    again = a_crisis(centre, phone="919-555-0100", person_name="delgado maria")

    assert makers.ringing(again).person == knows


def test_who_knows_the_person_and_is_alone_misses_the_whole_ring(centre):
    knows = makers.a_clinician(centre)
    makers.ended(makers.with_clinician(a_crisis(centre, phone="919-555-0177")))
    staff.end_wrap_up(user_id=knows.pk, by=CLOCK)

    ring = makers.ringing(a_crisis(centre, phone="919-555-0177"))
    makers.ring_out(ring)

    assert ring.because == ["knows"]
    assert Presence.objects.get(user=knows).missed == 1


def test_two_of_whom_nothing_is_known_are_not_taken_for_one(centre):
    _before, longer = had_before(centre, phone="")

    assert makers.ringing(a_crisis(centre, phone="")).person == longer


def test_who_took_a_call_and_never_had_the_caller_does_not_know_them(centre):
    clinician = makers.a_clinician(centre)
    taken = makers.accepted(a_crisis(centre))
    seat.withdraw(seat_id=taken.seat_id, why="not_needed", by=CLOCK)
    longer = free_again(centre, clinician)

    assert makers.ringing(a_crisis(centre)).person == longer
