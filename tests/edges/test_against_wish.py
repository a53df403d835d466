"""Somebody beside the caller is rung against a wish of another call: shown, then a reason."""

from uuid import uuid4

import pytest
from django.urls import reverse

from dispatch.models import Contact
from tests import makers
from tests.edges.pages import words

pytestmark = pytest.mark.django_db
THEIRS = "919-555-0177"
SAID = {"name": "Ana", "number": THEIRS, "do": "collateral"}


@pytest.fixture
def call(centre):
    makers.a_call(centre, safe_contact="none", phone=THEIRS)
    return makers.a_call(centre)


def ring(desk, call, **more):
    url = reverse("line_add", args=[call.pk])
    return desk.post(url, {**SAID, **more, "key": str(uuid4())})


def rung(call):
    return Contact.objects.filter(call=call, purpose="collateral")


def test_the_page_shows_the_wish_and_rings_with_a_reason(desk, call):
    refused = ring(desk, call)

    assert refused.status_code == 422
    said = words(refused)
    assert "Asked on another call: Do not contact" in said
    assert "Ring 919-555-0177 all the same" in said
    assert not rung(call).exists()

    ring(desk, call, confirmed="none", reason="risk_to_life")

    assert rung(call).get().number == THEIRS
    page = words(desk.get(reverse("call", args=[call.pk])))
    assert "against a wish of another call: A life is at risk" in page


def test_without_a_reason_nobody_is_rung(desk, call):
    assert ring(desk, call, confirmed="none").status_code == 422
    assert not rung(call).exists()


def test_a_program_confirms_the_wish_as_a_person_does(dispatcher, call):
    said = {"purpose": "collateral", "number": THEIRS}
    url = f"calls/{call.pk}/contacts/"

    refused = dispatcher.post(url, said)
    done = dispatcher.post(url, said | {"confirmed": "none", "reason": "risk_to_life"})

    assert (refused.status_code, refused.json()["field"]) == (422, "confirmed")
    assert "asked not to be contacted" in refused.json()["message"]
    assert refused.json()["wish"] == "none"
    assert done.status_code == 201
    assert rung(call).count() == 1
