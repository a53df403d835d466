"""Signed messages: the real one is believed, everything else is not, and says which key."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from dispatch.errors import Invalid
from dispatch.interop.screen_pop import Channel, Spot, screen_pop
from dispatch.interop.signatures import twilio_signed, webhook_signed

NOW = datetime(2026, 5, 5, 16, 0, tzinfo=UTC)
# Twilio publishes these with its own client.
ADDRESS = "https://mycompany.com/myapp.php?foo=1&bar=2"
PARAMS = {
    "CallSid": ["CA1234567890ABCDE"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
    "Caller": ["+14158675309"],
}
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
PROOF = {"token": "12345", "address": ADDRESS, "params": PARAMS}

SECRET = "whsec_" + base64.b64encode(b"a secret of the centre's own").decode()
OTHER = "whsec_" + base64.b64encode(b"another secret, not of ours.").decode()
BODY = '{"number": "+19195550100", "é": 1}'.encode()


def signed(secret=SECRET, body=BODY, age=timedelta(0)):
    at = datetime.now(UTC) - age
    signature = Webhook(secret).sign("msg_1", at, body.decode())
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": signature,
    }


def test_twilio_s_own_example_is_believed():
    assert twilio_signed(SIGNATURE, **PROOF)


@pytest.mark.parametrize(
    ("address", "signature"),
    [
        (ADDRESS.replace(".com", ".com:1234"), SIGNATURE),
        (ADDRESS, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (ADDRESS.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
    ids=["without the port", "with 443", "with 80"],
)
def test_a_port_may_be_signed_or_left(address, signature):
    assert twilio_signed(signature, **PROOF | {"address": address})


def test_a_name_said_twice_is_signed_in_order():
    params = {"Sid": ["CA123"], "SidAccount": ["AC123"], "Digits": ["5678", "1234"]}

    assert twilio_signed("IK+Dwps556ElfBT0I3Rgjkr1wJU=", **PROOF | {"params": params})


@pytest.mark.parametrize(
    "change",
    [
        {"token": "54321"},
        {"address": ADDRESS + "&x=1"},
        {"params": PARAMS | {"Digits": ["1235"]}},
        {"params": PARAMS | {"Extra": [""]}},
    ],
)
def test_whatever_is_changed_is_not_believed(change):
    assert not twilio_signed(SIGNATURE, **PROOF | change)


@pytest.mark.parametrize("signature", ["", "x", "é", "\udc80", SIGNATURE.lower()])
def test_another_signature_is_not_believed(signature):
    assert not twilio_signed(signature, **PROOF)


def test_without_a_token_nothing_is_believed():
    with pytest.raises(ValueError, match="token"):
        twilio_signed(SIGNATURE, **PROOF | {"token": ""})


def test_a_webhook_of_ours_is_believed_and_a_changed_one_is_not():
    headers = signed()

    assert webhook_signed(BODY, headers, secrets=[SECRET])
    assert not webhook_signed(BODY + b" ", headers, secrets=[SECRET])
    assert not webhook_signed(BODY, headers, secrets=[OTHER])
    assert not webhook_signed(BODY, headers | {"Webhook-Id": "msg_2"}, secrets=[SECRET])


def test_a_secret_is_exchanged_without_a_gap():
    both = signed(OTHER)["Webhook-Signature"] + " " + signed()["Webhook-Signature"]

    assert webhook_signed(BODY, signed(), secrets=[OTHER, SECRET])
    assert webhook_signed(
        BODY, signed() | {"Webhook-Signature": both}, secrets=[SECRET]
    )


@pytest.mark.parametrize(("minutes", "believed"), [(4, True), (6, False), (-6, False)])
def test_a_message_is_good_for_five_minutes(minutes, believed):
    headers = signed(age=timedelta(minutes=minutes))

    assert webhook_signed(BODY, headers, secrets=[SECRET]) is believed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Webhook-Timestamp", "nan"),
        ("Webhook-Timestamp", ""),
        ("Webhook-Signature", "v1"),
        ("Webhook-Signature", "v1,é"),
        ("Webhook-Signature", "v1,a"),
        ("Webhook-Signature", "v1a,AAAA"),
        ("Webhook-Signature", "v1,"),
    ],
)
def test_a_mangled_header_is_not_believed(name, value):
    assert not webhook_signed(BODY, signed() | {name: value}, secrets=[SECRET])


def test_a_body_that_is_no_text_is_not_believed():
    assert not webhook_signed(b"\xff", signed(), secrets=[SECRET])


@pytest.mark.parametrize(
    "secrets", [[], [""], ["whsec_"], ["whsec_c2hvcnQ="], ["whsec_é"], [SECRET, "x"]]
)
def test_a_secret_that_can_be_guessed_is_a_fault_of_the_settings(secrets):
    with pytest.raises(ValueError, match="secret"):
        webhook_signed(BODY, signed(), secrets=secrets)


def test_a_screen_pop_says_who_is_on_the_line_and_where():
    said = {
        "number": "(919) 555-0100",
        "location": {"lat": 36, "lon": -78.9, "uncertainty_m": 30, "civic": "1 Main"},
        "channel": "tty",
        "call_ref": "c-1",
        "at": "2026-05-05T16:00:00Z",
    }

    pop = screen_pop(said, now=NOW)

    assert (pop.number, pop.channel, pop.at) == ("9195550100", Channel.TTY, NOW)
    assert pop.location == Spot(lat=36.0, lon=-78.9, uncertainty_m=30, civic="1 Main")
    assert "919" not in repr(pop)
    assert "Main" not in repr(pop)


def test_what_the_sender_does_not_know_stays_unknown():
    pop = screen_pop({"channel": "voice", "call_ref": "c-1"}, now=NOW)

    assert (pop.number, pop.location, pop.at) == (None, None, None)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"number": "Alice"}, "number"),
        ({"number": 911}, "number"),
        ({"number": "٩١١"}, "number"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": []}, "channel"),
        ({"channel": None}, "channel"),
        ({"call_ref": ""}, "call_ref"),
        ({"call_ref": "a\nb"}, "call_ref"),
        ({"call_ref": "a" * 201}, "call_ref"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-05-05T16:02:00Z"}, "at"),
        ({"location": []}, "location"),
        ({"location": {"lat": 36}}, "location.lon"),
        ({"location": {"lat": 0, "lon": 0}}, "location.lat"),
        ({"location": {"lat": 36, "lng": -78.9}}, "lng"),
        ({"locaton": {"lat": 36, "lon": -78.9}}, "locaton"),
        (
            {"location": {"lat": 36, "lon": -78.9, "uncertainty_m": -1}},
            "location.uncertainty_m",
        ),
        ({"location": {"lat": 36, "lon": -78.9, "civic": 5}}, "location.civic"),
    ],
)
def test_a_screen_pop_that_cannot_be_read_names_the_key(change, key):
    with pytest.raises(Invalid) as refused:
        screen_pop({"channel": "voice", "call_ref": "c-1"} | change, now=NOW)

    assert refused.value.params["field"] == key


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
POPS = st.fixed_dictionaries(
    {"channel": st.sampled_from(Channel) | JSON, "call_ref": st.text(min_size=1)},
    optional={"number": JSON, "location": JSON, "at": JSON},
)


@given(POPS | JSON)
def test_whatever_comes_is_a_screen_pop_or_refused(said):
    try:
        ref = screen_pop(said, now=NOW).call_ref
    except Invalid as refused:
        ref = refused.params["why"]

    assert ref
