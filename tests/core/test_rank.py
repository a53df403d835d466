"""Who goes first of the units that may go."""

from datetime import UTC, datetime
from random import Random

from routing.core import rank
from routing.core.facts import Point, Response, UnitFacts

PLACE = Point(lat=36.0, lon=-78.9)
NEAR = Point(lat=36.01, lon=-78.9)
FAR = Point(lat=36.2, lon=-78.9)


def a_unit(id, point=NEAR, hour=None, kind=Response.CRT, skills=()):
    since = None if hour is None else datetime(2026, 7, 1, hour, tzinfo=UTC)
    return UnitFacts(
        id=id, kind=kind, point=point, idle_since=since, skills=frozenset(skills)
    )


def ids(units):
    return [unit.id for unit in units]


def test_the_nearest_goes_first_and_one_nobody_can_see_last():
    units = [a_unit("lost", point=None), a_unit("far", FAR), a_unit("near")]
    assert ids(rank.order(PLACE, units)) == ["near", "far", "lost"]


def test_as_near_as_another_the_longest_idle_goes_then_the_lower_id():
    units = [
        a_unit("d"),
        a_unit("c", hour=9),
        a_unit("b", hour=9),
        a_unit("a", hour=10),
    ]
    assert ids(rank.order(PLACE, units)) == ["b", "c", "a", "d"]


def test_where_the_place_is_unknown_the_longest_idle_goes():
    units = [a_unit("near", hour=10), a_unit("far", FAR, hour=9)]
    assert ids(rank.order(None, units)) == ["far", "near"]


def test_only_the_kind_that_is_wanted():
    units = [a_unit("crt"), a_unit("cor", kind=Response.COR)]
    assert ids(rank.order(PLACE, units, kind=Response.COR)) == ["cor"]


def test_a_skill_is_a_wish_and_never_sends_nobody():
    units = [a_unit("near"), a_unit("far", FAR, skills={"spanish", "youth"})]
    wish = frozenset({"spanish"})
    assert ids(rank.order(PLACE, units, skills=wish)) == ["far", "near"]
    assert ids(rank.order(PLACE, units[:1], skills=wish)) == ["near"]


def test_half_of_the_wanted_skills_is_no_reason_to_go_first():
    units = [a_unit("near"), a_unit("far", FAR, skills={"spanish"})]
    wish = frozenset({"spanish", "youth"})
    assert ids(rank.order(PLACE, units, skills=wish)) == ["near", "far"]


def test_the_order_they_come_in_never_matters():
    units = [
        a_unit(str(n), hour=n % 3, point=(NEAR, FAR, None)[n % 3]) for n in range(9)
    ]
    first = ids(rank.order(PLACE, units))
    for seed in range(5):
        Random(seed).shuffle(units)
        assert ids(rank.order(PLACE, units)) == first
