"""Every time limit of the floor is a clock of the protocol: a rehearsal divides it too."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch import wrong
from dispatch.actions import arrival, contact, loan, offer, phone, safety, triage
from dispatch.events import CLOCK
from dispatch.management.rehearsal.scaled import scaled
from dispatch.models import Call, Contact, Offer, Transfer, Unit
from dispatch.selectors import due
from routing import store
from routing.core.protocol import CLOCKS
from tests import makers

pytestmark = pytest.mark.django_db
SPEED = 10


def ten_times_as_fast(agency):
    document = scaled(makers.open_all_day(), SPEED) | {"version": "fast"}
    store.publish(agency.pk, document)


def ago(seconds):
    return Now() - timedelta(seconds=seconds)


def seconds_until(at):
    now = Unit.objects.annotate(now=Now()).values_list("now", flat=True).first()
    return (at - now).total_seconds()


def about(agency):
    _row, protocol = store.published(agency.pk)
    return {found.about for found in wrong.sweep(agency.pk, protocol)}


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_crew_told_to_leave_answers_within_the_protocol_s_time(centre, confirmed):
    ten_times_as_fast(centre)
    car = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)

    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)
    if confirmed:
        safety.confirm_safe(unit_id=car.pk, by=CLOCK)

    assert 0 < seconds_until(makers.fresh(car).check_due_at) <= 3


def test_an_outside_service_is_told_within_the_protocol_s_time(centre):
    owner = makers.a_user(centre, "dispatcher")
    call = makers.decided(makers.a_call(centre, owner), weapon="yes", crime="yes")
    police = makers.seat_of(call, "police")
    police.wanted_at = ago(4)
    police.save()
    assert "waiting" not in about(centre)

    ten_times_as_fast(centre)

    assert "waiting" in about(centre)


def test_a_deadline_may_be_over_for_the_protocol_s_time(centre):
    makers.a_clinician(centre)
    makers.decided(makers.a_call(centre, makers.a_user(centre, "dispatcher")))
    Transfer.objects.update(due_at=ago(2))
    assert "transfer" not in about(centre)

    ten_times_as_fast(centre)

    assert "transfer" in about(centre)


@pytest.mark.parametrize("kind", ["ccd", "crt"])
def test_who_was_asked_is_asked_again_after_the_protocol_s_time(centre, kind):
    call = makers.decided(makers.a_call(centre, type="assist_person"))
    makers.a_clinician(centre) if kind == "ccd" else makers.a_unit(centre)
    makers.override(call, kind)
    ring = makers.ringing(call, kind)
    makers.ring_out(ring)
    Offer.objects.filter(pk=ring.pk).update(ended_at=ago(7))
    assert not list(due.waiting_calls(centre.pk))

    ten_times_as_fast(centre)

    assert list(due.waiting_calls(centre.pk)) == [call.pk]
    offer.make(call_id=call.pk, by=CLOCK)
    assert makers.ringing(call, kind).pk != ring.pk


def test_a_loan_has_the_protocol_s_times(centre):
    ten_times_as_fast(centre)
    neighbour = makers.an_agency()
    loan.agree(agency_id=centre.pk, neighbour_id=neighbour.pk, by=CLOCK)
    car = makers.a_unit(neighbour)
    call = makers.decided(makers.a_call(centre, type="trespass"))

    made = loan.ask(call_id=call.pk, lender_id=neighbour.pk, response="crt", by=CLOCK)
    assert 10 < seconds_until(made.ends_at) <= 12
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    assert 1400 < seconds_until(makers.fresh(made).ends_at) <= 1440


def test_the_telephone_dials_by_itself_within_the_protocol_s_time(centre):
    call = makers.a_call(centre)
    said = {"purpose": "collateral", "number": "919-555-0100"}
    legs = [contact.reach_out(call_id=call.pk, by=CLOCK, **said) for _ in range(2)]
    Contact.objects.filter(purpose="collateral").update(since=ago(7))
    assert phone.asked(contact_id=legs[0].pk, by=CLOCK).carrier == "dial"

    ten_times_as_fast(centre)

    assert phone.asked(contact_id=legs[1].pk, by=CLOCK) is None


def test_the_same_number_joins_its_call_within_the_protocol_s_time(centre):
    first = makers.a_call(centre, phone="919-555-0142")
    Call.objects.filter(pk=first.pk).update(opened_at=ago(200))
    assert rings_in(centre, "one").call == first

    ten_times_as_fast(centre)

    assert rings_in(centre, "two").call != first


def rings_in(centre, ref):
    leg = arrival.Arrival(ref=ref, channel="voice", number="919-555-0142")
    return arrival.arrive(agency_id=centre.pk, arrival=leg, by=CLOCK)


def test_a_protocol_that_was_published_without_them_has_the_usual_times(centre):
    _row, protocol = store.published(centre.pk)
    new = ["leave_within", "tell_within", "grace", "ask_again", "loan_answer"]
    new += ["dial_within", "same_caller"]
    clocks = {k: v for k, v in protocol.clocks.items() if k not in new}
    object.__setattr__(protocol, "clocks", clocks)

    for name in new:
        assert wrong.seconds(protocol, name) == timedelta(seconds=CLOCKS[name])
