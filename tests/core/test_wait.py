"""How long a call waits, and what must hold of every queue; desks are simulated beside."""

from dataclasses import replace
from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core.sessions import Prior
from routing.core.wait import Asks, Person, Queue, Sure, Wait, Why, expected
from tests.core.simulated_queue import PRIOR

FREE, AWAY = Person(), Person(away=True)
BUSY = Person(held=(400.0,))
MANY = tuple(300.0 + 20 * turn for turn in range(60))


def a_queue(*people, waiting=0, seen=MANY, **more):
    return Queue(
        people=people, overtaken=(0.0,) * waiting, seen=seen, prior=PRIOR, **more
    )


def new(*people, **more):
    return expected(a_queue(*people, **more)).new


# --- What is known of the people ---


def test_with_somebody_free_nobody_waits():
    waits = expected(a_queue(FREE, FREE, BUSY, waiting=1))
    none = Wait(median=0, low=0, high=0, sure=Sure.GOOD, why=Why.FREE)

    assert waits.waiting == (none,)
    assert waits.new == none


@pytest.mark.parametrize(
    "people",
    [(), (AWAY, AWAY), (Person(capacity=0),), (replace(BUSY, away=True),)],
    ids=["nobody", "all away", "no room", "away in a session"],
)
def test_where_nobody_is_there_the_wait_is_unknown_and_never_nothing(people):
    waits = expected(a_queue(*people, waiting=2))

    for wait in (*waits.waiting, waits.new):
        assert (wait.median, wait.low, wait.high) == (None, None, None)
        assert (wait.sure, wait.why) == (Sure.POOR, Why.NOBODY_THERE)


def test_a_wrap_up_ends_when_it_ends():
    wait = new(Person(wrap_left=90))
    assert (wait.low, wait.median, wait.high) == (90, 90, 90)


def test_who_may_hold_two_calls_is_free_with_one_and_not_with_two_or_three():
    assert new(Person(held=(400,), capacity=2)).median == 0
    assert new(Person(held=(400, 400), capacity=2)).median > 0
    assert new(Person(held=(9, 400, 400), capacity=2)).median > 0


def test_nobody_is_put_a_call_during_wrap_up_whatever_they_may_hold():
    assert new(Person(held=(400,), wrap_left=60, capacity=2)).median == 60


def test_a_session_ends_as_those_did_that_lasted_longer():
    """Of sixty sessions up to 1480 s, one of 1380 s has at most a hundred left."""
    assert 0 < new(Person(held=(1370.0,))).high < 1.3 * 110
    assert new(Person(held=(0.0,))).median == pytest.approx(890, rel=0.15)


def test_the_longer_than_all_seen_a_session_is_the_longer_it_may_still_last():
    over = new(Person(held=(2000.0,)))
    far_over = new(Person(held=(20_000.0,)))

    assert 0 < over.median < far_over.median


def test_of_several_on_a_break_one_more_never_lengthens_a_wait():
    gone = Person(away=True, gone=300.0)

    assert no_shorter(new(BUSY), new(BUSY, gone))
    assert no_shorter(new(BUSY, gone), new(BUSY, gone, gone))
    assert new(BUSY, gone).median < new(BUSY).median
    assert new(BUSY, gone).median > 0


def test_of_breaks_alone_nobody_can_say_when_somebody_comes():
    wait = new(Person(away=True, gone=300.0))
    assert (wait.median, wait.why) == (None, Why.NOBODY_THERE)


# --- What a call asks for ---


def asking(*people, suited=(), until=30.0):
    """The wait of a call that asks for a skill and is the first in line."""
    asks = (Asks(suited=suited, until=until),)
    return expected(a_queue(*people, waiting=1, asks=asks)).waiting[0]


def test_somebody_free_without_the_skill_is_no_help_until_anybody_may_be_asked():
    wait = asking(FREE, BUSY, suited=(BUSY,))

    assert (wait.median, wait.high) == (30, 30)
    assert (wait.sure, wait.why) == (Sure.FAIR, Why.SKILLED)


