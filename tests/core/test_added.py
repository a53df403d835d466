"""What the floor adds and never replaces: questions, people to tell, offers."""

import pytest

from routing.core.facts import ANSWERS
from tests.core.calls import decided, modes, why_not

DIVERTED = {
    "class": "misdemeanor",
    "first": True,
    "firearm": False,
    "traffic": False,
    "sexual": False,
}


@pytest.mark.parametrize("key", ANSWERS[:8])
def test_an_answer_nobody_asked_for_is_asked(key):
    assert key in decided(type="mental_health_crisis", **{key: "not_asked"}).ask


@pytest.mark.parametrize(
    ("facts", "key", "asked"),
    [
        ({"source": "988", "imminent": "not_asked"}, "imminent", True),
        ({"source": "988", "imminent": "not_known"}, "imminent", False),
        ({"type": "trespass", "imminent": "not_asked"}, "imminent", False),
        ({"type": "suicide_threat"}, "caller", True),
        ({"type": "suicide_threat", "caller": "person"}, "caller", False),
        ({"type": "trespass"}, "caller", False),
    ],
)
def test_what_bears_on_this_call_alone_is_asked_of_it_alone(facts, key, asked):
    assert decided(**facts).ask == ((key,) if asked else ())


@pytest.mark.parametrize("type", ["suicide_threat", "trespass", "counselling", None])
@pytest.mark.parametrize("weapon", ["yes", "no", "not_asked"])
def test_a_young_person_alone_adds_and_never_replaces(type, weapon):
    without = decided(type=type, weapon=weapon)
    alone = decided(type=type, weapon=weapon, minor_alone="yes")
    assert modes(alone) == modes(without)
    assert "supervisor" in alone.tell
    assert {"youth_skill", "guardian"} <= set(alone.flags)


@pytest.mark.parametrize(
    "danger",
    [{"threat": "yes"}, {"hazard": True}, {"hazard": True, "minor_alone": "yes"}],
)
def test_a_threat_or_hazard_tells_the_supervisor_once(danger):
    assert decided(type="trespass", **danger).tell == ("supervisor",)


def test_a_household_dispute_offers_an_advocate():
    decision = decided(type="mental_health_crisis", household="yes")
    assert decision.flags == ("advocate_offer",)
    assert {"S2b.household"} <= set(why_not(decision, "crt"))


def test_five_responses_in_a_year_ask_for_a_plan_and_lower_nothing():
    before = decided(type="mental_health_crisis", weapon="yes", history=4)
    after = decided(type="mental_health_crisis", weapon="yes", history=5)
    assert (before.flags, after.flags) == ((), ("familiar_neighbour",))
    assert modes(before) == modes(after)


def test_a_first_misdemeanour_named_by_an_officer_offers_diversion():
    decision = decided(source="officer", offence=DIVERTED)
    assert set(decision.flags) == {"diversion_offer", "officer_on_scene"}


@pytest.mark.parametrize(
    "different",
    [
        {"class": "felony"},
        {"class": None},
        {"first": False},
        {"first": None},
        {"firearm": True},
        {"firearm": None},
        {"traffic": True},
        {"traffic": None},
        {"sexual": True},
        {"sexual": None},
    ],
)
def test_diversion_is_never_inferred(different):
    decision = decided(source="officer", offence={**DIVERTED, **different})
    assert "diversion_offer" not in decision.flags


def test_diversion_is_an_officers_to_name():
    assert "diversion_offer" not in decided(source="911", offence=DIVERTED).flags
