"""A page that fails still says so calmly, also when nothing else can be asked."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.translation import trans_real

from dispatch.errors import Busy, IllegalMove, Invalid, LostRace, NotFree, Stale
from dispatch.selectors.words import refusal
from dispatch.web import errors, forms
from heart.log import Line


class Away:
    """A user whom only the database knows, and it is away."""

    def __getattr__(self, name):
        raise OperationalError


@pytest.fixture
def asked():
    def ask(**headers):
        request = RequestFactory().get("/board/", headers=headers)
        request.user = Away()
        return request

    return ask


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("gone"), 503, "Busy for a moment"),
        (KeyError("gone"), 500, "Something went wrong here"),
    ],
    ids=["the database is away", "a mistake of ours"],
)
def test_a_failure_has_a_page_without_the_database(asked, error, status, words):
    answer = errors.server_error(asked(), error)

    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_failure_inside_a_page_is_one_line(asked):
    answer = errors.server_error(
        asked(**{"hx-request": "true"}), OperationalError("gone")
    )

    assert answer.status_code == 503
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(("error", "status"), [(Busy(), 503), (Stale(), 409)])
def test_a_refusal_has_its_own_status_and_words(rf, error, status):
    request = rf.post("/calls/new/")
    request.user = None
    middleware = errors.DispatchErrorMiddleware(lambda request: None)

    answer = middleware.process_exception(request, error)

    assert answer.status_code == status
    assert error.sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Invalid(field="reason", why="choose a reason"), "reason: einen Grund wählen"),
        (IllegalMove(from_state="staged", to_state="on_scene"), "Bereit > Vor Ort"),
        (NotFree(name="Vor Ort"), "Vor Ort ist besetzt"),
        (LostRace(), "Somebody else was first."),
    ],
    ids=["a reason", "states", "a name stays a name", "nothing to fill in"],
)
def test_a_refusal_is_said_in_the_reader_s_language(monkeypatch, error, words):
    catalogue = {
        "choose a reason": "einen Grund wählen",
        "This cannot go from %(from_state)s to %(to_state)s.": (
            "%(from_state)s > %(to_state)s"
        ),
        "%(name)s is not free now.": "%(name)s ist besetzt",
        "Staged": "Bereit",
        "On scene": "Vor Ort",
    }
    german = SimpleNamespace(
        gettext=lambda said: catalogue.get(said, said), to_language=lambda: "de"
    )
    monkeypatch.setattr(trans_real._active, "value", german, raising=False)

    assert refusal(error) == words


def test_the_log_names_every_error_on_the_way_and_none_of_their_words():
    words = "Ada Quill, 1012 W Main St"
    try:
        try:
            int(words)
        except ValueError as error:
            raise KeyError(words) from error
    except KeyError as error:
        said = Line().formatException((KeyError, error, error.__traceback__))

    assert said.index("ValueError") < said.index("KeyError")
    assert "test_refusals.py" in said
    assert "Quill" not in said


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["rot13", "hex", "idna", "utf-16"])
def test_a_form_in_an_encoding_that_no_form_has_is_refused(client, charset):
    body = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n"

    said = f"multipart/form-data; boundary=x; charset={charset}"
    answer = client.generic("POST", "/login/", body, content_type=said)

    assert answer.status_code == 415
    assert b"UTF-8" in answer.content


def test_what_a_page_first_showed_is_empty_where_it_cannot_be_read():
    for said in ("[" * 100_000, "{", "[]", "7"):
        data = QueryDict(mutable=True)
        data["was"] = said
        assert forms.was(data) == {}
