"""'Responders made contact' is said only while somebody is with the person, and then offered."""

import pytest

from dispatch.actions import (
    callers,
    decision,
    disposition,
    incoming,
    intake,
    outside,
    unit,
)
from dispatch.actions.incoming import Brought
from dispatch.errors import Invalid
from dispatch.events import CLOCK, Actor
from dispatch.models import Transfer
from dispatch.selectors import scene
from dispatch.selectors import transfer as transfers
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre, partner, dispatcher):
    """Brought by 988, decided, and had by a dispatcher; a team is free."""
    makers.a_unit(centre, "cor")
    by = Actor(kind="partner", id=partner.pk, name=partner.name)
    known = Brought(reference="L-1", address="12 Elm St", answers={"imminent": "yes"})
    made = incoming.bring(partner=partner, brought=known, by=by)
    intake.take(call_id=made.call_id, by=makers.by(dispatcher))
    return makers.decide(made.call)


def offered(call):
    (shown,) = transfers.panel(makers.fresh(call))
    return scene.tell_contact(call), shown.tell_contact


def press(call):
    incoming.contact_made(call_id=call.pk, by=CLOCK)
    return brought(call).contact_made_at


def brought(call):
    return Transfer.objects.get(call=call, kind="988_911")


def refused(call):
    with pytest.raises(Invalid):
        press(call)
    assert offered(call) == (False, False)
    assert brought(call).contact_made_at is None


def police(call):
    decision.request_team(
        call_id=call.pk, response="police", reason="more_help", by=CLOCK
    )
    return makers.seat_of(call, "police")


def test_nobody_is_there_while_the_team_still_drives(call):
    refused(call)
    work = makers.accepted(call, "cor")
    unit.report(unit_id=work.unit_id, to="en_route", by=CLOCK)

    refused(call)


def a_team_is_there(call):
    makers.on_scene(call, "cor")


def officers_are_there(call):
    outside.arrived(seat_id=police(call).pk, by=CLOCK)


def a_clinician_has_them(call):
    makers.a_clinician(call.agency)
    makers.override(call, "ccd", "other")
    makers.with_clinician(call)


def somebody_recorded_it(call):
    team = makers.on_scene(call, "cor")
    unit.clear(
        unit_id=team.unit_id,
        outcome="resolved_on_scene",
        person_reached=True,
        by=CLOCK,
    )


@pytest.mark.parametrize(
    "there",
    [a_team_is_there, officers_are_there, a_clinician_has_them, somebody_recorded_it],
)
def test_whoever_is_with_them_may_say_so_once(call, there):
    there(call)
    before = offered(call)

    first = press(call)

    assert before == (True, True)
    assert first is not None
    assert press(call) == first
    assert offered(call) == (False, False)


def test_officers_who_were_released_are_with_nobody(call):
    makers.accepted(call, "cor")
    place = police(call)
    outside.arrived(seat_id=place.pk, by=CLOCK)
    outside.released(seat_id=place.pk, why="scene_safe", by=CLOCK)

    refused(call)


def test_what_was_recorded_before_it_was_opened_again_is_not_said_of_now(call):
    somebody_recorded_it(call)
    makers.closed(call)
    disposition.reopen(call_id=call.pk, reason="called_again", by=CLOCK)

    refused(call)


def opened_again(call):
    makers.closed(call)
    disposition.reopen(call_id=call.pk, reason="called_again", by=CLOCK)


def linked_and_unlinked(call):
    other = makers.a_call(call.agency, phone="919-555-0888")
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)
    callers.unlink(call_id=call.pk, reason="another_event", by=CLOCK)


def reached(call):
    call = makers.fresh(call)
    reached = {"call_id": call.pk, "outcomes": ["resolved_on_scene"], "by": CLOCK}
    disposition.close(**reached, person_reached=True)


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("again", [opened_again, linked_and_unlinked])
def test_whoever_is_reached_after_it_was_opened_again_is_told_anew(call, again, told):
    somebody_recorded_it(call)
    if told:
        press(call)
    again(call)
    before = transfers.reached()
    makers.decide(call)

    reached(call)

    assert (before, transfers.reached()) == ([], [call.pk])
    assert press(call) is not None
    assert transfers.reached() == []
