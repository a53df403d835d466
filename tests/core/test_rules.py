"""Each rule of the default protocol, as a dispatcher would say it."""

import pytest

from routing.core.facts import ANSWERS
from tests.core.calls import FREE, NIGHT, OUTSIDE, decided, modes, why_not

DIVERTED = {
    "class": "misdemeanor",
    "first": True,
    "firearm": False,
    "traffic": False,
    "sexual": False,
}
NO_COR = {**FREE, "cor": 0}
NO_TEAM = {"ccd": 1}
UNKNOWN_TEAM = {"crt": "staged", "ccd": "phone"}


def case(promise, facts, rule, goes):
    return pytest.param(facts, rule, goes, id=promise)


@pytest.mark.parametrize(
    ("facts", "rule", "goes"),
    [
        case(
            "an attempt gets EMS, a clinician on the line and a team behind",
            {"type": "suicide_threat", "attempt": "yes"},
            "S1",
            {"ems": "now", "ccd": "phone", "crt": "staged"},
        ),
        case(
            "an overdose gets EMS even when nobody is hurt",
            {"type": "overdose"},
            "S1",
            {"ems": "now", "ccd": "phone"},
        ),
        case(
            "EMS stages when nobody has asked about a weapon",
            {"type": "trespass", "medical": "yes", "weapon": "not_asked"},
            "S1",
            {"ems": "staged"},
        ),
        case(
            "EMS stages and police go when life is in danger beside a weapon",
            {"type": "trespass", "medical": "yes", "weapon": "yes"},
            "S1",
            {"ems": "staged", "police": "now"},
        ),
        case(
            "an attempt with a weapon brings EMS, police and co-response",
            {"type": "suicide_threat", "attempt": "yes", "weapon": "yes"},
            "S1",
            {"ems": "staged", "police": "now", "cor": "now", "ccd": "phone"},
        ),
        case(
            "violence brings police",
            {"type": "mental_health_crisis", "violence": "yes"},
            "S2",
            {"police": "now"},
        ),
        case(
            "violence with a weapon brings police and co-response",
            {"type": "mental_health_crisis", "violence": "yes", "weapon": "yes"},
            "S2",
            {"police": "now", "cor": "now"},
        ),
        case(
            "a household dispute brings police",
            {"type": "verbal_disturbance", "household": "yes"},
            "S2b",
            {"police": "now"},
        ),
        case(
            "a weapon in a mental-health crisis brings co-response",
            {"type": "mental_health_crisis", "weapon": "yes"},
            "S3",
            {"cor": "now"},
        ),
        case(
            "no co-response free: a CIT officer with a clinician by phone",
            {"type": "suicide_threat", "weapon": "yes", "available": NO_COR},
            "S3",
            {"cit": "now", "ccd": "phone"},
        ),
        case(
            "no co-response at night: a CIT officer with a clinician by phone",
            {"type": "suicide_threat", "weapon": "yes", "at": NIGHT},
            "S3",
            {"cit": "now", "ccd": "phone"},
        ),
        case(
            "neither co-response nor CIT: police with a clinician by phone",
            {
                "type": "welfare_check",
                "weapon": "yes",
                "available": {"ccd": 1, "cit": 0},
            },
            "S3",
            {"police": "now", "ccd": "phone"},
        ),
        case(
            "a weapon without behavioural health brings police",
            {"type": "trespass", "weapon": "yes"},
            "S4",
            {"police": "now"},
        ),
        case(
            "a crime in progress brings police",
            {"type": "mental_health_crisis", "crime": "yes"},
            "S4",
            {"police": "now"},
        ),
        case(
            "a weapon nobody asked about holds the unarmed team",
            {"type": "trespass", "weapon": "not_asked"},
            "E4",
            {"cor": "now"},
        ),
        case(
            "a weapon nobody asked about leaves the clinician by phone",
            {"type": "mental_health_crisis", "weapon": "not_asked"},
            "E2",
            {"ccd": "now"},
        ),
        case(
            "a threat brings co-response",
            {"type": "noise", "threat": "yes"},
            "S6",
            {"cor": "now"},
        ),
        case(
            "a hazard on file brings co-response",
            {"type": "welfare_check", "hazard": True},
            "S6",
            {"cor": "now"},
        ),
        case(
            "a suicide threat rings a clinician, a team if someone should go",
            {"type": "suicide_threat", "caller": "person"},
            "E1",
            {"ccd": "now", "crt": "then"},
        ),
        case(
            "a person not on the line: the team starts while the clinician rings",
            {"type": "suicide_threat", "caller": "third_party"},
            "E1",
            {"ccd": "now", "crt": "now"},
        ),
        case(
            "nobody said who calls: the team starts while the clinician rings",
            {"type": "suicide_threat"},
            "E1",
            {"ccd": "now", "crt": "now"},
        ),
        case(
            "a person not on the line at night: a CIT officer starts",
            {"type": "suicide_threat", "caller": "with_person", "at": NIGHT},
            "E1",
            {"ccd": "now", "cit": "now"},
        ),
        case(
            "a suicide threat with nobody free gets a CIT officer",
            {"type": "suicide_threat", "caller": "person", "available": {}},
            "E1",
            {"cit": "now"},
        ),
        case(
            "a mental-health crisis rings a clinician, then a team",
            {"type": "mental_health_crisis"},
            "E2",
            {"ccd": "now", "crt": "then"},
        ),
        case(
            "no clinician: the team goes to a mental-health crisis",
            {"type": "mental_health_crisis", "available": {"crt": 1}},
            "E2",
            {"crt": "now"},
        ),
        case(
            "a welfare check gets CRT", {"type": "welfare_check"}, "E3", {"crt": "now"}
        ),
        case(
            "an urgent welfare check with the medical state unknown gets EMS too",
            {"type": "welfare_check", "urgent": True, "medical": "not_known"},
            "E3",
            {"crt": "staged", "ems": "now", "ccd": "phone"},
        ),
        case(
            "EMS stages at an urgent welfare check with no word of a weapon",
            {
                "type": "welfare_check",
                "urgent": True,
                "medical": "not_asked",
                "weapon": "not_asked",
            },
            "E3",
            {"cor": "now", "ems": "staged"},
        ),
        case(
            "a threat at an urgent welfare check does not take EMS away",
            {
                "type": "welfare_check",
                "urgent": True,
                "medical": "not_known",
                "threat": "yes",
            },
            "S6",
            {"cor": "now", "ems": "staged"},
        ),
        case("an unwanted person gets CRT", {"type": "trespass"}, "E4", {"crt": "now"}),
        case(
            "an intoxicated person who breathes well gets CRT",
            {"type": "intoxicated_person"},
            "E5",
            {"crt": "now"},
        ),
        case(
            "breathing in doubt brings EMS, CRT behind",
            {"type": "intoxicated_person", "medical": "not_known"},
            "S1",
            {"ems": "now", "ccd": "phone", "crt": "staged"},
        ),
        case("panhandling gets CRT", {"type": "panhandling"}, "E6", {"crt": "now"}),
        case("indecency gets CRT", {"type": "indecency"}, "E6", {"crt": "now"}),
        case(
            "strangers shouting get CRT",
            {"type": "verbal_disturbance"},
            "E6",
            {"crt": "now"},
        ),
        case(
            "assisting a person gets CRT",
            {"type": "assist_person"},
            "E7",
            {"crt": "now"},
        ),
        case(
            "no CRT: a navigator assists",
            {"type": "assist_person", "available": {"cn": 1}},
            "E7",
            {"cn": "now"},
        ),
        case(
            "a follow-up gets a navigator", {"type": "follow_up"}, "E7", {"cn": "now"}
        ),
        case(
            "who wants to talk gets CCD", {"type": "counselling"}, "E7", {"ccd": "now"}
        ),
        case("noise is switched off", {"type": "noise"}, "fallback", {"police": "now"}),
        case(
            "an officer who asks gets CRT", {"source": "officer"}, "E9", {"crt": "now"}
        ),
        case(
            "who wants to talk and agrees goes to 988",
            {"type": "counselling", "agrees_988": "yes"},
            "T1",
            {"988": "now"},
        ),
        case(
            "988 closed: who wants to talk gets CCD",
            {
                "type": "counselling",
                "agrees_988": "yes",
                "available": {"ccd": 1, "988": 0},
            },
            "T1",
            {"ccd": "now"},
        ),
        case(
            "imminent risk from 988 brings co-response and EMS",
            {"source": "988", "imminent": "yes"},
            "T2",
            {"cor": "now", "ems": "now"},
        ),
        case(
            "a risk 988 cannot rule out is treated as imminent",
            {"source": "988", "imminent": "not_known", "available": NO_TEAM},
            "T2",
            {"cit": "now", "ems": "now"},
        ),
        case(
            "an attempt from 988 brings EMS first",
            {"source": "988", "attempt": "yes", "imminent": "yes"},
            "S1",
            {"ems": "now", "ccd": "phone"},
        ),
        case(
            "988 asks for a team without imminent risk and gets CRT",
            {"source": "988", "imminent": "no"},
            "T2b",
            {"crt": "now"},
        ),
        case(
            "a kind of call nobody knows gets what it always got",
            {"type": "parade"},
            "fallback",
            {"police": "now"},
        ),
        case("no kind of call yet", {"type": None}, "fallback", {"police": "now"}),
    ],
)
def test_who_goes(facts, rule, goes):
    decision = decided(**facts)
    assert (decision.rule, modes(decision)) == (rule, goes)


