"""How often the likeness of calls is right, on calls that somebody read and labelled."""

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from routing.core import alike
from routing.core.facts import Point
from tests.core import accounts, made_accounts


def event_of():
    return {
        row["call_id"]: row["event"]
        for row in accounts.rows(accounts.HERE / "window.csv")
    }


@pytest.fixture(scope="module")
def window():
    """The calls of 16:00 to 17:30 on 2025-05-05, replayed: account id -> call id."""
    calls = accounts.recorded()
    return accounts.replayed([calls[one] for one in event_of()])


@pytest.mark.parametrize(
    ("part", "found", "precision", "recall"),
    [
        ("first", accounts.offered, 0.92, 0.94),
        ("first", accounts.linked, 1.0, 0.29),
        ("held", accounts.offered, 0.80, 0.83),
        ("held", accounts.linked, 1.0, 0.28),
    ],
)
def test_on_real_pairs_it_stays_as_good_as_measured(part, found, precision, recall):
    score = accounts.scored(accounts.labelled(part), found)

    assert score.precision >= precision, score
    assert score.recall >= recall, score


@pytest.mark.parametrize("part", ["first", "held"])
def test_no_real_pair_of_two_emergencies_is_linked(part):
    pairs = accounts.labelled(part)
    wrong = [
        (one.id, other.id)
        for one, other, label in pairs
        if label == "other" and accounts.linked(one, other)
    ]

    assert not wrong


def test_sixteen_real_callers_about_one_person_become_one_call(window):
    together = [one for one, call in window.items() if call == "SATX-194692"]

    assert len(together) == 16
    assert {event_of()[one] for one in together} == {"callaghan"}


def test_nothing_else_of_that_hour_and_a_half_is_hidden(window):
    score = accounts.scored_together(window, event_of())

    assert score.fp == 0, score
    assert score.recall >= 0.86, score


@pytest.mark.parametrize(
    ("earlier", "later", "label"),
    [
        pytest.param(one, other, label, id=why)
        for one, other, label, why in made_accounts.pairs()
    ],
)
def test_made_pairs_are_offered_if_one_event_and_never_linked_if_two(
    earlier, later, label
):
    assert label == "other" or accounts.offered(earlier, later)
    assert label == "same" or not accounts.linked(earlier, later)


def test_made_pairs_of_one_event_are_linked_where_place_and_type_are_known():
    pairs = [pair[:3] for pair in made_accounts.pairs()]

    assert accounts.scored(pairs, accounts.linked) == accounts.Score(tp=12, fp=0, fn=2)


def test_thirty_five_made_callers_become_one_call_and_the_seven_beside_stay():
    events = made_accounts.hour()
    event = {one.id: event for one, event in events.items()}

    call_of = accounts.replayed(events)

    assert len(event) == 42
    assert accounts.scored_together(call_of, event) == accounts.Score(
        tp=595, fp=0, fn=0
    )


def test_the_hour_is_the_same_when_callers_share_a_second():
    events = {
        replace(one, opened_at=made_accounts.START): event
        for one, event in made_accounts.hour().items()
    }
    event = {one.id: event for one, event in events.items()}

    assert accounts.scored_together(accounts.replayed(events), event).fp == 0


REASONS = {
    "both_for_self": 1, "far": 8, "kin_type": 732, "long_ago": 11, "minutes": 2033,
    "near": 1342, "one_danger": 174, "other_danger": 1, "other_house": 2,
    "other_person": 2, "other_street": 68, "other_type": 272, "other_words": 76,
    "same_address": 413, "same_block": 271, "same_number": 55, "same_person": 2,
    "same_type": 947, "same_words": 1244,
}  # fmt: skip


def test_every_reason_and_point_is_as_it_was_when_it_was_measured():
    """Counted before it was made faster: whoever means another result counts anew."""
    calls = list(accounts.recorded().values())
    hour = made_accounts.hour()
    pairs = [pair[:2] for part in ("first", "held") for pair in accounts.labelled(part)]
    pairs += [pair[:2] for pair in made_accounts.pairs()]
    pairs += [(one, other) for one in hour for other in hour]

    found = [one for new in calls for one in alike.likely(new, calls)]
    made = [alike.compare(one, other) for one, other in pairs]

    told = [reason for one in made for reason in one.reasons]
    assert Counter(str(reason.code) for reason in told) == REASONS
    assert sum(reason.amount for reason in told) == 376_198
    assert (points(made), sum(one.links for one in made)) == (152_420, 812)
    assert (points(found), sum(one.links for one in found)) == (60_250, 362)


def points(found):
    return sum(round(one.score * 100) for one in found)


def test_two_thousand_open_calls_of_a_city_are_looked_through_in_milliseconds():
    new = made_accounts.told()
    open_calls = [
        replace(
            made_accounts.HOUSE,
            id=f"open-{n}",
            number=f"o{n}",
            opened_at=made_accounts.START - timedelta(minutes=n % 180),
            point=Point(lat=35.9 + n % 45 * 0.0045, lon=-79.0 + n // 45 * 0.0045),
        )
        for n in range(2000)
    ]

    spent = []
    for _ in range(7):
        began = time.process_time()
        alike.likely(new, open_calls)
        spent.append(time.process_time() - began)

    # Measured 1 to 2 ms; the rest is for a machine that does other things.
    assert min(spent) < 0.005
