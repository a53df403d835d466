"""One call's page: what it says, to whom, and what it costs."""

import dataclasses
from types import SimpleNamespace

import pytest
from django.utils import translation

from dispatch import events
from dispatch.actions import decision, disposition, intake
from dispatch.actions import seat as seats_action
from dispatch.actions.details import Details
from dispatch.events import CLOCK, EventBody
from dispatch.selectors import call as calls
from dispatch.selectors import decision as spoken
from dispatch.selectors import fields, sentences, timeline
from dispatch.selectors import seat as seats
from routing import store
from routing.core import explain, facts, protocol, words
from routing.core.decide import decide
from routing.core.facts import ANSWERS
from tests import makers

CATALOGUE = sorted(
    (one for one in vars(events).values() if isinstance(one, type)),
    key=lambda one: one.__name__,
)
KINDS = [one for one in CATALOGUE if issubclass(one, EventBody) and one != EventBody]
SAMPLE = {
    "answers": {"weapon": "no", "medical": "yes"},
    "person": "0190-person",
    "owner": "0190-person",
    "response": "crt",
    "mode": "staged",
    "source": "911",
    "before": "available",
    "after": "en_route",
    "reason": "officer_asks",
    "kind": "radio",
    "why": ["supervisor"],
    "fields": ["phone"],
    "outcomes": ["hospital"],
    "outcome": "hospital",
}
NAMES = {"0190-person": "D. Mercer"}


@pytest.fixture
def centre(db):
    return makers.an_agency()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_has_a_sentence_of_whole_words(kind):
    body = {part.name: SAMPLE.get(part.name, 3) for part in dataclasses.fields(kind)}
    unit = SimpleNamespace(name="CRT 2", agency_id=None)
    event = SimpleNamespace(kind=kind.__name__, body=body, unit=unit, agency_id=None)

    said = timeline.sentence(event, NAMES)

    assert said
    assert "_" not in said
    assert "%" not in said


def test_no_sentence_is_left_for_an_event_that_cannot_happen():
    assert set(sentences.SENTENCES) == {kind.__name__ for kind in KINDS}


def test_every_code_a_form_can_send_has_a_word():
    assert set(spoken.OVERRIDE_REASONS) == set(decision.OVERRIDE_REASONS)
    assert set(sentences.OUTCOMES) == set(disposition.OUTCOMES)
    assert set(fields.SOURCES) == set(intake.SOURCES)
    assert set(fields.CALLERS) == set(intake.CALLERS)
    assert set(spoken.QUESTIONS) >= set(ANSWERS)


def test_every_sentence_of_the_core_can_be_said_on_the_page():
    for code in words.SENTENCES["en"]:
        if "." in code:
            assert spoken.sentence(code, {"response": "crt", "responses": "6"})


def a_busy_call(centre):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="suicide_threat"))
    makers.with_clinician(call)
    decision.request_team(call_id=call.pk, response="crt", reason="more_help", by=CLOCK)
    makers.on_scene(call)
    return call


def test_the_page_costs_the_same_however_long_the_history(
    centre, django_assert_num_queries
):
    bare, busy = makers.a_call(centre), a_busy_call(centre)
    for _ in range(10):
        intake.add_note(call_id=busy.pk, text="Talking at the door.", by=CLOCK)
    calls.view(busy, "operations")

    with django_assert_num_queries(21):
        calls.view(busy, "operations")
    with django_assert_num_queries(16):
        calls.view(bare, "operations")


def test_seats_stand_side_by_side_with_their_own_steps(centre):
    call = a_busy_call(centre)

    view = calls.view(call, "operations")

    by_kind = {seat.kind: seat for seat in view.seats}
    assert by_kind["Clinician"].mark.label == "With caller"
    assert [bool(step.at) for step in by_kind["Clinician"].steps] == [
        True,
        True,
        True,
        False,
    ]
    assert by_kind["CRT"].mark.label == "On scene"
    assert by_kind["CRT"].steps[3].at is not None


def test_an_outside_service_asks_to_be_told_until_somebody_did(centre):
    call = makers.decided(makers.a_call(centre), medical="yes")
    view = calls.view(call, "operations")
    ems = next(seat for seat in view.seats if seat.kind == "EMS")

    assert ems.to_tell
    assert ems.mark.act

    seat = call.seats.get(response="ems")
    seats_confirmed(seat)
    view = calls.view(makers.fresh(call), "operations")
    ems = next(seat for seat in view.seats if seat.kind == "EMS")
    assert not ems.to_tell
    assert ems.mark.label == "Told, confirmed"


def seats_confirmed(row):
    from_floor = makers.a_user(row.call.agency, "dispatcher")
    seats_action.confirm_told(seat_id=row.pk, by=makers.by(from_floor))


def test_the_decision_says_why_what_is_held_back_and_what_would_change_it(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre), weapon="not_asked")

    made = calls.view(call, "operations").decision

    assert made.words.title.startswith("Clinician by phone now")
    assert "E2" in {reason.rule for reason in made.words.reasons}
    assert [reason.number for reason in made.words.open] == [5]
    held = {one.code: one for one in made.held}
    assert held["crt"].forbidden
    assert held["crt"].rule == "S5"
    assert any(one.question == "Weapon" and one.answer == "Yes" for one in made.changes)


