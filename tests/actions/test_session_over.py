"""What becomes of the callers' legs when a clinician's session ends."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import callers, contact, disposition
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import Contact, Event
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def clinician(centre):
    return makers.a_clinician(centre)


@pytest.fixture
def in_session(centre, clinician):
    return makers.with_clinician(makers.decided(makers.a_call(centre)))


def first_leg(session):
    return Contact.objects.filter(call=session.seat.call).earliest("pk")


def end(session, **said):
    disposition.end_session(
        assignment_id=session.pk,
        outcomes=["resolved_by_phone"],
        by=makers.by(session.person),
        **said,
    )


def test_a_session_that_ends_with_the_line_ends_the_caller_s_leg(in_session):
    end(in_session, line_over=True)

    assert first_leg(in_session).state == "completed"


def test_a_line_that_outlives_its_session_is_asked_about(in_session, clinician):
    end(in_session)
    leg = first_leg(in_session)
    assert (leg.state, leg.due) == ("connected", "session_over")

    Contact.objects.update(due_at=Now() - timedelta(seconds=1))
    contact.due(contact_id=leg.pk, by=CLOCK)
    late = Event.objects.get(call=leg.call, kind="ContactLate")
    assert late.body["why"] == "session_over"
    contact.mine(contact_id=leg.pk, by=makers.by(clinician))

    leg = makers.fresh(leg)
    assert (leg.person, leg.due, leg.due_at) == (clinician, "", None)


def joined(session):
    """A further caller on the line of this session's call."""
    known = Intake(name="Ada Neighbour", phone="919-555-0177")
    return callers.attach(call_id=session.seat.call_id, intake=known, by=CLOCK)


def test_of_several_callers_the_one_whom_the_clinician_held_ends(in_session, clinician):
    second = joined(in_session)
    contact.mine(contact_id=second.pk, by=makers.by(clinician))

    end(in_session, line_over=True)

    legs = (first_leg(in_session), makers.fresh(second))
    assert [leg.state for leg in legs] == ["connected", "completed"]
    assert legs[0].due == ""


def test_of_several_callers_the_one_who_was_handed_over_ends(in_session):
    second = joined(in_session)
    in_session.seat.transfers.update(caller_leg=second)

    end(in_session, line_over=True)

    legs = (first_leg(in_session), makers.fresh(second))
    assert [leg.state for leg in legs] == ["connected", "completed"]


@pytest.mark.parametrize("over", [True, False])
def test_of_several_callers_none_ends_where_nobody_knows_whom_they_had(
    in_session, over
):
    second = joined(in_session)

    end(in_session, line_over=over)

    legs = (first_leg(in_session), makers.fresh(second))
    assert [(leg.state, leg.due) for leg in legs] == [("connected", "session_over")] * 2


def test_whoever_holds_another_caller_goes_on_holding_them(in_session, centre):
    second = joined(in_session)
    colleague = makers.a_user(centre, "dispatcher")
    contact.mine(contact_id=second.pk, by=makers.by(colleague))

    end(in_session, line_over=True)

    assert makers.fresh(second).person == colleague
    assert first_leg(in_session).due == "session_over"


def test_no_clock_of_the_caller_is_lost_when_a_session_ends(centre, clinician):
    written = makers.decided(makers.a_call(centre, channel="text"))
    session = makers.with_clinician(written)

    end(session)

    assert first_leg(session).due == "text_quiet"
