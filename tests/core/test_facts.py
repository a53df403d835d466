"""A line of facts is read exactly, written exactly, and refused by the name of its key."""

import json

import pytest
from hypothesis import given, settings

from routing.core import facts
from routing.core.facts import Answer, FactsError
from tests.core.calls import NOON
from tests.core.drawn import CALLS

LEAST = {"id": "1", "at": NOON}


@settings(max_examples=40, deadline=None)
@given(CALLS)
def test_facts_come_back_exactly_as_they_went(call):
    assert facts.read(json.loads(json.dumps(facts.write(call)))) == call


def test_what_is_written_names_every_fact():
    assert set(facts.write(facts.read(LEAST))) == set(facts.READERS)


def test_a_key_left_out_is_unknown_and_never_no():
    call = facts.read(LEAST)
    assert {getattr(call, key) for key in facts.ANSWERS} == {Answer.NOT_ASKED}
    assert (call.type, call.caller, call.offence, call.history) == (None,) * 4
    assert not call.available
    assert not call.location.verified


@pytest.mark.parametrize(
    ("different", "key"),
    [
        ({"wepon": "no"}, "wepon"),
        ({"weapon": "maybe"}, "weapon"),
        ({"weapon": None}, "weapon"),
        ({"weapon": False}, "weapon"),
        ({"weapon": ["no"]}, "weapon"),
        ({"source": "fax"}, "source"),
        ({"source": 911}, "source"),
        ({"caller": "friend"}, "caller"),
        ({"type": 7}, "type"),
        ({"type": ""}, "type"),
        ({"urgent": "yes"}, "urgent"),
        ({"hazard": 1}, "hazard"),
        ({"history": -1}, "history"),
        ({"history": 2.5}, "history"),
        ({"history": True}, "history"),
        ({"id": None}, "id"),
        ({"id": True}, "id"),
        ({"at": "2026-07-01T12:00:00"}, "at"),
        ({"at": "noon"}, "at"),
        ({"at": 1782921600}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "at"),
        ({"location": "here"}, "location"),
        ({"location": {"verified": "yes"}}, "location.verified"),
        ({"location": {"lat": 36.0}}, "location.lat"),
        ({"available": [1]}, "available"),
        ({"available": {"crt": True}}, "available.crt"),
        ({"available": {"crt": -1}}, "available.crt"),
        ({"available": {"swat": 1}}, "available.swat"),
        ({"offence": {"class": 1}}, "offence.class"),
        ({"offence": {"first": "yes"}}, "offence.first"),
        ({"offence": {"kind": "misdemeanor"}}, "offence.kind"),
    ],
)
def test_a_wrong_fact_is_refused_by_name(different, key):
    with pytest.raises(FactsError) as refused:
        facts.read({**LEAST, **different})
    assert refused.value.key == key


@pytest.mark.parametrize("key", ["id", "at"])
def test_a_call_without_a_name_or_a_time_is_refused(key):
    with pytest.raises(FactsError) as refused:
        facts.read({k: v for k, v in LEAST.items() if k != key})
    assert refused.value.key == key
