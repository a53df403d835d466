"""A decision in calm words: the one that decided first, a sentence for each question."""

import ast
import inspect
import re

from hypothesis import given, settings

from routing.core import explain, floor, words
from routing.core.decide import decide
from tests.core.calls import a_call, decided, durham
from tests.core.drawn import CALLS

LABELS = re.compile(
    r"\b(suicidal|mental person|drunk|homeless|mentally ill|violent)\b", re.I
)


def codes_of_the_floor():
    """Every code written in floor.py, the ones made from a key included."""
    tree = ast.parse(inspect.getsource(floor))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {
        t for t in texts if isinstance(t, str) and re.fullmatch(r"[A-Z]\d\w*\.\w+", t)
    }


def test_every_code_of_the_floor_has_a_sentence():
    codes = codes_of_the_floor()
    assert {"S1.attempt", "S5.weapon_not_asked", "J1.diversion"} <= codes
    assert codes <= words.SENTENCES["en"].keys() | explain.SILENT


@settings(max_examples=60, deadline=None)
@given(CALLS)
def test_every_decision_has_words_and_none_of_them_is_a_code(call):
    for said in explain.reasons(decide(call, durham())):
        assert re.fullmatch(r"[A-Z0-9].*[.]", said), said
        assert not re.search(r"_|\{|\b[A-Z]\d[a-z]?\.", said), said
        assert not LABELS.search(said), said


def test_the_reason_that_decided_comes_first():
    decision = decided(type="suicide_threat", weapon="yes", threat="not_asked")
    assert explain.reasons(decision)[0].startswith("There is a weapon")
    assert explain.reasons(decided(type="trespass"))[0].startswith(
        "A report of an unwanted"
    )


def test_each_open_question_gets_a_sentence():
    decision = decide(a_call(type="counselling", location=None), durham())
    nothing_asked = decided(
        type="suicide_threat", **dict.fromkeys(floor_questions(), "not_asked")
    )
    assert decision.ask == ("location",)
    assert len(explain.reasons(decision)) == 2
    assert len(explain.reasons(nothing_asked)) >= len(nothing_asked.ask)


def floor_questions():
    return ("attempt", "medical", "violence", "household", "weapon", "crime", "threat")


def test_a_row_speaks_the_agencys_own_words_in_its_own_languages():
    said = {"en": "Go.", "es": "Vaya."}
    assert explain.sentence("E4.row", said, "es") == "Vaya."
    assert explain.sentence("E4.row", said, "fr") == "Go."


def test_who_was_wanted_and_is_not_free_is_named():
    reasons = explain.reasons(decided(type="trespass", available={}))
    assert "Community Response Team: none is free." in reasons
    assert reasons[-1] == "Next in order: Police."


def test_ems_that_waits_says_so():
    said = explain.reasons(decided(medical="yes", weapon="not_asked"))[0]
    assert said.endswith("It waits near by until the scene is known to be safe.")


def test_what_the_weapon_answer_changes():
    call = a_call(
        type="mental_health_crisis", weapon="not_asked", available={"crt": 1, "cor": 1}
    )
    changes = {one.key: one for one in explain.changes(call, durham())}
    assert dict(changes["weapon"].lines) == {
        "yes": "Co-Response Team",
        "no": "Community Response Team",
        "not_known": "Co-Response Team",
    }
    assert changes["weapon"].matters
    assert not changes["minor_alone"].matters


def test_a_preview_changes_nothing():
    call = a_call(type="trespass", weapon="not_asked")
    before = explain.line(decide(call, durham()))
    explain.changes(call, durham())
    assert explain.line(decide(call, durham())) == before


def test_a_line_carries_what_the_issue_names():
    line = explain.line(decided(type="trespass", medical="yes", weapon="not_asked"))
    assert line["also"] == [{"response": "ems", "mode": "staged"}]
    assert line["excluded"]["crt"] == ["S1.medical", "S5.weapon_not_asked"]
    assert set(line) == {
        "id", "response", "also", "excluded", "ask", "tell", "eligibility", "not_served",
        "flags", "rule", "protocol", "priority", "reasons",
    }  # fmt: skip