def test_somebody_free_with_the_skill_is_no_wait():
    assert asking(FREE, BUSY, suited=(FREE,)).why == Why.FREE


def test_where_nobody_has_the_skill_the_wait_is_until_anybody_may_be_asked():
    assert asking(FREE, until=45.0).median == 45
    assert asking(FREE, until=inf).median is None
    assert asking(FREE, until=inf).why == Why.SKILLED


def test_of_two_that_ask_for_the_same_the_second_waits_for_the_next():
    asks = (Asks(suited=(FREE,), until=inf),) * 2
    first, second = expected(a_queue(FREE, FREE, waiting=2, asks=asks)).waiting

    assert first.median == 0
    assert second.median == pytest.approx(890, rel=0.15)


def test_who_stands_behind_one_that_long_asks_for_a_skill_is_not_told_for_sure():
    asks = (Asks(suited=(BUSY,), until=900.0), None)
    waits = expected(a_queue(BUSY, BUSY, waiting=2, asks=asks))

    assert waits.waiting[1].why == waits.new.why == Why.SKILLED


# --- How sure ---


@pytest.mark.parametrize(
    ("seen", "sure", "why"),
    [
        (0, Sure.POOR, Why.NONE_SEEN),
        (9, Sure.POOR, Why.FEW_SEEN),
        (29, Sure.FAIR, Why.FEW_SEEN),
        (60, Sure.GOOD, Why.ENOUGH_SEEN),
    ],
)
def test_few_sessions_make_it_less_sure(seen, sure, why):
    wait = new(BUSY, Person(held=(250.0,)), seen=MANY[:seen])
    assert (wait.sure, wait.why) == (sure, why)


def test_without_a_session_seen_the_prior_speaks_and_is_named():
    slow = Prior(median=1800, ninetieth=4000, source="a neighbouring centre")
    ours = expected(a_queue(Person(held=(0.0,)), seen=()))
    theirs = expected(replace(a_queue(Person(held=(0.0,)), seen=()), prior=slow))

    assert ours.new.median == pytest.approx(900, rel=0.2)
    assert theirs.new.median == pytest.approx(1800, rel=0.2)
    assert theirs.prior == "a neighbouring centre"
    assert expected(a_queue(BUSY)).prior is None


def test_sessions_held_very_long_make_it_less_sure():
    long = Person(held=(3000.0,))

    assert (new(BUSY, BUSY, long).sure, new(BUSY, BUSY, long).why) == (
        Sure.FAIR,
        Why.LONG_HELD,
    )
    assert (new(long, long, BUSY).sure, new(long).why) == (Sure.POOR, Why.LONG_HELD)


def test_somebody_on_a_break_makes_it_less_sure():
    wait = new(BUSY, BUSY, Person(away=True, gone=300.0))
    assert (wait.sure, wait.why) == (Sure.FAIR, Why.ON_BREAK)


def test_where_more_overtake_than_are_served_no_end_is_said():
    wait = new(BUSY, waiting=1, overtaken_new=40)

    assert wait.high is None
    assert (wait.sure, wait.why) == (Sure.POOR, Why.OVERTAKEN)


def test_where_many_overtake_but_fewer_than_are_served_an_end_is_said():
    assert new(BUSY, BUSY, BUSY, waiting=3, overtaken_new=8).high is not None


def test_who_may_overtake_for_a_while_only_lengthens_a_wait_less():
    """With nobody put before it, with some for two minutes, and with some for ever."""
    nobody, some, always = (
        new(BUSY, BUSY, BUSY, waiting=3, **more)
        for more in ({}, {"at_first_new": ((8, 120),)}, {"overtaken_new": 8})
    )

    assert nobody.median <= some.median < always.median
    assert nobody.high < some.high


def test_a_band_far_wider_than_its_middle_is_said_to_be():
    uneven = tuple(60.0 * 1.08**turn for turn in range(60))
    assert new(Person(held=(10.0,)), seen=uneven).why == Why.WIDE


# --- What holds of every queue ---