@pytest.mark.parametrize(
    "key", ["weapon", "violence", "threat", "crime", "household", "attempt", "medical"]
)
def test_asked_and_not_known_sends_the_team_staged_with_a_clinician_on_the_line(key):
    decision = decided(type="trespass", **{key: "not_known"})
    assert modes(decision) == UNKNOWN_TEAM


@pytest.mark.parametrize(
    "key", ["weapon", "violence", "threat", "crime", "household", "attempt", "medical"]
)
def test_not_known_with_no_clinician_sends_nobody_unarmed(key):
    decision = decided(
        type="trespass", available={"crt": 1, "cor": 1}, **{key: "not_known"}
    )
    assert modes(decision) == {"cor": "now"}
    assert any(code.endswith("not_known") for code in why_not(decision, "crt"))


@pytest.mark.parametrize("key", ["threat", "crime", "household", "attempt", "medical"])
def test_not_asked_never_sends_a_team_nearer_than_staged(key):
    decision = decided(type="trespass", **{key: "not_asked"})
    assert modes(decision) == {"crt": "staged"}
    assert decision.ask == (key,)


@pytest.mark.parametrize("key", ["weapon", "violence"])
@pytest.mark.parametrize("type", ["trespass", "follow_up", "welfare_check", "noise"])
def test_a_weapon_or_violence_not_asked_keeps_the_unarmed_away(key, type):
    decision = decided(type=type, **{key: "not_asked"})
    assert not {"crt", "cn"} & modes(decision).keys()
    assert f"S5.{key}_not_asked" in why_not(decision, "crt")
    assert decision.ask == (key,)


