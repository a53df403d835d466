"""The telephone service at work: a warm transfer by it, and each way in which it fails."""

import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dispatch import nudge
from dispatch.actions import contact, handover
from dispatch.interop import carrier
from dispatch.models import Contact, Event
from dispatch.selectors import telephone
from tests import makers
from tests.actions import partners
from tests.edges.mock_twilio import REFUSED_NUMBER
from tests.edges.telephone import tell, work

pytestmark = pytest.mark.django_db
RUNG_IN = "CA" + "9" * 32


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


def offered(call, dispatcher, number="919-555-0188"):
    """A transfer to 988 whose line the worker has dialled; and that line's leg."""
    partner = partners.a_partner(call.agency, phone=number)
    one = partners.walked(call, partner, dispatcher, to="offered")
    return one, work(Contact.objects.get(pk=one.partner_leg_id))


def test_a_warm_transfer_by_the_service_from_911_to_988(service, call, dispatcher):
    who = makers.by(dispatcher)
    caller = _rung_in(service, call)
    desk = contact.reach_out(
        call_id=call.pk, purpose="consult", number="919-555-0100", by=who
    )
    desk = work(desk)
    service.answer(desk.carrier_ref)
    one, line = offered(call, dispatcher)
    service.answer(line.carrier_ref)
    assert set(tell(service)) == {204}
    assert makers.fresh(line).state == makers.fresh(desk).state == "connected"

    handover.answered(transfer_id=one.pk, by=who)
    handover.conference(transfer_id=one.pk, by=who)
    work(caller)
    assert _together(service, call) == {caller.pk, desk.pk, line.pk}

    handover.confirm(transfer_id=one.pk, by=who)
    contact.hang_up(contact_id=desk.pk, by=who)
    for leg in (caller, desk, line):
        work(leg)
    tell(service)

    assert _together(service, call) == {caller.pk, line.pk}
    assert makers.fresh(one).state == "released"
    assert telephone.waiting() == []


def _rung_in(service, call):
    """The caller's own line stands at the service already, outside the conference."""
    caller = Contact.objects.get(call=call, purpose="caller")
    service.calls[RUNG_IN] = {"status": "in-progress", "wants": [], "number": 0}
    Contact.objects.filter(pk=caller.pk).update(carrier_ref=RUNG_IN)
    return caller


def _together(service, call):
    _heard, there = service.present(call.pk.hex)
    return {leg.pk for leg in Contact.objects.all() if str(leg.pk) in there}


def test_holding_and_coming_back_is_done_by_the_service(service, call, dispatcher):
    _one, line = offered(call, dispatcher)
    service.answer(line.carrier_ref)
    tell(service)

    contact.hold(contact_id=line.pk, by=makers.by(dispatcher))
    work(line)
    assert service.present(call.pk.hex)[0] == set()
    tell(service)
    contact.connect(contact_id=line.pk, by=makers.by(dispatcher))

    assert work(line).carrier == "in"
    assert service.present(call.pk.hex)[0] == {str(line.pk)}


@pytest.mark.parametrize(
    ("status", "why"), [("busy", "busy"), ("no-answer", "no_answer")]
)
def test_a_partner_who_is_not_reached_leads_to_the_next(
    service, call, dispatcher, status, why
):
    one, line = offered(call, dispatcher)
    service.hang_up(line.carrier_ref, status)

    tell(service)

    one = makers.fresh(one)
    assert one.tried == ["lifeline:usual"]
    assert one.why == why
    assert makers.fresh(line).state == "completed"
    assert Contact.objects.get(call=call, purpose="caller").state == "connected"


def test_a_partner_s_line_that_breaks_off_keeps_the_caller(service, call, dispatcher):
    one, line = offered(call, dispatcher)
    service.answer(line.carrier_ref)
    service.hang_up(line.carrier_ref)

    tell(service)

    assert makers.fresh(one).why == "line_lost"
    assert makers.fresh(call).owner_id == dispatcher.pk


def test_a_caller_who_hangs_up_is_to_be_called_back(service, call, dispatcher):
    caller = _rung_in(service, call)
    one, _line = offered(call, dispatcher)
    for step in (handover.answered, handover.conference):
        step(transfer_id=one.pk, by=makers.by(dispatcher))
    work(caller)

    service.hang_up(RUNG_IN)
    tell(service)

    assert makers.fresh(caller).state == "callback_due"
    assert makers.fresh(one).state in {"caller_dropped", "callback"}


def test_only_the_service_itself_is_believed(service, call, dispatcher):
    _one, line = offered(call, dispatcher)
    service.answer(line.carrier_ref)
    forged = [(path, body, "bm9ib2R5") for path, body, _sign in service.said]
    path, body, signature = service.said[0]
    forged.append((path, body.replace("ringing", "busy"), signature))
    service.said[:] = forged

    assert set(tell(service)) == {403}
    assert makers.fresh(line).state == "ringing"


def test_the_signature_is_over_our_public_address_and_not_the_asked_one(
    service, call, dispatcher, settings
):
    _one, line = offered(call, dispatcher)
    service.answer(line.carrier_ref)
    settings.PUBLIC_URL = "https://another.example.org"

    assert set(tell(service)) == {403}


