"""A crew in danger: its own page says how that ends, each other page says whose it is."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.actions import safety, scene, unit
from dispatch.events import CLOCK
from dispatch.models import Shift
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre):
    makers.a_unit(centre, name="CRT 1")
    return makers.decided(makers.a_call(centre, type="trespass"))


@pytest.fixture
def there(call):
    """CRT 1 is on scene, and calls for help."""
    return makers.on_scene(call)


@pytest.fixture
def second(centre, call, there):
    """CRT 2 is on its way to help CRT 1."""
    makers.a_unit(centre, name="CRT 2")
    scene.backup(seat_id=there.seat_id, response="crt", by=CLOCK)
    works = makers.accepted(call, "crt")
    unit.report(unit_id=works.unit_id, to="en_route", by=CLOCK)
    return works


def phone_of(works):
    client = Client()
    client.force_login(Shift.objects.get(unit=works.unit_id, ended_at=None).user)
    return client


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_crew_in_an_emergency_is_not_asked_how_it_ended(there):
    phone, page = phone_of(there), reverse("crew")
    assert reverse("crew_clear") in phone.get(page).content.decode()
    safety.emergency(unit_id=there.unit_id, by=CLOCK)

    said = {"assignment": there.pk, "outcome": "resolved_on_scene", "key": "one"}
    refused = phone.post(reverse("crew_clear"), said)

    assert refused.status_code == 422
    assert "End the emergency of CRT 1 first" in words(refused)
    assert "once dispatch has ended the emergency with you" in words(phone.get(page))
    assert reverse("crew_clear") not in phone.get(page).content.decode()


def test_the_other_crew_reads_who_calls_for_help_and_is_not_let_in(there, second):
    safety.emergency(unit_id=there.unit_id, by=CLOCK)

    phone = phone_of(second)
    said = {"assignment": second.pk, "to": "on_scene", "key": "one"}
    refused = phone.post(reverse("crew_status"), said)

    shown = words(phone.get(reverse("crew")))
    assert "Stage. Do not enter." in shown
    assert "CRT 1: emergency. Nobody has taken it yet." in shown
    assert refused.status_code >= 400
    assert makers.fresh(second.unit).state == "en_route"


def test_the_call_names_who_calls_for_help(centre, client, call, there):
    client.force_login(makers.a_user(centre, "dispatcher"))
    safety.emergency(unit_id=there.unit_id, by=CLOCK)

    shown = words(client.get(reverse("call", args=[call.pk])))

    assert "Emergency: CRT 1" in shown
    assert "CRT 1 leads Emergency" in shown
