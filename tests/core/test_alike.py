"""What makes two calls likely the same, what speaks against it, and what is never said."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.core import alike, wording
from routing.core.alike import Code
from routing.core.facts import Caller, Point
from tests.core.made_accounts import BARE, HERE, HOUSE, NEXT_DOOR, START, house, told


def codes(one, other):
    return {reason.code for reason in alike.compare(one, other).reasons}


def found(new, *calls):
    return alike.likely(new, calls)


def test_the_reasons_name_number_place_minutes_type_and_words():
    reasons = alike.compare(HOUSE, told(point=NEXT_DOOR, address=frozenset())).reasons

    assert [(reason.code.value, reason.amount) for reason in reasons] == [
        ("same_number", 0),
        ("near", 29),
        ("minutes", 4),
        ("same_type", 0),
        ("same_words", 6),
    ]
    assert not any(reason.against for reason in reasons)


def test_a_danger_that_one_names_is_a_reason_against_with_its_name():
    armed = told(yes=frozenset({"weapon"}))
    denied = replace(HOUSE, no=frozenset({"weapon"}))

    (alone,) = [one for one in alike.compare(HOUSE, armed).reasons if one.names]
    (differ,) = [one for one in alike.compare(denied, armed).reasons if one.names]

    assert (alone.code, alone.names, alone.against) == (
        Code.ONE_DANGER,
        ("weapon",),
        True,
    )
    assert (differ.code, differ.names) == (Code.OTHER_DANGER, ("weapon",))


def test_the_same_house_minutes_later_is_offered_whatever_else_is_said():
    """Another type and person, a danger denied, no words in common: still looked at."""
    denied = replace(HOUSE, person="p1", no=frozenset({"weapon"}))
    armed = told(
        id="new",
        point=None,
        words=wording.words("loud music and shouting upstairs with a gun"),
        number=None,
        type="trespass",
        person="p2",
        yes=frozenset({"weapon"}),
    )
    later = replace(armed, opened_at=armed.opened_at + timedelta(minutes=40))

    assert [one.links for one in found(armed, denied)] == [False]
    assert found(later, denied) == []


@pytest.mark.parametrize(
    "unknown",
    [
        {"point": None, "address": frozenset()},
        {"words": frozenset()},
        {"number": None},
        {"person": None},
        {"type": None},
        {"zone": None},
        {"caller": None},
    ],
)
def test_what_nobody_knows_is_never_evidence(unknown):
    known = replace(HOUSE, person="p1", zone="north", caller=Caller.WITH_PERSON)
    nothing = replace(known, **unknown)

    assert codes(nothing, replace(nothing, id="other")) < codes(
        known, replace(known, id="other")
    ) or {"zone", "caller"} & set(unknown)
    assert codes(nothing, known) == codes(known, nothing)
    assert alike.compare(nothing, known).score <= alike.compare(known, known).score


def test_time_and_type_alone_are_not_shown():
    bare = {**BARE, "point": None, "address": frozenset()}

    assert not found(told(**bare), replace(HOUSE, **bare))


def test_a_call_is_never_like_itself():
    assert not found(HOUSE, HOUSE, replace(HOUSE, number="n9"))


def test_a_call_stands_once_as_its_best_account_with_its_contacts():
    far = replace(HOUSE, number="n7", point=Point(lat=36.0, lon=-78.8986), contacts=3)
    (shown,) = found(told(), far, replace(HOUSE, contacts=3))

    assert shown.id == "one"
    assert shown.contacts == 3
    assert Code.SAME_NUMBER in {reason.code for reason in shown.reasons}


def test_what_one_caller_of_a_call_bars_the_others_do_not_allow():
    armed = replace(HOUSE, number="n7", yes=frozenset({"weapon"}))

    (plain,) = found(told(), HOUSE)
    (shown,) = found(told(), HOUSE, armed)

    assert plain.links
    assert not shown.links
    assert Code.ONE_DANGER in {reason.code for reason in shown.reasons}


def test_the_likeliest_comes_first_and_ties_go_by_id():
    calls = [replace(HOUSE, id=id) for id in "cab"]
    weaker = replace(HOUSE, id="0", number=None, words=frozenset(), type="noise")

    assert [one.id for one in found(told(), weaker, *calls)] == ["a", "b", "c", "0"]


def test_thirty_minutes_are_too_long_to_link_and_two_hours_to_find_by_place():
    bare = replace(HOUSE, **BARE)

    assert found(told(minutes=19, **BARE), bare)[0].links
    assert not found(told(minutes=30), HOUSE)[0].links
    assert found(told(minutes=119, **BARE), bare)
    assert not found(told(minutes=121, **BARE), bare)


@pytest.mark.parametrize(
    ("type", "metres", "links"),
    [
        ("indecency", 390, True),
        ("indecency", 410, False),
        ("noise", 140, True),
        ("noise", 160, False),
    ],
)
def test_who_walks_is_linked_further_on_than_what_stays(type, metres, links):
    point = Point(lat=HERE.lat + metres / 111195, lon=HERE.lon)
    other = told(point=point, address=frozenset(), type=type)

    assert found(other, replace(HOUSE, type=type))[0].links is links


def test_a_vague_type_is_kin_to_what_is_seen_and_two_sights_are_not():
    assert Code.KIN_TYPE in codes(HOUSE, told(type="intoxicated_person"))
    assert Code.OTHER_TYPE in codes(
        replace(HOUSE, type="indecency"), told(type="intoxicated_person")
    )
    assert Code.OTHER_TYPE in codes(HOUSE, told(type="disturbance"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1000 BLOCK W MAIN ST", "1000 block of West Main Street, Durham, NC 27701"),
        ("1000-1098 W Main St", "1000 W. Main St."),
        ("A St & B Ave", "B AVENUE / A STREET"),
        ("1034 Main Rd Apt 4", "1034 main road, #4"),
        ("I0 37 S Sb", "IH 37 S Nb"),
        ("I-85 at US 70", "US Hwy 70 & Interstate 85"),
        ("Calle Peñón 12 & B St", "calle penon 12 and b st"),
        ("Lobby, 100 Main St, Durham", "100 Main St"),
    ],
)
def test_one_place_written_in_two_ways(one, other):
    assert wording.normalise(one) == wording.normalise(other) != frozenset()


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("1034 W Main St", "1034 W Main St", Code.SAME_ADDRESS),
        ("1034 W Main St", "1034 Main", Code.SAME_ADDRESS),
        ("1034 W Main St", "1000 BLOCK W MAIN ST", Code.SAME_BLOCK),
        ("1034 W Main St", "1036 W Main St", Code.OTHER_HOUSE),
        ("1034 Main St Apt 1", "1034 Main St Apt 2", Code.OTHER_HOUSE),
        ("1034 W Main St", "1034 E Main St", Code.OTHER_STREET),
        ("1034 Main St", "1034 Main Ave", Code.OTHER_STREET),
        ("200 San Gabriel St", "200 San Manuel St", Code.OTHER_STREET),
        ("A St / B Rd", "B Rd / A St", Code.SAME_ADDRESS),
    ],
)
def test_what_two_addresses_say(one, other, code):
    said = list(alike.of_address(house(one), house(other)))

    assert code in {reason.code for reason in said}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("1034", "1034"),
        ("A St / B Rd", "A St / C Ave"),
        ("100 Main St", "200 Main St"),
        ("100 Main St", "Main St / B Rd"),
        ("Durham", ""),
    ],
)
def test_half_an_address_says_nothing(one, other):
    assert not list(alike.of_address(house(one), house(other)))


def test_words_are_those_that_tell_in_english_and_spanish():
    assert wording.words("There's a man, he's NAKED!") == {"man", "naked"}
    assert wording.words("Hay un señor que llora") == {"senor", "llora"}
    assert wording.dangers("Disturbance (Gun Involved)") == {"weapon"}
    assert wording.dangers("creo que es sobredosis, tiene un cuchillo") == {
        "medical",
        "weapon",
    }
    assert wording.dangers("he gunned the engine") == frozenset()


def shared(*values):
    return st.sampled_from([None, *values])


accounts = st.builds(
    alike.Seen,
    id=st.sampled_from("abcdef"),
    opened_at=st.integers(-200, 200).map(lambda m: START + timedelta(minutes=m)),
    point=st.none()
    | st.builds(
        Point, lat=st.floats(35.985, 36.003), lon=st.sampled_from([HERE.lon, -78.9])
    ),
    zone=shared("north", "south"),
    type=shared("welfare_check", "indecency", "overdose", "disturbance"),
    address=st.sampled_from(
        ["", "1034 W Main St", "1036 W Main St", "1000 W Main St", "A St / B St"]
    ).map(wording.normalise),
    words=st.frozensets(st.sampled_from("abcdefg")),
    number=shared("n1", "n2"),
    person=shared("p1", "p2"),
    caller=shared(*Caller),
    yes=st.frozensets(st.sampled_from(["weapon", "medical"])),
    no=st.frozensets(st.sampled_from(["weapon", "medical"])),
)


@settings(deadline=None)
@given(accounts, accounts)
def test_two_accounts_are_as_alike_from_either_side(one, other):
    here, there = alike.compare(one, other), alike.compare(other, one)

    assert (here.score, here.links, here.reasons) == (
        there.score,
        there.links,
        there.reasons,
    )
    assert 0 <= here.score <= 1
    assert not here.links or here.score >= alike.LINK / 100


@settings(deadline=None)
@given(
    accounts,
    st.lists(accounts, max_size=8).flatmap(
        lambda a: st.tuples(st.just(a), st.permutations(a))
    ),
)
def test_the_order_of_the_open_calls_changes_nothing(new, lists):
    calls, mixed = lists

    assert alike.likely(new, calls) == alike.likely(new, mixed)


@settings(deadline=None)
@given(accounts, accounts)
def test_the_cheap_look_drops_nothing_worth_showing(one, other):
    assert alike.may_be(one, other) or not alike.compare(one, other).offers


@settings(deadline=None)
@given(accounts, st.lists(accounts, max_size=6))
def test_another_emergency_next_door_is_offered_at_most(new, calls):
    linked = {one.id for one in alike.likely(new, calls) if one.links}

    for call in calls:
        if call.id in linked:
            assert call.yes == new.yes
            assert not call.yes & new.no
            assert {call.person, new.person} != {"p1", "p2"}
            assert "overdose" not in {call.type, new.type} - {new.type}


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_tokens(text):
    assert "" not in wording.words(text) | wording.normalise(text)
    assert wording.dangers(text) <= {"weapon", "medical"}
