"""Help that is not wanted any more: no line is left, and nobody who talks is hung up."""

import pytest

from dispatch.actions import (
    disposition,
    handover,
    intake,
    seat,
)
from dispatch.errors import Invalid
from dispatch.models import HandOff
from tests import makers
from tests.actions import partners
from tests.actions.partners import live_legs

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


STEPS = ("requested", "data_sent", "offered", "accepted", "conferenced")


def help_withdrawn(call, who):
    help_ = makers.seat_of(call, "988")
    seat.withdraw(seat_id=help_.pk, why="not_needed", by=who)


def danger_said(call, _who):
    makers.late(call, attempt="yes")
    makers.decide(call)


def call_ended(call, who):
    disposition.resolve(call_id=call.pk, outcomes=["no_help_needed"], by=who)


ENDS = {
    "withdrawn": help_withdrawn,
    "forbidden by danger": danger_said,
    "call resolved": call_ended,
}


LET_GO = [(how, step) for how in ENDS for step in STEPS[:-2]]


@pytest.mark.parametrize(
    ("how", "step"), [*LET_GO, ("forbidden by danger", "accepted")]
)
def test_help_that_is_not_wanted_any_more_leaves_no_line_and_no_live_link(
    call, partner, dispatcher, step, how
):
    one = partners.walked(call, partner, dispatcher, step)
    who = makers.by(dispatcher)

    ENDS[how](makers.fresh(call), who)

    assert makers.fresh(one).state == "fallback"
    assert makers.fresh(call).owner == dispatcher
    assert live_legs(call) == {"caller"}
    assert not HandOff.objects.filter(transfer=one, revoked_at=None)
    assert makers.events_of(call).filter(kind="TransferMoved", body__after="fallback")


def call_closed(call, who):
    disposition.close(call_id=call.pk, outcomes=["other"], by=who)


def call_cancelled(call, who):
    intake.cancel(call_id=call.pk, reason="caller_cancelled", by=who)


def call_linked(call, who):
    other = makers.a_call(call.agency)
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=who)


PRESSES = {
    "withdrawn": help_withdrawn,
    "resolved": call_ended,
    "closed": call_closed,
    "cancelled": call_cancelled,
    "linked": call_linked,
}


@pytest.mark.parametrize("press", PRESSES)
def test_a_partner_who_talks_with_the_caller_is_not_hung_up_by_a_press(
    call, partner, dispatcher, press
):
    one = partners.walked(call, partner, dispatcher, "conferenced")
    who = makers.by(dispatcher)

    with pytest.raises(Invalid, match="is talking with the caller"):
        PRESSES[press](makers.fresh(call), who)

    assert makers.fresh(one).state == "conferenced"
    assert live_legs(call) == {"caller", "partner"}
    assert makers.fresh(call).owner == dispatcher


@pytest.mark.parametrize("press", PRESSES)
def test_a_partner_who_has_just_said_yes_is_not_hung_up_by_a_press_either(
    call, partner, dispatcher, press
):
    one = partners.walked(call, partner, dispatcher, "accepted")
    who = makers.by(dispatcher)

    with pytest.raises(Invalid, match="has said yes and is on the line"):
        PRESSES[press](makers.fresh(call), who)

    assert makers.fresh(one).state == "accepted"
    assert live_legs(call) == {"caller", "partner"}
    handover.keep(transfer_id=one.pk, by=who)
    PRESSES[press](makers.fresh(call), who)


@pytest.mark.parametrize("way_out", [handover.keep, handover.confirm])
def test_the_ways_out_are_to_keep_the_caller_or_to_say_that_the_partner_has_them(
    call, partner, dispatcher, way_out
):
    one = partners.walked(call, partner, dispatcher, "conferenced")
    who = makers.by(dispatcher)

    way_out(transfer_id=one.pk, by=who)
    help_withdrawn(call, who)

    assert makers.seat_of(call, "988").state == "withdrawn"


@pytest.mark.parametrize("then", ["confirm", "keep"])
def test_danger_that_forbids_988_does_not_hang_up_the_partner_who_talks(
    call, partner, dispatcher, then
):
    one = partners.walked(call, partner, dispatcher, "conferenced")

    danger_said(makers.fresh(call), makers.by(dispatcher))

    assert makers.fresh(one).state == "conferenced"
    assert makers.fresh(call).owner == dispatcher
    assert live_legs(call) == {"caller", "partner"}
    assert HandOff.objects.filter(transfer=one, revoked_at=None)
    with pytest.raises(Invalid):
        disposition.close(
            call_id=call.pk, outcomes=["moved_to_988"], by=makers.by(dispatcher)
        )
    # Who has the caller now is still for a person to say.
    step = getattr(handover, then)
    said = step(transfer_id=one.pk, by=makers.by(dispatcher))
    assert said.state == {"confirm": "released", "keep": "withdrawn"}[then]


def test_a_neighbouring_centre_that_talks_is_not_hung_up_either(centre, dispatcher):
    neighbour = partners.a_partner(centre, "next-county", "centre")
    call = makers.decided(makers.a_call(centre, dispatcher))
    partners.walked(call, neighbour, dispatcher, "conferenced")

    with pytest.raises(Invalid, match="Next-County is talking"):
        call_closed(call, makers.by(dispatcher))

    assert live_legs(call) == {"caller", "partner"}
