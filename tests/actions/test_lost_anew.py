"""A caller who is lost a second time, comes back another way, or was given up."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch import unheard
from dispatch.actions import callback, callers, contact, handover
from dispatch.actions.arrival import Arrival, arrive
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Assignment, Call, Contact, Transfer
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db
THEIRS = "919-555-0142"
OTHERS = "919-555-0777"


@pytest.fixture
def who(centre):
    person = makers.a_user(centre, "dispatcher")
    makers.here(person)
    return makers.by(person)


@pytest.fixture
def call(centre, who):
    makers.a_clinician(centre)
    return makers.decided(makers.a_call(centre, type="suicide_threat", phone=THEIRS))


def first(call):
    return Contact.objects.filter(call=call, purpose="caller").earliest("pk")


def lose(leg):
    contact.lost(contact_id=leg.pk, by=CLOCK)


def more(call, number, who):
    known = Intake(phone=number, name="Ada Neighbour")
    return callers.attach(call_id=call.pk, intake=known, by=who)


def tried(leg, result, who, times=1):
    for _ in range(times):
        callback.tried(contact_id=leg.pk, result=result, by=who)
    return makers.fresh(leg)


def passes(leg):
    """The time of a try passes with nobody recording it."""
    Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(seconds=1))
    contact.due(contact_id=leg.pk, by=CLOCK)


def of_clinician(call):
    return Transfer.objects.filter(call=call, kind="911_ccd").latest("pk").state


def with_partner(centre, who, to):
    partner = partners.a_partner(centre, "first", "988")
    call = makers.a_call(centre, type="counselling", phone=THEIRS)
    call = makers.decided(call, agrees_988="yes")
    person = makers.a_user(centre, "dispatcher")
    return call, partners.walked(call, partner, person, to)


def test_who_is_added_by_hand_from_the_same_number_is_not_called_back(call, who):
    makers.accepted(call)
    lose(first(call))

    again = more(call, THEIRS, who)

    assert (first(call).state, first(call).why) == ("completed", "called_again")
    assert again.state == "connected"
    assert of_clinician(call) == "accepted"


@pytest.mark.parametrize("result", ["reached", "no_answer"])
def test_a_neighbour_s_line_says_nothing_of_whom_988_waits_for(centre, who, result):
    call, going = with_partner(centre, who, "accepted")
    neighbour = more(call, OTHERS, who)
    lose(neighbour)
    lose(first(call))
    assert makers.fresh(going).state == "callback"

    tried(neighbour, result, who, times=1 if result == "reached" else 3)

    going = makers.fresh(going)
    assert (going.state, going.caller_leg) == ("callback", first(call))
    tried(first(call), "reached", who)
    assert makers.fresh(going).state == "accepted"


def test_a_neighbour_who_is_given_up_takes_no_clinician_away(call, who):
    work = makers.accepted(call)
    lose(first(call))
    neighbour = more(call, OTHERS, who)
    lose(neighbour)

    tried(neighbour, "no_answer", who, times=3)

    assert of_clinician(call) == "callback"
    assert makers.fresh(work).ended_at is None


def test_who_rings_again_and_whose_old_line_is_let_be_stays_with_the_clinician(
    call, who
):
    makers.accepted(call)
    lose(first(call))
    other = more(call, "", who)

    callback.stop(contact_id=first(call).pk, reason="called_again", by=who)

    assert of_clinician(call) == "accepted"
    theirs = Transfer.objects.get(call=call, kind="911_ccd").caller_leg
    assert theirs == other


def test_where_a_person_decides_against_it_nobody_waits_for_them_and_none_is_sent(
    call, who
):
    work = makers.accepted(call)
    lose(first(call))

    callback.stop(contact_id=first(call).pk, reason="safe_now", by=who)

    assert of_clinician(call) == "fallback"
    assert Assignment.objects.get(pk=work.pk).ended_at is not None
    assert Call.objects.get(pk=call.pk).decision_wanted_at is None
    assert not call.seats.filter(state="wanted").exists()


def test_a_partner_is_let_go_where_a_person_decides_against_calling_back(centre, who):
    call, going = with_partner(centre, who, "accepted")
    lose(first(call))

    callback.stop(contact_id=first(call).pk, reason="safe_now", by=who)

    assert makers.fresh(going).state == "fallback"
    assert makers.fresh(going).partner_leg.state == "completed"
    other = partners.a_partner(centre, "second", "centre")
    handover.request(call_id=call.pk, partner_id=other.pk, by=who)


@pytest.mark.parametrize("answered", [True, False])
def test_who_rings_again_after_the_end_and_is_lost_is_called_back(
    centre, call, who, answered
):
    session = makers.with_clinician(call)
    makers.ended(session)
    assert Call.objects.get(pk=call.pk).state == "resolved"
    arrival = Arrival(ref="again", channel="voice", number=THEIRS)
    leg = arrive(agency_id=centre.pk, arrival=arrival, by=CLOCK)
    assert leg.call_id == call.pk
    if answered:
        contact.connect(contact_id=leg.pk, by=who)

    lose(leg)

    leg = makers.fresh(leg)
    assert (leg.state, leg.call.state) == ("callback_due", "working")


def test_a_second_loss_counts_its_tries_anew(call, who):
    leg = first(call)
    lose(leg)
    passes(leg)
    tried(leg, "no_answer", who)
    tried(leg, "reached", who)
    assert makers.fresh(leg).tries == 3
    lose(leg)

    leg = tried(leg, "no_answer", who)

    assert (leg.state, leg.tries) == ("callback_attempted", 1)
    assert unheard.tried([leg])[leg.pk] == unheard.Tried(recorded=1, passed=0)


def test_a_text_before_the_first_loss_is_none_before_the_second(call, who):
    leg = first(call)
    call.caller.safe_contact = "text_first"
    call.caller.save()
    lose(leg)
    callback.tried(contact_id=leg.pk, result="no_answer", channel="text", by=who)
    callback.tried(contact_id=leg.pk, result="reached", by=who)
    lose(leg)

    with pytest.raises(Invalid):
        callback.tried(contact_id=leg.pk, result="no_answer", by=who)


def test_who_was_given_up_and_rings_again_is_not_gone(centre, call, who):
    leg = first(call)
    lose(leg)
    tried(leg, "no_answer", who, times=3)
    legs = list(Contact.objects.filter(call=call, purpose="caller"))
    assert unheard.gone_for_good(legs)

    again = arrive(
        agency_id=centre.pk,
        arrival=Arrival(ref="again", channel="voice", number=THEIRS),
        by=CLOCK,
    )
    contact.connect(contact_id=again.pk, by=who)
    contact.hang_up(contact_id=again.pk, reason="agreed_end", decided=True, by=who)

    legs = list(Contact.objects.filter(call=call, purpose="caller"))
    assert {one.state for one in legs} == {"completed"}
    assert not unheard.gone_for_good(legs)
