"""Decisions: stored with what they saw, made once, overridden only above the floor."""

from datetime import UTC, datetime

import pytest

from dispatch import facts
from dispatch.actions import decision, disposition, offer
from dispatch.errors import FloorForbids, Invalid
from dispatch.events import CLOCK, ROUTER
from dispatch.models import Decision, FollowUp, Seat
from routing import store
from routing.core import explain
from routing.core.decide import decide
from tests import makers

pytestmark = pytest.mark.django_db


def the_decision(call):
    return Decision.objects.get(call=call)


def override(call, response, reason="unit_nearer"):
    supervisor = makers.a_user(call.agency, "supervisor")
    return decision.override(
        call_id=call.pk, response=response, reason=reason, by=makers.by(supervisor)
    )


def request(call, response):
    return decision.request_team(
        call_id=call.pk, response=response, reason="in_person", by=CLOCK
    )


def test_a_decision_keeps_the_facts_the_findings_the_protocol_and_the_line(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    made = the_decision(call)

    assert made.facts["weapon"] == "no"
    assert made.facts["available"]["ccd"] == 1
    assert made.protocol == store.published(centre.pk)[0]
    assert made.line["response"] == made.response == "ccd"
    assert made.findings[0]["code"] == "E2.row"
    assert call.eligibility == "eligible"


def test_deciding_twice_decides_once(centre):
    call = makers.decided(makers.a_call(centre))

    makers.decide(call)

    assert Decision.objects.filter(call=call).count() == 1


def test_every_recorded_decision_decides_the_same_again(centre):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    makers.decide(makers.late(makers.decided(makers.a_call(centre)), weapon="yes"))
    makers.decided(makers.a_call(centre, type="welfare_check", urgent=True))
    makers.decided(makers.a_call(centre, type="", source="988"), imminent="not_asked")
    makers.decided(makers.a_call(centre, offence={"class": "misdemeanor"}))

    for made in Decision.objects.select_related("protocol"):
        again = decide(facts.read(made.facts), store.read(made.protocol))
        assert explain.line(again) == made.line, made


def test_a_call_decided_while_a_team_is_at_work_stays_at_work(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)

    call = makers.decide(makers.late(call, minor_alone="not_known"))

    assert call.state == "working"


def test_not_triaged_is_not_ineligible(centre):
    makers.a_unit(centre)
    untriaged = makers.a_call(centre, type="trespass")
    decision_of = makers.decide(makers.triaged(untriaged, weapon="not_asked"))
    violent = makers.decided(makers.a_call(centre, type="trespass"), violence="yes")

    assert makers.fresh(makers.a_call(centre)).eligibility == "not_triaged"
    assert decision_of.eligibility == "not_triaged"
    assert (violent.eligibility, violent.ineligible_rule) == ("ineligible", "S2")


def test_nobody_free_is_said_with_its_code(centre):
    call = makers.decided(makers.a_call(centre))

    assert (call.eligibility, call.not_served) == ("eligible", "no_unit")


def test_outside_hours_is_said_with_its_code():
    night = makers.an_agency(hours={"crt": "06:00-20:00", "cor": "06:00-20:00"})
    makers.a_unit(night)
    call = makers.triaged(makers.a_call(night, type="trespass"))

    late = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    decision.decide(call_id=call.pk, by=ROUTER, now=late)

    assert makers.fresh(call).not_served == "off_hours"


def test_outside_the_area_is_said_with_its_code(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass", inside=False))

    assert call.not_served == "out_of_area"


def test_a_doubtful_boundary_counts_as_inside(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass", inside=None))

    assert makers.ringing(call, "crt")


def test_who_rang_and_did_not_answer_timed_out_and_was_not_missing(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    makers.ring_out(makers.ringing(call))

    assert makers.decide(call).not_served == "timed_out"


def test_a_clinician_already_with_the_caller_counts_as_free_for_this_call(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.with_clinician(call)

    makers.decide(makers.late(call, minor_alone="not_known"))

    assert Decision.objects.filter(call=call).latest("pk").response == "ccd"
    assert Seat.objects.filter(call=call, response="ccd").count() == 1


def test_after_a_session_a_team_that_cannot_be_had_rings_no_clinician_again(centre):
    makers.a_clinician(centre)
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    session = makers.with_clinician(call)
    request(call, "crt")
    makers.ended(session)

    call = makers.decide(call)

    assert Seat.objects.filter(call=call, response="ccd").count() == 1
    assert makers.seat_of(call, "cit").state == "wanted"


def test_decisions_between_seats_that_stay_empty_come_to_an_end(centre):
    for _ in range(2):
        makers.a_clinician(centre)
    makers.a_unit(centre, "crt")
    makers.a_unit(centre, "cor")
    call = makers.decided(makers.a_call(centre))

    rounds = 0
    while ring := makers.any_ringing(call):
        makers.ring_out(ring)
        makers.decide(call)
        rounds += 1

    assert rounds == 4
    assert makers.seat_of(call, "cit").state == "wanted"
    assert makers.fresh(call).decision_wanted_at is None


def test_an_override_keeps_the_machine_s_answer_and_says_who_and_why(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)

    made = override(call, "cor", reason="officer_asks")

    assert (made.response, made.line["response"]) == ("ccd", "ccd")
    assert (made.override_response, made.override_reason) == ("cor", "officer_asks")
    assert made.overridden_by is not None
    assert makers.fresh(ring).state == "withdrawn"
    assert makers.seat_of(call, "cor").state == "wanted"


@pytest.mark.parametrize(
    ("response", "reason"), [("cor", ""), ("cor", "because"), ("taxi", "other")]
)
def test_an_override_needs_a_known_response_and_a_coded_reason(
    centre, response, reason
):
    call = makers.decided(makers.a_call(centre))

    with pytest.raises(Invalid):
        override(call, response, reason)


@pytest.mark.parametrize("verb", [override, request])
@pytest.mark.parametrize(
    "danger", ["weapon", "violence", "household", "crime", "threat"]
)
def test_nobody_goes_below_the_floor_by_hand(centre, verb, danger):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre), **{danger: "yes"})

    with pytest.raises(FloorForbids):
        verb(call, "crt")


def test_a_unit_is_not_sent_by_hand_where_the_floor_forbids_it(centre):
    unit = makers.a_unit(centre)
    armed = makers.decided(makers.a_call(centre), weapon="yes")
    unasked = makers.a_call(centre, type="trespass")

    for call in (armed, unasked):
        with pytest.raises(FloorForbids):
            offer.send(call_id=call.pk, unit_id=unit.pk, by=CLOCK)


def test_a_unit_sent_by_hand_stages_where_the_rules_say_so(centre):
    makers.a_clinician(centre)
    unit = makers.a_unit(centre)
    call = makers.triaged(
        makers.a_call(centre, type="intoxicated_person"), medical="not_known"
    )

    ring = offer.send(call_id=call.pk, unit_id=unit.pk, by=CLOCK)

    assert ring.seat.mode == "staged"


def test_what_a_safety_rule_requires_stays_when_a_person_overrides(centre):
    call = makers.decided(makers.a_call(centre), attempt="yes")
    assert makers.seat_of(call, "ems").state == "wanted"

    override(call, "police")

    assert makers.seat_of(call, "ems").state == "wanted"
    assert makers.seat_of(call, "police").state == "wanted"


def test_ems_beside_a_row_stays_when_a_person_overrides(centre):
    makers.a_unit(centre)
    call = makers.decided(
        makers.a_call(centre, type="welfare_check", urgent=True), medical="not_known"
    )
    assert makers.seat_of(call, "ems").state == "wanted"

    override(call, "cor")

    assert makers.seat_of(call, "ems").state == "wanted"


def test_what_a_person_requested_outlives_a_decision_that_does_not_ask_for_it(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    request(call, "ems")

    makers.decide(makers.late(call, minor_alone="yes"))

    assert makers.seat_of(call, "ems").state == "wanted"


def test_a_requested_team_is_let_go_when_the_floor_forbids_it(centre):
    makers.a_clinician(centre)
    unit = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre))
    request(call, "crt")
    assert makers.fresh(unit).state == "dispatched"

    makers.decide(makers.late(call, weapon="yes"))

    assert makers.seat_of(call, "crt").state == "withdrawn"
    assert makers.fresh(unit).state == "available"


@pytest.mark.parametrize("verb", [override, request])
def test_nothing_is_decided_by_hand_before_a_decision_or_after_the_end(centre, verb):
    undecided = makers.a_call(centre)
    over = makers.closed(makers.decided(makers.a_call(centre)))

    for call in (undecided, over):
        with pytest.raises(Invalid):
            verb(call, "cor")


def test_an_intoxicated_person_whose_breathing_is_in_doubt_gets_ems_and_crt_stages(
    centre,
):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.decided(
        makers.a_call(centre, type="intoxicated_person"), medical="not_known"
    )

    assert makers.seat_of(call, "ems").state == "wanted"
    assert makers.seat_of(call, "crt").mode == "staged"
    assert the_decision(call).rule == "S1"


def test_care_navigation_comes_onto_the_navigators_list(centre):
    makers.somebody_free(centre, "navigator")
    call = makers.decided(makers.a_call(centre, type="follow_up"))

    assert makers.seat_of(call, "cn").state == "wanted"
    assert FollowUp.objects.get(call=call).claimed_by is None


def test_a_call_resolved_and_asked_again_works_on(centre):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre))
    makers.ended(makers.with_clinician(call))
    assert makers.fresh(call).state == "resolved"

    request(call, "crt")

    assert makers.fresh(call).state == "working"
    assert makers.ringing(call, "crt")
    makers.on_scene(call)
    with pytest.raises(Invalid):
        disposition.close(call_id=call.pk, by=CLOCK)
