"""Handing a caller to a partner: each step, and each way in which it can go wrong."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import (
    decision,
    disposition,
    handover,
)
from dispatch.actions.base import database_now
from dispatch.errors import LostRace
from dispatch.events import CLOCK
from dispatch.models import Contact, HandOff, Transfer
from tests import makers
from tests.actions import partners
from tests.actions.partners import caller, declined, live_legs, ring_out, wrong_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


def test_the_sender_owns_the_caller_at_every_step_and_is_free_at_the_end(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "conferenced")
    before = makers.fresh(call).owner, line_states(call)

    handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))

    assert before == (dispatcher, {"caller": "connected", "partner": "connected"})
    assert makers.fresh(one).state == "released"
    assert line_states(call) == {"caller": "completed", "partner": "completed"}
    assert makers.seat_of(call, "988").state == "filled"
    assert makers.fresh(call).service == "served"


def test_no_clinician_is_looked_for_once_the_partner_has_the_caller(
    centre, call, partner, dispatcher
):
    makers.override(call, "ccd")
    decision.request_team(
        call_id=call.pk, response="crt", reason="more_help", by=makers.by(dispatcher)
    )
    one = partners.walked(makers.fresh(call), partner, dispatcher, "conferenced")
    assert makers.seat_of(call, "ccd").state == "wanted"

    handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))

    gone = makers.seat_of(call, "ccd")
    assert (gone.state, gone.why) == ("withdrawn", "with_partner")
    assert makers.seat_of(call, "crt").state == "wanted"


def test_a_clinician_is_looked_for_while_another_caller_is_on_the_line(
    call, partner, dispatcher
):
    makers.override(call, "ccd")
    one = partners.walked(makers.fresh(call), partner, dispatcher, "conferenced")
    Contact.objects.create(
        call=call, purpose="caller", channel="voice", state="connected"
    )

    handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))

    assert makers.seat_of(call, "ccd").state == "wanted"


def test_who_hands_over_a_call_that_nobody_has_owns_it_meanwhile(
    centre, partner, dispatcher
):
    call = partners.a_counselling_call(centre, None)
    assert call.owner is None

    partners.asked(call, partner, dispatcher)

    call = makers.fresh(call)
    assert (call.owner, call.owner_since is None) == (dispatcher, False)
    assert makers.kinds(call).count("OwnerChanged") == 1


def line_states(call):
    return dict(Contact.objects.filter(call=call).values_list("purpose", "state"))


STEPS = ("requested", "data_sent", "offered", "accepted", "conferenced")


WRONG = {
    "decline": ("refused", "fallback", "fallback", "fallback", "fallback"),
    "time-out": ("requested", "data_sent", "fallback", "accepted", "conferenced"),
    "caller hang-up": ("callback",) * 5,
    "partner line lost": ("requested", "data_sent", *["fallback"] * 3),
    "sender withdraws": ("withdrawn",) * 5,
}


CASES = [
    (step, what, ends[place])
    for what, ends in WRONG.items()
    for place, step in enumerate(STEPS)
]


@pytest.mark.parametrize(
    ("step", "what", "end"),
    CASES,
    ids=[f"{what} when {step}" for step, what, _ in CASES],
)
def test_each_step_has_a_defined_end_and_the_call_always_an_owner(
    call, partner, dispatcher, step, what, end
):
    one = partners.walked(call, partner, dispatcher, step)
    who = makers.by(dispatcher)
    if end == "refused":
        with pytest.raises(LostRace):
            declined(one, who)
        return

    {
        "decline": lambda: declined(one, who),
        "time-out": lambda: ring_out(one),
        "caller hang-up": lambda: caller(call, "lost"),
        "partner line lost": lambda: handover.lost(transfer_id=one.pk, by=who),
        "sender withdraws": lambda: handover.keep(transfer_id=one.pk, by=who),
    }[what]()

    assert makers.fresh(one).state == end
    assert makers.fresh(call).owner == dispatcher
    over = end in {"fallback", "withdrawn"}
    assert not over or "partner" not in live_legs(call)
    assert (makers.fresh(call).decision_wanted_at is not None) == (end == "fallback")


BACK = {
    "requested": "offered",
    "data_sent": "offered",
    "offered": "offered",
    "accepted": "accepted",
    "conferenced": "accepted",
}


@pytest.mark.parametrize(("step", "then"), BACK.items())
def test_a_caller_who_is_called_back_goes_on_where_the_partner_was(
    call, partner, dispatcher, step, then
):
    one = partners.walked(call, partner, dispatcher, step)
    caller(call, "lost")

    caller(call, "back")

    assert makers.fresh(one).state == then
    assert makers.fresh(one).due_at is not None


def test_who_has_a_page_to_answer_has_the_time_to_write_who_they_are(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "offered")

    given = one.due_at - database_now()
    HandOff.objects.update(revoked_at=Now())
    handover.answered(transfer_id=one.pk, by=makers.by(dispatcher))

    assert given > timedelta(seconds=50)
    assert makers.fresh(one).due_at - database_now() < timedelta(seconds=50)


@pytest.mark.parametrize("step", STEPS)
def test_a_caller_who_stays_away_is_decided_about_again(
    call, partner, dispatcher, step
):
    one = partners.walked(call, partner, dispatcher, step)
    caller(call, "lost")

    caller(call, "gone")

    assert makers.fresh(one).state == "fallback"
    assert makers.seat_of(call, "988").state == "unfilled"
    assert makers.fresh(call).decision_wanted_at is not None
    assert makers.fresh(call).owner == dispatcher
    assert "partner" not in live_legs(call)


def the_partner_declines(one, who):
    handover.declined(transfer_id=one.pk, reason="not_our_area", by=who)
    return "not_our_area"


def the_line_breaks_off(one, who):
    handover.lost(transfer_id=one.pk, by=who)
    return "line_lost"


def nobody_answers(one, _who):
    ring_out(one)
    return "timed_out"


@pytest.mark.parametrize(
    "ends", [the_partner_declines, the_line_breaks_off, nobody_answers]
)
def test_the_help_that_could_not_be_had_says_why_it_truly_could_not(
    call, partner, dispatcher, ends
):
    one = partners.walked(call, partner, dispatcher, "offered")

    why = ends(one, makers.by(dispatcher))

    unfilled = makers.events_of(call).get(kind="SeatUnfilled")
    assert makers.seat_of(call, "988").why == unfilled.body["why"] == why


def test_too_late_to_keep_a_caller_whom_the_partner_has(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "released")

    with pytest.raises(LostRace):
        handover.keep(transfer_id=one.pk, by=makers.by(dispatcher))


def test_nobody_confirms_before_all_are_on_the_line(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "accepted")

    with pytest.raises(LostRace):
        handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))


def test_a_closed_call_leaves_no_transfer_open(centre, dispatcher):
    partner = partners.a_partner(centre, "next-county", "centre")
    call = makers.decided(makers.a_call(centre, dispatcher))
    one = partners.walked(call, partner, dispatcher, "offered")
    disposition.close(call_id=call.pk, outcomes=["other"], by=makers.by(dispatcher))

    handover.expire(transfer_id=one.pk, by=CLOCK)

    assert makers.fresh(one).state == "withdrawn"


@pytest.mark.parametrize("step", ["accepted", "conferenced"])
def test_a_partner_who_is_silent_on_the_line_raises_an_alarm(
    call, partner, dispatcher, step
):
    partners.walked(call, partner, dispatcher, step)
    Transfer.objects.update(due_at=Now() - timedelta(minutes=1))

    assert "transfer" in wrong_now(call)
