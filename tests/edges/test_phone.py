"""The telephone: a warm transfer holds, a refusal is clear, the unknown stays unknown."""

import socket
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl
from uuid import UUID, uuid4

import pytest

from dispatch.errors import Invalid
from dispatch.interop.heard import event_of
from dispatch.interop.legs import (
    Heard,
    Leg,
    PhoneRefused,
    PhoneUnknown,
    PhoneUnreachable,
    Placed,
    Refusal,
    Series,
    overtaken,
)
from dispatch.interop.phone import for_settings
from dispatch.interop.signatures import twilio_signed
from dispatch.interop.twilio import Account
from dispatch.interop.wire import Patience
from tests.edges import mock_twilio
from tests.edges.mock_twilio import REFUSED_NUMBER, SID, TOKEN

VERBS = ("dial", "join", "hold", "resume", "leave", "hang_up")
NUMBER = "+19195550100"


@pytest.fixture
def twilio():
    with mock_twilio.twilio() as (mock, address):
        mock.address = address
        yield mock


@pytest.fixture
def console():
    with mock_twilio.listening() as (heard, address):
        yield heard, address


def phone(address, **changes):
    account = Account(
        address=address, sid=SID, user=SID, secret=TOKEN, number="+19195550199"
    )
    changes.setdefault("patience", Patience(connect=2, read=5))
    return for_settings("twilio", replace(account, **changes))


def leg(address="http://127.0.0.1:9", **changes):
    made = Leg(
        id=uuid4(), number=NUMBER, conference=f"room-{uuid4().hex}", callback=address
    )
    return replace(made, **changes)


def known(one, placed):
    return replace(one, call_ref=placed.call_ref, conference_ref=placed.conference_ref)


def test_a_warm_transfer_holds_the_caller_through_every_step(twilio, console):
    heard, address = console
    line = phone(twilio.address)
    caller = leg(f"{address}/caller")
    sender = leg(f"{address}/sender", conference=caller.conference)
    taker = leg(f"{address}/taker", conference=caller.conference)

    caller = known(caller, line.dial(caller))
    twilio.answer(caller.call_ref)
    sender = known(sender, line.join(sender))
    twilio.answer(sender.call_ref)
    line.hold(caller)
    assert twilio.present(caller.conference)[0] == {str(sender.id)}

    taker = known(taker, line.join(taker))
    twilio.answer(taker.call_ref)
    line.resume(caller)
    line.leave(sender)
    heard_now, there = twilio.present(caller.conference)
    assert heard_now == there == {str(caller.id), str(taker.id)}

    line.hang_up(taker)
    assert twilio.present(caller.conference)[1] == {str(caller.id)}
    assert twilio.calls[caller.call_ref]["status"] == "in-progress"
    assert _story(heard, caller) == [
        Heard.RINGING,
        Heard.ANSWERED,
        Heard.CONNECTED,
        Heard.HOLDING,
        Heard.CONNECTED,
    ]
    assert _story(heard, sender)[-2:] == [Heard.LEFT, Heard.COMPLETED]


def _story(heard, one):
    """What was told of a leg: by its address, or by its label."""
    told = [(path, event_of(dict(parse_qsl(body)))) for path, body, _sign in heard]
    mine = one.callback[one.callback.rindex("/") :]
    return [
        event.heard
        for path, event in told
        if event.leg == one.id or (event.leg is None and path == mine)
    ]


def test_the_sender_never_ends_the_conference_even_if_it_was_told_to(twilio, console):
    _heard, address = console
    line = phone(twilio.address)
    caller, sender = leg(address), leg(address)
    sender = replace(sender, conference=caller.conference)
    for one in (caller, sender):
        twilio.answer(line.dial(one).call_ref)
    [room] = twilio.rooms.values()
    for seat in room["in"].values():
        seat["ends"] = True

    line.leave(sender)

    assert twilio.present(caller.conference)[1] == {str(caller.id)}


def test_a_caller_who_is_on_the_line_is_moved_and_not_rung(twilio, console):
    _heard, address = console
    line = phone(twilio.address)
    first = leg(address)
    placed = line.dial(first)
    twilio.answer(placed.call_ref)
    moved = leg(address, call_ref=placed.call_ref)

    assert line.join(moved).call_ref == placed.call_ref

    assert twilio.present(moved.conference)[1] == {str(moved.id)}
    assert len(twilio.calls) == 1


def test_every_callback_is_signed_and_a_changed_one_is_not_believed(twilio, console):
    heard, address = console
    line = phone(twilio.address)
    one = leg(f"{address}/legs/?leg=1&agency=2")
    twilio.answer(line.dial(one).call_ref)
    proof = {"token": TOKEN, "address": one.callback}

    assert len(heard) == 3
    for _path, body, signature in heard:
        assert twilio_signed(signature, params=parse_qs(body), **proof)
        forged = parse_qs(body) | {"CallStatus": ["busy"]}
        assert not twilio_signed(signature, params=forged, **proof)


def test_a_ringing_leg_without_its_name_can_be_hung_up(twilio, console):
    _heard, address = console
    line = phone(twilio.address)
    one = leg(address)
    call = line.dial(one).call_ref
    twilio.answer(call)

    line.hang_up(one)

    assert twilio.calls[call]["status"] == "completed"


