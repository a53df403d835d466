"""An agency's own rows: what they send, add and say, and what they cannot take away."""

from dataclasses import replace

import pytest

from routing.core import explain, protocol
from routing.core.decide import decide
from routing.core.facts import Response
from tests.core.calls import a_call, durham, modes

BOTH = {
    "mode": "staged",
    "also": [
        {"response": "ccd", "mode": "phone"},
        {"response": "cor", "mode": "now"},
    ],
}
IF_URGENT = {
    "mode": "staged",
    "also": [{"response": "ems", "mode": "now", "when": {"urgent": [True]}}],
}


def decided(row, fallback="police", **known):
    """A call decided by one row of an agency's own."""
    said = {"rule": "X1", "because": {"en": "So."}} | row
    own = protocol.read_row(0, said, durham().types)
    rules = replace(durham(), rows=(own,), fallback=Response(fallback))
    return decide(a_call(**{"type": "trespass", **known}), rules)


@pytest.mark.parametrize(
    ("free", "goes"),
    [
        (
            {"crt": 1, "ccd": 1, "cor": 1},
            {"crt": "staged", "ccd": "phone", "cor": "now"},
        ),
        ({"crt": 1, "ccd": 1}, {"police": "now"}),
        ({"crt": 1, "cor": 1}, {"police": "now"}),
    ],
    ids=["both are there", "one is missing", "the other is missing"],
)
def test_an_unarmed_team_goes_to_the_unknown_only_with_all_that_its_row_wants(
    free, goes
):
    row = {"responses": ["crt"], "when_not_known": BOTH}
    assert modes(decided(row, weapon="not_known", available=free)) == goes


@pytest.mark.parametrize(("urgent", "ems"), [(True, True), (False, False)])
def test_what_goes_along_to_the_unknown_goes_when_its_own_answers_hold(urgent, ems):
    row = {"responses": ["crt"], "when_not_known": IF_URGENT}
    decision = decided(row, weapon="not_known", urgent=urgent)
    assert ("ems" in modes(decision)) == ems
    assert modes(decision)["crt"] == "staged"


def test_one_who_goes_already_is_enough_of_several_that_would_do():
    row = {
        "responses": ["ccd"],
        "also": [{"response": ["crt", "ccd"], "mode": "now"}],
    }
    assert modes(decided(row)) == {"ccd": "now"}


def test_a_team_that_a_row_only_adds_follows_ems_too():
    row = {"responses": ["ccd"], "also": [{"response": "crt", "mode": "then"}]}
    decision = decided(row, medical="yes")
    assert modes(decision) == {"ems": "now", "crt": "staged"}


def test_a_last_resort_that_is_not_there_is_police():
    row = {"responses": ["crt"], "enabled": False}
    gone = decided(row, fallback="cit", available={"cit": 0})
    there = decided(row, fallback="cit", available={})
    assert (modes(gone), modes(there)) == ({"police": "now"}, {"cit": "now"})


def test_988_in_second_place_serves_the_call():
    row = {"responses": ["ccd", "988"]}
    decision = decided(row, agrees_988="yes", available={"988": 1})
    assert (modes(decision), decision.not_served) == ({"988": "now"}, None)


def test_a_row_and_the_floor_say_the_same_only_once():
    row = {"responses": ["crt"], "flags": ["guardian"], "tell": ["supervisor"]}
    decision = decided(row, minor_alone="yes")
    assert decision.flags == ("youth_skill", "guardian")
    assert decision.tell == ("supervisor",)
    assert decided(row).tell == ("supervisor",)


def test_a_row_that_adds_nothing_to_the_floor_says_nothing():
    row = {"responses": ["crt"]}
    assert "So." not in explain.reasons(decided(row, weapon="yes"))
    assert "So." in explain.reasons(decided(row, medical="yes"))
    assert explain.reasons(decided(row)) == ["So."]