any_of_them = settings(max_examples=60, deadline=None)
SECONDS = st.floats(0, 9000)
PEOPLE = st.builds(
    Person,
    held=st.lists(SECONDS, max_size=2).map(tuple),
    wrap_left=st.just(0.0) | SECONDS,
    capacity=st.integers(0, 3),
    away=st.booleans(),
    gone=st.none() | SECONDS,
)
RATES = st.lists(st.floats(0, 30), max_size=4).map(tuple)
QUEUES = st.builds(
    Queue,
    people=st.lists(PEOPLE, max_size=4).map(tuple),
    overtaken=RATES,
    overtaken_new=st.floats(0, 30),
    seen=st.lists(SECONDS, max_size=40).map(tuple),
    prior=st.just(PRIOR),
)


def ends(wait):
    return [
        inf if each is None else each for each in (wait.low, wait.median, wait.high)
    ]


def no_shorter(later, sooner):
    return all(b >= a for a, b in zip(ends(sooner), ends(later), strict=True))


@any_of_them
@given(QUEUES)
def test_the_same_queue_gives_the_same_wait_and_low_median_high_are_in_order(queue):
    waits = expected(queue)

    assert expected(queue) == waits
    assert len(waits.waiting) == len(queue.overtaken)
    for wait in (*waits.waiting, waits.new):
        assert ends(wait) == sorted(ends(wait))
        assert ends(wait)[0] >= 0


@any_of_them
@given(QUEUES)
def test_who_stands_behind_never_waits_less(queue):
    line = [*expected(queue).waiting, expected(queue).new]
    assert all(no_shorter(b, a) for a, b in pairwise(line))


@any_of_them
@given(QUEUES, st.floats(0, 30))
def test_one_more_ahead_never_shortens_a_wait(queue, rate):
    more = replace(queue, overtaken=(rate, *queue.overtaken))
    before, after = expected(queue), expected(more)

    assert no_shorter(after.new, before.new)
    assert all(map(no_shorter, after.waiting[1:], before.waiting))


@any_of_them
@given(QUEUES, st.integers(0, 4), st.integers(1, 3))
def test_one_person_more_never_lengthens_a_wait(queue, at, capacity):
    people = (*queue.people[:at], Person(capacity=capacity), *queue.people[at:])
    before, after = expected(queue), expected(replace(queue, people=people))

    assert no_shorter(before.new, after.new)
    assert all(map(no_shorter, before.waiting, after.waiting))


@any_of_them
@given(QUEUES)
def test_one_more_who_just_took_a_call_never_lengthens_a_wait(queue):
    people = (*queue.people, Person(held=(0.0,)))
    assert no_shorter(expected(queue).new, expected(replace(queue, people=people)).new)


@any_of_them
@given(QUEUES, st.permutations(range(4)))
def test_the_order_that_people_are_told_in_never_matters(queue, order):
    people = tuple(queue.people[at] for at in order if at < len(queue.people))
    assert expected(replace(queue, people=people)) == expected(queue)


ODD = st.floats() | st.sampled_from([nan, inf, -inf, -1.0, 0.0, 1e308])
ANYBODY = st.builds(
    Person,
    held=st.lists(ODD, max_size=3).map(tuple),
    wrap_left=ODD,
    capacity=st.integers(-5, 10**9),
    away=st.booleans(),
    gone=st.none() | ODD,
)
ANYTHING = st.builds(
    Queue,
    people=st.lists(ANYBODY, max_size=3).map(tuple),
    overtaken=st.lists(ODD, max_size=3).map(tuple),
    overtaken_new=ODD,
    seen=st.lists(ODD, max_size=12).map(tuple),
    prior=st.builds(Prior, median=ODD, ninetieth=ODD, source=st.just("odd")),
)


@any_of_them
@given(ANYTHING)
def test_what_cannot_be_meant_breaks_nothing(queue):
    waits = expected(queue)
    for wait in (*waits.waiting, waits.new):
        assert all(each >= 0 for each in ends(wait))
        assert wait.low is None or wait.low < inf