@pytest.mark.parametrize("key", ANSWERS[:8])
def test_an_answer_nobody_asked_for_is_asked(key):
    assert key in decided(type="mental_health_crisis", **{key: "not_asked"}).ask


def test_an_unverified_place_is_asked_first_and_keeps_the_caller_here():
    decision = decided(
        type="counselling", agrees_988="yes", threat="not_asked", location=None
    )
    assert decision.ask == ("location", "threat")
    assert decision.response == "ccd"
    assert "L0.not_verified" in why_not(decision, "988")


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


def test_outside_the_area_a_life_in_danger_still_gets_ems():
    assert decided(attempt="yes", location=OUTSIDE).response == "ems"


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


def test_the_next_kind_goes_and_each_one_passed_over_says_why():
    decision = decided(type="trespass", available={"cor": 1})
    assert (decision.response, decision.not_served) == ("cor", None)
    assert why_not(decision, "crt") == ("G1.no_unit",)


def test_at_night_an_eligible_call_is_not_served_for_the_hour():
    decision = decided(type="trespass", at=NIGHT)
    assert (decision.response, decision.not_served) == ("police", "off_hours")
    assert why_not(decision, "crt") == ("G1.off_hours",)


@pytest.mark.parametrize("agrees", ["no", "not_known", "not_asked"])
@pytest.mark.parametrize("type", ["counselling", "follow_up"])
def test_who_only_wants_to_talk_waits_for_a_clinician_and_gets_no_police(agrees, type):
    decision = decided(type=type, agrees_988=agrees, available={})
    assert (decision.response, decision.not_served) == ("ccd", "no_unit")


