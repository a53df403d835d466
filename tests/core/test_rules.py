"""Each row of the default protocol, as a dispatcher would say it."""

import pytest

from tests.core.calls import NIGHT, case, decided, modes

NO_TEAM = {"ccd": 1}


@pytest.mark.parametrize(
    ("facts", "rule", "goes"),
    [
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
            "a question still open leaves the team for after the clinician",
            {"type": "mental_health_crisis", "threat": "not_asked"},
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
        case("an unwanted person gets CRT", {"type": "trespass"}, "E4", {"crt": "now"}),
        case(
            "an intoxicated person who breathes well gets CRT",
            {"type": "intoxicated_person"},
            "E5",
            {"crt": "now"},
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


@pytest.mark.parametrize("agrees", ["no", "not_known", "not_asked"])
@pytest.mark.parametrize("type", ["counselling", "follow_up"])
def test_who_only_wants_to_talk_waits_for_a_clinician_and_gets_no_police(agrees, type):
    decision = decided(type=type, agrees_988=agrees, available={})
    assert (decision.response, decision.not_served) == ("ccd", "no_unit")
    assert "ccd" not in dict(decision.excluded)


def test_988_hears_that_responders_made_contact():
    for more in ({"imminent": "yes"}, {"imminent": "not_asked"}, {"attempt": "yes"}):
        assert (
            "confirm_contact"
            in decided(source="988", **{"imminent": "yes", **more}).flags
        )
