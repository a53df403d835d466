"""The partners' page: who else helps, and keys that are shown once."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.models import Partner, PartnerKey
from tests import makers
from tests.actions import partners
from tests.edges.centres import signed_in

pytestmark = pytest.mark.django_db
KNOWN = {
    "code": "north",
    "name": "North County",
    "kind": "centre",
    "phone": "919-555-0110",
    "spanish": "919-555-0111",
    "hours": "08:00-20:00",
    "rank": "2",
}


@pytest.fixture
def browser(centre):
    return signed_in(makers.a_user(centre, "supervisor"))


def test_a_supervisor_adds_changes_and_closes_a_partner(browser):
    assert browser.post(reverse("partner_add"), KNOWN).status_code == 302
    made = Partner.objects.get()
    change = reverse("partner_change", args=[made.pk])
    assert browser.post(change, KNOWN | {"hours": ""}).status_code == 302
    close = reverse("partner_close", args=[made.pk])
    assert browser.post(close).status_code == 302

    made.refresh_from_db()
    assert (made.routes, made.hours, made.active) == (
        {"spanish": "919-555-0111"},
        "",
        False,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": "8-20"},
        {"phone": "ask Bob"},
        {"kind": "friend"},
        {"rank": "0"},
        {"code": "No Good"},
        {"name": " "},
        {"name": "N" * 81},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_is_kept(browser, wrong):
    answer = browser.post(reverse("partner_add"), KNOWN | wrong)

    assert answer.status_code == 422
    assert not Partner.objects.exists()


def test_a_key_is_shown_once_and_opens_their_form(browser, centre):
    made = partners.a_partner(centre)
    url = reverse("partner_key", args=[made.pk])

    shown = browser.post(url)

    key = re.search(r"/intake/988/([\w-]{43})/", shown.content.decode())[1]
    assert shown["Cache-Control"] == "no-store"
    assert Client().get(reverse("bring", args=[key])).status_code == 200
    assert key not in browser.get(reverse("partners")).content.decode()
    assert key not in str(PartnerKey.objects.values().get())


def test_ended_keys_open_nothing(browser, centre):
    made = partners.a_partner(centre)
    shown = browser.post(reverse("partner_key", args=[made.pk]))
    key = re.search(r"/intake/988/([\w-]{43})/", shown.content.decode())[1]

    browser.post(reverse("partner_end_keys", args=[made.pk]))

    assert Client().get(reverse("bring", args=[key])).status_code == 404


def test_a_dispatcher_reads_the_lines_and_changes_nothing(centre):
    made = partners.a_partner(centre)
    browser = signed_in(makers.a_user(centre, "dispatcher"))

    shown = browser.get(reverse("partners")).content.decode()

    assert "919-555-0188" in shown
    assert reverse("partner_add") not in shown
    url = reverse("partner_close", args=[made.pk])
    assert browser.post(url).status_code == 403
