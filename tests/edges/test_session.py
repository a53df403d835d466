"""The door: who gets in, where they land, what leaving ends, and whether all is well."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.models import Event, Offer
from dispatch.selectors.leader import LEADER
from tests import makers

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-password"


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("dispatcher", "board"),
        ("supervisor", "board"),
        ("clinician", "desk"),
        ("responder", "crew"),
        ("navigator", "followups"),
        ("administrator", "staff"),
    ],
)
def test_everybody_lands_on_the_page_they_work_on(centre, client, role, page):
    user = makers.a_user(centre, role)

    answer = client.post(
        reverse("login"), {"username": user.username, "password": PASSWORD}
    )

    assert answer.url == reverse(page)
    assert client.get(answer.url).status_code == 200
    assert client.get(reverse("home")).url == reverse(page)


def test_a_wrong_password_and_a_stranger_to_every_centre_stay_outside(centre, client):
    user = makers.a_user(centre, "dispatcher")
    stranger = makers.a_user(centre, "dispatcher")
    stranger.agency = None
    stranger.save(update_fields=["agency"])

    for name, password in ((user.username, "no"), (stranger.username, PASSWORD)):
        answer = client.post(reverse("login"), {"username": name, "password": password})
        assert answer.status_code == 200
        assert "do not fit together" in words(answer)
        assert client.get(reverse("home")).status_code == 302


def test_signing_out_ends_presence_and_every_live_line(centre, client):
    clinician = makers.a_clinician(centre)

    client.force_login(clinician)
    left = client.post(reverse("logout"))

    assert left.url == reverse("login")
    assert makers.presence(clinician) == "offline"
    assert Event.objects.filter(kind="AccessEnded").count() == 1


def test_who_has_a_caller_may_sign_out_and_still_has_the_caller(centre, client):
    clinician = makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre)))

    client.force_login(clinician)
    client.post(reverse("logout"))

    assert makers.presence(clinician) == "engaged"
    assert Event.objects.filter(kind="AccessEnded").exists()


@pytest.fixture
def leading():
    """A clock leads: until the test's end this session holds its lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEADER])


def told_of_the_clock(capsys):
    """What `alive clock` says; empty if all is well."""
    try:
        call_command("alive", "clock")
    except SystemExit:
        return capsys.readouterr().err.strip()
    return ""


def test_health_says_what_answers(client, leading):
    answer = client.get(reverse("health"))

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "well",
        "database": True,
        "redis": True,
        "clock": True,
    }


def test_without_a_clock_the_console_is_degraded_and_not_down(client, capsys):
    answer = client.get(reverse("health"))

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["clock"]) == ("degraded", False)
    assert told_of_the_clock(capsys) == "clock: no clock leads"


@pytest.mark.parametrize(("over", "well"), [(2, True), (30, False)])
def test_a_clock_that_leaves_an_offer_over_its_time_is_not_well(
    centre, client, leading, capsys, over, well
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ended = Now() - timedelta(seconds=over)
    Offer.objects.filter(pk=makers.ringing(call).pk).update(
        made_at=ended - timedelta(minutes=1), expires_at=ended
    )

    assert client.get(reverse("health")).json()["clock"] is well
    said = "" if well else "clock: 1 offers are over their time"
    assert told_of_the_clock(capsys) == said


def test_without_redis_the_console_is_degraded_and_not_down(client, leading, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get(reverse("health"))

    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"


def test_only_who_may_hear_the_live_line_opens_one(centre, client):
    for role, opens in (("administrator", False), ("supervisor", True)):
        client.force_login(makers.a_user(centre, role))
        page = client.get(reverse("staff")).content.decode()
        assert ('data-socket="/ws/board/"' in page) is opens
