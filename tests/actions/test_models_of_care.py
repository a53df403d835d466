"""The three ways in which 911 and 988 work together, each as one story."""

import pytest

from dispatch import access
from dispatch.actions import disposition, handoff, handover, offer, transfer
from dispatch.errors import NotFound
from dispatch.models import HandOff, Transfer
from dispatch.models.transfer import MAY_TRAVEL
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def counsellor(centre):
    """Employed by the 988 centre, at a desk of ours, and there."""
    row = makers.a_clinician(centre)
    row.employer = partners.a_partner(centre, co_located=True)
    row.save()
    return row


def test_co_located_a_counsellor_of_988_at_our_desk_takes_the_caller(
    centre, dispatcher, counsellor
):
    call = makers.a_call(centre, dispatcher)
    call = makers.decided(call, agrees_988="no")

    assignment = makers.accepted(call)
    transfer.confirm(assignment_id=assignment.pk, by=makers.by(counsellor))

    one = Transfer.objects.get(call=call)
    assert (one.kind, one.partner) == ("911_988", counsellor.employer)
    assert one.receiver == counsellor
    assert (one.agreed, one.fields) == ("no", ["language", "reference"])
    assert makers.fresh(call).owner == counsellor


def test_co_located_with_agreement_the_partners_record_says_what_was_shared(
    centre, dispatcher, counsellor
):
    call = makers.decided(makers.a_call(centre, dispatcher), agrees_988="yes")

    makers.accepted(call)

    one = Transfer.objects.get(call=call)
    assert (one.shared, one.agreed) == ("partner", "yes")
    assert one.fields == sorted(MAY_TRAVEL)


def test_co_located_a_call_is_theirs_to_read_from_its_ring_and_after_they_held_it(
    centre, dispatcher, counsellor
):
    call = makers.a_call(centre, dispatcher)
    assert not reads(counsellor, call)

    call = makers.decided(call)
    assert reads(counsellor, call)
    assignment = makers.with_clinician(call)
    assert reads(counsellor, call)
    makers.ended(assignment)
    disposition.close(
        call_id=call.pk, outcomes=["resolved_by_phone"], by=makers.by(dispatcher)
    )
    assert reads(counsellor, call)


def test_co_located_a_call_that_they_did_not_take_is_not_theirs_to_read(
    centre, dispatcher, counsellor
):
    call = makers.decided(makers.a_call(centre, dispatcher))
    ring = makers.ringing(call)

    offer.decline(offer_id=ring.pk, reason="needs_break", by=makers.by(counsellor))

    assert not reads(counsellor, call)


def test_embedded_our_own_clinician_reads_every_call_of_the_centre(centre, dispatcher):
    assert reads(makers.a_clinician(centre), makers.a_call(centre, dispatcher))


def reads(user, call):
    try:
        return access.read_call(user, call.pk) == (call, "clinical")
    except NotFound:
        return False
