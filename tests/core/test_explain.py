"""A decision in calm words: the one that decided first, a sentence for each question."""

import ast
import inspect
import re
from string import Formatter

import pytest
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


@settings(max_examples=40, deadline=None)
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
    assert explain.sentence("E4.row", said, "es-mx") == "Vaya."
    assert explain.sentence("E4.row", said, "fr") == "Go."
    assert explain.sentence("E4.row", {}, "fr") == "A rule of this agency fits."


def blanks(sentence):
    return {name for _text, name, *_ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize(
    "table", [words.SENTENCES, words.RESPONSES, words.MODES], ids=["why", "who", "how"]
)
def test_each_language_says_all_that_english_says(table):
    english = {code: blanks(said) for code, said in table["en"].items()}
    for own in table.values():
        assert {code: blanks(said) for code, said in own.items()} == english


def test_a_reader_of_another_language_hears_it_where_it_has_words(monkeypatch):
    spanish = {**words.SENTENCES["en"], "S4.crime": "Hay un delito: va la policía."}
    monkeypatch.setattr(words, "SENTENCES", {**words.SENTENCES, "es": spanish})
    decision = decided(type="trespass", crime="yes")

    assert explain.reasons(decision, "es-mx")[0] == "Hay un delito: va la policía."
    assert explain.line(decision, "en-us")["reasons"][0].startswith("Another crime")


def test_who_was_wanted_and_is_not_free_is_named():
    reasons = explain.reasons(decided(type="trespass", available={}))
    assert "Community Response Team: none is free." in reasons
    assert reasons[-1] == "Next in order: Police."
    instead = explain.reasons(decided(type="trespass", available={"cor": 1}))
    assert instead[-1] == "Next in order: Co-Response Team."


def test_who_may_not_go_is_not_missed_and_nobody_is_next_where_nobody_was_passed_over():
    forbidden = decided(type="trespass", weapon="not_asked", available={"cor": 1})
    assert not any("none is free" in said for said in explain.reasons(forbidden))
    assert len(explain.reasons(decided(type="noise"))) == 1


def test_no_finding_is_listed_twice():
    for known in ({"attempt": "yes"}, {"type": "trespass"}, {"type": "noise"}):
        codes = [found.code for found in decided(**known).findings]
        assert len(codes) == len(set(codes))


def test_a_row_that_adds_to_what_the_floor_sends_says_so():
    checked = decided(
        type="welfare_check", urgent=True, medical="not_known", threat="yes"
    )
    behind = decided(type="suicide_threat", attempt="yes")
    assert "E3.row" in {found.code for found in checked.findings}
    assert "E1.row" in {found.code for found in behind.findings}


def test_a_familiar_neighbour_is_counted():
    said = explain.reasons(decided(type="trespass", history=7))
    assert any(one.startswith("7 responses in 12 months") for one in said)


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
