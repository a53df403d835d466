"""How calls wait: who waits longest goes first, and waiting is no emergency."""

from datetime import UTC, datetime, timedelta
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core import queue
from routing.core.queue import Queue, Waiting

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
USUAL = Queue()
WAITING = st.lists(
    st.builds(
        lambda id, priority, waited: a_call(str(id), priority, waited),
        st.integers(0, 30),
        st.integers(1, 4),
        st.integers(0, 600),
    ),
    unique_by=lambda one: one.id,
    max_size=8,
)


def a_call(id, priority=3, waited=0):
    return Waiting(id=id, priority=priority, since=NOW - timedelta(seconds=waited))


def ids(turns):
    return [turn.id for turn in turns]


def said(why):
    return why and (why.code, dict(why.params))


@pytest.mark.parametrize(
    ("priority", "waited", "becomes"),
    [
        pytest.param(4, 119, 4, id="just come"),
        pytest.param(4, 120, 3, id="one step up after two minutes"),
        pytest.param(4, 300, 2, id="two after five"),
        pytest.param(3, 300, 2, id="never higher than urgent"),
        pytest.param(2, 9000, 2, id="nobody becomes an emergency by waiting"),
        pytest.param(1, 0, 1, id="an emergency is one at once"),
        pytest.param(1, 9000, 1, id="and stays one"),
    ],
)
def test_waiting_lifts_a_call_but_never_to_an_emergency(priority, waited, becomes):
    assert queue.effective_priority(priority, waited, USUAL.rises) == becomes


@pytest.mark.parametrize(
    ("priority", "to", "waited", "seconds"),
    [
        (3, 2, 0, 120),
        (3, 2, 100, 20),
        (3, 2, 500, 0),
        (4, 3, 0, 120),
        (4, 2, 0, 300),
        (3, 1, 0, inf),
        (2, 2, 0, 0),
    ],
)
def test_how_long_until_waiting_has_lifted_a_call(priority, to, waited, seconds):
    assert queue.rises_in(priority, to, waited, (120, 300)) == seconds
    if to > 1:
        left = waited + seconds
        assert queue.effective_priority(priority, left, (120, 300)) <= to


def test_an_agency_may_let_nothing_rise():
    assert queue.effective_priority(4, 9000, ()) == 4


def test_the_urgent_first_then_the_longest_waiting_then_the_lower_id():
    waiting = [
        a_call("d", 3, 10),
        a_call("c", 3, 10),
        a_call("b", 3, 20),
        a_call("a", 4, 30),
        a_call("e", 1),
    ]
    assert ids(queue.order(waiting, NOW, USUAL)) == ["e", "b", "c", "d", "a"]


def test_who_has_waited_long_goes_before_a_new_urgent_call_and_after_an_emergency():
    waiting = [a_call("new", 2), a_call("old", 4, 300), a_call("now", 1)]
    assert ids(queue.order(waiting, NOW, USUAL)) == ["now", "old", "new"]


def test_each_place_says_why_and_why_it_is_behind_the_one_before():
    waiting = [
        a_call("a", 4, 130),
        a_call("b", 3, 10),
        a_call("c", 3, 10),
        a_call("d", 4),
    ]

    turns = queue.order(waiting, NOW, USUAL)

    assert [said(turn.behind) for turn in turns] == [
        None,
        ("waited_less", {"s": 120}),
        ("higher_id", {}),
        ("lower_priority", {"priority": 4, "first": 3}),
    ]
    assert [said(why) for why in turns[0].why] == [
        ("risen", {"was": 4, "priority": 3}),
        ("waited", {"s": 130}),
    ]
    assert [said(why) for why in turns[1].why] == [
        ("priority", {"priority": 3}),
        ("waited", {"s": 10}),
    ]


def test_an_empty_queue_is_empty():
    assert queue.order([], NOW, USUAL) == []


@settings(max_examples=60, deadline=None)
@given(WAITING, st.randoms(use_true_random=False))
def test_the_order_they_come_in_never_matters(waiting, random):
    first = queue.order(waiting, NOW, USUAL)
    random.shuffle(waiting)
    assert queue.order(waiting, NOW, USUAL) == first


@settings(max_examples=60, deadline=None)
@given(WAITING)
def test_nobody_of_the_same_priority_is_overtaken_by_who_came_later(waiting):
    place = {id: n for n, id in enumerate(ids(queue.order(waiting, NOW, USUAL)))}
    for one in waiting:
        for other in waiting:
            if one.priority <= other.priority and one.since < other.since:
                assert place[one.id] < place[other.id]
