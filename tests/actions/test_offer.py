"""Offers: one at a time, each ends once, nobody waits for somebody who is gone."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import decision, offer, seat, staff, transfer
from dispatch.errors import Invalid, LostRace, NotFree
from dispatch.events import CLOCK, ROUTER
from dispatch.models import Offer, Presence, Seat, Transfer, Unit
from dispatch.selectors import due
from tests import makers

pytestmark = pytest.mark.django_db


def presence(user):
    return Presence.objects.get(user=user).state


def test_a_decided_call_rings_the_clinician_who_is_longest_idle(centre):
    first = makers.a_clinician(centre)
    makers.a_clinician(centre)
    Presence.objects.filter(user=first).update(since=Now() - timedelta(minutes=9))

    call = makers.decided(makers.a_call(centre))

    assert makers.ringing(call).person == first
    assert presence(first) == "reserved"


def test_accepting_twice_records_once(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)

    once = offer.accept(offer_id=ring.pk, by=CLOCK)
    twice = offer.accept(offer_id=ring.pk, by=CLOCK)

    assert once == twice
    assert makers.fresh(call).service == "served"
    assert makers.fresh(call).state == "working"


def test_a_decline_rings_the_next_clinician_and_keeps_the_reason(centre):
    makers.a_clinician(centre)
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    first = makers.ringing(call)

    offer.decline(offer_id=first.pk, reason="language", by=CLOCK)

    second = makers.ringing(call)
    assert second.person != first.person
    assert makers.fresh(first).reason == "language"
    assert "OfferDeclined" in makers.kinds(call)
    assert presence(first.person) == "available"


def test_an_offer_that_rings_out_goes_to_the_next_and_then_to_the_fallback(centre):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre))

    makers.ring_out(makers.ringing(call))
    Seat.objects.filter(call=call, response="ccd").update(give_up_at=Now())
    offer.make(call_id=call.pk, by=CLOCK)
    decision.decide(call_id=call.pk, by=ROUTER)

    assert makers.ringing(call, "crt").unit is not None
    assert Seat.objects.get(call=call, response="ccd").state == "unfilled"
    assert Transfer.objects.get(call=call).state == "fallback"


def test_an_offer_is_not_expired_early(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    offer.expire(offer_id=makers.ringing(call).pk, by=CLOCK)

    assert makers.ringing(call)


def test_accepting_after_the_deadline_loses_the_race(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    Offer.objects.filter(pk=ring.pk).update(expires_at=Now() - timedelta(seconds=1))

    with pytest.raises(LostRace):
        offer.accept(offer_id=ring.pk, by=CLOCK)


def test_a_waiting_call_is_offered_when_somebody_becomes_available(centre):
    call = makers.decided(makers.a_call(centre, type="counselling"))
    assert call.not_served == "no_unit"
    clinician = makers.a_clinician(centre)

    for call_id in due.waiting_calls(centre.pk):
        offer.make(call_id=call_id, by=CLOCK)

    assert makers.ringing(call).person == clinician


def test_nobody_silent_is_ever_offered_a_call(centre):
    gone = makers.a_clinician(centre)
    makers.silent(gone)

    call = makers.decided(makers.a_call(centre))

    assert not Offer.objects.filter(person=gone).exists()
    assert makers.fresh(call).service == "not_served"


def test_an_offer_to_somebody_who_went_silent_moves_on(centre):
    first = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    second = makers.a_clinician(centre)
    makers.silent(first)

    staff.mark_absent(user_id=first.pk, by=CLOCK)
    for pk in due.silent_offers():
        offer.drop(offer_id=pk, by=CLOCK)

    assert makers.fresh(ring).state == "expired"
    assert makers.ringing(call).person == second


def test_the_sender_owns_the_call_until_the_clinician_confirms(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    assignment = makers.accepted(call)
    assert makers.fresh(call).owner == dispatcher

    transfer.confirm(assignment_id=assignment.pk, by=makers.by(clinician))

    assert makers.fresh(call).owner == clinician
    assert Transfer.objects.get(call=call).state == "released"


def test_a_dispatcher_sends_a_named_unit_once(centre):
    unit = makers.a_unit(centre)
    call = makers.triaged(makers.a_call(centre, type="trespass"))

    offer.send(call_id=call.pk, unit_id=unit.pk, by=CLOCK)

    assert makers.fresh(unit).state == "dispatched"
    with pytest.raises(NotFree):
        offer.send(call_id=call.pk, unit_id=unit.pk, by=CLOCK)


def test_who_is_sent_instead_rings_alone_and_the_first_is_free_at_once(centre):
    first, second = makers.a_unit(centre), makers.a_unit(centre)
    call = makers.triaged(makers.a_call(centre, type="trespass"))
    before = offer.send(call_id=call.pk, unit_id=first.pk, by=CLOCK)

    instead = offer.send(call_id=call.pk, unit_id=second.pk, by=CLOCK)

    assert makers.ringing(call, "crt") == instead
    assert makers.fresh(first).state == "available"
    with pytest.raises(LostRace):
        offer.accept(offer_id=before.pk, by=CLOCK)


def test_withdrawing_a_seat_frees_whoever_was_on_it(centre):
    unit = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")

    seat.withdraw(seat_id=Seat.objects.get(call=call).pk, why="not_needed", by=CLOCK)

    assert makers.fresh(unit).state == "available"
    assert not Unit.objects.filter(state="acknowledged").exists()


def test_declining_needs_a_reason(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    with pytest.raises(Invalid):
        offer.decline(offer_id=makers.ringing(call).pk, reason="", by=CLOCK)
