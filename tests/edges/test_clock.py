"""One clock: what a page or the API reckons from now is the database's, not the machine's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.actions.base import database_now
from dispatch.selectors import desk, plain, report, staff, triage
from tests import makers
from tests.edges.api import API
from tests.edges.centres import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return makers.a_call(makers.an_agency())


@pytest.fixture
def wrong_clock(monkeypatch):
    """The console's own machine is a year ahead."""
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(days=365))


def of(address):
    return lambda client, _call: client.get(address)


def typing(client, _call):
    return client.post(reverse("preview"))


def asking(client, call):
    address = f"{API}calls/{call.pk}/preview/"
    return client.post(address, {}, content_type="application/json")


LOOKS = {
    "staff": (staff, "people", "supervisor", of("/staff/")),
    "report": (report, "window", "supervisor", of("/report/")),
    "report, API": (report, "window", "supervisor", of(f"{API}report/")),
    "desk": (desk, "ringing", "clinician", of("/desk/")),
    "new call": (triage, "screen", "dispatcher", of("/calls/new/")),
    "preview": (triage, "preview", "dispatcher", typing),
    "preview, API": (plain, "preview", "dispatcher", asking),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_machine_with_a_wrong_clock_reckons_right(
    call, wrong_clock, monkeypatch, look
):
    module, reader, role, answer_to = look
    heard = []
    read = getattr(module, reader)

    def listening(*rows, **words):
        heard.append(words.get("now") or words["at"])
        return read(*rows, **words)

    monkeypatch.setattr(module, reader, listening)
    client = signed_in(makers.a_user(call.agency, role))

    answer = answer_to(client, call)

    assert answer.status_code == 200
    assert abs(heard[0] - database_now()) < timedelta(minutes=1)
