"""Calls to decide: a quiet one by noon with everybody free, and what is different."""

from functools import cache

import pytest

from routing.core import facts, protocol
from routing.core.decide import decide

ALL_NO = dict.fromkeys(facts.ANSWERS, "no")
FREE = {"ccd": 2, "crt": 2, "cor": 1, "cn": 1}
INSIDE = {"verified": True, "inside": True, "zone": "1"}
OUTSIDE = {"verified": True, "inside": False}
NOON = "2026-07-01T12:00:00-04:00"
NIGHT = "2026-07-01T03:00:00-04:00"
QUIET = {"id": "1", "at": NOON, "location": INSIDE, "available": FREE, **ALL_NO}


@cache
def durham():
    return protocol.shipped()


def a_call(**different):
    return facts.read({**QUIET, **different})


def decided(**different):
    return decide(a_call(**different), durham())


def modes(decision):
    """Every response of a decision with the modes it goes in."""
    going = {str(sent.response): str(sent.mode) for sent in decision.also}
    return {str(decision.response): "now", **going}


def why_not(decision, kind):
    return dict(decision.excluded).get(kind, ())


def case(promise, facts, rule, goes):
    """A row of a table of calls: its name is what is promised."""
    return pytest.param(facts, rule, goes, id=promise)
