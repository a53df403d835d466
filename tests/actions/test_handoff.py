"""The partner's page: what travels to it, what it answers, and when it shows nothing any more."""

import pytest
from django.db.models.functions import Now

from dispatch.actions import (
    disposition,
    handoff,
    handover,
    intake,
)
from dispatch.errors import NotFound
from dispatch.events import CLOCK, Actor
from dispatch.models import HandOff
from dispatch.models.transfer import AGREED, MAY_TRAVEL
from tests import makers
from tests.actions import partners
from tests.actions.partners import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


WITHOUT = {"reference", "language"}


EMERGENCY = WITHOUT | {"place", "risk"}


TRAVELS = {
    "yes": set(MAY_TRAVEL),
    "emergency": EMERGENCY,
    "no": WITHOUT,
    "not_known": WITHOUT,
    "not_asked": WITHOUT,
}


@pytest.mark.parametrize("agreed", AGREED)
def test_only_what_may_travel_by_this_agreement_travels(
    call, partner, dispatcher, agreed
):
    one = partners.asked(
        call, partner, dispatcher, agreed=agreed, fields=tuple(MAY_TRAVEL)
    )

    assert set(one.fields) == TRAVELS[agreed]


def test_the_partners_yes_on_its_page_is_the_same_step_as_its_yes_by_voice(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "offered")
    page = HandOff.objects.get(transfer=one)

    handoff.acknowledge(hand_off_id=page.pk, name="Ana, counsellor", by=CLOCK)
    handover.conference(transfer_id=one.pk, by=makers.by(dispatcher))
    handoff.have(hand_off_id=page.pk, name="Ana, counsellor", by=CLOCK)
    handoff.outcome(hand_off_id=page.pk, code="helped", note="calm", by=CLOCK)

    page.refresh_from_db()
    assert makers.fresh(one).state == "released"
    assert (page.answered_by, page.outcome_note) == ("Ana, counsellor", "calm")
    assert "calm" not in str(list(makers.events_of(call).values_list("body")))


@pytest.mark.parametrize(
    ("code", "state"),
    [("helped", "closed"), ("not_reached", "triaging"), ("sent_to_911", "triaging")],
)
def test_a_call_that_was_closed_is_open_again_when_the_partner_did_not_keep_them(
    call, partner, dispatcher, code, state
):
    one = partners.walked(call, partner, dispatcher, "released")
    outcomes = ["other"]
    disposition.close(call_id=call.pk, outcomes=outcomes, by=makers.by(dispatcher))
    page = HandOff.objects.get(transfer=one)

    for _twice in range(2):
        handoff.outcome(hand_off_id=page.pk, code=code, note="", by=CLOCK)

    call = makers.fresh(call)
    assert call.state == state
    assert (call.decision_wanted_at is not None) == (state == "triaging")
    assert call.owner == dispatcher
    assert makers.kinds(call).count("CallReopened") == (state == "triaging")


@pytest.mark.parametrize("resolved", [False, True])
@pytest.mark.parametrize("code", ["not_reached", "sent_to_911"])
def test_whom_the_partner_did_not_keep_the_next_kind_of_help_is_sought_for(
    call, partner, dispatcher, code, resolved
):
    one = partners.walked(call, partner, dispatcher, "released")
    if resolved:
        by = makers.by(dispatcher)
        disposition.resolve(call_id=call.pk, outcomes=["moved_to_988"], by=by)
    assert makers.seat_of(call, "988").state == "filled"
    page = HandOff.objects.get(transfer=one)

    handoff.outcome(hand_off_id=page.pk, code=code, note="", by=CLOCK)
    call = makers.decide(makers.fresh(call))

    seats = [
        (seat.response, seat.state, seat.why) for seat in call.seats.order_by("pk")
    ]
    assert seats == [("988", "unfilled", code), ("ccd", "wanted", "")]
    assert (call.state, call.owner) == ("decided", dispatcher)


def linked(call, partner, dispatcher):
    """The partner has the caller of a call that is linked then; its page, and the other."""
    one = partners.walked(call, partner, dispatcher, "released")
    other = makers.decided(makers.a_call(call.agency, phone="919-555-0888"))
    who = makers.by(dispatcher)
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=who)
    return HandOff.objects.get(transfer=one), other


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("code", ["helped", "not_reached", "sent_to_911"])
def test_what_a_partner_says_of_a_linked_call_is_news_of_the_one_that_goes_on(
    call, partner, dispatcher, code, ended
):
    page, other = linked(call, partner, dispatcher)
    if ended:
        makers.closed(other)

    handoff.outcome(hand_off_id=page.pk, code=code, note="", by=CLOCK)

    other, anew = makers.fresh(other), code != "helped"
    assert makers.kinds(other).count("HandOffAnswered") == 1
    assert (other.state == "triaging") == (other.decision_wanted_at is not None) == anew
    assert makers.kinds(other).count("CallReopened") == (anew and ended)
    assert makers.fresh(call).state == "duplicate"


def test_who_has_the_caller_does_not_only_acknowledge_them_afterwards(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "conferenced")
    page = HandOff.objects.get(transfer=one)

    handoff.have(hand_off_id=page.pk, name="Ana", by=CLOCK)
    handoff.acknowledge(hand_off_id=page.pk, name="Bo", by=CLOCK)

    page.refresh_from_db()
    assert (page.answer, page.answered_by) == ("accepted", "Ana")


def test_a_partner_that_was_asked_before_cannot_answer_for_the_one_asked_now(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "offered")
    page = HandOff.objects.get(transfer=one)
    other = partners.a_partner(call.agency, "orange")

    with pytest.raises(NotFound):
        handoff.acknowledge(
            hand_off_id=page.pk,
            name="Ana",
            by=Actor(kind="partner", id=other.pk, name=other.name),
        )

    assert makers.fresh(one).state == "offered"


def test_a_caller_who_stays_away_ends_the_partner_s_page(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "offered")
    caller(call, "lost")

    caller(call, "gone")

    assert HandOff.objects.get(transfer=one).revoked_at is not None


STEPS = ("requested", "data_sent", "offered", "accepted", "conferenced")


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_link_that_ends_leaves_the_transfer_to_the_voice(
    call, partner, dispatcher, step
):
    one = partners.walked(call, partner, dispatcher, step)
    HandOff.objects.update(expires_at=Now())

    with pytest.raises(NotFound):
        handoff.acknowledge(
            hand_off_id=one.hand_off.pk, name="Ana", by=makers.by(dispatcher)
        )

    assert makers.fresh(one).state == step
