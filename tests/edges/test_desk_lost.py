"""The desk while a caller is lost: what stands, the call-back presses, no false 'I have'."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.actions import callback, callers, contact, decision, intake
from dispatch.actions.details import Details
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import Assignment, Contact
from dispatch.selectors import board
from tests import makers
from tests.actions.alarms import swept

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(centre, client):
    client.user = makers.a_clinician(centre, "D. Mercer")
    client.force_login(client.user)
    return client


@pytest.fixture
def call(centre, desk):
    dispatcher = makers.a_user(centre, "dispatcher", "D12 Lee")
    return makers.a_call(centre, dispatcher)


def leg_of(call):
    return Contact.objects.filter(call=call).earliest("pk")


def lost(call):
    contact.lost(contact_id=leg_of(call).pk, by=CLOCK)


def passes(call):
    """The time of a try passes with nobody recording it."""
    Contact.objects.filter(call=call).update(due_at=Now() - timedelta(seconds=1))
    contact.due(contact_id=leg_of(call).pk, by=CLOCK)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def shown(desk):
    return words(desk.get(reverse("desk")))


def press(desk, call, do, **said):
    url = reverse("line_step", args=[call.pk, leg_of(call).pk])
    fields = {"do": do, "from": "desk", "key": str(uuid4()), **said}
    return desk.post(url, fields)


def test_the_desk_says_what_stands_instead_of_a_press_that_is_refused(desk, call):
    makers.accepted(makers.decided(call))
    assert "I have the caller" in shown(desk)

    lost(call)

    said = shown(desk)
    assert "I have the caller" not in said
    assert "The caller is lost" in said
    assert "D12 Lee still owns the call. Whoever reaches the caller has them" in said


def test_a_caller_lost_before_they_rang_is_not_to_be_taken_either(desk, call):
    lost(call)
    makers.accepted(makers.decided(call))

    assert "I have the caller" not in shown(desk)
    assert Assignment.objects.get().confirmed_at is None


def test_a_clinician_calls_back_from_the_desk_and_stays_there(desk, call):
    makers.accepted(makers.decided(call))
    lost(call)
    assert "Call back now: 919-555-0142, try 1 of 3" in shown(desk)
    assert "No answer" in shown(desk)

    first = press(desk, call, "tried", result="no_answer", channel="voice", number=1)
    press(desk, call, "tried", result="reached", channel="voice", number=2)

    assert first.url == reverse("desk")
    assert leg_of(call).state == "connected"
    assert "I have the caller" in shown(desk)


def test_a_session_whose_caller_is_lost_says_when_it_can_end(desk, call):
    session = makers.with_clinician(makers.decided(call))
    lost(call)
    fields = {"outcomes": ["resolved_by_phone"], "key": str(uuid4())}
    refused = desk.post(reverse("session_end", args=[session.pk]), fields)

    assert refused.status_code == 422
    assert "a call-back (try 1 of 3) is due" in words(refused)
    assert "The session ends once they are reached" in shown(desk)

    seen = makers.fresh(call).version
    press(desk, call, "stop", reason="safe_now", seen=seen)
    done = desk.post(
        reverse("session_end", args=[session.pk]), fields | {"key": str(uuid4())}
    )
    assert done.status_code == 302


def test_tries_that_passed_are_not_said_to_have_been_made(desk, call):
    makers.accepted(makers.decided(call))
    lost(call)
    passes(call)
    passes(call)

    said = shown(desk)

    assert "try 2 of 3" in said
    assert "1 try passed with nobody recording one" in said
    page = words(desk.get(reverse("call", args=[call.pk])))
    assert "Line: waits for the next call-back" in page
    assert "Call-back, try 1: its time passed, nobody recorded one" in page


def test_the_history_says_not_reached_again_after_the_last_try_only(desk, call):
    page = reverse("call", args=[call.pk])
    makers.accepted(makers.decided(call, threat="not_known"))
    lost(call)
    at_first = words(desk.get(page))
    assert "Transfer: the caller was lost system" in at_first
    assert "not reached again" not in at_first

    passes(call)
    for _ in range(2):
        callback.tried(contact_id=leg_of(call).pk, result="no_answer", by=CLOCK)

    said = words(desk.get(page))
    assert "the caller was lost and not reached again" in said
    assert (
        "No more call-backs: the tries are over, 2 tries recorded; "
        "1 try passed with nobody recording one" in said
    )
    assert "Somebody may still call 919-555-0142." in said


def test_a_ring_says_that_the_caller_is_being_called_back(desk, call):
    lost(call)
    makers.decided(call)

    said = shown(desk)

    assert "Nobody is on the line" in said
    assert "stays on the line until you have the caller" not in said
    assert "The caller is lost. Call back now: 919-555-0142, try 1 of 3" in said


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("no_answer", "3 tries recorded. Somebody may still call 919-555-0142."),
        ("answered_unsafe", "Somebody else answered, not safe to speak"),
    ],
)
def test_a_ring_for_a_line_that_is_over_says_so_before_it_is_taken(
    desk, centre, result, said
):
    call = makers.decided(makers.a_call(centre, type="trespass"))
    lost(call)
    while leg_of(call).state != "completed":
        callback.tried(contact_id=leg_of(call).pk, result=result, by=CLOCK)
    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=CLOCK)

    assert f"The caller was lost and not reached again. {said}" in shown(desk)


def test_a_ring_for_whoever_asked_not_to_be_contacted_says_so(desk, centre):
    call = makers.a_call(centre, type="trespass", safe_contact="none")
    lost(makers.decided(call))
    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=CLOCK)

    said = shown(desk)

    assert "They asked not to be contacted: do not call or text." in said
    assert "may still call" not in said


def board_word(call):
    [card] = board.cards(call.agency_id, "operations", [call.pk])
    return card["state"]["label"], card["state"]["act"]


def test_with_the_last_call_back_failed_nobody_is_said_to_have_the_caller(desk, call):
    makers.with_clinician(makers.decided(call))
    assert board_word(call) == ("With D. Mercer", False)

    lost(call)
    for number in (1, 2, 3):
        press(desk, call, "tried", result="no_answer", channel="voice", number=number)
        page = words(desk.get(reverse("call", args=[call.pk])))
        assert "With caller" not in page + shown(desk)
        assert "Nobody on the line: D. Mercer" in page
        due = leg_of(call).state != "completed"
        word = "Call back" if due else "Nobody on the line"
        assert board_word(call) == (word, True)

    press(desk, call, "connect")
    joined = Intake(name="Ada Neighbour", phone="919-555-0177")
    callers.attach(call_id=call.pk, intake=joined, by=CLOCK)

    assert "With caller" in words(desk.get(reverse("call", args=[call.pk])))
    assert board_word(call) == ("With D. Mercer", False)


@pytest.mark.parametrize("how", ["tried", "connect", "anew"])
def test_the_place_of_a_caller_who_was_lost_is_asked_until_it_is_confirmed(
    desk, call, how
):
    ask = "Confirm the place again"
    makers.with_clinician(makers.decided(call))
    assert ask not in shown(desk)
    lost(call)
    if how == "anew":
        again = Intake(phone="919-555-0142")
        leg = callers.attach(call_id=call.pk, intake=again, by=CLOCK)
        Contact.objects.filter(pk=leg.pk).update(state="ringing")
        contact.connect(contact_id=leg.pk, by=CLOCK)
    else:
        press(desk, call, how, result="reached", channel="voice", number=1)
    assert "The caller is lost" not in shown(desk)

    assert ask in shown(desk)
    found = Details(location_verified=True)
    intake.correct(call_id=call.pk, details=found, by=CLOCK)
    assert ask not in shown(desk)


def test_a_silent_line_is_not_hung_up_with_a_light_press_on_the_desk(desk, call):
    makers.with_clinician(makers.decided(call))
    contact.silent(contact_id=leg_of(call).pk, by=CLOCK)

    assert "Nobody speaks. Ask as TTY" in shown(desk)
    page = desk.get(reverse("desk")).content.decode()
    assert 'value="stop"' not in page
    assert "Decide: no call-back" not in page

    press(desk, call, "tty", result="silent")
    assert "Decide: no call-back" in shown(desk)


def test_a_caller_on_no_line_any_more_is_not_to_be_taken(desk, call):
    makers.accepted(makers.decided(call))
    who = makers.by(desk.user)
    leg = leg_of(call).pk

    contact.hang_up(contact_id=leg, reason="agreed_end", decided=True, by=who)

    said = shown(desk)
    assert "I have the caller" not in said
    assert "No caller is on the line" in said


def test_a_clinician_asked_after_the_line_had_ended_has_the_call_for_the_team(
    desk, centre
):
    call = makers.decided(makers.a_call(centre, type="trespass"))
    leg = leg_of(call).pk
    who = makers.by(desk.user)
    contact.hang_up(contact_id=leg, reason="agreed_end", decided=True, by=who)
    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=CLOCK)
    makers.accepted(call)

    said = shown(desk)
    assert "No caller is on the line" in said
    assert "I have this call" in said
    assert "have dispatch withdraw you" not in said

    url = reverse("session_confirm", args=[Assignment.objects.get().pk])
    desk.post(url, {"key": str(uuid4())})
    assert Assignment.objects.get().confirmed_at is not None
    assert "I have this call" not in shown(desk)


@pytest.mark.parametrize("how", ["given_up", "over"])
def test_a_clinician_whom_a_crew_at_the_door_wants_may_have_the_call(desk, centre, how):
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call, "crt")
    ask = {"response": "ccd", "reason": "more_help", "by": CLOCK}
    if how == "given_up":
        lost(call)
        while leg_of(call).state != "completed":
            callback.tried(contact_id=leg_of(call).pk, result="no_answer", by=CLOCK)
        decision.request_team(call_id=call.pk, **ask)
        makers.accepted(call)
    else:
        decision.request_team(call_id=call.pk, **ask)
        makers.accepted(call)
        who = makers.by(desk.user)
        leg = leg_of(call).pk
        contact.hang_up(contact_id=leg, reason="with_team", decided=True, by=who)

    said = shown(desk)

    assert "I have this call" in said
    assert "have dispatch withdraw you" not in said
    url = reverse("session_confirm", args=[Assignment.objects.get(person=desk.user).pk])
    assert desk.post(url, {"key": str(uuid4())}).status_code == 302


def test_i_hold_the_line_is_pressed_on_hold_too(desk, call):
    session = makers.with_clinician(makers.decided(call))
    contact.hold(contact_id=leg_of(call).pk, by=makers.by(desk.user))

    makers.ended(session, over=False)

    said = words(desk.get(reverse("call", args=[call.pk])))
    assert "I hold the line" in said
    assert "Back to them" in said


def test_a_caller_whom_nobody_says_they_hold_is_on_the_board(desk, call):
    makers.here(desk.user)
    makers.ended(makers.with_clinician(makers.decided(call)), over=False)
    leg = leg_of(call)
    Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(minutes=1))
    contact.due(contact_id=leg.pk, by=CLOCK)
    swept(call.agency)

    assert board_word(call) == ("Who has the caller?", True)
    assert "on the line, and nobody said who has them" in shown(desk)


def test_an_interpreter_who_is_rung_is_not_said_to_be_on_the_line(desk, call):
    contact.ask_interpreter(call_id=call.pk, language="spanish", by=CLOCK)

    page = words(desk.get(reverse("call", args=[call.pk])))

    assert "Interpreter on the line" not in page
    assert "New line: Interpreter, voice" in page
