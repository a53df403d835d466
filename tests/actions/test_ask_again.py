"""Who did not take a call is not rung for it again at once, and no search runs in a ring."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from dispatch import facts
from dispatch.actions import offer, unit
from dispatch.events import CLOCK
from dispatch.models import Call, Offer, Unit
from dispatch.selectors import due
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


def rules(centre, **queue):
    """This centre's calls wait by these settings from now on."""
    document = makers.open_all_day()
    waits = document["queue"] | queue
    store.publish(centre.pk, document | {"queue": waits, "version": f"test-{queue}"})


def wants_to_talk(centre, **answers):
    return makers.decided(makers.a_call(centre, type="counselling"), **answers)


def pending(call):
    return list(Offer.objects.filter(seat__call=call, state="pending"))


def nobody_answers(call):
    """Every ring of now passes its deadline; then the call is decided, if it wants it."""
    for ring in pending(call):
        makers.ring_out(ring)
    return makers.decide(call)


def a_while_later(call, seconds=61):
    """All that this call asked for so far lies that much longer ago."""
    ago = timedelta(seconds=seconds)
    asked = Offer.objects.filter(seat__call=call)
    asked.update(made_at=F("made_at") - ago, ended_at=F("ended_at") - ago)


def test_two_who_let_it_ring_together_are_not_rung_again_at_once(centre):
    rules(centre, ring_at_once=2)
    people = {makers.a_clinician(centre) for _ in range(2)}
    call = wants_to_talk(centre)
    assert {one.person for one in pending(call)} == people

    call = nobody_answers(call)
    offer.make(call_id=call.pk, by=CLOCK)

    assert makers.seat_of(call, "ccd").state == "wanted"
    assert pending(call) == []
    assert call.pk not in due.waiting_calls(centre.pk)


def test_they_are_rung_again_when_the_time_is_over(centre):
    person = makers.a_clinician(centre)
    call = nobody_answers(wants_to_talk(centre))
    a_while_later(call)
    assert call.pk in due.waiting_calls(centre.pk)

    offer.make(call_id=call.pk, by=CLOCK)

    assert [one.person for one in pending(call)] == [person]


def test_a_lone_clinician_s_silence_is_decided_once_and_then_waits(centre):
    makers.a_clinician(centre)
    call = nobody_answers(wants_to_talk(centre))

    for _ in range(5):
        offer.make(call_id=call.pk, by=CLOCK)
        call = makers.decide(call)

    assert makers.kinds(call).count("CallDecided") == 2
    assert makers.kinds(call).count("SeatUnfilled") == 1
    assert call.decision_wanted_at is None


def test_a_call_that_only_a_clinician_may_take_waits_though_a_question_is_open(centre):
    """A crew is free and held back by what nobody asked: that is no reason to go round."""
    makers.a_unit(centre)
    call = makers.a_call(centre, type="follow_up")
    call = makers.decided(call, weapon="not_asked")

    assert makers.seat_of(call, "ccd").give_up_at is None
    assert makers.kinds(call).count("SeatUnfilled") == 0


