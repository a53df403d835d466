"""Transfers: the sender owns the caller until the receiver says that they have them."""

import pytest

from dispatch.actions import callback, contact, seat, transfer
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import CLOCK
from dispatch.models import Transfer
from tests import makers

pytestmark = pytest.mark.django_db


def the_transfer(call):
    return Transfer.objects.get(call=call)


def test_at_each_step_before_the_confirmation_the_sender_owns_the_call(
    centre, dispatcher
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    steps = [(the_transfer(call).state, makers.fresh(call).owner)]
    assignment = makers.accepted(call)
    steps.append((the_transfer(call).state, makers.fresh(call).owner))

    transfer.confirm(assignment_id=assignment.pk, by=makers.by(assignment.person))

    assert steps == [("offered", dispatcher), ("accepted", dispatcher)]
    assert the_transfer(call).state == "released"
    assert makers.fresh(call).owner == assignment.person


def test_confirming_twice_is_confirming_once(centre, dispatcher):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    assignment = makers.with_clinician(call)

    transfer.confirm(assignment_id=assignment.pk, by=makers.by(assignment.person))

    assert makers.kinds(call).count("TransferConfirmed") == 1
    assert makers.kinds(call).count("OwnerChanged") == 1


def test_nobody_has_a_caller_who_is_lost(centre, dispatcher):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    taken = makers.accepted(call)
    leg = call.contacts.get()
    contact.lost(contact_id=leg.pk, by=makers.by(dispatcher))

    with pytest.raises(Invalid):
        transfer.confirm(assignment_id=taken.pk, by=makers.by(taken.person))
    assert makers.fresh(call).owner == dispatcher

    callback.tried(contact_id=leg.pk, result="reached", by=makers.by(dispatcher))
    transfer.confirm(assignment_id=taken.pk, by=makers.by(taken.person))
    assert makers.fresh(call).owner == taken.person


def test_one_transfer_goes_on_to_the_next_clinician(centre):
    makers.a_clinician(centre)
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    makers.ring_out(makers.ringing(call))

    assert the_transfer(call).state == "offered"
    assert makers.with_clinician(call)
    assert the_transfer(call).state == "released"


def test_when_nobody_takes_the_caller_the_transfer_falls_back_and_the_sender_keeps_them(
    centre, dispatcher
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))

    makers.ring_out(makers.ringing(call))

    assert the_transfer(call).state == "fallback"
    assert makers.fresh(call).owner == dispatcher


@pytest.mark.parametrize("how_far", ["offered", "accepted", "released"])
def test_a_withdrawn_seat_ends_its_transfer_however_far_it_was(
    centre, dispatcher, how_far
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    if how_far == "accepted":
        makers.accepted(call)
    if how_far == "released":
        makers.with_clinician(call)
    assert the_transfer(call).state == how_far

    seat.withdraw(seat_id=makers.seat_of(call, "ccd").pk, why="gone", by=CLOCK)

    assert the_transfer(call).state == (
        "released" if how_far == "released" else "fallback"
    )


def test_who_was_let_go_before_confirming_is_told_so(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    assignment = makers.accepted(call)
    seat.withdraw(seat_id=assignment.seat_id, why="gone", by=CLOCK)

    with pytest.raises(LostRace):
        transfer.confirm(assignment_id=assignment.pk, by=makers.by(assignment.person))


def test_a_session_does_not_end_before_it_began(centre):
    makers.a_clinician(centre)
    assignment = makers.accepted(makers.decided(makers.a_call(centre)))

    with pytest.raises(Invalid):
        makers.ended(assignment)


def test_an_assignment_that_is_not_there_is_not_found(centre):
    with pytest.raises(NotFound):
        transfer.confirm(assignment_id=centre.pk, by=CLOCK)
