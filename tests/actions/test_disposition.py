"""Endings: nobody's work ends over their heads, and an end can be taken back."""

import pytest

from dispatch.actions import disposition, offer, safety, seat
from dispatch.errors import Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Disposition, FollowUp, Presence
from tests import makers

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("verb", [makers.closed, resolve])
def test_a_call_that_nobody_decided_or_helped_is_cancelled_and_not_closed(centre, verb):
    call = makers.a_call(centre)

    with pytest.raises(Invalid) as refused:
        verb(call, "no_help_needed")

    assert str(refused.value).startswith("Nobody has helped here yet.")
    assert makers.fresh(call).state == "new"


def by_hand(call):
    """A team sent by a person, who knows more than the console does, and now clear."""
    car = makers.a_unit(call.agency, "cor")
    offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)
    makers.cleared(makers.on_scene(call, "cor"))


@pytest.mark.parametrize("asked", [{}, makers.SAFE])
def test_a_call_helped_before_its_decision_ends_when_a_person_says_so(centre, asked):
    call = makers.a_call(centre)
    if asked:
        makers.late(call, **asked)
    by_hand(call)
    assert makers.fresh(call).state == ("triaging" if asked else "new")

    resolve(call, "resolved_on_scene")

    assert makers.fresh(call).state == "resolved"
    assert makers.closed(call).state == "closed"


def test_what_the_crew_said_is_enough_to_close_a_call_that_nobody_decided(centre):
    call = makers.a_call(centre)
    by_hand(call)

    disposition.close(call_id=call.pk, by=CLOCK)

    assert makers.fresh(call).state == "closed"
    assert makers.kinds(call)[-2:] == ["CallResolved", "CallClosed"]


def test_a_call_reopened_and_helped_again_ends_without_another_decision(centre):
    call = makers.closed(makers.decided(makers.a_call(centre, type="trespass")))
    disposition.reopen(call_id=call.pk, reason="called_again", by=CLOCK)
    by_hand(call)

    assert makers.closed(call, "resolved_on_scene").state == "closed"


def test_what_still_rings_is_let_go_when_a_call_that_nobody_decided_ends(centre):
    call = makers.a_call(centre)
    by_hand(call)
    second = makers.a_unit(centre, "cor")
    offer.send(call_id=call.pk, unit_id=second.pk, by=CLOCK)

    resolve(call, "resolved_on_scene")

    assert makers.fresh(second).state == "available"
    assert makers.kinds(call)[-3:] == [
        "OfferWithdrawn",
        "SeatWithdrawn",
        "CallResolved",
    ]


@pytest.mark.parametrize("verb", [makers.closed, resolve])
def test_a_decision_that_is_wanted_is_made_before_the_call_ends(centre, verb):
    call = makers.a_call(centre)
    by_hand(call)
    makers.triaged(call, attempt="yes")

    with pytest.raises(Invalid) as refused:
        verb(call, "resolved_on_scene")

    assert refused.value.params["field"] == "decision"
    assert makers.fresh(call).decision_wanted_at is not None
    makers.decide(call)
    verb(call, "resolved_on_scene")
    assert makers.fresh(call).state in {"resolved", "closed"}


def test_a_search_just_given_up_is_decided_before_the_call_ends(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.ring_out(makers.ringing(call))

    with pytest.raises(Invalid):
        makers.closed(call)

    assert makers.closed(makers.decide(call)).state == "closed"


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


def test_whoever_reopens_a_call_has_it(centre):
    makers.a_clinician(centre)
    call = makers.closed(makers.decided(makers.a_call(centre)))
    colleague = makers.a_user(centre, "dispatcher")

    disposition.reopen(
        call_id=call.pk, reason="closed_by_mistake", by=makers.by(colleague)
    )

    assert makers.fresh(call).owner == colleague


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
    safety.emergency(unit_id=work.unit_id, by=CLOCK)
    makers.decide(call)
    seat.confirm_told(seat_id=makers.seat_of(call, "ems").pk, by=CLOCK)
    safety.end_emergency(unit_id=work.unit_id, by=CLOCK)

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


def test_a_team_sent_by_hand_to_a_call_that_had_ended_makes_it_work_again(centre):
    call = makers.decided(makers.a_call(centre))
    resolve(call, "no_help_needed")
    car = makers.a_unit(centre, "cor")

    offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)

    assert makers.fresh(call).state == "working"
    makers.cleared(makers.on_scene(call, "cor"))
    assert makers.fresh(call).state == "resolved"


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
