"""Accepted and then forgotten: reminded while there, given back when gone."""

import pytest

from dispatch.actions import transfer
from dispatch.models import Assignment, Transfer
from tests import makers
from tests.actions.alarms import ago, swept

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D12 Lee")


def joining(centre, dispatcher, seconds=61):
    """A clinician accepted so long ago and never said that they have the caller."""
    call = makers.decided(makers.a_call(centre, dispatcher))
    assignment = makers.accepted(call)
    Assignment.objects.filter(pk=assignment.pk).update(accepted_at=ago(seconds))
    return call, assignment


def test_an_accepted_then_forgotten_call_is_raised_again(centre, dispatcher):
    makers.here(dispatcher)
    gone = makers.a_clinician(centre)
    call, assignment = joining(centre, dispatcher)
    (row,) = swept(centre)
    assert (row.about, row.assignment) == ("forgotten", assignment)
    assert (row.to, row.owner) == ("owner", dispatcher)
    assert makers.fresh(assignment).ended_at is None  # still there: reminded, not lost

    makers.silent(gone)
    colleague = makers.a_clinician(centre)
    swept(centre)

    assert makers.fresh(assignment).ended_at is not None
    assert makers.ringing(call).person == colleague
    again = makers.seat_of(call, "ccd")
    assert (again.state, again.position) == ("wanted", 1)
    assert again.give_up_at is not None
    assert makers.fresh(call).owner == dispatcher
    assert swept(centre)[0].state == "ended"


def test_what_is_given_back_was_served_by_nobody(centre, dispatcher):
    gone = makers.a_clinician(centre)
    call, assignment = joining(centre, dispatcher)
    assert makers.fresh(call).service == "served"
    makers.silent(gone)

    swept(centre)
    swept(centre)

    assert makers.fresh(call).service == ""
    assert makers.presence(gone) in {"wrap_up", "offline"}
    old = Transfer.objects.filter(seat=assignment.seat).get()
    assert old.state == "fallback"


def test_a_second_clinician_accepts_what_the_first_forgot(centre, dispatcher):
    gone = makers.a_clinician(centre)
    call, _assignment = joining(centre, dispatcher)
    makers.silent(gone)
    second = makers.a_clinician(centre)
    swept(centre)
    swept(centre)

    assignment = makers.accepted(call)
    transfer.confirm(assignment_id=assignment.pk, by=makers.by(second))

    assert makers.fresh(call).owner == second
    assert makers.fresh(call).service == "served"


def test_who_confirmed_and_went_silent_is_an_alarm_and_keeps_the_call(
    centre, dispatcher
):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    assignment = makers.with_clinician(call)
    Assignment.objects.update(confirmed_at=ago(300))
    assert swept(centre) == []

    makers.silent(clinician)
    swept(centre)
    (row,) = swept(centre)

    assert (row.about, row.to) == ("forgotten", "floor")
    assert makers.fresh(assignment).ended_at is None
