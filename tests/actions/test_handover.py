"""Handing a caller to a partner: each step, and each way in which it can go wrong."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db.models.functions import Now

from dispatch import wrong
from dispatch.actions import (
    contact,
    disposition,
    handoff,
    handover,
    incoming,
    intake,
    line,
    seat,
    transfer,
)
from dispatch.actions.base import action, lock_call
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import CLOCK
from dispatch.models import Contact, HandOff, Transfer
from dispatch.models.transfer import AGREED, MAY_TRAVEL
from dispatch.selectors import transfer as transfers
from routing import store
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def partner(centre):
    return partners.a_partner(centre)


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


@action
def caller_is(*, call_id, what, by):
    """The line of the caller as the other actions of the line report it."""
    call = lock_call(call_id)
    leg = line.caller_leg(call)
    {
        "lost": transfer.caller_lost,
        "back": transfer.caller_back,
        "gone": transfer.caller_gone,
    }[what](call, leg, by)
    return call


def caller(call, what):
    caller_is(call_id=call.pk, what=what, by=CLOCK)


def ring_out(one):
    Transfer.objects.filter(pk=one.pk).update(due_at=Now() - timedelta(seconds=1))
    handover.expire(transfer_id=one.pk, by=CLOCK)


def declined(one, who):
    handover.declined(transfer_id=one.pk, reason="no_capacity", by=who)


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


def line_states(call):
    return dict(Contact.objects.filter(call=call).values_list("purpose", "state"))


STEPS = ("requested", "data_sent", "offered", "accepted", "conferenced")
# step → what the transfer is in when this happens there and no other line is left
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


def live_legs(call):
    rows = Contact.objects.filter(call=call).exclude(state="completed")
    return set(rows.values_list("purpose", flat=True))


BACK = {
    "requested": "offered",
    "data_sent": "offered",
    "offered": "offered",
    "accepted": "conferenced",
    "conferenced": "conferenced",
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


def test_a_decline_leads_to_the_next_partner_and_ends_the_first_ones_page(
    centre, call, partner, dispatcher
):
    second = partners.a_partner(centre, "second", rank=2, phone="919-555-0189")
    one = partners.walked(call, partner, dispatcher, "offered")

    declined(one, makers.by(dispatcher))

    one = makers.fresh(one)
    assert (one.state, one.partner, one.tried) == (
        "declined",
        second,
        ["lifeline:usual"],
    )
    assert HandOff.objects.get(transfer=one).revoked_at is not None
    handover.dial(transfer_id=one.pk, by=makers.by(dispatcher))
    assert makers.fresh(one).state == "offered"


def test_a_special_line_that_nobody_answers_leads_to_the_usual_one(
    centre, call, dispatcher
):
    partner = partners.a_partner(centre, routes={"spanish": "919-555-0177"})
    one = partners.walked(call, partner, dispatcher, "offered", route="spanish")

    ring_out(one)

    one = makers.fresh(one)
    assert (one.state, one.partner, one.route) == ("timed_out", partner, "usual")


def test_after_the_last_line_a_clinician_is_looked_for(
    centre, call, partner, dispatcher
):
    makers.a_clinician(centre)
    one = partners.walked(call, partner, dispatcher, "offered")

    ring_out(one)
    makers.decide(call)

    assert makers.ringing(makers.fresh(call), "ccd")


def test_too_late_to_keep_a_caller_whom_the_partner_has(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "released")

    with pytest.raises(LostRace):
        handover.keep(transfer_id=one.pk, by=makers.by(dispatcher))


def test_nobody_confirms_before_all_are_on_the_line(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "accepted")

    with pytest.raises(LostRace):
        handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))


def test_one_caller_is_handed_to_one_partner_at_a_time(
    centre, call, partner, dispatcher
):
    second = partners.a_partner(centre, "second", rank=2)
    first = partners.asked(call, partner, dispatcher)

    assert partners.asked(call, partner, dispatcher) == first
    with pytest.raises(Invalid):
        partners.asked(call, second, dispatcher)


def test_a_closed_call_leaves_no_transfer_open(centre, dispatcher):
    partner = partners.a_partner(centre, "next-county", "centre")
    call = makers.decided(makers.a_call(centre, dispatcher))
    one = partners.walked(call, partner, dispatcher, "accepted")
    disposition.close(call_id=call.pk, outcomes=["other"], by=makers.by(dispatcher))

    handover.expire(transfer_id=one.pk, by=CLOCK)

    assert makers.fresh(one).state == "withdrawn"


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


def test_a_partner_that_is_closed_at_this_hour_is_not_asked(centre, call, dispatcher):
    now = datetime.now(UTC).astimezone(centre.zone)
    shut = f"{now + timedelta(hours=2):%H:%M}-{now + timedelta(hours=4):%H:%M}"
    partner = partners.a_partner(centre, hours=shut)

    with pytest.raises(Invalid):
        partners.asked(call, partner, dispatcher)


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


@pytest.mark.parametrize("press", [contact.lost, contact.hang_up])
def test_a_partner_s_line_that_ends_on_the_panel_names_the_next_at_once(
    centre, call, partner, dispatcher, press
):
    partners.a_partner(centre, "second")
    one = partners.walked(call, partner, dispatcher, "conferenced")

    press(contact_id=one.partner_leg_id, by=makers.by(dispatcher))

    now = makers.fresh(one)
    assert (now.state, now.partner.code) == ("timed_out", "second")
    assert makers.fresh(call).owner == dispatcher
    assert Contact.objects.get(pk=one.partner_leg_id).state == "completed"


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


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", ENDS)
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


def test_a_caller_who_stays_away_ends_the_partner_s_page(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "offered")
    caller(call, "lost")

    caller(call, "gone")

    assert HandOff.objects.get(transfer=one).revoked_at is not None


PRESSES = {
    "dial": handover.dial,
    "answered": handover.answered,
    "conference": handover.conference,
    "confirm": handover.confirm,
    "lost": handover.lost,
    "keep": handover.keep,
    "declined": partial(handover.declined, reason="no_capacity"),
}


@pytest.mark.parametrize("press", PRESSES)
def test_a_caller_who_is_brought_to_us_is_not_handed_on_by_the_same_presses(
    partner, dispatcher, press
):
    brought = incoming.Brought(reference="L-1", address="12 Elm St")
    one = incoming.bring(partner=partner, brought=brought, by=CLOCK)

    with pytest.raises(LostRace):
        PRESSES[press](transfer_id=one.pk, by=makers.by(dispatcher))

    assert makers.fresh(one).state == "offered"


BROUGHT = {
    "caller hang-up": "callback",
    "call closed": "withdrawn",
    "taken": "released",
}


@pytest.mark.parametrize("what", BROUGHT)
def test_a_caller_who_is_brought_to_us_has_a_defined_end(partner, dispatcher, what):
    brought = incoming.Brought(reference="L-1", address="12 Elm St")
    one = incoming.bring(partner=partner, brought=brought, by=CLOCK)
    call, who = one.call, makers.by(dispatcher)

    {
        "caller hang-up": lambda: caller(call, "lost"),
        "call closed": lambda: set_aside(call, one),
        "taken": lambda: incoming.take(transfer_id=one.pk, by=who),
    }[what]()

    assert makers.fresh(one).state == BROUGHT[what]


def set_aside(call, one):
    intake.cancel(call_id=call.pk, reason="test_call", by=CLOCK)
    assert one.pk in transfers.due()
    handover.expire(transfer_id=one.pk, by=CLOCK)


def test_a_brought_caller_whom_nobody_takes_stays_offered_and_raises_an_alarm(
    partner,
):
    brought = incoming.Brought(reference="L-1", address="12 Elm St")
    one = incoming.bring(partner=partner, brought=brought, by=CLOCK)
    Transfer.objects.update(due_at=Now() - timedelta(minutes=1))

    handover.expire(transfer_id=one.pk, by=CLOCK)

    assert makers.fresh(one).state == "offered"
    assert "transfer" in wrong_now(one.call)


def wrong_now(call):
    _row, protocol = store.published(call.agency_id)
    return {found.about for found in wrong.sweep(call.agency_id, protocol)}


@pytest.mark.parametrize("step", ["accepted", "conferenced"])
def test_a_partner_who_is_silent_on_the_line_raises_an_alarm(
    call, partner, dispatcher, step
):
    partners.walked(call, partner, dispatcher, step)
    Transfer.objects.update(due_at=Now() - timedelta(minutes=1))

    assert "transfer" in wrong_now(call)


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
