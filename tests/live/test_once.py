"""A write whose answer never came is sent again, and has had one effect."""

import http.client
import json
import re
import threading
import time
from contextlib import closing
from urllib.parse import urlencode

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from dispatch.models import Call, Event, WriteKey
from dispatch.selectors import chain
from tests import makers
from tests.live.test_board_line import cookie

TOKEN = "t" * 32
KEY = "one-press"
BODY = {"type": "noise", "said": "somebody shouts below the window"}
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
PAUSE = threading.Event()


@pytest.fixture
def centre(own_database):
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


class Tab:
    """One connection of somebody's browser, with its cookies."""

    def __init__(self, stack, cookies):
        self.wire = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)
        self.cookies = f"{cookies}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

    def send(self, method, path, body=None, **headers):
        headers |= {"Cookie": self.cookies, "X-CSRFToken": TOKEN}
        self.wire.request(method, path, body, headers)

    def answer(self):
        told = self.wire.getresponse()
        return told, told.read().decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def open_call(self):
        headers = {"Content-Type": "application/json", "Idempotency-Key": KEY}
        self.send("POST", "/api/v1/calls/", json.dumps(BODY), **headers)


def wait_until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        PAUSE.wait(0.005)


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


def killed_before_the_commit(stack, tab, place):
    """The log's lock is held elsewhere: all is written, and nothing can be committed."""
    with closing(psycopg2.connect(place.database_url)) as holder:
        holder.cursor().execute("SELECT FROM dispatch_feed FOR UPDATE")
        tab.open_call()
        wait_until(somebody_waits)
        stack.kill("web")
        assert not Call.objects.exists()


def killed_before_the_answer(stack, tab, place):
    """Committed, and whoever sent it never hears of it."""
    tab.open_call()
    wait_until(Call.objects.exists)
    stack.kill("web")


@pytest.mark.parametrize("killed", [killed_before_the_commit, killed_before_the_answer])
def test_a_call_that_was_being_opened_when_the_console_died_is_opened_once(
    stack, own_database, centre, dispatcher, killed
):
    stack.start("web")
    cookies = cookie(dispatcher)
    with Tab(stack, cookies) as tab:
        killed(stack, tab, own_database)
    already = list(Call.objects.values_list("pk", flat=True))

    stack.start("web")
    with Tab(stack, cookies) as again:
        again.open_call()
        told, body = again.answer()

    call = Call.objects.get()
    assert told.status == 201
    assert json.loads(body)["id"] == str(call.pk)
    assert already in ([], [call.pk])
    assert call.number.endswith("000001")
    assert list(Event.objects.values_list("number", "kind")) == [(1, "CallOpened")]
    assert WriteKey.objects.filter(key=KEY).count() == 1
    assert not chain.verify(centre).faults


def at_once(stack, cookies, path, form):
    """Two tabs press at the same moment; what each of them is told."""
    gate = threading.Barrier(2)
    told = []

    def press():
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        with Tab(stack, cookies) as tab:
            gate.wait(timeout=20)
            tab.send("POST", path, urlencode(form), **kind)
            answer, _body = tab.answer()
        told.append((answer.status, answer.headers["Location"]))

    tabs = [threading.Thread(target=press) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    return told


def shown_form(stack, cookies, path):
    """The hidden fields of the page's form, as both tabs have it."""
    with Tab(stack, cookies) as tab:
        tab.send("GET", path)
        answer, page = tab.answer()
    assert answer.status == 200
    field = r'<input type="hidden" name="(key|seen)" value="([^"]+)"'
    return dict(re.findall(field, page))


def test_two_tabs_that_send_the_same_form_at_once_open_one_call_and_add_one_note(
    stack, dispatcher
):
    stack.start("web")
    cookies = cookie(dispatcher)
    for _ in range(5):
        form = {**shown_form(stack, cookies, "/calls/new/"), **makers.SAFE, **BODY}
        told = at_once(
            stack, cookies, "/calls/new/", {**form, "do": "accept", "note": "twice?"}
        )

        assert len(told) == 2
        assert len(set(told)) == 1
        status, path = told[0]
        assert status == 302
        call = Call.objects.get(pk=path.strip("/").split("/")[-1])
        kinds = makers.kinds(call)
        assert kinds.count("CallOpened") == kinds.count("CallTriaged") == 1
        assert kinds.count("NoteAdded") == call.notes.count() == 1
    assert Call.objects.count() == 5
