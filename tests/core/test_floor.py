"""The safety floor, as a dispatcher would say it."""

import pytest

from tests.core.calls import FREE, NIGHT, OUTSIDE, case, decided, modes, why_not

NO_COR = {**FREE, "cor": 0}
UNKNOWN_TEAM = {"crt": "staged", "ccd": "phone"}


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
            "an attempt makes a weapon one for co-response, whatever the type",
            {"type": "trespass", "attempt": "yes", "weapon": "yes"},
            "S1",
            {"ems": "staged", "police": "now", "cor": "now", "ccd": "phone"},
        ),
        case(
            "an attempt with no clinician free still gets EMS, and nobody by phone",
            {"type": "suicide_threat", "attempt": "yes", "available": {"crt": 1}},
            "S1",
            {"ems": "now", "crt": "staged"},
        ),
        case(
            "a clinician is on the line where a team follows EMS to what is not known",
            {"type": "trespass", "medical": "yes", "threat": "not_known"},
            "S1",
            {"ems": "now", "crt": "staged", "ccd": "phone"},
        ),
        case(
            "EMS goes where the centre does not count it",
            {
                "type": "welfare_check",
                "urgent": True,
                "medical": "not_known",
                "available": {**FREE, "ems": 0},
            },
            "E3",
            {"crt": "staged", "ems": "now", "ccd": "phone"},
        ),
        case(
            "breathing that nobody asked about brings EMS, CRT behind",
            {"type": "intoxicated_person", "medical": "not_asked"},
            "S1",
            {"ems": "now", "ccd": "phone", "crt": "staged"},
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
            "a weapon where an officer asks brings co-response",
            {"type": "trespass", "source": "officer", "weapon": "yes"},
            "S3",
            {"cor": "now"},
        ),
        case(
            "a weapon on a call from 988 brings co-response",
            {"type": "trespass", "source": "988", "imminent": "no", "weapon": "yes"},
            "S3",
            {"cor": "now"},
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
        case(
            "breathing in doubt brings EMS, CRT behind",
            {"type": "intoxicated_person", "medical": "not_known"},
            "S1",
            {"ems": "now", "ccd": "phone", "crt": "staged"},
        ),
        case(
            "an attempt from 988 brings EMS first",
            {"source": "988", "attempt": "yes", "imminent": "yes"},
            "S1",
            {"ems": "now", "ccd": "phone"},
        ),
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


@pytest.mark.parametrize("verified", [False, None])
def test_an_unverified_place_is_asked_first_and_keeps_the_caller_here(verified):
    place = {"verified": verified, "inside": True}
    decision = decided(
        type="counselling", agrees_988="yes", threat="not_asked", location=place
    )
    assert decision.ask == ("location", "threat")
    assert decision.response == "ccd"
    assert "L0.not_verified" in why_not(decision, "988")


def test_a_weapon_not_known_in_a_crisis_stages_the_team_beside_the_clinician():
    decision = decided(type="mental_health_crisis", weapon="not_known")
    assert modes(decision) == {"ccd": "now", "crt": "staged"}


@pytest.mark.parametrize(
    "doubt",
    [
        {"violence": "not_asked"},
        {"violence": "not_known"},
        {"weapon": "not_known"},
        {"threat": "yes"},
        {"crime": "yes"},
        {"household": "yes"},
        {"hazard": True},
    ],
)
def test_ems_waits_and_no_unarmed_team_enters_where_the_scene_is_not_known_safe(doubt):
    decision = decided(type="suicide_threat", attempt="yes", **doubt)
    assert modes(decision)["ems"] == "staged"
    assert "S1.attempt" in why_not(decision, "crt")


def test_outside_the_area_a_life_in_danger_still_gets_ems():
    assert decided(attempt="yes", location=OUTSIDE).response == "ems"


@pytest.mark.parametrize("key", ["attempt", "medical", "violence", "weapon", "threat"])
@pytest.mark.parametrize("answer", ["yes", "not_known", "not_asked"])
def test_nobody_is_passed_to_988_over_an_open_safety_question(key, answer):
    decision = decided(type="counselling", agrees_988="yes", **{key: answer})
    assert "988" not in modes(decision)


@pytest.mark.parametrize("answer", ["no", "not_known", "not_asked"])
def test_nobody_is_passed_to_988_without_agreeing(answer):
    decision = decided(type="counselling", agrees_988=answer)
    assert decision.response == "ccd"
    assert why_not(decision, "988")
    assert ("agrees_988" in decision.ask) == (answer == "not_asked")


@pytest.mark.parametrize(
    ("danger", "rule"),
    [
        ({"violence": "yes"}, "S2.violence"),
        ({"household": "yes"}, "S2b.household"),
        ({"type": "welfare_check", "weapon": "yes"}, "S3.weapon"),
        ({"weapon": "yes"}, "S4.weapon"),
        ({"crime": "yes"}, "S4.crime"),
        ({"threat": "yes"}, "S6.threat"),
        ({"hazard": True}, "S6.hazard"),
    ],
)
def test_each_danger_keeps_the_unarmed_and_988_away_by_its_own_name(danger, rule):
    decision = decided(**{"type": "trespass", "agrees_988": "yes", **danger})
    for kind in ("crt", "cn", "988"):
        assert why_not(decision, kind) == (rule,)


def test_whoever_a_person_sends_behind_ems_stages():
    assert decided(type="trespass", medical="yes").staged == {"crt", "cn"}
    assert decided(type="trespass").staged == set()