@pytest.mark.parametrize("key", ["attempt", "medical", "violence", "weapon", "threat"])
@pytest.mark.parametrize("answer", ["yes", "not_known", "not_asked"])
def test_nobody_is_passed_to_988_over_an_open_safety_question(key, answer):
    decision = decided(type="counselling", agrees_988="yes", **{key: answer})
    assert "988" not in modes(decision)


@pytest.mark.parametrize("answer", ["no", "not_known", "not_asked"])
def test_nobody_is_passed_to_988_without_agreeing(answer):
    decision = decided(type="counselling", agrees_988=answer)
    assert decision.response == "ccd"
    assert ("agrees_988" in decision.ask) == (answer == "not_asked")


@pytest.mark.parametrize("type", ["suicide_threat", "trespass", "counselling", None])
@pytest.mark.parametrize("weapon", ["yes", "no", "not_asked"])
def test_a_young_person_alone_adds_and_never_replaces(type, weapon):
    without = decided(type=type, weapon=weapon)
    alone = decided(type=type, weapon=weapon, minor_alone="yes")
    assert modes(alone) == modes(without)
    assert "supervisor" in alone.tell
    assert {"youth_skill", "guardian"} <= set(alone.flags)


@pytest.mark.parametrize("danger", [{"threat": "yes"}, {"hazard": True}])
def test_a_threat_or_hazard_tells_the_supervisor(danger):
    assert decided(type="trespass", **danger).tell == ("supervisor",)


def test_a_household_dispute_offers_an_advocate():
    decision = decided(type="mental_health_crisis", household="yes")
    assert decision.flags == ("advocate_offer",)
    assert {"S2b.household"} <= set(why_not(decision, "crt"))


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
    ],
)
def test_not_triaged_is_not_ineligible(facts, eligibility):
    assert decided(**facts).eligibility == eligibility


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
    ],
)
def test_the_most_urgent_of_what_is_said_counts(facts, priority):
    assert decided(**facts).priority == priority


def test_988_hears_that_responders_made_contact():
    for more in ({"imminent": "yes"}, {"imminent": "not_asked"}, {"attempt": "yes"}):
        assert (
            "confirm_contact"
            in decided(source="988", **{"imminent": "yes", **more}).flags
        )


@pytest.mark.parametrize(
    "doubt",
    [
        {"violence": "not_asked"},
        {"violence": "not_known"},
        {"weapon": "not_known"},
        {"threat": "yes"},
        {"hazard": True},
    ],
)
def test_ems_waits_and_no_unarmed_team_enters_where_the_scene_is_not_known_safe(doubt):
    decision = decided(type="suicide_threat", attempt="yes", **doubt)
    assert modes(decision)["ems"] == "staged"
    assert "S1.attempt" in why_not(decision, "crt")


@pytest.mark.parametrize(
    ("at", "goes"),
    [("2026-07-01T20:59:59-04:00", "cor"), ("2026-07-01T21:00:00-04:00", "cit")],
)
def test_co_response_ends_on_the_hour(at, goes):
    assert decided(type="welfare_check", weapon="yes", at=at).response == goes


def test_a_weapon_not_known_in_a_crisis_stages_the_team_beside_the_clinician():
    decision = decided(type="mental_health_crisis", weapon="not_known")
    assert modes(decision) == {"ccd": "now", "crt": "staged"}


def test_a_clinician_on_an_officers_phone_does_not_make_the_call_served():
    decision = decided(type="welfare_check", weapon="yes", available={"ccd": 1})
    assert modes(decision) == {"cit": "now", "ccd": "phone"}
    assert (decision.eligibility, decision.not_served) == ("eligible", "no_unit")