def given(call, projection="operations"):
    return {one.label: one.value for one in calls.view(call, projection).given}


@pytest.mark.parametrize(
    ("known", "answers", "rule", "rests_on"),
    [
        ({}, {"imminent": "yes"}, "T2", {"Imminent risk": "Yes"}),
        (
            {"source": "988"},
            {"imminent": "not_known"},
            "T2",
            {"Imminent risk": "Caller doesn't know"},
        ),
        ({"source": "988"}, {}, "T2", {"Imminent risk": "Not asked"}),
        ({"source": "988"}, {"imminent": "no"}, "T2b", {"Imminent risk": "No"}),
        (
            {"type": "counselling"},
            {"agrees_988": "yes"},
            "T1",
            {"Agrees to 988": "Yes"},
        ),
        ({"type": "counselling"}, {}, "E7", {"Agrees to 988": "Not asked"}),
    ],
)
def test_whoever_reads_the_decision_reads_the_answers_that_it_rests_on(
    centre, known, answers, rule, rests_on
):
    call = makers.decided(makers.a_call(centre, **known), **answers)

    assert calls.view(call, "operations").decision.words.rule == rule
    assert rests_on.items() <= given(call).items()


def test_a_question_that_bears_on_nothing_is_not_shown_as_left_open(centre):
    call = makers.decided(makers.a_call(centre, type="trespass"))

    assert not {"Imminent risk", "Agrees to 988"} & given(call).keys()
    assert {"Imminent risk", "Agrees to 988"} <= given(call, "clinical").keys()
    assert given(call)["Weapon"] == "No"


def test_a_call_is_found_by_its_number_with_or_without_the_year(centre):
    call = makers.a_call(centre)

    assert calls.by_number(centre.pk, call.number) == call.pk
    assert calls.by_number(centre.pk, "#1") == call.pk
    assert calls.by_number(centre.pk, "2") is None
    assert calls.by_number(makers.an_agency().pk, call.number) is None


def test_the_history_is_newest_first_and_names_who_did_it(centre):
    dispatcher = makers.a_user(centre, "dispatcher", "D12 Lee")
    call = makers.a_call(centre, dispatcher)
    makers.triaged(call)

    entries = calls.view(call, "operations").entries

    assert [one.number for one in entries] == sorted(
        (one.number for one in entries), reverse=True
    )
    assert entries[-1].text == "Call opened from 911"
    assert entries[-1].by == "D12 Lee"
    assert entries[-1].after == "0:00"


def test_the_history_says_whether_a_place_was_verified_or_is_no_longer(centre):
    call = makers.a_call(centre, location_verified=True)
    for verified in (False, True, False):
        intake.correct(
            call_id=call.pk, details=Details(location_verified=verified), by=CLOCK
        )
    moved = Details(location_verified=True, zone="District 9")
    intake.correct(call_id=call.pk, details=moved, by=CLOCK)

    said = [one.text for one in calls.view(call, "operations").entries]

    assert [one for one in said if "verified" in one] == [
        "Changed: Place verified, Zone",
        "Place no longer verified",
        "Place verified",
        "Place no longer verified",
    ]


def test_a_help_that_wants_an_act_stands_above_what_is_only_read(centre):
    call = makers.decided(makers.a_call(centre, type="counselling"))
    [waits] = calls.view(call, "operations").seats
    assert calls.view(call, "operations").pressing

    seats_action.withdraw(seat_id=waits.id, why="not_needed", by=CLOCK)

    assert not calls.view(call, "operations").pressing


def test_a_finished_seat_stays_readable_beside_the_open_ones(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.ring_out(makers.ringing(call))

    asked = [seat.asked for seat in seats.seats(call, made_protocol(call))]

    assert any("no answer" in " ".join(one) for one in asked)


def made_protocol(call):
    return store.published(call.agency_id)[1]


def test_reasons_and_what_if_are_said_in_the_readers_language(monkeypatch):
    for table in ("SENTENCES", "RESPONSES", "MODES"):
        english = getattr(words, table)["en"]
        spanish = {code: f"¡{said}!" for code, said in english.items()}
        monkeypatch.setattr(words, table, {"en": english, "es": spanish})
    known = facts.read({"id": "1", "at": "2026-07-01T12:00:00-04:00"})
    rules = protocol.shipped()
    made = decide(known, rules)

    def said():
        shown = spoken.in_words(explain.line(made), explain.findings(made), rules)
        return [one.text for one in (*shown.open, *spoken.what_if(known, rules))]

    with translation.override("es-mx"):
        assert {text[0] for text in said()} == {"¡"}
    with translation.override(None):
        assert "¡" not in "".join(said())


def test_only_who_was_planned_for_later_and_never_asked_for_stands_next():
    now, later = (
        spoken.Going(code=code, label=code, mode=mode, how="")
        for code, mode in (("cor", "now"), ("crt", "then"))
    )

    assert spoken.planned_next([now, later], ()) == (later,)
    assert spoken.planned_next([now, later], {spoken.words.response("crt")}) == ()
