"""What 988 hears of a call that it brought: what is true of this person now, and no more."""

import pytest

from dispatch.actions import (
    callers,
    decision,
    disposition,
    incoming,
    intake,
    outside,
    seat,
    unit,
)
from dispatch.actions.incoming import Brought
from dispatch.events import CLOCK, Actor
from dispatch.models import Call, Transfer
from dispatch.selectors import partner as partners_shown
from tests import makers
from tests.actions import partners
from tests.actions.alarms import ago

pytestmark = pytest.mark.django_db
IMMINENT = {"imminent": "yes"}


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def lifeline(centre):
    return partners.a_partner(centre)


@pytest.fixture
def call(centre, lifeline):
    """Brought, decided, and a team rolls."""
    makers.a_unit(centre, "cor")
    by = Actor(kind="partner", id=lifeline.pk, name=lifeline.name)
    said = Brought(reference="L-1", address="12 Elm St", answers=IMMINENT)
    made = incoming.bring(partner=lifeline, brought=said, by=by)
    return makers.decide(made.call)


@pytest.fixture
def rolling(call, dispatcher):
    intake.take(call_id=call.pk, by=makers.by(dispatcher))
    work = makers.accepted(call, "cor")
    unit.report(unit_id=work.unit_id, to="en_route", by=CLOCK)
    return call


def heard(call, lifeline):
    return partners_shown.brought(lifeline, call.number)


def with_person(call):
    unit_id = makers.seat_of(call, "cor").assignments.get().unit_id
    unit.report(unit_id=unit_id, to="on_scene", by=CLOCK)
    incoming.contact_made(call_id=call.pk, by=CLOCK)
    unit.clear(
        unit_id=unit_id,
        outcome="resolved_on_scene",
        followup_consent="not_asked",
        by=CLOCK,
    )


def linked(call, other):
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)


def test_a_team_that_was_taken_off_is_not_on_the_way_any_more(rolling, lifeline):
    before = heard(rolling, lifeline).status
    seat.withdraw(
        seat_id=makers.seat_of(rolling, "cor").pk, why="person_asks", by=CLOCK
    )
    after = heard(rolling, lifeline)

    assert (before, after.status) == ("on_the_way", "has_dispatcher")
    assert not after.stays
    assert after.on_the_way_at is None


def test_a_reopened_call_begins_anew_and_its_old_contact_is_not_said_of_it(
    rolling, lifeline
):
    with_person(rolling)
    makers.closed(rolling)
    ended = heard(rolling, lifeline).status
    disposition.reopen(call_id=rolling.pk, reason="called_again", by=CLOCK)
    again = heard(rolling, lifeline)

    assert (ended, again.status) == ("ended", "has_dispatcher")
    assert (again.ended_at, again.contact_made_at) == (None, None)
    assert again.on_the_way_at is None


def test_contact_after_a_reopening_is_said(rolling, lifeline):
    with_person(rolling)
    makers.closed(rolling)
    disposition.reopen(call_id=rolling.pk, reason="called_again", by=CLOCK)
    decision.request_team(
        call_id=rolling.pk, response="police", reason="more_help", by=CLOCK
    )
    place = makers.seat_of(rolling, "police")
    outside.arrived(seat_id=place.pk, by=CLOCK)
    incoming.contact_made(call_id=rolling.pk, by=CLOCK)

    assert heard(rolling, lifeline).status == "contact_made"


def test_a_call_that_was_opened_again_says_when_and_times_begin_anew(rolling, lifeline):
    first = heard(rolling, lifeline).opened_again_at
    with_person(rolling)
    makers.closed(rolling)
    disposition.reopen(call_id=rolling.pk, reason="called_again", by=CLOCK)

    opened = makers.events_of(rolling).get(kind="CallReopened").at
    assert (first, heard(rolling, lifeline).opened_again_at) == (None, opened)


def test_who_rolls_after_contact_is_not_said_to_be_on_the_way_to_it(rolling, lifeline):
    Transfer.objects.filter(call=rolling).update(contact_made_at=ago(600))
    Transfer.objects.filter(call=rolling).update(requested_at=ago(900))
    seen = heard(rolling, lifeline)

    assert (seen.status, seen.on_the_way_at) == ("contact_made", None)


def test_a_call_that_is_one_event_with_another_goes_on_and_has_not_ended(
    centre, call, lifeline, dispatcher
):
    other = makers.a_call(centre, dispatcher)
    linked(call, other)
    seen = heard(call, lifeline)

    assert (seen.status, seen.ended_at) == ("has_dispatcher", None)


def test_the_team_of_the_call_that_goes_on_is_on_the_way(
    centre, call, lifeline, dispatcher
):
    makers.a_unit(centre)
    other = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    work = makers.accepted(other, "crt")
    linked(call, other)
    unit.report(unit_id=work.unit_id, to="en_route", by=CLOCK)

    assert heard(call, lifeline).status == "on_the_way"


def test_contact_with_somebody_of_the_other_call_is_not_said_of_this_person(
    centre, call, lifeline, dispatcher
):
    other = makers.a_call(centre, dispatcher)
    linked(call, other)
    incoming.contact_made(call_id=other.pk, by=CLOCK)

    assert heard(call, lifeline).status == "has_dispatcher"


def test_another_call_that_is_linked_to_it_changes_nothing(
    centre, rolling, lifeline, dispatcher
):
    before = heard(rolling, lifeline)
    linked(makers.a_call(centre, dispatcher), rolling)

    assert heard(rolling, lifeline) == before


def test_a_call_that_was_parted_again_is_here_and_open(
    centre, call, lifeline, dispatcher
):
    linked(call, makers.a_call(centre, dispatcher))
    callers.unlink(call_id=call.pk, reason="another_event", by=CLOCK)
    seen = heard(call, lifeline)

    assert (seen.status, seen.ended_at) == ("received", None)


def test_the_call_that_goes_on_ends_for_both(centre, call, lifeline, dispatcher):
    other = makers.a_call(centre, dispatcher)
    linked(call, other)
    makers.triaged(other)
    intake.cancel(call_id=other.pk, reason="outside_heart", by=CLOCK)

    assert heard(call, lifeline).status == "ended"


def test_a_cancelled_call_has_ended(call, lifeline):
    intake.cancel(call_id=call.pk, reason="caller_cancelled", by=CLOCK)

    assert heard(call, lifeline).status == "ended"


def test_a_call_whose_dispatcher_left_is_received_and_not_had(
    rolling, lifeline, centre
):
    seat.withdraw(
        seat_id=makers.seat_of(rolling, "cor").pk, why="person_asks", by=CLOCK
    )
    Call.objects.filter(pk=rolling.pk).update(owner=None)

    assert heard(rolling, lifeline).status == "received"
