"""A caller is lost while a clinician is with them, or is about to be."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import callback, callers, contact, decision, offer, transfer
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Assignment, Contact, Event, Offer, Seat
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def clinician(centre):
    return makers.a_clinician(centre)


@pytest.fixture
def session(centre, clinician):
    return makers.with_clinician(makers.decided(makers.a_call(centre)))


def first_leg(call):
    return Contact.objects.filter(call=call).earliest("pk")


def lost(call):
    contact.lost(contact_id=first_leg(call).pk, by=CLOCK)
    return first_leg(call)


def never_reached(call):
    """Every try was recorded, and none reached them."""
    leg = lost(call)
    for _ in range(3):
        callback.tried(contact_id=leg.pk, result="no_answer", by=CLOCK)
    return makers.fresh(leg)


def passes(leg):
    """The time of one try passes with nobody recording it, and of the pause after it."""
    for _clock in ("callback", "callback_again"):
        Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(seconds=1))
        contact.due(contact_id=leg.pk, by=CLOCK)


def rings(call):
    return Offer.objects.filter(seat__call=call, state="pending")


# The session's end


def test_no_session_ends_while_its_caller_is_to_be_called_back(session):
    lost(session.seat.call)

    with pytest.raises(Invalid, match=r"call-back \(try 1 of 3\) is due"):
        makers.ended(session)

    assert makers.fresh(session).ended_at is None


def test_no_session_ends_over_a_silent_line(session):
    leg = first_leg(session.seat.call)
    contact.silent(contact_id=leg.pk, by=CLOCK)

    with pytest.raises(Invalid, match="open and silent"):
        makers.ended(session)


@pytest.mark.parametrize("how", ["reached", "stopped", "every try"])
def test_the_session_ends_once_it_is_settled_what_becomes_of_the_caller(session, how):
    leg = lost(session.seat.call)
    if how == "reached":
        callback.tried(contact_id=leg.pk, result="reached", by=CLOCK)
    elif how == "stopped":
        by = makers.by(session.person)
        callback.stop(contact_id=leg.pk, reason="safe_now", by=by)
    else:
        for _ in range(3):
            callback.tried(contact_id=leg.pk, result="no_answer", by=CLOCK)

    makers.ended(session)

    assert makers.fresh(session).ended_at


def test_a_session_with_a_caller_on_the_line_ends_though_a_bystander_is_lost(session):
    more = Intake(name="Bystander", phone="919-555-0188")
    leg = callers.attach(call_id=session.seat.call_id, intake=more, by=CLOCK)
    contact.lost(contact_id=leg.pk, by=CLOCK)

    makers.ended(session)

    assert makers.fresh(session).ended_at


# Taking the caller


def test_nobody_takes_a_caller_who_was_lost_before_it_rang(centre, clinician):
    call = makers.a_call(centre)
    lost(call)
    accepted = makers.accepted(makers.decided(call))
    by = makers.by(clinician)

    with pytest.raises(Invalid, match="The caller is lost"):
        transfer.confirm(assignment_id=accepted.pk, by=by)

    callback.tried(contact_id=first_leg(call).pk, result="reached", by=CLOCK)
    assert transfer.confirm(assignment_id=accepted.pk, by=by).confirmed_at


# A line that is over


@pytest.mark.parametrize("kind", ["suicide_threat", "mental_health_crisis"])
def test_nobody_rings_for_a_line_that_is_over(centre, clinician, kind):
    call = makers.a_call(centre, type=kind)
    never_reached(call)

    call = makers.decided(call)
    for _ in range(3):
        call = makers.decide(call)
        offer.make(call_id=call.pk, by=CLOCK)

    assert not rings(call).exists()
    assert makers.presence(clinician) == "available"
    assert call.decision_wanted_at is None
    looks = Seat.objects.filter(call=call, state="wanted").exclude(response="ccd")
    assert looks.exists()


def test_a_search_for_a_line_that_is_over_ends_with_it(centre):
    call = makers.decided(makers.a_call(centre, type="counselling"))
    assert makers.seat_of(call, "ccd").state == "wanted"

    never_reached(call)

    seat = Seat.objects.get(call=call, response="ccd")
    assert (seat.state, seat.why) == ("withdrawn", "caller_gone")


@pytest.mark.parametrize("accepts", [False, True])
def test_whoever_was_asked_after_the_loss_is_let_go_with_the_last_try(
    centre, clinician, accepts
):
    call = makers.a_call(centre)
    leg = lost(call)
    makers.decided(call)
    assert rings(call).exists()
    if accepts:
        makers.accepted(call)

    for _ in range(3):
        callback.tried(contact_id=leg.pk, result="no_answer", by=CLOCK)

    assert not rings(call).exists()
    assert not Assignment.objects.filter(person=clinician, ended_at=None).exists()
    assert makers.presence(clinician) == "available"


def test_a_clinician_who_is_asked_for_by_name_rings_all_the_same(centre, clinician):
    """A person may want one: the ring says that nobody is on the line."""
    call = makers.decided(makers.a_call(centre, type="trespass"))
    never_reached(call)

    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=CLOCK)

    assert rings(call).count() == 1


def test_whoever_rings_again_is_rung_for(centre, clinician):
    call = makers.a_call(centre)
    never_reached(call)
    again = Intake(phone="919-555-0142")
    callers.attach(call_id=call.pk, intake=again, by=CLOCK)

    makers.decided(call)

    assert rings(call).count() == 1


# What the history says


def test_tries_that_passed_are_told_from_tries_that_were_made(centre):
    call = makers.a_call(centre)
    leg = lost(call)
    passes(leg)
    callback.tried(contact_id=leg.pk, result="busy", by=CLOCK)
    passes(makers.fresh(leg))
    Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(seconds=1))
    contact.due(contact_id=leg.pk, by=CLOCK)

    said = Event.objects.get(call=call, kind="CallbackEnded").body

    assert (said["why"], said["recorded"], said["passed"]) == ("tries_used", 1, 2)


def test_a_text_that_nobody_sent_is_no_text_before_a_call(centre):
    call = makers.a_call(centre, safe_contact="text_first")
    leg = lost(call)
    passes(leg)

    with pytest.raises(Invalid):
        callback.tried(contact_id=leg.pk, result="no_answer", by=CLOCK)
    callback.tried(contact_id=leg.pk, result="no_answer", channel="text", by=CLOCK)

    assert callback.tried(contact_id=leg.pk, result="busy", by=CLOCK)


@pytest.mark.parametrize(
    ("wish", "reason"), [("not_asked", "not_reached_again"), ("none", "caller_lost")]
)
def test_that_somebody_was_not_reached_again_is_said_after_the_last_try(
    centre, wish, reason
):
    call = makers.a_call(centre, safe_contact=wish)
    leg = lost(call)
    if leg.state != "completed":
        for _ in range(3):
            callback.tried(contact_id=leg.pk, result="no_answer", by=CLOCK)

    assert Event.objects.get(call=call, kind="TeamRequested").body["reason"] == reason
