"""Endings: nobody's work ends over their heads, and an end can be taken back."""

import pytest

from dispatch.actions import disposition, seat, unit
from dispatch.errors import IllegalMove, Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Disposition, FollowUp, Presence
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


def resolve(call, *outcomes):
    return disposition.resolve(call_id=call.pk, outcomes=list(outcomes), by=CLOCK)


def test_after_a_session_comes_wrap_up_and_the_call_is_resolved(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    session = makers.with_clinician(call)

    makers.ended(session)
    makers.ended(session)

    assert makers.presence(session.person) == "wrap_up"
    assert makers.fresh(call).state == "resolved"
    assert Disposition.objects.filter(call=call).count() == 1


def test_a_call_with_somebody_at_work_is_not_closed(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")

    for verb in (makers.closed, resolve):
        with pytest.raises(Invalid):
            verb(call, "other")


def test_resolving_by_hand_lets_go_whoever_still_rings(centre):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    resolve(call, "no_help_needed")

    assert makers.fresh(call).state == "resolved"
    assert makers.presence(clinician) == "available"


def test_a_call_is_not_resolved_while_it_waits_for_a_decision(centre):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre))
    session = makers.with_clinician(call)
    makers.override(call, "crt")
    makers.late(call, weapon="yes")

    makers.ended(session)

    assert makers.fresh(call).state == "triaging"


def test_closing_says_how_it_ended(centre):
    call = makers.decided(makers.a_call(centre))

    with pytest.raises(Invalid):
        disposition.close(call_id=call.pk, by=CLOCK)

    assert makers.closed(call, "caller_hung_up").state == "closed"


def test_closing_twice_is_closing_once(centre):
    call = makers.closed(makers.decided(makers.a_call(centre)))

    makers.closed(call)

    assert makers.kinds(call).count("CallClosed") == 1


def test_a_call_nobody_has_decided_is_cancelled_and_not_closed(centre):
    with pytest.raises(IllegalMove):
        makers.closed(makers.a_call(centre))


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("declined_help", "caller_declined"), ("caller_hung_up", "other")],
)
def test_a_call_meant_for_us_that_nobody_served_says_why(centre, outcome, code):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    call = makers.closed(call, outcome)

    assert (call.service, call.not_served) == ("not_served", code)


def test_a_served_call_stays_served(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.ended(makers.with_clinician(call), "declined_help")

    assert makers.closed(call).service == "served"


def test_a_closed_call_is_opened_again_with_a_reason_and_decided_anew(centre):
    makers.a_clinician(centre)
    call = makers.closed(makers.decided(makers.a_call(centre)))
    with pytest.raises(Invalid):
        disposition.reopen(call_id=call.pk, reason="", by=CLOCK)

    disposition.reopen(call_id=call.pk, reason="called_again", by=CLOCK)
    disposition.reopen(call_id=call.pk, reason="called_again", by=CLOCK)

    assert makers.fresh(call).state == "triaging"
    assert makers.fresh(call).closed_at is None
    assert makers.kinds(call).count("CallReopened") == 1
    assert makers.decided(call).state == "decided"
    assert makers.ringing(call)


def test_a_call_at_work_is_not_reopened(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")

    with pytest.raises(LostRace):
        disposition.reopen(call_id=call.pk, reason="x", by=CLOCK)


def test_a_call_is_not_resolved_by_itself_while_ems_is_still_to_be_told(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre), attempt="yes")
    session = makers.with_clinician(call)

    makers.ended(session)

    assert makers.seat_of(call, "ems").state == "wanted"
    assert makers.fresh(call).state == "working"
    seat.confirm_told(seat_id=makers.seat_of(call, "ems").pk, by=CLOCK)
    assert makers.fresh(call).state == "working"
    assert makers.closed(call, "handed_to_ems").state == "closed"


def test_a_crew_that_clears_leaves_the_call_open_until_police_are_told(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    work = makers.on_scene(call)
    unit.emergency(unit_id=work.unit_id, by=CLOCK)
    seat.confirm_told(seat_id=makers.seat_of(call, "ems").pk, by=CLOCK)

    makers.cleared(work)

    assert makers.seat_of(call, "police").state == "wanted"
    assert makers.fresh(call).state == "working"


def test_who_was_told_and_goes_keeps_no_call_open(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre), attempt="yes")
    session = makers.with_clinician(call)
    seat.confirm_told(seat_id=makers.seat_of(call, "ems").pk, by=CLOCK)

    makers.ended(session)

    assert makers.fresh(call).state == "resolved"


def test_a_person_may_say_that_help_nobody_has_told_yet_is_not_needed(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre), attempt="yes")
    makers.ended(makers.with_clinician(call))

    resolve(call, "no_help_needed")

    assert makers.fresh(call).state == "resolved"
    assert makers.seat_of(call, "ems").state == "withdrawn"


@pytest.mark.parametrize(
    ("consent", "planned"), [("yes", 1), ("no", 0), ("not_asked", 0)]
)
def test_a_follow_up_is_planned_by_consent_alone(centre, consent, planned):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    makers.ended(makers.with_clinician(call), consent=consent)

    assert FollowUp.objects.filter(call=call).count() == planned


def test_a_clinician_who_left_meanwhile_is_not_put_into_wrap_up(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    session = makers.with_clinician(call)
    Presence.objects.filter(user=session.person).update(state="offline")

    makers.ended(session)

    assert makers.presence(session.person) == "offline"
