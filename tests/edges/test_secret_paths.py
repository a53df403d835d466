"""Paths that hold a secret: no line of the log repeats it, no answer is kept or led on."""

import io
import logging

import pytest
from django.conf import settings
from django.test import Client

from dispatch.actions import partner
from dispatch.selectors import handoff as pages
from heart.log import Line
from tests import makers
from tests.actions import partners
from tests.actions.partners import SECRET

MANY = {f"field{number}": "x" for number in range(300)}
DOORS = (f"/handoff/{SECRET}/", f"/intake/988/{SECRET}/")


@pytest.fixture
def log():
    """What the console's own handler writes."""
    (ours,) = [
        one for one in logging.getLogger().handlers if isinstance(one.formatter, Line)
    ]
    written = io.StringIO()
    before = ours.setStream(written)
    yield written
    ours.setStream(before)


def answer_to(way, door):
    browser = Client(raise_request_exception=False)
    return {
        "bad body": lambda: browser.post(acts_at(door), MANY),
        "bad host": lambda: browser.get(door, headers={"Host": "evil.example"}),
        "no such page": lambda: browser.get(f"{door}no/such/step/"),
        "two slashes": lambda: browser.get(door.replace("/a-", "//a-")),
        "a space before": lambda: browser.get(door.replace("/a-", "/%20a-")),
        "not that way": lambda: browser.put(door),
        "no slash": lambda: browser.post(door.rstrip("/")),
    }[way]()


def acts_at(door):
    return f"{door}acknowledge/" if door.startswith("/handoff/") else door


@pytest.fixture
def opens():
    """The one secret opens a hand-off page and is a partner's key."""
    centre = makers.an_agency()
    dispatcher, found = makers.a_user(centre, "dispatcher"), partners.a_partner(centre)
    call = partners.a_counselling_call(centre, dispatcher)
    partners.walked(call, found, dispatcher, "offered")
    partner.make_key(
        partner_id=found.pk, secret_hash=partners.hash_of(SECRET), by=makers.CLOCK
    )


WAYS = {
    "bad body": 400,
    "bad host": 400,
    "no such page": 404,
    "two slashes": 404,
    "a space before": 404,
    "not that way": 405,
    "no slash": 301,
}


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS, ids=["hand-off", "intake"])
@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_refused_its_secret_is_in_no_line_and_no_referrer(
    log, opens, way, door
):
    answer = answer_to(way, door)

    assert answer.status_code == WAYS[way]
    assert SECRET not in log.getvalue()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"


def test_a_fault_of_ours_repeats_no_secret_either(log, monkeypatch):
    monkeypatch.setattr(pages, "hashed", None)

    answer = Client(raise_request_exception=False).get(DOORS[0])

    assert answer.status_code == 500
    assert "Internal Server Error: /handoff/" in log.getvalue()
    assert SECRET not in log.getvalue()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("GET %s HTTP/1.1 200", f"/handoff/{SECRET}/"), "GET /handoff/… HTTP/1.1 200"),
        ((f"Not Found: /Handoff/{SECRET}/acknowledge/",), "Not Found: /Handoff/…"),
        (("%(path)s", {"path": f"/intake/988/{SECRET}/26-1/"}), "/intake/…"),
    ],
    ids=["arguments", "message", "named"],
)
def test_whoever_writes_a_line_the_secret_is_cut_from_it(log, words, told):
    logging.getLogger("uvicorn.access").warning(*words)

    assert log.getvalue().endswith(f" {told}\n")


def test_other_paths_are_told_whole(log):
    logging.getLogger("django.request").warning("Not Found: %s", "/calls/17/")

    assert "Not Found: /calls/17/" in log.getvalue()


def test_every_handler_of_the_log_cuts():
    for one in settings.LOGGING["handlers"].values():
        assert "no_secret_paths" in one["filters"]
