"""The three ways in which 911 and 988 work together, each as one story."""

import pytest

from dispatch.actions import disposition, handoff, handover, transfer
from dispatch.models import HandOff, Transfer
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


def test_embedded_a_clinician_of_the_centre_takes_the_caller(centre, dispatcher):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))

    assignment = makers.accepted(call)
    kept = makers.fresh(call).owner
    transfer.confirm(assignment_id=assignment.pk, by=makers.by(clinician))
    makers.ended(assignment)

    one = Transfer.objects.get(call=call)
    assert (kept, makers.fresh(call).owner) == (dispatcher, clinician)
    assert (one.kind, one.partner, one.state) == ("911_ccd", None, "released")


def test_transfer_without_a_clinician_988_takes_the_caller_on_its_page(
    centre, dispatcher
):
    partner = partners.a_partner(centre)
    call = partners.a_counselling_call(centre, dispatcher)
    assert makers.seat_of(call, "988").state == "wanted"

    one = partners.walked(call, partner, dispatcher, "offered")
    page, there = HandOff.objects.get(transfer=one), makers.CLOCK
    handoff.acknowledge(hand_off_id=page.pk, name="Ana", by=there)
    handover.conference(transfer_id=one.pk, by=makers.by(dispatcher))
    kept = makers.fresh(call).owner
    handoff.have(hand_off_id=page.pk, name="Ana", by=there)
    closed = disposition.close(
        call_id=call.pk, outcomes=["moved_to_988"], by=makers.by(dispatcher)
    )

    assert kept == dispatcher
    assert makers.fresh(one).state == "released"
    assert (closed.state, closed.service) == ("closed", "served")


def test_co_located_a_counsellor_of_988_at_our_desk_takes_the_caller(
    centre, dispatcher
):
    partner = partners.a_partner(centre, co_located=True)
    counsellor = makers.a_clinician(centre)
    counsellor.employer = partner
    counsellor.save()
    call = makers.a_call(centre, dispatcher)
    call = makers.decided(call, agrees_988="no")

    assignment = makers.accepted(call)
    transfer.confirm(assignment_id=assignment.pk, by=makers.by(counsellor))

    one = Transfer.objects.get(call=call)
    assert (one.kind, one.partner, one.receiver) == ("911_988", partner, counsellor)
    assert (one.agreed, one.fields) == ("no", ["language", "reference"])
    assert makers.fresh(call).owner == counsellor
