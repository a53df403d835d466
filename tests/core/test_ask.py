"""Who is asked first for a waiting seat, who not yet, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core import ask
from routing.core.ask import PersonFacts
from routing.core.queue import Queue, Wanted

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
USUAL = Queue()
TWO_CALLS = Queue(capacity=2)
ANYBODY = Wanted()
SPANISH = Wanted(required={"spanish": 2})
YOUTH = Wanted(preferred={"youth": 2})
LATER = 20


def somebody(id, idle=None, **different):
    """Idle for so many minutes."""
    since = None if idle is None else NOON - timedelta(minutes=idle)
    return PersonFacts(id=id, idle_since=since, **different)


def asked(people, wanted=ANYBODY, waited=LATER, settings=USUAL):
    return [one.id for one in ask.people(people, wanted, waited, settings).asked]


def passed_over(people, wanted=ANYBODY, waited=LATER, settings=USUAL):
    over = ask.people(people, wanted, waited, settings).passed_over
    return {id: (why.code, dict(why.params)) for id, why in over}


def not_first(people, wanted=ANYBODY, waited=LATER, settings=USUAL):
    """Why the second is not the first."""
    second = ask.people(people, wanted, waited, settings).asked[1]
    return second.not_first.code, dict(second.not_first.params)


def test_the_longest_idle_is_asked_first_then_the_lower_id():
    people = [somebody("d"), somebody("c", 9), somebody("b", 9), somebody("a", 3)]
    assert asked(people) == ["b", "c", "a", "d"]


def test_nobody_free_is_nobody_asked():
    assert asked([]) == []
    assert passed_over([]) == {}


def test_nobody_holds_more_calls_than_the_agency_allows():
    people = [somebody("busy", 9, holding=1), somebody("free", 1)]
    assert asked(people) == ["free"]
    assert passed_over(people) == {"busy": ("full", {"holding": 1, "capacity": 1})}


def test_where_two_calls_are_allowed_who_has_none_is_asked_first():
    people = [somebody("busy", 9, holding=1), somebody("free", 1)]
    assert asked(people, settings=TWO_CALLS) == ["free", "busy"]
    why = ("holds_more", {"holding": 1, "first": 0})
    assert not_first(people, settings=TWO_CALLS) == why


def test_who_knows_the_person_is_asked_alone_for_some_seconds_then_first():
    people = [somebody("knows", 1, knows=True), somebody("idle", 9)]
    assert asked(people, waited=7.9) == ["knows"]
    assert passed_over(people, waited=7.9) == {"idle": ("other_knows", {})}
    assert asked(people, waited=8) == ["knows", "idle"]
    assert not_first(people, waited=8) == ("other_knows", {})


def test_nobody_waits_for_one_who_knows_the_person_and_is_busy():
    people = [somebody("knows", knows=True, holding=1), somebody("idle", 9)]
    assert asked(people, waited=0) == ["idle"]


def test_a_required_skill_is_waited_for_and_then_still_asked_first():
    people = [somebody("some", 9, skills={"spanish": 1}), somebody("none", 9)]
    assert asked(people, SPANISH, waited=29) == []
    lacks = ("lacks_required", {"skill": "spanish", "level": 2})
    assert passed_over(people, SPANISH, waited=29) == {"some": lacks, "none": lacks}
    speaker = somebody("z", 1, skills={"spanish": 2})
    assert asked([*people, speaker], SPANISH, waited=29) == ["z"]
    assert asked([*people, speaker], SPANISH, waited=30) == ["z", "some", "none"]


def test_who_is_asked_without_the_skill_is_said_to_lack_it():
    (only,) = ask.people([somebody("a")], SPANISH, 30, USUAL).asked
    assert [(why.code, dict(why.params)) for why in only.why] == [
        ("lacks", {"skill": "spanish", "level": 0})
    ]


def test_one_who_knows_the_person_and_lacks_what_is_required_keeps_nobody_waiting():
    people = [somebody("knows", knows=True), somebody("z", skills={"spanish": 3})]
    assert asked(people, SPANISH, waited=0) == ["z"]


def test_a_preferred_skill_goes_first_for_a_while_and_keeps_nobody_away():
    people = [somebody("idle", 9), somebody("youth", 1, skills={"youth": 2})]
    assert asked(people, YOUTH, waited=14) == ["youth", "idle"]
    assert not_first(people, YOUTH, waited=14) == (
        "fewer_skills",
        {"has": 0, "first": 1},
    )
    assert asked(people, YOUTH, waited=15) == ["idle", "youth"]
    assert asked(people[:1], YOUTH, waited=0) == ["idle"]


def test_of_two_with_the_skill_the_higher_level_goes_first():
    people = [
        somebody("good", 9, skills={"youth": 2}),
        somebody("expert", 1, skills={"youth": 3}),
    ]
    assert asked(people, YOUTH, waited=0) == ["expert", "good"]
    assert not_first(people, YOUTH, waited=0) == ("lower_level", {})


def test_only_people_on_a_shift_where_the_agency_plans_shifts():
    people = [
        somebody("on", on_shift=True),
        somebody("off", on_shift=False),
        somebody("unplanned"),
    ]
    off = ("off_shift", {})
    assert passed_over(people, settings=Queue(roster=True)) == {
        "off": off,
        "unplanned": off,
    }
    assert asked(people) == ["off", "on", "unplanned"]


def test_why_another_is_not_first_names_the_idle_time_or_the_id():
    assert not_first([somebody("a", 9), somebody("b", 3)]) == (
        "idle_shorter",
        {"s": 360},
    )
    assert not_first([somebody("a", 9), somebody("b")]) == ("idle_unknown", {})
    assert not_first([somebody("a", 9), somebody("b", 9)]) == ("higher_id", {})


LEVELS = st.dictionaries(st.sampled_from(["spanish", "youth"]), st.integers(1, 3))
PEOPLE = st.lists(
    st.builds(
        somebody,
        st.sampled_from("abcdefgh"),
        st.none() | st.integers(0, 3),
        skills=LEVELS,
        holding=st.integers(0, 2),
        knows=st.booleans(),
        on_shift=st.none() | st.booleans(),
    ),
    unique_by=lambda one: one.id,
)
WANTED = st.builds(Wanted, required=LEVELS, preferred=LEVELS)
WAITED = st.integers(0, 40)
HOW = st.sampled_from([USUAL, TWO_CALLS, Queue(roster=True), Queue(sticky=0)])


@settings(max_examples=80, deadline=None)
@given(PEOPLE, WANTED, WAITED, HOW, st.randoms(use_true_random=False))
def test_the_order_they_come_in_never_matters(people, wanted, waited, how, random):
    first = ask.people(people, wanted, waited, how)
    random.shuffle(people)
    assert ask.people(people, wanted, waited, how) == first


@settings(max_examples=80, deadline=None)
@given(PEOPLE, WANTED, WAITED, HOW)
def test_everybody_is_asked_or_passed_over_with_a_reason(people, wanted, waited, how):
    choice = ask.people(people, wanted, waited, how)
    ids = [one.id for one in choice.asked]
    assert sorted(ids + [id for id, _why in choice.passed_over]) == sorted(
        one.id for one in people
    )
    assert [one.not_first is None for one in choice.asked] == [
        n == 0 for n in range(len(ids))
    ]
    held = {one.id: one.holding for one in people}
    assert all(held[id] < how.capacity for id in ids)


@settings(max_examples=80, deadline=None)
@given(PEOPLE, WANTED, HOW)
def test_in_the_end_skills_keep_nobody_away(people, wanted, how):
    free = [replace(one, holding=0, on_shift=True) for one in people]
    assert len(asked(free, wanted, 40, how)) == len(free)