def test_a_leg_that_nobody_knows_is_not_found(service, call, dispatcher):
    _one, line = offered(call, dispatcher)
    one = carrier.leg_of(Contact(call=call), "919-555-0100")
    carrier.the_phone().dial(one)
    service.answer(f"CA{1:032d}")

    assert set(tell(service)) == {404}
    assert makers.fresh(line).state == "ringing"


def test_told_twice_is_heard_once(service, call, dispatcher):
    _one, line = offered(call, dispatcher)
    service.answer(line.carrier_ref)
    again = list(service.said)
    tell(service)
    before = Event.objects.count()
    service.said[:] = again[::-1]

    assert set(tell(service)) == {204}
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ((401, {"code": 20003}), "phone_account"),
        ((429, {"code": 20429}), "phone_too_many"),
        ((500, b"oh"), "phone_unknown"),
    ],
)
def test_what_the_service_does_not_do_is_done_by_hand(
    service, call, dispatcher, fault, why
):
    service.fault = fault

    one, line = offered(call, dispatcher)
    work(line)

    assert len(service.asked) == 1
    said = Event.objects.get(call=call, kind="PhoneFailed")
    assert said.body == {"contact": str(line.pk), "verb": "dial", "why": why}
    assert line.carrier == ("dial" if why == "phone_unknown" else "by_hand")
    handover.answered(transfer_id=one.pk, by=makers.by(dispatcher))
    assert makers.fresh(one).state == "accepted"


def test_a_number_that_it_refuses_is_in_no_event(service, call, dispatcher):
    _one, line = offered(call, dispatcher, number=REFUSED_NUMBER)

    assert line.carrier == "by_hand"
    said = str(list(Event.objects.filter(call=call).values_list("body", flat=True)))
    assert REFUSED_NUMBER[1:] not in said


def test_nobody_at_the_service_leaves_it_to_the_desk_phone(
    service, call, dispatcher, settings
):
    settings.PHONE_ACCOUNT = settings.PHONE_ACCOUNT | {"api": "http://127.0.0.1:9"}

    _one, line = offered(call, dispatcher)

    assert (line.state, line.carrier) == ("ringing", "by_hand")


def test_what_was_unknown_is_known_as_soon_as_the_service_tells(
    service, call, dispatcher
):
    _one, line = offered(call, dispatcher)
    Contact.objects.filter(pk=line.pk).update(carrier="dial", carrier_ref="")
    service.answer(line.carrier_ref)

    tell(service)

    assert makers.fresh(line).carrier == "in"
    assert makers.fresh(line).carrier_ref == line.carrier_ref


def test_by_hand_nothing_is_sent_and_nobody_is_asked(
    call, dispatcher, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(nudge.current_app, "send_task", lambda *a, **k: sent.append(a))
    partner = partners.a_partner(call.agency)
    with django_capture_on_commit_callbacks(execute=True):
        partners.walked(call, partner, dispatcher, to="conferenced")

    with CaptureQueriesContext(connection) as asked:
        assert telephone.waiting() == []

    assert not asked.captured_queries
    assert [one for one in sent if one[0] == "dispatch.tasks.phone"] == []


def test_by_hand_nobody_s_word_of_a_leg_is_taken(call):
    leg = Contact.objects.get(call=call)

    answer = Client().post(f"/api/v1/telephone/{leg.pk}/", {"CallStatus": "busy"})

    assert answer.status_code == 403


def test_a_number_is_told_with_its_country():
    told = ["919-555-0188", "1 919 555 0188", "+44 20 7946 0000", "988"]

    assert [carrier.with_country(one) for one in told] == [
        "+19195550188",
        "+19195550188",
        "+442079460000",
        "988",
    ]


@pytest.mark.parametrize("left_out", ["TWILIO_TOKEN", "TWILIO_SECRET", "PUBLIC_URL"])
def test_twilio_without_a_secret_does_not_start_and_says_why(left_out):
    account = {"API", "SID", "USER", "SECRET", "TOKEN", "NUMBER"}
    given = {f"TWILIO_{name}": "given" for name in account} | {"PHONE": "twilio"}
    given |= {"PUBLIC_URL": "https://console.example.org"}
    given.pop(left_out)

    ended = subprocess.run(
        [sys.executable, "-c", "import heart.settings_test"],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode != 0
    assert f"{left_out} is not set." in ended.stderr


@pytest.mark.parametrize(
    ("phone", "token", "address", "faults"),
    [
        ("manual", "", "", 0),
        ("pigeon", "", "", 1),
        ("twilio", "given", "https://console.example.org", 0),
        ("twilio", "", "https://console.example.org", 1),
        ("twilio", "given", "http://console.example.org", 1),
    ],
)
def test_a_telephone_that_could_not_work_is_a_message_at_start(
    settings, phone, token, address, faults
):
    names = ("api", "sid", "user", "secret", "number")
    settings.PHONE, settings.PUBLIC_URL = phone, address
    settings.PHONE_ACCOUNT = dict.fromkeys(names, "given") | {"token": token}

    found = [each for each in run_checks() if each.id == "heart.telephone"]

    assert len(found) == faults
