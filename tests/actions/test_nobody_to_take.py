"""Nobody has a caller who is gone, and who is asked to help all the same has the call."""

import pytest

from dispatch.actions import (
    callback,
    callers,
    contact,
    decision,
    handover,
    offer,
    seat,
    transfer,
)
from dispatch.actions.arrival import Arrival, arrive
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK, Actor
from dispatch.models import Assignment, Contact, Offer, Transfer
from tests import makers
from tests.actions import partners
from tests.actions.alarms import there

pytestmark = pytest.mark.django_db
PHONE = Actor(kind="phone")


@pytest.fixture
def owner(centre):
    return there(centre, "dispatcher")


@pytest.fixture
def who(owner):
    return makers.by(owner)


def rings(centre):
    said = Arrival(ref="x1", channel="voice", number="919-555-0142")
    return arrive(agency_id=centre.pk, arrival=said, by=PHONE)


def first(call):
    return Contact.objects.filter(call=call).earliest("pk")


def stopped(leg, who):
    callback.stop(contact_id=leg.pk, reason="safe_now", by=who)


def given_up(leg, who):
    while makers.fresh(leg).state != "completed":
        callback.tried(contact_id=leg.pk, result="no_answer", by=who)


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("over", [stopped, given_up])
def test_who_was_asked_after_the_loss_is_let_go_when_nobody_calls_back(
    centre, owner, who, over, taken
):
    call = makers.a_call(centre, owner)
    contact.lost(contact_id=first(call).pk, by=CLOCK)
    clinician = makers.a_clinician(centre)
    call = makers.decided(call)
    work = makers.accepted(call) if taken else None

    over(first(call), who)

    assert not Offer.objects.filter(seat__call=call, state="pending").exists()
    assert Transfer.objects.get(call=call).state == "fallback"
    assert makers.presence(clinician) == "available"
    assert makers.fresh(call).owner == owner
    if work is not None:
        assert makers.fresh(work).ended_at is not None


def test_a_partner_who_was_asked_after_the_loss_is_let_go_too(
    centre, owner, who, partner
):
    call = partners.a_counselling_call(centre, owner)
    contact.lost(contact_id=first(call).pk, by=CLOCK)
    one = partners.walked(call, partner, owner, "accepted")

    stopped(first(call), who)

    assert makers.fresh(one).state == "fallback"
    assert partners.live_legs(call) == set()


def test_nobody_has_a_caller_whose_every_line_is_over(centre, owner, who):
    makers.a_clinician(centre)
    work = makers.accepted(makers.decided(makers.a_call(centre, owner)))
    call = work.seat.call
    contact.hang_up(
        contact_id=first(call).pk, reason="agreed_end", decided=True, by=who
    )

    with pytest.raises(Invalid, match="No caller is on a line of this call"):
        transfer.confirm(assignment_id=work.pk, by=makers.by(work.person))

    assert makers.fresh(call).owner == owner
    assert Assignment.objects.get(pk=work.pk).confirmed_at is None
    contact.connect(contact_id=rings(centre).pk, by=who)
    transfer.confirm(assignment_id=work.pk, by=makers.by(work.person))
    assert makers.fresh(call).owner == work.person


def test_who_is_asked_after_the_lines_had_ended_has_the_call_for_the_team(
    centre, owner, who
):
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    contact.hang_up(
        contact_id=first(call).pk, reason="agreed_end", decided=True, by=who
    )
    makers.a_clinician(centre)
    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=who)
    work = makers.accepted(call)

    transfer.confirm(assignment_id=work.pk, by=makers.by(work.person))

    assert makers.fresh(call).owner == work.person
    makers.ended(makers.fresh(work))
    assert makers.fresh(work).ended_at is not None


def test_nobody_has_who_was_given_up_before_they_were_asked(centre, owner, who):
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    contact.lost(contact_id=first(call).pk, by=CLOCK)
    given_up(first(call), who)
    makers.a_clinician(centre)
    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=who)
    work = makers.accepted(call)

    with pytest.raises(Invalid, match="No caller is on a line of this call"):
        transfer.confirm(assignment_id=work.pk, by=makers.by(work.person))


def asked_by_the_team(call, who):
    """The crew at the door wants a clinician by phone, and one is asked."""
    makers.a_clinician(call.agency)
    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=who)


def with_a_crew(centre, owner):
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    makers.on_scene(call, "crt")
    return call


def over_as_agreed(call, who):
    contact.hang_up(contact_id=first(call).pk, reason="with_team", decided=True, by=who)


def has_the_call(work):
    transfer.confirm(assignment_id=work.pk, by=makers.by(work.person))
    assert makers.fresh(work.seat.call).owner == work.person


@pytest.mark.parametrize("when", ["wanted", "rings", "accepted"])
def test_who_is_asked_for_a_crew_that_is_there_has_the_call_whenever_the_line_ended(
    centre, owner, who, when
):
    call = with_a_crew(centre, owner)
    if when == "wanted":
        makers.a_clinician(centre)
        other = makers.a_call(centre, owner, phone="919-555-0999", address="8 Far Rd")
        makers.with_clinician(makers.decided(other))
        decision.request_team(
            call_id=call.pk, response="ccd", reason="more_help", by=who
        )
        makers.decide(call)
        over_as_agreed(call, who)
        makers.a_clinician(centre)
        offer.make(call_id=call.pk, by=CLOCK)
        work = makers.accepted(call)
    else:
        asked_by_the_team(call, who)
        work = makers.accepted(call) if when == "accepted" else None
        over_as_agreed(call, who)
        work = work or makers.accepted(call)

    has_the_call(work)

    makers.ended(makers.fresh(work))
    assert makers.fresh(work).ended_at is not None


