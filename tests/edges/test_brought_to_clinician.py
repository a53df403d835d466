"""988 to 911, by form and by program: a clinician has the caller, and 988 hears of it."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.actions import incoming, transfer
from dispatch.models import Call, PartnerKey, Transfer
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db
KEY = "a-key-that-only-this-test-knows"
RISK = dict.fromkeys(incoming.QUESTIONS, "no") | {"minor_alone": "not_known"}
PLACE = {"address": "12 Elm St", "phone": "919-555-0101"}


@pytest.fixture
def clinician(centre):
    return makers.a_clinician(centre)


@pytest.fixture(autouse=True)
def key(centre):
    lifeline = partners.a_partner(centre)
    PartnerKey.objects.create(partner=lifeline, hash=partners.hash_of(KEY))


def by_program():
    body = {"reference": "L-1", **PLACE, "point": {"lat": 35.99, "lon": -78.9}}
    Client().post(
        "/api/v1/partner/calls/",
        json.dumps(body | {"risk": RISK}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {KEY}"},
    )


def by_form():
    said = {"reference": "L-1", **PLACE, "point": "35.99, -78.90", **RISK}
    Client().post(reverse("bring", args=[KEY]), said)


def heard_by_program(number):
    url = f"/api/v1/partner/calls/{number}/"
    return Client().get(url, headers={"Authorization": f"Bearer {KEY}"}).json()["words"]


def heard_by_form(number):
    page = Client().get(reverse("brought", args=[KEY, number]))
    return page.content.decode()


WAYS = {"form": (by_form, heard_by_form), "program": (by_program, heard_by_program)}


@pytest.mark.parametrize("way", WAYS)
def test_a_clinician_who_has_the_caller_frees_988_which_hears_of_contact(
    centre, clinician, way
):
    bring, heard = WAYS[way]
    bring()
    call = makers.decide(Call.objects.get())
    makers.override(call, "ccd", "other")
    assignment = makers.accepted(call)
    one = Transfer.objects.get(kind="988_911")
    before = one.state, makers.fresh(call).owner

    transfer.confirm(assignment_id=assignment.pk, by=makers.by(clinician))
    told = heard(call.number)
    incoming.contact_made(call_id=call.pk, by=makers.by(clinician))

    one = makers.fresh(one)
    assert before == ("offered", None)
    assert (one.state, one.receiver) == ("released", clinician)
    assert makers.fresh(call).owner == clinician
    assert makers.kinds(call).count("TransferConfirmed") == 2  # theirs, and ours inside
    assert "A dispatcher has it" in told
    assert "Responders made contact" in heard(call.number)
    assert one.contact_made_at is not None


@pytest.mark.parametrize("way", WAYS)
def test_risk_and_place_come_with_the_call_and_unknown_stays_unknown(way):
    WAYS[way][0]()

    call = Call.objects.get()
    assert dict(call.answers.values_list("question", "value")) == RISK
    assert (call.caller.address, call.caller.point) == (
        "12 Elm St",
        "35.99000,-78.90000",
    )
    assert not call.location_verified
