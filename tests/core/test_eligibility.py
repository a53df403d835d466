"""Who can be had, whether a call is meant for HEART, and how urgent it is."""

import pytest

from tests.core.calls import NIGHT, OUTSIDE, decided, modes, why_not


@pytest.mark.parametrize("inside", [None, True])
def test_a_doubtful_boundary_counts_as_inside(inside):
    place = {"verified": True, "inside": inside}
    assert decided(type="trespass", location=place).response == "crt"


def test_a_place_nobody_verified_is_not_refused_as_outside():
    place = {"verified": False, "inside": False}
    assert decided(type="trespass", location=place).response == "crt"


def test_outside_the_area_nobody_of_ours_goes_and_the_reason_is_kept():
    decision = decided(type="trespass", location=OUTSIDE)
    assert (decision.response, decision.eligibility) == ("police", "eligible")
    assert decision.not_served == "out_of_area"
    assert decision.flags == ("follow_up_offer",)
    for kind in ("ccd", "crt", "cor", "cn"):
        assert "G1.out_of_area" in why_not(decision, kind)


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        ("2026-07-01T05:59:59-04:00", "police"),
        ("2026-07-01T06:00:00-04:00", "crt"),
        ("2026-07-01T10:00:00Z", "crt"),
        ("2026-07-01T23:59:59-04:00", "crt"),
        ("2026-07-02T00:00:00-04:00", "police"),
        ("2026-01-01T10:30:00Z", "police"),
        ("2026-01-01T11:00:00+00:00", "crt"),
        # Clocks went back in the night: half past six by yesterday is half past five.
        ("2026-11-01T06:30:00-04:00", "police"),
        ("2026-11-01T07:00:00-04:00", "crt"),
    ],
)
def test_hours_are_those_of_the_agencys_own_clock(at, goes):
    assert decided(type="trespass", at=at).response == goes


@pytest.mark.parametrize(
    ("at", "goes"),
    [("2026-07-01T20:59:59-04:00", "cor"), ("2026-07-01T21:00:00-04:00", "cit")],
)
def test_co_response_ends_on_the_hour(at, goes):
    assert decided(type="welfare_check", weapon="yes", at=at).response == goes


def test_the_next_kind_goes_and_each_one_passed_over_says_why():
    decision = decided(type="trespass", available={"cor": 1})
    assert (decision.response, decision.not_served) == ("cor", None)
    assert why_not(decision, "crt") == ("G1.no_unit",)


def test_at_night_an_eligible_call_is_not_served_for_the_hour():
    decision = decided(type="trespass", at=NIGHT)
    assert (decision.response, decision.not_served) == ("police", "off_hours")
    assert why_not(decision, "crt") == ("G1.off_hours",)


def test_who_is_forbidden_and_not_free_is_told_by_both():
    decision = decided(type="trespass", weapon="yes", available={})
    assert why_not(decision, "crt") == ("S4.weapon", "G1.no_unit")


def test_a_call_that_is_not_triaged_is_not_yet_unserved():
    decision = decided(type="trespass", weapon="not_asked", available={"crt": 1})
    assert (decision.not_served, decision.flags) == (None, ())


def test_who_goes_alone_is_named_once():
    assert decided(type="trespass").also == ()


def test_a_clinician_on_an_officers_phone_does_not_make_the_call_served():
    decision = decided(type="welfare_check", weapon="yes", available={"ccd": 1})
    assert modes(decision) == {"cit": "now", "ccd": "phone"}
    assert (decision.eligibility, decision.not_served) == ("eligible", "no_unit")


@pytest.mark.parametrize(
    ("facts", "eligibility"),
    [
        ({"type": "trespass"}, "eligible"),
        ({"type": "trespass", "available": {}}, "eligible"),
        ({"type": None}, "not_triaged"),
        ({"type": None, "weapon": "not_asked"}, "not_triaged"),
        ({"type": None, "weapon": "yes"}, "ineligible"),
        ({"type": "noise"}, "ineligible"),
        ({"type": "trespass", "violence": "yes"}, "ineligible"),
        ({"type": "mental_health_crisis", "weapon": "yes"}, "eligible"),
        ({"type": "trespass", "threat": "yes"}, "eligible"),
        (
            {"type": "trespass", "weapon": "not_asked", "available": {"crt": 1}},
            "not_triaged",
        ),
        ({"type": "intoxicated_person", "medical": "not_known"}, "eligible"),
        ({"type": "intoxicated_person", "medical": "yes"}, "ineligible"),
        ({"type": None, "source": "officer"}, "eligible"),
        ({"type": None, "source": "988", "imminent": "no"}, "eligible"),
        # One of ours is wanted, whatever else the call needs.
        ({"type": "noise", "threat": "yes"}, "eligible"),
        ({"type": "suicide_threat", "attempt": "yes", "weapon": "yes"}, "eligible"),
        ({"type": "mental_health_crisis", "weapon": "not_asked"}, "eligible"),
        # Nobody is free: an answer more would change nothing.
        ({"type": "trespass", "weapon": "not_asked", "available": {}}, "eligible"),
        (
            {
                "type": "counselling",
                "agrees_988": "yes",
                "attempt": "not_asked",
                "available": {},
            },
            "eligible",
        ),
        (
            {
                "type": "intoxicated_person",
                "medical": "not_known",
                "available": {"ccd": 1, "cor": 1},
            },
            "eligible",
        ),
        # A navigator could go, were it not for the question.
        (
            {"type": "follow_up", "weapon": "not_asked", "available": {"cn": 1}},
            "not_triaged",
        ),
        # The floor holds back all of them, and one of them.
        (
            {
                "type": "assist_person",
                "weapon": "not_known",
                "available": {"crt": 1, "cn": 1},
            },
            "ineligible",
        ),
        (
            {"type": "trespass", "weapon": "not_known", "available": {"crt": 1}},
            "eligible",
        ),
    ],
)
def test_not_triaged_is_not_ineligible(facts, eligibility):
    assert decided(**facts).eligibility == eligibility


@pytest.mark.parametrize(
    ("facts", "priority"),
    [
        ({"attempt": "yes"}, 1),
        ({"source": "988", "imminent": "yes"}, 1),
        ({"type": "trespass", "weapon": "yes"}, 2),
        ({"type": "suicide_threat"}, 2),
        ({"type": None}, 2),
        ({"type": "welfare_check"}, 3),
        ({"type": "welfare_check", "urgent": True}, 2),
        ({"type": "suicide_threat", "urgent": True}, 2),
        ({"type": "suicide_threat", "attempt": "yes", "urgent": True}, 1),
        ({"type": "panhandling"}, 4),
        ({"type": "panhandling", "source": "officer"}, 2),
        ({"type": "panhandling", "violence": "yes"}, 2),
        ({"type": "panhandling", "household": "yes"}, 2),
        ({"type": "panhandling", "crime": "yes"}, 2),
        ({"type": "panhandling", "threat": "yes"}, 2),
        ({"type": "drug_use", "weapon": "yes"}, 2),
        ({"type": "drug_use"}, 4),
        # The agency's row has the word, also where the type alone would be higher.
        ({"type": "suicide_threat", "source": "988", "imminent": "no"}, 3),
    ],
)
def test_the_most_urgent_of_what_is_said_counts(facts, priority):
    assert decided(**facts).priority == priority
