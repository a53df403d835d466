"""988 brings us a call: by its form or its program, and hears how far we are."""

import json
import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from dispatch.actions import disposition, incoming, intake, partner, unit
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Call, PartnerKey, Transfer
from dispatch.selectors import transfer as transfers
from tests import makers
from tests.actions import partners
from tests.edges.pages import words

pytestmark = pytest.mark.django_db
KEY = "a-key-that-only-this-test-knows"
ALL_NO = dict.fromkeys(incoming.QUESTIONS, "no")


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def lifeline(centre):
    found = partners.a_partner(centre)
    with_key(found, KEY)
    return found


def with_key(found, key):
    partner.make_key(
        partner_id=found.pk, secret_hash=partners.hash_of(key), by=makers.CLOCK
    )


def send(key=KEY, **said):
    body = {"reference": "L-1", "address": "12 Elm St", **said}
    return Client().post(
        "/api/v1/partner/calls/",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


def ask(reference, key=KEY):
    url = f"/api/v1/partner/calls/{reference}/"
    return Client().get(url, headers={"Authorization": f"Bearer {key}"})


def brought(**said):
    return Call.objects.get(number=send(**said).json()["reference"])


def answers(call):
    return dict(call.answers.values_list("question", "value"))


def test_what_988_did_not_ask_stays_not_asked(lifeline):
    call = brought(risk={"attempt": "no", "weapon": "not_known"})

    assert answers(call) == {"attempt": "no", "weapon": "not_known"}
    assert call.source == "988"
    assert call.state == "triaging"
    assert call.decision_wanted_at is None


def test_danger_now_is_decided_at_once(lifeline):
    call = brought(risk={"imminent": "yes"})

    decided = makers.decide(call)

    seats = set(decided.seats.values_list("response", flat=True))
    assert "ems" in seats
    assert seats & {"cor", "cit"}


def test_who_asks_for_a_team_without_danger_gets_an_unarmed_one(centre, lifeline):
    makers.a_unit(centre, "crt")

    call = makers.decide(brought(risk=ALL_NO, wants_team="yes"))

    assert makers.ringing(call, "crt")


def test_the_same_call_brought_twice_is_one_call(lifeline):
    first = send(risk={"attempt": "no"}).json()
    again = send(risk={"attempt": "no"}).json()

    assert first == again
    call = Call.objects.get()
    assert answers(call) == {"attempt": "no"}
    assert Transfer.objects.get().state == "offered"


def test_two_partners_may_use_the_same_reference(centre, lifeline):
    with_key(partners.a_partner(centre, "second"), "another-key")

    send()
    send("another-key")

    assert Call.objects.count() == 2


def test_the_dispatcher_who_says_we_have_it_owns_the_call(lifeline, dispatcher):
    call = brought()
    one = Transfer.objects.get()

    incoming.take(transfer_id=one.pk, by=makers.by(dispatcher))
    incoming.take(transfer_id=one.pk, by=makers.by(dispatcher))

    assert makers.fresh(call).owner == dispatcher
    assert makers.fresh(one).state == "released"
    assert makers.kinds(call).count("TransferConfirmed") == 1


def known(partner):
    said = {"reference": "L-1", "address": "12 Elm St", "answers": {"attempt": "no"}}
    return {"partner": partner, "brought": incoming.Brought(**said)}


def test_a_call_that_cannot_be_brought_whole_leaves_nothing(lifeline):
    said = incoming.Brought(
        reference="L-1", address="12 Elm St", answers={"no_such_question": "yes"}
    )

    with pytest.raises(Invalid):
        incoming.bring(partner=lifeline, brought=said, by=by_partner(lifeline))

    assert not Call.objects.exists()


def test_a_repeated_key_gives_the_same_call(lifeline):
    who = by_partner(lifeline, key="press-1")

    first = incoming.bring(**known(lifeline), by=who)
    again = incoming.bring(**known(lifeline), by=who)

    assert first == again
    assert Call.objects.count() == 1


def by_partner(partner, key=None):
    return Actor(kind="partner", id=partner.pk, name=partner.name, key=key)


def test_who_takes_the_call_itself_has_said_we_have_it(lifeline, dispatcher):
    call = brought()

    intake.take(call_id=call.pk, by=makers.by(dispatcher))
    intake.take(call_id=call.pk, by=makers.by(dispatcher))

    one = Transfer.objects.get()
    assert (one.state, one.receiver) == ("released", dispatcher)
    assert makers.kinds(call).count("TransferConfirmed") == 1
    assert ask(call.number).json()["status"] == "has_dispatcher"


def test_988_hears_step_by_step_that_help_reached_the_person(
    centre, lifeline, dispatcher
):
    makers.a_unit(centre, "crt")
    call = makers.decide(brought(risk=ALL_NO))
    heard = [ask(call.number).json()["status"]]
    one = Transfer.objects.get()
    incoming.take(transfer_id=one.pk, by=makers.by(dispatcher))
    heard.append(ask(call.number).json()["status"])
    makers.on_scene(call)
    heard.append(ask(call.number).json()["status"])
    incoming.contact_made(call_id=call.pk, by=makers.by(dispatcher))
    heard.append(ask(call.number).json()["status"])

    assert heard == ["received", "has_dispatcher", "on_the_way", "contact_made"]
    assert makers.kinds(call).count("RespondersMadeContact") == 1
    assert "attempt" not in ask(call.number).content.decode()


def test_988_reads_that_the_call_was_opened_again_and_when(lifeline):
    call = makers.decide(brought(risk=ALL_NO))
    url = reverse("brought", args=[KEY, call.number])
    before = words(Client().get(url))
    makers.closed(call)
    disposition.reopen(call_id=call.pk, reason="called_again", by=makers.CLOCK)

    assert "opened again" not in before
    assert re.search(r"The call was opened again \d", words(Client().get(url)))


def test_a_program_reads_why_a_contact_that_was_made_is_none_now(centre, lifeline):
    makers.a_unit(centre, "crt")
    call = makers.decide(brought(risk=ALL_NO))
    crew = makers.on_scene(call)
    incoming.contact_made(call_id=call.pk, by=makers.CLOCK)
    before = ask(call.number).json()
    makers.cleared(crew)
    makers.closed(call)
    disposition.reopen(call_id=call.pk, reason="called_again", by=makers.CLOCK)

    now = ask(call.number).json()

    assert (before["opened_again_at"], now["contact_made_at"]) == (None, None)
    assert before["contact_made_at"] < now["opened_again_at"]


def test_a_person_recorded_as_reached_is_contact_made(centre, lifeline, dispatcher):
    makers.a_unit(centre, "crt")
    call = makers.decide(brought(risk=ALL_NO))
    crew = makers.on_scene(call)
    before = transfers.reached()

    unit.clear(
        unit_id=crew.unit_id,
        outcome="resolved_on_scene",
        person_reached=True,
        by=makers.by(dispatcher),
    )
    found = transfers.reached()
    incoming.contact_made(call_id=call.pk, by=makers.CLOCK)

    assert (before, found, transfers.reached()) == ([], [call.pk], [])
    assert ask(call.number).json()["status"] == "contact_made"


def test_another_partner_learns_nothing_of_the_call(centre, lifeline):
    with_key(partners.a_partner(centre, "second"), "another-key")
    call = brought()

    assert ask(call.number, "another-key").status_code == 404


def expired():
    PartnerKey.objects.update(expires_at=Now() - timedelta(seconds=1))


def revoked():
    PartnerKey.objects.update(revoked_at=Now())


def closed():
    found = PartnerKey.objects.get().partner
    partner.set_active(partner_id=found.pk, active=False, by=makers.CLOCK)


@pytest.mark.parametrize("how", [expired, revoked, closed])
def test_a_key_that_ended_opens_nothing(lifeline, how):
    how()

    assert send().status_code == 401
    assert Client().get(reverse("bring", args=[KEY])).status_code == 404
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"risk": {"attempt": "maybe"}},
        {"risk": {"mood": "yes"}},
        {"address": ""},
        {"reference": " "},
        {"point": {"lat": 95, "lon": 0}},
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_refused_whole(lifeline, said):
    assert send(**said).status_code in {400, 422}
    assert not Call.objects.exists()


