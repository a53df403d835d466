"""What holds of every decision, whatever the call and whatever the agency's rows."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core import explain, floor
from routing.core.decide import decide
from routing.core.facts import HEART, Answer, Mode
from routing.core.floor import known_safe
from tests.core.calls import a_call, decided, durham, modes
from tests.core.drawn import CALLS, PROTOCOLS

UNARMED = {"crt", "cn"}
SAFETY = (
    "attempt",
    "medical",
    "violence",
    "household",
    "weapon",
    "crime",
    "threat",
)
ALL = settings(max_examples=40, deadline=None)


@ALL
@given(CALLS, PROTOCOLS)
def test_every_call_gets_an_answer_and_the_same_one_twice(call, protocol):
    first = decide(call, protocol)
    assert decide(call, protocol) == first
    assert explain.line(first)["reasons"]


@ALL
@given(CALLS, st.randoms(use_true_random=False))
def test_the_order_of_the_floor_never_matters(call, random):
    plain = decide(call, durham())
    usual = floor.FLOOR
    shuffled = list(usual)
    Random(random.random()).shuffle(shuffled)
    try:
        floor.FLOOR = tuple(shuffled)
        assert decide(call, durham()) == plain
    finally:
        floor.FLOOR = usual


@ALL
@given(CALLS, PROTOCOLS)
def test_nobody_unarmed_goes_to_a_weapon_or_violence_whatever_the_rows_say(
    call, protocol
):
    going = modes(decide(call, protocol))
    unheard = {Answer.YES, Answer.NOT_ASKED}
    if call.weapon in unheard or call.violence in unheard:
        assert not UNARMED & going.keys()


@ALL
@given(CALLS, PROTOCOLS)
def test_nobody_unarmed_goes_straight_to_an_answer_that_is_not_known(call, protocol):
    answers = {getattr(call, key) for key in SAFETY}
    if Answer.NOT_KNOWN in answers:
        for kind in UNARMED & modes(decide(call, protocol)).keys():
            assert modes(decide(call, protocol))[kind] == "staged"


@ALL
@given(CALLS, PROTOCOLS)
def test_nobody_unarmed_goes_to_a_threat_a_crime_or_a_dispute_at_home(call, protocol):
    danger = Answer.YES in (call.threat, call.crime, call.household) or call.hazard
    if danger:
        assert not UNARMED & modes(decide(call, protocol)).keys()


@ALL
@given(CALLS, PROTOCOLS)
def test_a_life_in_danger_always_gets_ems_first(call, protocol):
    in_danger = Answer.YES in (call.attempt, call.medical) or call.type == "overdose"
    if in_danger:
        decision = decide(call, protocol)
        assert decision.response == "ems"
        assert modes(decision)["ems"] == ("now" if known_safe(call) else "staged")


@ALL
@given(CALLS, st.sampled_from(SAFETY))
def test_a_yes_never_takes_ems_away(call, key):
    for answer in (Answer.NO, Answer.NOT_KNOWN, Answer.NOT_ASKED):
        without = modes(decide(replace(call, **{key: answer}), durham()))
        if "ems" in without:
            assert "ems" in modes(decide(replace(call, **{key: Answer.YES}), durham()))


@ALL
@given(CALLS, PROTOCOLS)
def test_violence_always_gets_police(call, protocol):
    if call.violence == Answer.YES:
        assert "police" in modes(decide(call, protocol))


@ALL
@given(CALLS, PROTOCOLS)
def test_nobody_is_passed_to_988_who_did_not_agree_or_from_an_unknown_place(
    call, protocol
):
    if "988" in modes(decide(call, protocol)):
        assert call.agrees_988 == Answer.YES
        assert call.location.verified
        assert {getattr(call, key) for key in SAFETY} == {Answer.NO}


@ALL
@given(CALLS, PROTOCOLS)
def test_who_goes_is_never_among_the_excluded(call, protocol):
    decision = decide(call, protocol)
    assert not dict(decision.excluded).keys() & modes(decision).keys()


@ALL
@given(CALLS, PROTOCOLS)
def test_only_who_is_free_goes(call, protocol):
    decision = decide(call, protocol)
    going = {sent.response for sent in decision.also}
    for kind in going & (HEART - {decision.response}):
        assert call.available.get(kind, 0) > 0


@ALL
@given(CALLS, PROTOCOLS)
def test_nobody_goes_twice(call, protocol):
    decision = decide(call, protocol)
    also = [sent.response for sent in decision.also]
    assert len(also) == len(set(also))
    for sent in decision.also:
        assert sent.response != decision.response or sent.mode != Mode.NOW


@ALL
@given(CALLS, PROTOCOLS)
def test_a_reason_is_kept_when_an_eligible_call_is_not_served(call, protocol):
    decision = decide(call, protocol)
    if decision.not_served is not None:
        assert decision.eligibility == "eligible"
        assert "follow_up_offer" in decision.flags


@ALL
@given(CALLS, PROTOCOLS)
def test_a_young_person_alone_never_changes_who_goes(call, protocol):
    alone, accompanied = (
        decide(replace(call, minor_alone=answer), protocol)
        for answer in (Answer.YES, Answer.NO)
    )
    assert modes(alone) == modes(accompanied)


@ALL
@given(CALLS, st.sampled_from(SAFETY))
def test_not_asking_never_brings_anyone_unarmed_nearer_than_no_would(call, key):
    near = {"now": 2, "staged": 1, "then": 0}
    silent = modes(decide(replace(call, **{key: Answer.NOT_ASKED}), durham()))
    no = modes(decide(replace(call, **{key: Answer.NO}), durham()))
    if silent.get("crt") == "now":
        assert no.get("crt") == "now"
    assert near.get(silent.get("crt"), -1) < 2


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
