"""What holds of every decision, whatever the call and whatever the agency's rows."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core import explain, floor
from routing.core.decide import decide
from routing.core.facts import HEART, UNARMED, Answer, Mode, Response
from tests.core.calls import a_call, decided, durham, modes
from tests.core.drawn import CALLS, NEARLY_QUIET, PROTOCOLS

SAFETY = (
    "attempt",
    "medical",
    "violence",
    "household",
    "weapon",
    "crime",
    "threat",
)
UNHEARD = {Answer.YES, Answer.NOT_ASKED}


def safety(call):
    return {getattr(call, key) for key in SAFETY}


def scene_is_safe(call):
    """Both were asked and answered no, and nothing else speaks of danger."""
    calm = {call.weapon, call.violence} == {Answer.NO} and not call.hazard
    return calm and Answer.YES not in (call.threat, call.crime, call.household)


def unarmed(decision):
    """The modes in which somebody unarmed goes."""
    going = explain.going(decision)
    return {mode for kind, mode in going if kind in UNARMED}


# promises: a call and a protocol, and what was decided


def the_same_again(call, protocol, decision):
    assert decide(call, protocol) == decision


def every_answer_has_a_reason(call, protocol, decision):
    assert explain.line(decision)["reasons"]
    assert decision.findings[0].rule == decision.rule


def nobody_unarmed_goes_to_a_weapon_or_violence_or_before_it_was_asked(
    call, protocol, decision
):
    if UNHEARD & {call.weapon, call.violence}:
        assert not unarmed(decision)


def nobody_unarmed_goes_to_a_threat_a_crime_or_a_dispute_at_home(
    call, protocol, decision
):
    if Answer.YES in (call.threat, call.crime, call.household) or call.hazard:
        assert not unarmed(decision)


def nobody_unarmed_goes_straight_to_what_is_not_known(call, protocol, decision):
    if Answer.NOT_KNOWN in safety(call):
        assert unarmed(decision) <= {Mode.STAGED}


def nobody_unarmed_goes_straight_to_what_was_not_asked(call, protocol, decision):
    if Answer.NOT_ASKED in safety(call):
        assert Mode.NOW not in unarmed(decision)


def whom_the_floor_stages_goes_no_nearer(call, protocol, decision):
    for kind, mode in explain.going(decision):
        assert kind not in decision.staged or mode in (Mode.STAGED, Mode.THEN)


def a_life_in_danger_gets_ems_first(call, protocol, decision):
    if Answer.YES in (call.attempt, call.medical) or call.type == "overdose":
        assert decision.response == Response.EMS
        assert modes(decision)["ems"] == ("now" if scene_is_safe(call) else "staged")
        assert decision.priority == 1


def violence_gets_police(call, protocol, decision):
    if call.violence == Answer.YES:
        assert "police" in modes(decision)


def nobody_is_passed_to_988_who_did_not_agree_or_from_an_unknown_place(
    call, protocol, decision
):
    if "988" in modes(decision):
        assert call.agrees_988 == Answer.YES
        assert call.location.verified
        assert safety(call) == {Answer.NO}


def who_goes_is_never_among_the_excluded(call, protocol, decision):
    assert not dict(decision.excluded).keys() & modes(decision).keys()


def only_who_is_free_goes(call, protocol, decision):
    going = {sent.response for sent in decision.also}
    for kind in going & (HEART - {decision.response}):
        assert call.available.get(kind, 0) > 0


def nobody_goes_twice(call, protocol, decision):
    also = [sent.response for sent in decision.also]
    assert len(also) == len(set(also))
    for sent in decision.also:
        assert sent.response != decision.response or sent.mode != Mode.NOW


def what_is_said_is_said_once(call, protocol, decision):
    for said in (decision.ask, decision.tell, decision.flags):
        assert len(said) == len(set(said))


def an_eligible_call_that_is_not_served_keeps_the_reason(call, protocol, decision):
    offered = "follow_up_offer" in decision.flags
    assert offered == (decision.not_served is not None)
    assert not offered or decision.eligibility == "eligible"


def a_young_person_alone_never_changes_who_goes(call, protocol, decision):
    other = Answer.NO if call.minor_alone == Answer.YES else Answer.YES
    assert modes(decide(replace(call, minor_alone=other), protocol)) == modes(decision)


PROMISES = (
    the_same_again,
    every_answer_has_a_reason,
    nobody_unarmed_goes_to_a_weapon_or_violence_or_before_it_was_asked,
    nobody_unarmed_goes_to_a_threat_a_crime_or_a_dispute_at_home,
    nobody_unarmed_goes_straight_to_what_is_not_known,
    nobody_unarmed_goes_straight_to_what_was_not_asked,
    whom_the_floor_stages_goes_no_nearer,
    a_life_in_danger_gets_ems_first,
    violence_gets_police,
    nobody_is_passed_to_988_who_did_not_agree_or_from_an_unknown_place,
    who_goes_is_never_among_the_excluded,
    only_who_is_free_goes,
    nobody_goes_twice,
    what_is_said_is_said_once,
    an_eligible_call_that_is_not_served_keeps_the_reason,
    a_young_person_alone_never_changes_who_goes,
)


def all_promises(call, protocol):
    # Drawing a call costs more than to decide it: each is held to all the promises.
    decision = decide(call, protocol)
    for promise in PROMISES:
        promise(call, protocol, decision)


@settings(max_examples=80, deadline=None)
@given(CALLS, PROTOCOLS)
def test_every_promise_is_kept_whatever_the_call_and_whatever_the_rows(call, protocol):
    all_promises(call, protocol)


@settings(max_examples=400, deadline=None)
@given(NEARLY_QUIET, PROTOCOLS)
def test_every_promise_is_kept_where_only_a_thing_or_two_is_wrong(call, protocol):
    all_promises(call, protocol)


@settings(max_examples=40, deadline=None)
@given(NEARLY_QUIET, st.permutations(floor.FLOOR))
def test_the_order_of_the_floor_never_matters(call, shuffled):
    plain = decide(call, durham())
    usual = floor.FLOOR
    try:
        floor.FLOOR = tuple(shuffled)
        assert decide(call, durham()) == plain
    finally:
        floor.FLOOR = usual


@settings(max_examples=60, deadline=None)
@given(NEARLY_QUIET, st.sampled_from(SAFETY))
def test_no_answer_makes_a_call_less_safe_than_another(call, key):
    said = {
        answer: modes(decide(replace(call, **{key: answer}), durham()))
        for answer in Answer
    }
    # A yes never takes EMS away, and silence brings nobody unarmed nearer than no.
    if any("ems" in going for going in said.values()):
        assert "ems" in said[Answer.YES]
    assert said[Answer.NOT_ASKED].get("crt") != "now"
    assert said[Answer.NOT_KNOWN].get("crt") != "now"


@pytest.mark.parametrize(
    ("weapon", "violence"), list(product([str(answer) for answer in Answer], repeat=2))
)
def test_each_pair_of_weapon_and_violence(weapon, violence):
    going = modes(decided(type="trespass", weapon=weapon, violence=violence))
    expected = {"crt": "now"}
    if "not_known" in (weapon, violence):
        expected = {"crt": "staged", "ccd": "phone"}
    if "not_asked" in (weapon, violence):
        expected = {"cor": "now"}
    if "yes" in (weapon, violence):
        expected = {"police": "now"}
    assert going == expected


def test_availability_left_out_means_nobody_of_ours_and_everybody_else():
    call = a_call(type="mental_health_crisis", available=None)
    assert modes(decide(call, durham())) == {"cit": "now"}
