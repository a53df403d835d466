"""Which skills a call asks for, by the agency's wishes; no decision depends on them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core import facts, skills
from routing.core.decide import decide
from routing.core.queue import Queue, Wish
from tests.core.calls import a_call, durham
from tests.core.drawn import CALLS


@pytest.mark.parametrize(
    ("known", "required", "preferred"),
    [
        pytest.param({}, {}, {}, id="nothing said, nothing asked for"),
        pytest.param({"language": "es"}, {"spanish": 1}, {}, id="Spanish"),
        pytest.param({"language": "es-MX"}, {"spanish": 1}, {}, id="of Mexico"),
        pytest.param({"language": "ES_us"}, {"spanish": 1}, {}, id="otherwise written"),
        pytest.param({"language": "en"}, {}, {}, id="English"),
        pytest.param({"language": "ase"}, {"asl": 1}, {"deaf": 1}, id="ASL"),
        pytest.param({"minor_alone": "yes"}, {}, {"youth": 1}, id="a child alone"),
        pytest.param({"minor_alone": "not_asked"}, {}, {}, id="nobody asked the age"),
        pytest.param(
            {"type": "overdose", "language": "es"},
            {"spanish": 1},
            {"substance_use": 1},
            id="both together",
        ),
    ],
)
def test_a_call_asks_for_these_skills(known, required, preferred):
    wanted = skills.wanted(a_call(**known), durham())
    assert (wanted.required, wanted.preferred) == (required, preferred)


def test_of_wishes_for_one_skill_the_highest_level_counts():
    wishes = [
        Wish(when=(), skill="youth", level=level, required=required)
        for level, required in [(1, False), (3, False), (2, True), (1, True)]
    ]
    own = replace(durham(), queue=Queue(wishes=tuple(wishes)))

    wanted = skills.wanted(a_call(), own)

    assert (wanted.required, wanted.preferred) == ({"youth": 2}, {"youth": 3})
    assert wanted.together == {"youth": 3}


def test_the_language_is_a_fact_that_old_lines_leave_unknown():
    old = facts.write(a_call())
    del old["language"]
    assert facts.read(old).language is None
    spoken = a_call(language="es")
    assert facts.read(facts.write(spoken)) == spoken


@pytest.mark.parametrize("wrong", ["", 7, ["es"]])
def test_a_language_that_is_none_is_refused_by_name(wrong):
    with pytest.raises(facts.FactsError) as refused:
        a_call(language=wrong)
    assert refused.value.key == "language"


@settings(max_examples=40, deadline=None)
@given(CALLS, st.sampled_from(["es", "ase", "so-ET"]))
def test_which_help_goes_never_depends_on_the_language(call, language):
    spoken = replace(call, language=language)
    assert decide(spoken, durham()) == decide(replace(call, language=None), durham())