def test_who_declined_does_not_count_as_one_who_could_take_it(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    offer.decline(offer_id=ring.pk, reason="language", by=CLOCK)
    protocol = store.published(centre.pk)[1]
    now = makers.fresh(ring).ended_at

    assert facts.known(centre.pk, call, protocol, at=now).free["ccd"] == 0
    other = makers.a_call(centre)
    assert facts.known(centre.pk, other, protocol, at=now).free["ccd"] == 1
    assert facts.known(centre.pk, None, protocol, at=now).free["ccd"] == 1


def test_after_a_new_triage_the_next_help_is_chosen_and_not_who_just_declined(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    offer.decline(offer_id=makers.ringing(call).pk, reason="language", by=CLOCK)
    makers.a_unit(centre)

    call = makers.decided(call)

    assert makers.ringing(call, "crt").unit is not None
    assert [one.unit is None for one in pending(call)] == [False]


def test_a_crew_that_declined_is_not_sent_again_by_another_seat(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    offer.decline(offer_id=makers.ringing(call, "crt").pk, reason="too_far", by=CLOCK)
    call = makers.decide(call)

    makers.override(call, "crt")
    assert pending(call) == []
    a_while_later(call)
    offer.make(call_id=call.pk, by=CLOCK)

    assert makers.ringing(call, "crt").unit is not None


def test_who_was_let_go_without_an_answer_may_be_asked_again(centre):
    person = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    Offer.objects.filter(seat__call=call).update(made_at=Now())
    makers.override(call, "police")
    assert pending(call) == []

    makers.override(call, "ccd")

    assert [one.person for one in pending(call)] == [person]


def lapsed(centre, car, orders=2):
    """So many orders in a row that this crew has not acknowledged."""
    for _ in range(orders):
        call = makers.decided(makers.a_call(centre, type="trespass"))
        ring = makers.ringing(call, "crt")
        assert ring.unit == car
        makers.ring_out(ring)


def sought(centre):
    """Which unit a new call asks; None while it asks none."""
    call = makers.decided(makers.a_call(centre, type="trespass"))
    ring = Offer.objects.filter(seat__call=call, state="pending").first()
    return ring.unit if ring else None


def test_a_crew_that_lets_orders_lapse_is_not_asked_again(centre):
    car = makers.a_unit(centre)
    lapsed(centre, car, orders=1)
    assert sought(centre) == car

    makers.ring_out(Offer.objects.get(state="pending"))

    assert sought(centre) is None
    other = makers.a_unit(centre)
    assert sought(centre) == other


@pytest.mark.parametrize("life", ["understood", "back", "signed_on", "declined"])
def test_whatever_its_crew_presses_it_is_asked_again(centre, life):
    car = makers.a_unit(centre)
    lapsed(centre, car)
    assert sought(centre) is None

    crew = car.shifts.get(ended_at=None).user
    if life == "understood":
        last = Offer.objects.filter(unit=car).latest("made_at")
        unit.seen_off(unit_id=car.pk, offer_id=last.pk, by=makers.by(crew))
    elif life == "back":
        Offer.objects.update(ended_at=Now() - timedelta(seconds=5))
        unit.out_of_service(unit_id=car.pk, reason="meal", by=makers.by(crew))
        unit.in_service(unit_id=car.pk, by=makers.by(crew))
    elif life == "signed_on":
        unit.sign_off(unit_id=car.pk, by=makers.by(crew))
        unit.sign_on(unit_id=car.pk, by=makers.by(crew))
    else:
        call = makers.decided(makers.a_call(centre, type="trespass"))
        ring = offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)
        offer.decline(offer_id=ring.pk, reason="vehicle", by=makers.by(crew))

    Call.objects.update(state="closed")
    Offer.objects.filter(state="pending").update(state="withdrawn", ended_at=Now())
    Unit.objects.filter(state="dispatched").update(state="available")
    assert sought(centre) == car


def test_a_crew_that_declines_between_two_lapsed_orders_is_asked_on(centre):
    car = makers.a_unit(centre)
    lapsed(centre, car, orders=1)
    assert sought(centre) == car

    ring = Offer.objects.get(state="pending")
    offer.decline(offer_id=ring.pk, reason="too_far", by=CLOCK)
    lapsed(centre, car, orders=1)

    assert sought(centre) == car


def test_a_dispatcher_who_sends_it_by_name_has_it_asked_once_more(centre):
    car = makers.a_unit(centre)
    lapsed(centre, car)

    call = makers.decided(makers.a_call(centre, type="trespass"))
    ring = offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)
    assert ring.unit == car
    makers.ring_out(ring)

    assert sought(centre) == car


def test_a_call_is_not_decided_for_ever_over_a_crew_that_does_not_answer(centre):
    lapsed(centre, makers.a_unit(centre))
    call = makers.decided(makers.a_call(centre, type="trespass"))
    for _ in range(3):
        offer.make(call_id=call.pk, by=CLOCK)
        call = makers.decide(call)

    assert call.decision_wanted_at is None
    assert call.decisions.count() == 1
