"""Whatever is refused under /api/ is said in JSON, and a page is told with a page."""

import io
import json
import logging

import pytest
from django.conf import settings
from django.db import OperationalError
from django.urls import resolve, reverse
from django.utils.module_loading import import_string

from dispatch import errors
from dispatch.api import errors as api_errors
from dispatch.api import refusals
from dispatch.models import Agency, Call
from dispatch.web import errors as web_errors
from tests import makers
from tests.edges.api import API, Person

TOKEN = "t" * 32
WORDS = ("field", "why", "name", "from_state", "to_state", "phone")
LARGE = b'{"said": "%s"}' % (b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


@pytest.fixture
def dispatcher(centre):
    """As in a browser: the token is looked for, and a fault is answered, not raised."""
    person = Person(
        makers.a_user(centre, "dispatcher"),
        enforce_csrf_checks=True,
        raise_request_exception=False,
    )
    person.client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    return person


def send(person, body, kind="application/json", **headers):
    headers = {"Idempotency-Key": "k1", "X-CSRFToken": TOKEN, **headers}
    return person.client.generic("POST", API + "calls/", body, kind, headers=headers)


def is_said_in_json(refused, status, code):
    assert refused.status_code == status
    assert refused.headers["Content-Type"] == "application/json"
    body = json.loads(refused.content)
    assert body["code"] == code
    assert body["message"]
    return True


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", API + "nowhere/", API + "calls"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_path_that_is_none_is_not_found_and_not_led_elsewhere(
    dispatcher, path, method
):
    refused = getattr(dispatcher.client, method)(path)

    assert is_said_in_json(refused, 404, "not_found")


@pytest.mark.parametrize("name", ["board", "open-call", "schema"])
def test_a_method_that_a_path_does_not_know_is_told(dispatcher, name):
    headers = {"X-CSRFToken": TOKEN}

    refused = dispatcher.client.put(reverse(f"api:{name}"), headers=headers)

    assert is_said_in_json(refused, 405, "method_not_allowed")


def test_a_body_over_the_limit_is_told_so_and_not_read(dispatcher):
    refused = send(dispatcher, LARGE)

    assert is_said_in_json(refused, 413, "too_large")
    assert not Call.objects.exists()


def test_a_form_over_the_limit_is_a_form_all_the_same(dispatcher):
    refused = send(dispatcher, LARGE, "application/x-www-form-urlencoded")

    assert is_said_in_json(refused, 415, "unsupported_media_type")


def test_a_body_of_no_known_length_is_not_taken_for_an_empty_one(dispatcher):
    refused = send(dispatcher, b"", **{"Transfer-Encoding": "chunked"})

    assert is_said_in_json(refused, 411, "length_required")
    assert refused.json()["field"] == "Content-Length"
    assert not Call.objects.exists()


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "latin-1", "zlib", "rot13"])
def test_a_body_in_another_alphabet_is_not_guessed_at(dispatcher, charset):
    refused = send(dispatcher, b"{}", f"application/json; charset={charset}")

    assert is_said_in_json(refused, 400, "parse_error")
    assert not Call.objects.exists()


def test_a_key_said_twice_is_refused_where_the_token_is_looked_for(dispatcher):
    refused = send(dispatcher, '{"type": "noise", "type": "trespass"}')

    assert is_said_in_json(refused, 422, "invalid")
    assert refused.json()["fields"] == {"type": "said twice"}


def test_a_write_without_the_token_is_refused(dispatcher):
    refused = send(dispatcher, "{}", **{"X-CSRFToken": ""})

    assert is_said_in_json(refused, 403, "permission_denied")


@pytest.mark.parametrize("host", ["evil.example", "a b"])
def test_another_host_s_name_is_refused(dispatcher, host):
    refused = dispatcher.client.get(API + "board/", headers={"host": host})

    assert is_said_in_json(refused, 400, "unreadable")
    assert "evil" not in refused.content.decode()


def test_a_nul_in_an_address_is_refused(dispatcher):
    refused = dispatcher.client.get(API + "board/?since=%00")

    assert is_said_in_json(refused, 400, "unreadable")


def test_the_document_is_refused_in_json_too(client, dispatcher):
    schema = reverse("api:schema")

    stranger = client.get(schema)
    other = dispatcher.client.get(schema, headers={"accept": "text/html"})

    assert is_said_in_json(stranger, 403, "not_authenticated")
    assert is_said_in_json(other, 406, "not_acceptable")


@pytest.fixture
def log():
    """What the console's own log says of a request, in its own form."""
    said = io.StringIO()
    line = settings.LOGGING["formatters"]["line"]
    hearing = logging.StreamHandler(said)
    hearing.setFormatter(import_string(line["class"])(line["format"]))
    requests = logging.getLogger("django.request")
    requests.addHandler(hearing)
    yield said
    requests.removeHandler(hearing)


def broken(centre):
    """A row that no code expects, with words of somebody in it."""
    Agency.objects.filter(pk=centre.pk).update(time_zone="Ada Quill")
    person = Person(makers.a_user(centre, "supervisor"), raise_request_exception=False)
    return person.client


def test_a_fault_of_ours_is_said_calmly_and_noted_once_without_anybodys_words(
    centre, log
):
    refused = broken(centre).get(API + "report/")

    assert is_said_in_json(refused, 500, "fault")
    assert "Quill" not in refused.content.decode()
    noted = log.getvalue()
    assert noted.count("Internal Server Error: /api/v1/report/") == 1
    assert noted.count(" ERROR ") == 1
    assert "ZoneInfoNotFoundError" in noted
    assert "reports.py" in noted
    assert "Quill" not in noted


def test_the_same_fault_on_a_page_is_a_page_and_as_quiet(centre, log):
    refused = broken(centre).get(reverse("report"))

    assert refused.status_code == 500
    assert refused.headers["Content-Type"].startswith("text/html")
    assert log.getvalue().count(" ERROR ") == 1
    assert "Quill" not in log.getvalue()


def test_a_database_that_goes_away_outside_a_verb_is_said_in_json(rf):
    refused = refusals.fault(rf.get(API), OperationalError("gone"))

    assert is_said_in_json(refused, 503, "away")
    assert refused.headers["Retry-After"] == "1"


@pytest.mark.parametrize("path", ["/nowhere/", "/board/?since=%00", "/api"])
def test_people_are_told_with_a_page(dispatcher, path):
    refused = dispatcher.client.get(path)

    assert refused.status_code in {400, 404}
    assert refused.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("kind", errors.DispatchError.__subclasses__())
def test_pages_and_programs_are_refused_with_the_same_status(kind):
    """Neither edge may import the other, so each has the table; they never differ."""
    refused = kind(kind.sentence, **dict.fromkeys(WORDS, "x"))

    status, _body = api_errors.told(refused)

    assert web_errors.status_of(refused) == status


def test_no_verb_is_led_from_a_path_without_its_slash():
    """A redirect makes a read of a write, and its sender would take that for a yes."""
    assert not resolve(API + "calls/").func.should_append_slash
