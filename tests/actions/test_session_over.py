"""What becomes of the callers' legs when a clinician's session ends."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import (
    callback,
    callers,
    contact,
    disposition,
    forgotten,
    seat,
    transfer,
)
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Alarm, Assignment, Call, Contact, Event
from tests import makers
from tests.actions.alarms import ago, swept, there

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician(centre):
    return makers.a_clinician(centre)


@pytest.fixture
def in_session(centre, clinician):
    return makers.with_clinician(makers.decided(makers.a_call(centre)))


@pytest.fixture
def with_two(centre, clinician):
    """A session that began with two callers on the line, and with a second one."""
    session = makers.accepted(makers.decided(makers.a_call(centre)))
    second = joined(session)
    transfer.confirm(assignment_id=session.pk, by=makers.by(clinician))
    return makers.fresh(session), second


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
def test_of_several_callers_none_ends_where_nobody_knows_whom_they_had(with_two, over):
    session, second = with_two

    end(session, line_over=over)

    legs = (first_leg(session), makers.fresh(second))
    assert [(leg.state, leg.due) for leg in legs] == [("connected", "session_over")] * 2


def test_whoever_holds_another_caller_goes_on_holding_them(with_two, centre):
    session, second = with_two
    colleague = makers.a_user(centre, "dispatcher")
    contact.mine(contact_id=second.pk, by=makers.by(colleague))

    end(session, line_over=True)

    assert makers.fresh(second).person == colleague
    assert first_leg(session).due == "session_over"


def test_who_came_to_the_line_during_a_session_is_not_the_one_it_was_with(in_session):
    second = joined(in_session)

    end(in_session, line_over=True)

    legs = (first_leg(in_session), makers.fresh(second))
    assert [(leg.state, leg.due) for leg in legs] == [
        ("completed", ""),
        ("connected", ""),
    ]


def test_a_session_does_not_end_over_its_own_caller_while_a_neighbour_is_heard(
    in_session, centre
):
    second = joined(in_session)
    contact.lost(contact_id=first_leg(in_session).pk, by=CLOCK)

    with pytest.raises(Invalid):
        end(in_session, line_over=True)

    contact.lost(contact_id=second.pk, by=CLOCK)
    by = makers.by(in_session.person)
    leg = first_leg(in_session)
    callback.tried(contact_id=leg.pk, result="reached", by=by)
    end(in_session, line_over=True)
    assert first_leg(in_session).state == "completed"
    assert makers.fresh(second).state == "callback_due"


@pytest.mark.parametrize("how", ["text", "hold"])
def test_who_writes_or_is_on_hold_is_asked_about_too_and_never_lost(
    centre, clinician, how
):
    channel = "text" if how == "text" else "voice"
    call = makers.decided(makers.a_call(centre, channel=channel))
    session = makers.with_clinician(call)
    if how == "hold":
        contact.hold(contact_id=first_leg(session).pk, by=CLOCK)

    end(session)
    leg = first_leg(session)
    contact.heard(contact_id=leg.pk, by=CLOCK)
    contact.silent(contact_id=leg.pk, by=CLOCK) if how == "text" else None
    assert first_leg(session).due == "session_over"

    contact.lost(contact_id=leg.pk, by=CLOCK)
    leg = first_leg(session)
    assert (leg.state, leg.call.state) == ("callback_due", "working")


def unsaid(session):
    """The session ended without a word about its caller, and the clock ran out."""
    end(session)
    leg = first_leg(session)
    Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(minutes=1))
    contact.due(contact_id=leg.pk, by=CLOCK)
    return makers.fresh(leg)


def test_a_caller_whom_nobody_says_they_hold_is_an_alarm(in_session, centre):
    makers.here(in_session.person)
    leg = unsaid(in_session)
    assert leg.call.state == "resolved"

    swept(centre)

    alarm = Alarm.objects.exclude(state="ended").get()
    assert (alarm.about, alarm.subject, alarm.call) == ("nobody", leg.pk, leg.call)
    assert (alarm.owner_id, alarm.to) == (leg.call.owner_id, "owner")


@pytest.mark.parametrize("said", ["mine", "over"])
def test_the_alarm_is_over_when_somebody_says_what_becomes_of_them(
    in_session, centre, said
):
    makers.here(in_session.person)
    leg = unsaid(in_session)
    swept(centre)

    by = makers.by(in_session.person)
    if said == "mine":
        contact.mine(contact_id=leg.pk, by=by)
    else:
        contact.hang_up(contact_id=leg.pk, by=by, reason="agreed_end", decided=True)
    swept(centre)

    assert not Alarm.objects.exclude(state="ended").exists()


def test_a_line_that_drops_before_anybody_said_is_called_back(in_session):
    leg = unsaid(in_session)

    contact.lost(contact_id=leg.pk, by=CLOCK)

    leg = makers.fresh(leg)
    assert (leg.state, leg.call.state) == ("callback_due", "working")
    assert leg.due_at is not None


def test_a_line_that_somebody_took_ends_with_its_call(in_session, clinician):
    leg = unsaid(in_session)
    contact.mine(contact_id=leg.pk, by=makers.by(clinician))

    contact.lost(contact_id=leg.pk, by=CLOCK)

    assert makers.fresh(leg).state == "completed"


# Taken off by somebody else: they own and hold nothing any more


@pytest.fixture
def presser(centre):
    return there(centre, "dispatcher")


def taken_off(session, by):
    seat.withdraw(seat_id=session.seat_id, why="not_needed", by=by)
    return makers.fresh(session.seat.call)


@pytest.mark.parametrize("held", [False, True])
def test_of_whoever_is_taken_off_it_is_asked_who_holds_their_caller(
    in_session, clinician, presser, held
):
    if held:
        contact.mine(contact_id=first_leg(in_session).pk, by=makers.by(clinician))

    call = taken_off(in_session, makers.by(presser))

    leg = first_leg(in_session)
    assert (leg.state, leg.person, leg.due) == ("connected", None, "session_over")
    assert call.owner == presser
    with pytest.raises(Invalid, match="nobody has said who holds caller 1"):
        disposition.close(
            call_id=call.pk, outcomes=["resolved_by_phone"], by=makers.by(presser)
        )


def test_a_call_whose_clinician_no_person_takes_off_is_nobody_s_and_an_alarm(
    in_session, centre, presser
):
    call = taken_off(in_session, CLOCK)
    assert call.owner is None
    assert call.owner_since is None
    assert (
        makers.events_of(call).filter(kind="OwnerChanged").last().body["owner"] is None
    )

    Call.objects.update(opened_at=ago(60))
    assert "unowned" in {alarm.about for alarm in swept(centre)}


@pytest.mark.parametrize("state", ["ringing", "open_line", "callback_due"])
def test_no_line_is_held_by_whoever_was_taken_off(
    in_session, clinician, presser, state
):
    leg = first_leg(in_session)
    if state == "open_line":
        contact.silent(contact_id=leg.pk, by=CLOCK)
    if state == "callback_due":
        contact.lost(contact_id=leg.pk, by=CLOCK)
    if state == "ringing":
        Contact.objects.filter(pk=leg.pk).update(state=state)
    contact.mine(contact_id=leg.pk, by=makers.by(clinician))
    before = makers.fresh(leg)
    assert before.person == clinician

    taken_off(in_session, makers.by(presser))

    after = makers.fresh(leg)
    assert after.person is None
    assert (after.state, after.due) == (before.state, before.due)


def test_a_caller_whom_somebody_else_holds_is_not_asked_about(
    in_session, clinician, presser
):
    leg = first_leg(in_session)
    contact.mine(contact_id=leg.pk, by=makers.by(presser))

    taken_off(in_session, makers.by(presser))

    leg = makers.fresh(leg)
    assert (leg.person, leg.due) == (presser, "")


def test_who_never_had_the_caller_is_taken_off_and_nothing_is_asked(centre, presser):
    makers.a_clinician(centre)
    session = makers.accepted(makers.decided(makers.a_call(centre, presser)))
    other = there(centre, "supervisor")

    call = taken_off(session, makers.by(other))

    assert call.owner == presser
    assert first_leg(session).due == ""


def test_a_line_that_a_forgetful_clinician_took_is_nobody_s_when_it_is_given_back(
    centre, presser
):
    clinician = makers.a_clinician(centre)
    session = makers.accepted(makers.decided(makers.a_call(centre, presser)))
    contact.mine(contact_id=first_leg(session).pk, by=makers.by(clinician))
    Assignment.objects.update(accepted_at=ago(900))
    makers.silent(clinician)

    forgotten.give_back(assignment_id=session.pk, by=CLOCK)

    leg = first_leg(session)
    assert (leg.person, leg.due) == (None, "session_over")