def test_the_form_makes_the_call_and_shows_how_far_we_are(lifeline):
    browser = Client(enforce_csrf_checks=True)
    url = reverse("bring", args=[KEY])
    shown = browser.get(url)
    said = {"reference": "L-7", "address": "12 Elm St", "imminent": "yes"}

    sent = browser.post(url, {**said, "point": "35.99, -78.90"}, follow=True)

    call = Call.objects.get()
    assert shown["Referrer-Policy"] == "no-referrer"
    assert call.caller.point == "35.99000,-78.90000"
    assert answers(call)["imminent"] == "yes"
    assert "Received" in sent.content.decode()
    assert call.number in sent.content.decode()


def test_a_form_that_is_refused_keeps_what_was_typed(lifeline):
    url = reverse("bring", args=[KEY])

    sent = Client().post(
        url, {"reference": "L-7", "person_name": "Ada", "weapon": "yes"}
    )

    assert sent.status_code == 422
    assert "Ada" in sent.content.decode()
    assert 'name="weapon" value="yes" checked' in sent.content.decode()


LONG = "LIFELINE-NC-2026-11-23-0123456789abcdefghij-"


def test_two_people_under_references_that_begin_alike_are_never_one_call(lifeline):
    url = reverse("bring", args=[KEY])

    for last, place in (("0001", "5 Elm St"), ("0002", "88 Far Rd")):
        answer = Client().post(url, {"reference": LONG + last, "address": place})
        assert answer.status_code == 422
        # Named, and nothing typed is lost.
        assert "reference" in words(answer)
        assert LONG + last in answer.content.decode()

    assert not Call.objects.exists()
    assert "maxlength" not in Client().get(url).content.decode()


@pytest.mark.parametrize(
    ("name", "most"), [("said", 1000), ("address", 300), ("name", 80), ("phone", 40)]
)
def test_nothing_that_a_partner_writes_is_cut(lifeline, name, most):
    said = {"reference": "L-1", "address": "12 Elm St", name: "1" * (most + 1)}

    answer = Client().post(reverse("bring", args=[KEY]), said)

    assert answer.status_code == 422
    assert name in words(answer)
    assert not Call.objects.exists()