def test_who_accepts_after_the_line_ended_as_agreed_has_the_call(centre, owner, who):
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    asked_by_the_team(call, who)
    over_as_agreed(call, who)

    has_the_call(makers.accepted(call))


def test_a_crew_that_found_who_was_given_up_may_have_a_clinician(centre, owner, who):
    call = with_a_crew(centre, owner)
    contact.lost(contact_id=first(call).pk, by=CLOCK)
    given_up(first(call), who)
    asked_by_the_team(call, who)

    has_the_call(makers.accepted(call))


def test_who_was_given_up_and_is_heard_at_their_brothers_may_be_had(centre, owner, who):
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    contact.lost(contact_id=first(call).pk, by=CLOCK)
    given_up(first(call), who)
    brother = contact.reach_out(
        call_id=call.pk, purpose="collateral", number="919-555-0177", by=who
    )
    asked_by_the_team(call, who)
    work = makers.accepted(call)
    with pytest.raises(Invalid, match="No caller is on a line of this call"):
        transfer.confirm(assignment_id=work.pk, by=makers.by(work.person))

    contact.connect(contact_id=brother.pk, by=who)

    has_the_call(work)


def test_who_has_nobody_to_take_can_be_withdrawn(centre, owner, who):
    makers.a_clinician(centre)
    work = makers.accepted(makers.decided(makers.a_call(centre, owner)))
    over_as_agreed(work.seat.call, who)

    seat.withdraw(seat_id=work.seat_id, why="not_needed", by=who)

    assert makers.fresh(work).ended_at is not None
    assert makers.presence(work.person) == "wrap_up"


# Two callers


@pytest.fixture
def both_lost(centre, owner, who):
    """A clinician has accepted, and both the person and a bystander fell off the line."""
    makers.a_clinician(centre)
    work = makers.accepted(makers.decided(makers.a_call(centre, owner)))
    known = Intake(name="Ada Neighbour", phone="919-555-0177")
    bystander = callers.attach(call_id=work.seat.call_id, intake=known, by=who)
    contact.lost(contact_id=first(work.seat.call).pk, by=CLOCK)
    contact.lost(contact_id=bystander.pk, by=CLOCK)
    return work, first(work.seat.call), bystander


@pytest.mark.parametrize("over", [None, stopped, given_up])
def test_who_is_back_is_not_lost_with_the_bystander(both_lost, who, over):
    work, person, bystander = both_lost
    callback.tried(contact_id=person.pk, result="reached", by=who)
    if over is not None:
        over(bystander, who)
    assert makers.fresh(work).ended_at is None

    transfer.confirm(assignment_id=work.pk, by=makers.by(work.person))

    assert makers.fresh(work.seat.call).owner == work.person


@pytest.mark.parametrize("over", [stopped, given_up])
def test_a_clinician_is_not_let_go_while_another_caller_is_heard(both_lost, who, over):
    work, person, bystander = both_lost
    callback.tried(contact_id=bystander.pk, result="reached", by=who)

    over(person, who)

    assert makers.fresh(work).ended_at is None
    one = Transfer.objects.get(call=work.seat.call)
    assert (one.state, one.caller_leg) == ("accepted", bystander)


@pytest.mark.parametrize("last", ["reached", "given up"])
def test_a_clinician_waits_while_another_of_them_is_still_called_back(
    both_lost, who, last
):
    work, person, bystander = both_lost

    given_up(person, who)

    assert makers.fresh(work).ended_at is None
    if last == "reached":
        callback.tried(contact_id=bystander.pk, result="reached", by=who)
        has_the_call(work)
    else:
        given_up(bystander, who)
        assert makers.fresh(work).ended_at is not None


def test_who_was_handed_over_is_waited_for_though_somebody_was_lost_before_them(
    centre, owner, who, partner
):
    call = partners.a_counselling_call(centre, owner)
    known = Intake(name="Ada Neighbour", phone="919-555-0177")
    person = callers.attach(call_id=call.pk, intake=known, by=who)
    one = partners.walked(call, partner, owner, "accepted")
    Transfer.objects.filter(pk=one.pk).update(caller_leg=person)
    contact.lost(contact_id=first(call).pk, by=CLOCK)

    contact.lost(contact_id=person.pk, by=CLOCK)

    one = makers.fresh(one)
    assert (one.state, one.caller_leg) == ("callback", person)


# With a partner


def test_no_partner_has_a_caller_who_is_on_no_line(centre, owner, who, partner):
    call = partners.a_counselling_call(centre, owner)
    one = partners.walked(call, partner, owner, "conferenced")
    over_as_agreed(call, who)

    with pytest.raises(Invalid, match="No caller is on the line any more"):
        handover.confirm(transfer_id=one.pk, by=who)

    assert makers.fresh(one).state == "conferenced"
    handover.keep(transfer_id=one.pk, by=who)
    assert makers.fresh(call).owner == owner


def test_a_partner_may_have_whom_it_reached_itself(centre, owner, who, partner):
    call = partners.a_counselling_call(centre, owner)
    over_as_agreed(call, who)
    one = partners.walked(call, partner, owner, "conferenced")

    handover.confirm(transfer_id=one.pk, by=who)

    assert makers.fresh(one).state == "released"
