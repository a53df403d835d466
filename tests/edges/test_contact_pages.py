"""The line on the call's page: what is due, the next press, the person's own wish."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.actions import callers, contact
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import Call, Contact
from dispatch.selectors import line as lines
from routing import store
from tests import makers
from tests.edges.pages import words

pytestmark = pytest.mark.django_db
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


@pytest.fixture
def call(centre):
    return makers.a_call(centre)


def press(desk, leg, do, **said):
    url = reverse("line_step", args=[leg.call_id, leg.pk])
    return desk.post(url, {"do": do, "key": str(uuid4()), **said})


def page(desk, call):
    return words(desk.get(reverse("call", args=[call.pk])))


def leg_of(call):
    return Contact.objects.filter(call=call).latest("pk")


def test_a_lost_caller_is_called_back_from_the_page(desk, call):
    assert press(desk, leg_of(call), "lost").status_code == 302
    shown = page(desk, call)
    assert "Call back now: 919-555-0142, try 1 of 3" in shown
    assert "Confirm the place again" in shown
    assert "Safe contact: Contact not asked" in shown

    press(desk, leg_of(call), "tried", result="no_answer", channel="voice", number="1")
    assert "try 2 of 3" in page(desk, call)

    press(desk, leg_of(call), "tried", result="reached", channel="voice", number="2")
    assert leg_of(call).state == "connected"
    assert "Call back now" not in page(desk, call)


def test_the_page_offers_only_what_the_person_allows(desk, centre):
    call = makers.a_call(centre, safe_contact="text_first")
    press(desk, leg_of(call), "lost")

    shown = page(desk, call)
    assert "Text first, 919-555-0142" in shown
    assert "Sent a text" in shown
    assert "Left a message" not in shown
    assert "Reached them" not in shown

    answer = press(desk, leg_of(call), "tried", result="reached", channel="voice")
    assert answer.status_code == 422
    assert "they asked for a text before a call" in words(answer)


def test_a_call_does_not_end_over_a_lost_caller(desk, call):
    press(desk, leg_of(call), "lost")
    cancel = {"reason": "other", "key": str(uuid4())}

    answer = desk.post(reverse("call_cancel", args=[call.pk]), cancel)
    assert answer.status_code == 422
    assert "A caller was lost" in words(answer)

    press(
        desk, leg_of(call), "stop", reason="safe_now", seen=makers.fresh(call).version
    )
    desk.post(reverse("call_cancel", args=[call.pk]), cancel | {"key": str(uuid4())})
    assert makers.fresh(call).state == "cancelled"


def test_the_page_asks_a_silent_line_as_tty(desk, call):
    press(desk, leg_of(call), "silent")
    assert "Nobody speaks. Ask as TTY" in page(desk, call)

    press(desk, leg_of(call), "tty", result="tty")

    assert leg_of(call).channel == "tty"


def test_to_let_a_silent_line_be_is_called_what_it_is(desk, call):
    assert "We hang up" in page(desk, call)

    press(desk, leg_of(call), "silent")
    shown = page(desk, call)
    assert "Hang up; nobody calls back" in shown
    assert "Decide: no call-back" not in shown
    seen = makers.fresh(call).version
    press(desk, leg_of(call), "stop", reason="safe_now", seen=seen)
    assert leg_of(call).state == "completed"


def test_of_a_lost_line_it_is_decided_that_nobody_calls_back(desk, call):
    press(desk, leg_of(call), "lost")

    shown = page(desk, call)

    assert "Decide: no call-back" in shown
    assert "Hang up" not in shown


def test_a_page_that_is_behind_does_not_decide(desk, call):
    press(desk, leg_of(call), "lost")

    assert press(desk, leg_of(call), "stop", reason="other", seen=1).status_code == 409


@pytest.mark.parametrize("do", ["", "end", "nonsense"])
def test_a_press_without_its_word_changes_nothing(desk, call, do):
    assert press(desk, leg_of(call), do).status_code == 422
    assert leg_of(call).state == "connected"


def test_others_are_rung_from_the_page(desk, call):
    add = reverse("line_add", args=[call.pk])
    said = {"name": "Ana", "number": "919-555-0177", "do": "collateral"}
    desk.post(add, said | {"key": str(uuid4())})
    desk.post(add, {"do": "interpreter", "language": "Spanish", "key": str(uuid4())})
    shown = page(desk, call)
    assert "Ana 919-555-0177" in shown
    assert "Interpreter" not in shown  # nobody said who interprets

    said = {"do": "interpreter", "language": "Spanish", "interpreter": "professional"}
    desk.post(add, said | {"key": str(uuid4())})
    assert "Interpreter, spanish" in page(desk, call)


def test_a_leg_of_another_call_is_not_reached(desk, centre, call):
    other = leg_of(makers.a_call(centre))

    url = reverse("line_step", args=[call.pk, other.pk])
    answer = desk.post(url, {"do": "lost", "key": str(uuid4())})

    assert answer.status_code == 404
    assert makers.fresh(other).state == "connected"


def test_a_clinician_sees_the_line_of_their_caller(client, centre):
    user = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.with_clinician(call)
    contact.lost(contact_id=leg_of(call).pk, by=CLOCK)
    client.force_login(user)

    assert "to be called back" in words(client.get(reverse("desk")))


def test_the_line_over_the_api(dispatcher, call):
    leg = leg_of(call)
    lost = dispatcher.post(f"contacts/{leg.pk}/step/", {"to": "lost"})
    assert lost.json()["state"] == "callback_due"

    tried = dispatcher.post(f"contacts/{leg.pk}/callback/", {"result": "no_answer"})
    assert (tried.json()["state"], tried.json()["tries"]) == ("callback_attempted", 1)

    texted = {"result": "no_answer", "channel": "text"}
    refused = dispatcher.post(f"contacts/{leg.pk}/callback/", texted)
    assert refused.status_code == 422


def test_a_lost_caller_is_rung_back_by_hand_and_everybody_sees_who_rings(desk, call):
    press(desk, leg_of(call), "lost")
    assert "Ring back: I am dialling" in page(desk, call)

    press(desk, leg_of(call), "mine")

    shown = page(desk, call)
    assert "Ring back" not in shown
    assert f"{leg_of(call).person} rings them" in shown


def test_the_telephone_rings_a_lost_caller_back_once(desk, call, settings):
    settings.PHONE = "mock"
    press(desk, leg_of(call), "lost")
    assert "Ring back" in page(desk, call)

    press(desk, leg_of(call), "ring")

    assert leg_of(call).carrier == "wanted"
    assert "Ring back" not in page(desk, call)


@pytest.mark.parametrize(
    ("carrier", "said"),
    [
        ("", "recorded by hand"),
        ("by_hand", "recorded by hand"),
        ("in", "telephone: on the line"),
        ("rings", "telephone: ringing"),
        ("dial", "telephone: asked, not known whether done"),
    ],
)
def test_each_leg_says_how_it_is_known(desk, call, carrier, said):
    Contact.objects.filter(call=call).update(carrier=carrier)

    assert said in page(desk, call)


def test_many_callers_fold_away_but_not_who_needs_something(desk, call):
    first = leg_of(call)
    for number in range(34):
        neighbour = Intake(phone=f"919-555-01{number:02}", channel="voice")
        callers.attach(call_id=call.pk, intake=neighbour, by=CLOCK)
    contact.lost(contact_id=first.pk, by=CLOCK)
    _row, protocol = store.published(call.agency_id)

    shown = lines.line(Call.objects.get(pk=call.pk), protocol)

    assert shown.legs[0].id == first.pk
    newest = Contact.objects.filter(call=call).order_by("-pk")[:3]
    assert {leg.id for leg in shown.legs[1:]} == {leg.pk for leg in newest}
    assert (len(shown.folded), shown.folded_wanting) == (31, 0)
    assert "31 more lines" in page(desk, call)


def test_who_did_not_answer_is_said_and_rung_again(desk, call):
    add = reverse("line_add", args=[call.pk])
    said = {"name": "Ana", "number": "919-555-0177", "do": "collateral"}
    desk.post(add, said | {"key": str(uuid4())})
    Contact.objects.filter(call=call).update(due_at=Now())
    contact.due(contact_id=leg_of(call).pk, by=CLOCK)
    shown = page(desk, call)
    assert "nobody answered" in shown
    assert "Ring again" in shown

    desk.post(add, said | {"key": str(uuid4())})

    assert "nobody answered" not in page(desk, call)


def test_the_page_says_which_line_interprets(desk, centre, call):
    rules = makers.open_all_day() | {"interpreters": {"spanish": "919-555-0171"}}
    store.publish(centre.pk, rules | {"version": "lines"})

    assert "spanish 919-555-0171" in page(desk, call)


def test_whoever_ends_a_session_says_whether_the_line_is_over(client, centre):
    user = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    session = makers.with_clinician(call)
    client.force_login(user)
    said = {"outcomes": "resolved_by_phone", "line_over": "yes", "key": str(uuid4())}

    client.post(reverse("session_end", args=[session.pk]), said)

    assert leg_of(call).state == "completed"


def test_after_a_session_the_page_says_that_nobody_knows_who_holds_the_line(desk, call):
    makers.a_clinician(call.agency)
    makers.ended(makers.with_clinician(makers.decided(call)), over=False)
    shown = page(desk, call)
    assert "who holds it is not known" in shown

    press(desk, leg_of(call), "mine")

    assert f"{leg_of(call).person} holds it" in page(desk, call)


# The screen-pop


def popped(client, code, body=None, *, secret=SECRET, at=None):
    said = {"call_ref": "r1", "channel": "voice", "number": "919-555-0142"}
    raw = json.dumps(said | (body or {})).encode()
    return posted(client, code, raw, "application/json", secret=secret, at=at)


def posted(client, code, raw, kind, *, secret=SECRET, at=None):
    """The bytes as they are, signed as the sender would."""
    at = at or datetime.now(UTC)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    parts = b".".join([b"m1", str(int(at.timestamp())).encode(), raw])
    signed = "v1," + base64.b64encode(hmac.digest(key, parts, "sha256")).decode()
    return client.generic(
        "POST",
        f"/api/v1/screen-pop/{code}/",
        raw,
        content_type=kind,
        headers={
            "webhook-id": "m1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signed,
        },
    )


@pytest.fixture
def signed(settings, centre):
    settings.SCREEN_POP_SECRETS = {centre.code: [SECRET]}


def test_a_signed_announcement_opens_a_call_once(client, centre, signed):
    first, again = popped(client, centre.code), popped(client, centre.code)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert Call.objects.get().caller.phone == "9195550142"


def test_an_announcement_joins_its_open_call(client, centre, signed, call):
    assert popped(client, centre.code).json()["call"] == str(call.pk)


@pytest.mark.parametrize("how", ["unsigned", "other secret", "old", "no secret"])
def test_what_is_not_signed_now_by_the_agency_is_refused(
    client, centre, signed, settings, how
):
    forged = "whsec_" + base64.b64encode(b"x" * 32).decode()
    late = datetime.now(UTC) - timedelta(minutes=6)
    if how == "no secret":
        settings.SCREEN_POP_SECRETS = {}
    answers = {
        "unsigned": lambda: client.post(
            f"/api/v1/screen-pop/{centre.code}/", "{}", content_type="application/json"
        ),
        "other secret": lambda: popped(client, centre.code, secret=forged),
        "old": lambda: popped(client, centre.code, at=late),
        "no secret": lambda: popped(client, centre.code),
    }

    assert answers[how]().status_code == 401
    assert not Call.objects.exists()


def test_what_cannot_be_read_is_said_by_its_key(client, centre, signed):
    answer = popped(client, centre.code, {"channel": "drum"})

    assert answer.status_code == 422
    assert answer.json()["field"] == "channel"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("application/json; charset=nonsense", '{"call_ref": "r", "channel": "voice"}'),
        (
            "application/json; charset=iso-8859-1",
            '{"call_ref": "r", "channel": "voice"}',
        ),
        ("application/json", '{"call_ref": "r", "channel": "voice", "call_ref": "s"}'),
        (
            "application/json",
            '{"call_ref": "r", "channel": "voice", '
            '"location": {"lat": 1, "lon": 2, "lat": 3}}',
        ),
        ("application/json", '{"call_ref": "r", "channel": "voice", "at": NaN}'),
    ],
)
def test_an_announcement_with_more_than_one_meaning_is_refused(
    client, centre, signed, kind, text
):
    answer = posted(client, centre.code, text.encode(), kind)

    assert answer.status_code == 400
    assert answer.json()["code"] == "unreadable"
    assert not Call.objects.exists()


def test_an_announcement_says_its_place_later(client, centre, signed):
    popped(client, centre.code)
    place = {"lat": 35.99, "lon": -78.9, "civic": "44 Rebid Rd", "uncertainty_m": 20}

    popped(client, centre.code, {"location": place})

    assert Call.objects.get().caller.address == "44 Rebid Rd"


def with_interpreter(desk, call):
    said = {"do": "interpreter", "language": "Spanish", "interpreter": "professional"}
    desk.post(reverse("line_add", args=[call.pk]), said | {"key": str(uuid4())})
    press(desk, leg_of(call), "connect")
    return leg_of(call)


def test_an_interpreter_who_leaves_is_said_on_the_page_and_another_one_brought(
    desk, call
):
    first = with_interpreter(desk, call)
    assert "Interpreter left" in page(desk, call)

    press(desk, first, "another")
    assert (makers.fresh(first).state, leg_of(call).state) == ("completed", "ringing")
    press(desk, leg_of(call), "connect")
    press(desk, leg_of(call), "left")

    assert "Interpreter, spanish has left" in page(desk, call)


def test_an_interpreter_who_leaves_over_the_api(desk, dispatcher, call):
    first = with_interpreter(desk, call)

    said = dispatcher.post(f"contacts/{first.pk}/left/", {"another": True})
    caller = call.contacts.earliest("pk")
    refused = dispatcher.post(f"contacts/{caller.pk}/left/")

    assert said.json()["id"] == str(leg_of(call).pk)
    assert leg_of(call).state == "ringing"
    assert refused.status_code == 422
