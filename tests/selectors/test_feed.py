"""What the live line says: true for one number, the same for all, and its price."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dispatch import journal
from dispatch.actions import intake
from dispatch.selectors import board, feed, roster
from tests import makers

EVERY = ("operations", "clinical", "wall")


@pytest.fixture
def centre(own_database):
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


def told(centre, since, projections=("operations",)):
    """What a look says to boards that stand at ``since``, and how many statements it took."""
    with CaptureQueriesContext(connection) as seen, transaction.atomic():
        moment = feed.Moment(centre.pk, projections)
        said = [json.loads(moment.said(each, since)) for each in projections]
    return said, len([one for one in seen if one["sql"] not in {"BEGIN", "COMMIT"}])


def elsewhere(action, **words):
    """On a connection of its own, committed before this returns."""

    def act():
        try:
            action(**words)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(act).result()


def busy(centre, dispatcher, calls):
    """So many calls, each with a clinician who was asked."""
    since = journal.head(centre.pk)
    for _ in range(calls):
        makers.a_clinician(centre)
        makers.decided(makers.a_call(centre, dispatcher))
    return since


def test_a_look_when_nothing_has_happened_is_one_statement(centre):
    with CaptureQueriesContext(connection) as seen:
        head = feed.head(centre.pk)

    assert len(seen) == 1
    assert head.number == journal.head(centre.pk)


def test_a_look_costs_the_same_however_much_has_happened(centre, dispatcher):
    since = busy(centre, dispatcher, 1)
    _few, price = told(centre, since)
    since = busy(centre, dispatcher, 6)

    (many,), again = told(centre, since)

    assert len(many["cards"]) == len(many["people"]) == 6
    # Head, events, cards, people; no unit was touched.
    assert (price, again) == (4, 4)


def test_a_note_on_a_call_costs_three_statements(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    since = journal.head(centre.pk)
    intake.add_note(call_id=call.pk, text="at the door", by=makers.by(dispatcher))
    told(centre, since)  # the rules are read once in the life of a process

    (said,), price = told(centre, since)

    assert [card["id"] for card in said["cards"]] == [str(call.pk)]
    assert price == 3


def test_three_projections_read_the_calls_once(centre, dispatcher):
    since = busy(centre, dispatcher, 2)

    said, price = told(centre, since, EVERY)

    assert [len(each["people"]) for each in said] == [2, 2, 0]
    # As one projection, and the people once more: who sees them depends on it.
    assert price == 5


@pytest.mark.parametrize("projection", EVERY)
def test_what_is_said_is_what_the_board_shows(centre, dispatcher, projection):
    makers.a_unit(centre)
    since = busy(centre, dispatcher, 2)

    ((whole,), _price), ((part,), _price) = (
        told(centre, None, [projection]),
        told(centre, since, [projection]),
    )

    cards = json.loads(json.dumps(board.cards(centre.pk, projection)))
    assert whole["cards"] == part["cards"] == cards
    assert whole["units"] == roster.units(centre.pk, projection)
    assert whole["people"] == roster.people(centre.pk, projection)
    assert (whole["t"], part["t"], part["prev"]) == ("snapshot", "cards", since)
    assert whole["number"] == part["number"] == journal.head(centre.pk)


@pytest.mark.parametrize("projection", EVERY)
def test_once_a_board_was_not_whole_each_message_says_how_many_are_open(
    centre, dispatcher, monkeypatch, projection
):
    monkeypatch.setattr(board, "PAGE", 2)
    first, *_others = [makers.a_call(centre, dispatcher) for _ in range(4)]
    since = journal.head(centre.pk)
    ((whole,), _price) = told(centre, None, [projection])
    intake.cancel(call_id=first.pk, reason="test", by=makers.by(dispatcher))

    ((part,), _price) = told(centre, since, [projection])

    assert (len(whole["cards"]), whole["open"]) == (2, 4)
    assert (part["cards"], part["gone"], part["open"]) == ([], [str(first.pk)], 3)


def test_where_every_board_has_every_call_nobody_counts(centre, dispatcher):
    since = busy(centre, dispatcher, 1)

    ((whole,), _price), ((part,), _price) = told(centre, None), told(centre, since)

    assert whole["open"] == 1
    assert "open" not in part


def test_a_call_that_left_the_board_is_gone_and_the_others_are_not_named(
    centre, dispatcher
):
    makers.a_call(centre, dispatcher)
    ended = makers.a_call(centre, dispatcher)
    since = journal.head(centre.pk)
    intake.cancel(call_id=ended.pk, reason="test", by=makers.by(dispatcher))

    (said,), _price = told(centre, since)

    assert (said["gone"], said["cards"]) == ([str(ended.pk)], [])


def test_a_look_is_true_for_its_number_while_others_write(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    since = journal.head(centre.pk) - 1

    with transaction.atomic():
        moment = feed.Moment(centre.pk, EVERY)
        elsewhere(intake.cancel, call_id=call.pk, reason="x", by=makers.by(dispatcher))
        said = json.loads(moment.said("operations", since))

    assert said["number"] == moment.head.number < journal.head(centre.pk)
    assert [card["number_seen"] for card in said["cards"]] == [said["number"]]


def test_a_board_far_behind_or_ahead_gets_the_whole_board(centre, dispatcher):
    makers.a_call(centre, dispatcher)
    head = journal.head(centre.pk)

    with transaction.atomic():
        moment = feed.Moment(centre.pk, EVERY)
        answers = {
            since: json.loads(moment.answer("operations", since))["t"]
            for since in (None, 0, head, head + 1, head - feed.RESUME - 1)
        }

    assert list(answers.values()) == [
        "snapshot",
        "cards",
        "cards",
        "snapshot",
        "snapshot",
    ]
