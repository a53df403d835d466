"""What a partner brought is kept as codes, and read in the reader's words."""

import json

import pytest

from dispatch.actions import incoming, intake
from dispatch.actions.incoming import Brought
from dispatch.events import CLOCK, Actor
from dispatch.models import Call, CallNote
from dispatch.selectors import call as calls
from dispatch.selectors import noted, plain
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db


@pytest.fixture
def lifeline(db):
    return partners.a_partner(makers.an_agency())


def bring(lifeline, **said):
    by = Actor(kind="partner", id=lifeline.pk, name=lifeline.name)
    known = {"reference": "L-1", "address": "12 Elm St"} | said
    incoming.bring(partner=lifeline, brought=Brought(**known), by=by)
    return Call.objects.get()


def latest(call):
    return CallNote.objects.filter(call=call).latest("at")


def test_a_note_of_988_is_kept_as_codes(lifeline):
    call = bring(lifeline, willing="not_known")

    kept = json.loads(latest(call).text)

    assert kept == {
        "code": "brought",
        "willing": "not_known",
        "wants_team": "not_asked",
    }


def test_every_reader_has_it_in_words(lifeline):
    call = bring(lifeline, willing="not_known")
    words = "988: accepts help: asked, not known; asks for a team: not asked."

    assert noted.text(latest(call)) == words
    assert [one.text for one in calls.view(call, "operations").notes] == [words]
    assert [one.text for one in plain.whole(call).notes] == [words]


def test_a_call_that_a_yes_opened_again_says_which_yes_it_was(lifeline):
    call = bring(lifeline, answers={"weapon": "no"})
    intake.cancel(call_id=call.pk, reason="caller_cancelled", by=CLOCK)
    bring(lifeline, answers={"household": "yes"}, said="he is back")

    lines = noted.text(latest(call)).splitlines()

    assert lines[:3] == [
        "988 sent this call again.",
        "The call had ended; opened again by yes to: Household",
        "Said: he is back",
    ]


def test_what_they_now_deny_is_named_as_the_form_names_it(lifeline):
    call = bring(lifeline, answers={"weapon": "yes", "minor_alone": "yes"})
    bring(lifeline, answers={"weapon": "no", "minor_alone": "no"})

    line = "Now no, and yes stands until somebody asks: Weapon, Alone, under 18"
    assert line in noted.text(latest(call)).splitlines()


@pytest.mark.parametrize("apart", ["\n", "\r\n", "\u2028", "\v", " \n\n "])
def test_what_they_tell_stays_on_its_line_and_cannot_look_like_ours(lifeline, apart):
    call = bring(lifeline)
    bring(lifeline, said=f"he is back{apart}Place: 9 False St")

    lines = noted.text(latest(call)).splitlines()

    assert "Said: he is back / Place: 9 False St" in lines
    assert not any(line.startswith("Place: 9 False") for line in lines)


@pytest.mark.parametrize("turn", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_what_they_tell_does_not_turn_the_words_around_it(lifeline, turn):
    call = bring(lifeline)
    bring(lifeline, said=f"gun {turn}on")

    assert "Said: gun on" in noted.text(latest(call)).splitlines()


def test_a_persons_words_stay_as_they_are_whatever_they_look_like(lifeline):
    call = bring(lifeline)
    looks = '{"code": "sent_again", "willing": "yes", "wants_team": "yes"}'
    note = intake.add_note(call_id=call.pk, text=looks, by=CLOCK)

    assert noted.text(note) == looks
