"""A crew in danger: its own page says how that ends, each other page says whose it is."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.actions import alarm, loan, safety, scene, unit
from dispatch.events import CLOCK
from dispatch.models import Alarm, Shift
from tests import makers
from tests.actions import alarms

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


@pytest.fixture
def lent(centre, call, there):
    """CRT 1 of the neighbour, lent to the call of our CRT 1, calls for help."""
    lender = makers.an_agency("next-door")
    loan.agree(agency_id=centre.pk, neighbour_id=lender.pk, by=CLOCK)
    car = makers.a_unit(lender, name="CRT 1")
    made = loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    works = makers.accepted(call, "crt")
    safety.emergency(unit_id=car.pk, by=CLOCK)
    for agency, name in ((centre, "S. Here"), (lender, "S. Home")):
        alarms.there(agency, "supervisor", name)
        alarms.swept(agency)
    return works


def test_an_alarm_about_a_lent_crew_says_whose_it_is(centre, client, lent):
    client.force_login(makers.a_user(centre, "dispatcher"))

    assert "CRT 1, Centre next-door: a crew calls" in words(client.get("/alarms/"))


@pytest.mark.parametrize(
    ("taker", "to_them", "to_us"),
    [
        ("S. Home", "S. Home", "S. Home, Centre next-door"),
        ("S. Here", "S. Here, {centre}", "S. Here"),
    ],
)
def test_both_crews_read_which_centre_has_the_emergency_of_a_lent_one(
    centre, there, lent, taker, to_them, to_us
):
    row = Alarm.objects.get(owner__short_name=taker, about="emergency")
    alarm.take(alarm_id=row.pk, by=makers.by(row.owner))

    theirs, ours = (words(phone_of(one).get(reverse("crew"))) for one in (lent, there))

    to_them = to_them.format(centre=centre)
    assert f"{to_them} has it, and ends it with you." in theirs
    assert f"CRT 1, Centre next-door: emergency. {to_us} has it." in ours