def test_a_number_that_cannot_be_called_says_so_and_is_logged_nowhere(twilio, caplog):
    with pytest.raises(PhoneRefused) as refused:
        phone(twilio.address).dial(leg(number=REFUSED_NUMBER))

    assert refused.value.params["reason"] == Refusal.NUMBER
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert caplog.records
    assert REFUSED_NUMBER not in logged + str(refused.value)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ((429, {"code": 20429}), Refusal.TOO_MANY),
        ((429, b"slow down"), Refusal.TOO_MANY),
        ((403, {"code": 7}), Refusal.ACCOUNT),
        ((404, None), Refusal.GONE),
        ((400, {"code": "21211"}), Refusal.OTHER),
    ],
)
def test_a_refusal_is_named_by_its_reason(twilio, fault, reason):
    twilio.fault = fault

    with pytest.raises(PhoneRefused) as refused:
        phone(twilio.address).dial(leg())

    assert refused.value.params["reason"] == reason


def test_a_wrong_account_is_the_administrator_s(twilio):
    with pytest.raises(PhoneRefused) as refused:
        phone(twilio.address, secret="another").dial(leg())

    assert refused.value.params["reason"] == Refusal.ACCOUNT


@pytest.mark.parametrize(
    "fault",
    [(500, b"oh"), (503, {"code": 20503}), (201, b"{nonsense"), (201, {}), "silence"],
    ids=["500", "503", "garbage", "nameless", "time-out"],
)
@pytest.mark.parametrize("verb", ["dial", "join"])
def test_what_may_have_been_done_is_unknown_and_never_sent_again(twilio, fault, verb):
    twilio.fault = fault

    with pytest.raises(PhoneUnknown):
        getattr(phone(twilio.address, patience=Patience(connect=2, read=0.2)), verb)(
            leg()
        )

    assert len(twilio.asked) == 1


def test_a_look_that_fails_has_done_nothing(twilio):
    twilio.fault = (500, b"oh")

    with pytest.raises(PhoneUnreachable) as raised:
        phone(twilio.address).hold(leg())

    assert not isinstance(raised.value, PhoneUnknown)


def test_nobody_at_the_address_means_that_nothing_was_done():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(PhoneUnreachable) as raised:
        phone(f"http://127.0.0.1:{port}").dial(leg())

    assert not isinstance(raised.value, PhoneUnknown)


@pytest.mark.parametrize("verb", ["hold", "resume", "leave", "hang_up"])
def test_a_conference_that_is_not_there_is_gone(twilio, verb):
    with pytest.raises(PhoneRefused) as refused:
        getattr(phone(twilio.address), verb)(leg())

    assert refused.value.params["reason"] == Refusal.GONE


def test_strange_names_stay_inside_the_address_and_the_answer(twilio, console):
    _heard, address = console
    line = phone(twilio.address)
    strange = leg(f'{address}/a?b="c"&d=1', conference="a<b>&é")

    twilio.answer(line.dial(strange).call_ref)
    line.hold(strange)

    assert twilio.present("a<b>&é") == (set(), {str(strange.id)})


@pytest.mark.parametrize("verb", VERBS)
def test_by_hand_nothing_is_sent(verb):
    assert getattr(for_settings("manual"), verb)(leg()) == Placed(by_hand=True)


@pytest.mark.parametrize("name", ["", "Twilio", "twilio", "pigeon"])
def test_settings_that_name_no_telephone_are_a_fault(name):
    with pytest.raises(ValueError, match="telephone"):
        for_settings(name)


def test_a_leg_prints_no_number():
    assert NUMBER not in repr(leg())


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ({"CallStatus": "no-answer"}, Heard.NO_ANSWER),
        ({"CallStatus": "busy"}, Heard.BUSY),
        ({"CallStatus": "failed"}, Heard.FAILED),
        ({"CallStatus": "canceled"}, Heard.NO_ANSWER),
        ({"StatusCallbackEvent": "participant-leave"}, Heard.LEFT),
        (
            {
                "StatusCallbackEvent": "participant-leave",
                "ParticipantCallStatus": "busy",
            },
            Heard.BUSY,
        ),
    ],
)
def test_twilio_s_words_are_ours(said, heard):
    event = event_of(said | {"CallSid": "CA1", "SequenceNumber": "4"})

    assert (event.heard, event.number, event.call_ref) == (heard, 4, "CA1")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"CallStatus": "queued"},
        {"CallStatus": "of another day"},
        {"StatusCallbackEvent": "conference-start"},
        {"StatusCallbackEvent": "participant-mute", "CallStatus": "busy"},
    ],
)
def test_what_changes_nothing_is_nothing(said):
    assert event_of(said) is None


def test_an_event_without_its_call_is_refused():
    with pytest.raises(Invalid, match="CallSid"):
        event_of({"CallStatus": "busy"})


@pytest.mark.parametrize("label", ["", "someone else's", str(UUID(int=7))])
def test_a_label_is_a_leg_or_nobody(label):
    event = event_of(
        {
            "StatusCallbackEvent": "participant-join",
            "CallSid": "CA1",
            "ParticipantLabel": label,
        }
    )

    assert event.leg == (UUID(int=7) if "-0000-" in label else None)


@pytest.mark.parametrize(
    ("number", "last", "late"),
    [
        ("2", {}, False),
        ("2", {Series.CALL: 1}, False),
        ("2", {Series.CALL: 2}, True),
        ("2", {Series.CALL: 3}, True),
        ("2", {Series.CONFERENCE: 9}, False),
        ("", {Series.CALL: 3}, False),
        ("²", {Series.CALL: 3}, False),
    ],
)
def test_a_late_event_overtakes_nothing(number, last, late):
    event = event_of(
        {"CallStatus": "ringing", "CallSid": "CA1", "SequenceNumber": number}
    )

    assert overtaken(event, last) is late
