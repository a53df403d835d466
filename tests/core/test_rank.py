"""Who goes first of the units that may go, and why not another."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core import rank
from routing.core.facts import Point, Response, UnitFacts
from routing.core.standing import Position, Ranking

PLACE = Point(lat=36.0, lon=-78.9)
NEAR = Point(lat=36.01, lon=-78.9)
FAR = Point(lat=36.2, lon=-78.9)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


USUAL = Ranking()


def ids(units):
    return [unit.id for unit in units]


def a_crew(id, travel=600, point=NEAR, **different):
    """Seen ten seconds ago, complete, rested, so many seconds away by road."""
    usual = {"age_s": 10, "crew_complete": True, "zone": "1"}
    known = {**usual, "travel_s": travel, "point": point, **different}
    return UnitFacts(id=id, kind=Response.CRT, **known)


def ago(minutes):
    return NOON - timedelta(minutes=minutes)


def ranked(units, place=PLACE, settings=USUAL, skills=(), zone="1"):
    wished = dict.fromkeys(skills, 1)
    return rank.candidates(place, units, settings, NOON, wished, zone)


def said(why):
    return why and (why.code, dict(why.params))


def codes(candidate):
    return [why.code for why in candidate.why]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param({"travel": 700}, ("farther", {"s": 100}), id="farther"),
        pytest.param({"travel": 640}, ("farther", {"s": 40}), id="a little farther"),
        pytest.param(
            {"travel": 5, "age_s": 120},
            ("position_stale", {"age_s": 120}),
            id="last seen near by, and that long ago",
        ),
        pytest.param(
            {"travel": 5, "age_s": None}, ("position_stale", {}), id="nobody knows when"
        ),
        pytest.param(
            {"travel": 5, "age_s": -7200},
            ("position_stale", {"age_s": -7200}),
            id="seen in the future",
        ),
        pytest.param({"point": None}, ("position_unknown", {}), id="never seen"),
        pytest.param(
            {"travel": 5, "skills": frozenset()},
            ("lacks_skill", {"skill": "emt"}),
            id="without the skill",
        ),
        pytest.param(
            {"travel": 5, "skills": {"emt": 0}},
            ("lacks_skill", {"skill": "emt"}),
            id="without its level",
        ),
        pytest.param(
            {"travel": 5, "crew_complete": False},
            ("crew_incomplete", {}),
            id="a crew that is short",
        ),
        pytest.param(
            {"travel": 580, "crew_complete": None},
            ("crew_unknown", {}),
            id="nobody said who is aboard",
        ),
        pytest.param(
            {"travel": 580, "last_call_ended": ago(4)},
            ("not_rested", {"s": 240}),
            id="just off a call",
        ),
        pytest.param(
            {"travel": 580, "zone": "2"}, ("other_zone", {"zone": "2"}), id="other zone"
        ),
        pytest.param(
            {"travel": 580, "zone": None}, ("zone_unknown", {}), id="no zone known"
        ),
        pytest.param(
            {"travel": 580, "calls_today": 2},
            ("more_calls", {"calls": 2, "first": 0}),
            id="more calls today",
        ),
        pytest.param(
            {"idle_since": ago(3)}, ("idle_shorter", {"s": 120}), id="less long idle"
        ),
        pytest.param({"idle_since": None}, ("idle_unknown", {}), id="idle since when?"),
        pytest.param({}, ("higher_id", {}), id="in nothing but the id"),
    ],
)
def test_a_unit_is_not_first_and_it_is_said_why(other, why):
    usual = {"skills": frozenset({"emt"}), "idle_since": ago(5)}
    units = [a_crew("z", **{**usual, **other}), a_crew("a", **usual)]

    first, second = ranked(units, skills={"emt"})

    assert (first.id, said(first.not_first)) == ("a", None)
    assert (second.id, said(second.not_first)) == ("z", why)


def test_a_rested_crew_goes_before_one_that_is_only_a_little_nearer():
    tired = a_crew("a", 600, last_call_ended=ago(1))
    assert ids(ranked([tired, a_crew("b", 660)])) == ["b", "a"]
    assert ids(ranked([tired, a_crew("b", 661)])) == ["a", "b"]
    rested = a_crew("a", 600, last_call_ended=ago(5))
    assert ids(ranked([rested, a_crew("b", 660)])) == ["a", "b"]


def test_as_near_is_counted_from_the_nearest_and_not_from_one_to_the_next():
    units = [
        a_crew("a", 600, calls_today=3),
        a_crew("b", 650, calls_today=2),
        a_crew("c", 700, calls_today=1),
    ]
    assert ids(ranked(units)) == ["b", "a", "c"]


def test_a_stale_unit_shows_no_travel_time_that_could_be_taken_for_one():
    fresh, stale, unknown = ranked(
        [a_crew("a", 900), a_crew("b", 60, age_s=500), a_crew("c", point=None)]
    )
    assert (fresh.travel_s, fresh.last_known_s, fresh.stale) == (900, None, False)
    assert (stale.travel_s, stale.last_known_s, stale.age_s) == (None, 60, 500)
    assert (stale.stale, unknown.position) == (True, Position.UNKNOWN)
    assert (unknown.travel_s, unknown.last_known_s, unknown.age_s) == (None,) * 3


def test_of_two_stale_units_the_one_that_was_nearer_goes_first_and_it_is_said_so():
    _first, second = ranked([a_crew("a", 300, age_s=200), a_crew("b", 60, age_s=900)])
    assert second.id == "a"
    assert said(second.not_first) == ("farther_when_last_seen", {"s": 240})


@pytest.mark.parametrize("given", [None, float("nan"), float("inf"), -1])
def test_where_no_road_service_says_a_time_the_straight_line_is_a_usual_road(given):
    (unit,) = ranked([a_crew("a", given)])
    # 1.112 km straight, 1.4 times as long by road, at 35 km/h.
    assert unit.travel_s == 160
    assert codes(unit) == ["straight_line"]
    (slow,) = ranked([a_crew("a", given)], settings=Ranking(speed_kmh=17.5))
    assert slow.travel_s == 320


def test_what_a_road_service_says_counts_and_is_said():
    (unit,) = ranked([a_crew("a", 200.4)])
    assert (unit.travel_s, codes(unit)) == (200, ["by_road"])


def test_without_a_place_nobody_is_near_and_everybody_is_there():
    units = [a_crew("a", None), a_crew("b", None, calls_today=1)]
    both = ranked(units, place=None)
    assert [(one.id, one.travel_s) for one in both] == [("a", None), ("b", None)]


def test_all_that_speaks_against_a_unit_is_said_even_of_the_first():
    only = a_crew("a", age_s=300, crew_complete=None, last_call_ended=ago(1), zone="2")
    (first,) = ranked([only], skills={"youth", "emt"})
    assert first.not_first is None
    assert codes(first) == [
        "position_stale",
        "by_road",
        "lacks_skill",
        "lacks_skill",
        "crew_unknown",
        "not_rested",
        "other_zone",
    ]


def test_nobody_to_send_is_nobody():
    assert ranked([]) == []


CREWS = st.lists(
    st.builds(
        a_crew,
        st.sampled_from("abcdefghij"),
        st.none() | st.integers(0, 200),
        st.sampled_from([NEAR, FAR, None]),
        age_s=st.sampled_from([None, 0, 119, 120, 900]),
        crew_complete=st.sampled_from([True, False, None]),
        last_call_ended=st.none() | st.integers(0, 9).map(ago),
        zone=st.sampled_from(["1", "2", None]),
        calls_today=st.integers(0, 2),
        idle_since=st.none() | st.integers(0, 2).map(ago),
        skills=st.frozensets(st.sampled_from(["emt", "youth"])),
    ),
    unique_by=lambda one: one.id,
)
PLACES = st.sampled_from([PLACE, None])
WISHES = st.frozensets(st.sampled_from(["emt", "youth"]))
ZONES = st.sampled_from(["1", None])


@settings(max_examples=80, deadline=None)
@given(CREWS, PLACES, WISHES, ZONES, st.randoms(use_true_random=False))
def test_candidates_are_the_same_whatever_order_they_come_in(
    units, place, skills, zone, random
):
    first = ranked(units, place, skills=skills, zone=zone)
    random.shuffle(units)
    assert ranked(units, place, skills=skills, zone=zone) == first


@settings(max_examples=80, deadline=None)
@given(CREWS, PLACES, WISHES, ZONES)
def test_everybody_is_there_once_and_all_but_the_first_say_why_not(
    units, place, skills, zone
):
    found = ranked(units, place, skills=skills, zone=zone)
    assert sorted(ids(found)) == sorted(ids(units))
    assert [one.not_first is None for one in found] == [
        n == 0 for n in range(len(found))
    ]


def alike(unit, skills):
    """What comes before the way: has what is wanted, and is not known to be short."""
    return skills <= unit.skills, unit.crew_complete is False


@settings(max_examples=80, deadline=None)
@given(CREWS, PLACES, WISHES)
def test_no_stale_or_unknown_unit_is_before_a_fresh_one_of_its_standing(
    units, place, skills
):
    facts = {unit.id: unit for unit in units}
    behind = set()
    for one in ranked(units, place, skills=skills):
        standing = alike(facts[one.id], skills)
        if one.position == Position.FRESH:
            assert standing not in behind or place is None
        else:
            behind.add(standing)
            assert one.travel_s is None


@settings(max_examples=80, deadline=None)
@given(CREWS, st.integers(0, 200))
def test_nobody_first_is_farther_than_the_near_ones_by_more_than_counts(units, near):
    fresh = [
        one
        for one in ranked(units, settings=Ranking(near=near))
        if alike(next(u for u in units if u.id == one.id), frozenset()) == (True, False)
        and one.position == Position.FRESH
    ]
    if fresh:
        assert fresh[0].travel_s - min(one.travel_s for one in fresh) <= near


def test_where_nobody_knows_the_place_a_position_moves_no_unit():
    """It has no way to compare: the longest idle goes, seen a moment ago or never."""
    waits = UnitFacts(id="b", kind=Response.CRT, idle_since=NOON - timedelta(hours=1))
    seen = UnitFacts(id="a", kind=Response.CRT, point=PLACE, age_s=5, idle_since=NOON)

    ranked = rank.candidates(None, [seen, waits], Ranking(), NOON, {}, None)

    assert [one.id for one in ranked] == ["b", "a"]
