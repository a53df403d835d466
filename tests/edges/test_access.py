"""Who may do what, as a table: every URL, every role, own and foreign centre."""

import logging
from itertools import product

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from uuid6 import uuid7

from dispatch.models import Event, Role
from tests import makers
from tests.edges.centres import Centre, signed_in
from tests.edges.doors import urls
from tests.edges.opens import call, contact, followup, offer, partner, staff, unit
from tests.edges.opens.roles import ALL, ANYBODY, D

# Which roles a page or a verb lets in. A URL without a line here fails the test.
STATIONS = (call, contact, offer, unit, followup, staff, partner)
OPENS = {
    name: roles for one in STATIONS for name, roles in (one.PAGES | one.API).items()
}
CLOSED = {401, 403, 404}
NOT_THIS_METHOD = 405


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Hundreds of refusals are meant here; a failing test says which were not."""
    caplog.set_level(logging.CRITICAL, logger="django.request")


@pytest.fixture
def here(db):
    return Centre("nearby")


@pytest.fixture
def there(db):
    return Centre("faraway")


def ask(client, path):
    """GET and POST, each undone: an action may be durable, so no atomic block."""
    answers = {}
    headers = {"Idempotency-Key": str(uuid7()), "If-Match": '"1"'}
    for method in ("get", "post"):
        point = transaction.savepoint()
        if method == "get":
            answers[method] = client.get(path)
        elif path.startswith("/api/"):
            answers[method] = client.post(
                path, "{}", content_type="application/json", headers=headers
            )
        else:
            answers[method] = client.post(path, {})
        transaction.savepoint_rollback(point)
    return answers


def paths(name, args, choose):
    return reverse(name, kwargs={arg: choose(kind).pk for arg, kind in args.items()})


def test_every_url_has_a_line_in_the_table_and_every_line_a_url():
    assert set(urls()) == set(OPENS)
    assert len(OPENS) == sum(len(one.PAGES) + len(one.API) for one in STATIONS)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_says_and_sees_nothing_foreign(here, there, role):
    wrong = []
    for name, args in urls().items():
        client = signed_in(here.staff[role])
        path = paths(name, args, lambda kind: here.row(kind, role))
        answers = ask(client, path).values()
        codes = {answer.status_code for answer in answers}
        expected = OPENS.get(name, set())
        open_to = expected == ANYBODY or role in expected
        let_in = bool(codes - CLOSED - {NOT_THIS_METHOD})
        if let_in != open_to or max(codes) >= 500:
            wrong.append(f"{name}: {codes}")
        if any(b"faraway" in answer.getvalue().lower() for answer in answers):
            wrong.append(f"{name}: shows something foreign")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", Role)
def test_nobody_reaches_a_row_of_a_foreign_centre(here, there, role):
    wrong = []
    before = Event.objects.filter(agency=there.agency).count()
    for name, args in urls().items():
        for mine in product([True, False], repeat=len(args)):
            if all(mine):
                continue
            centres = dict(zip(args, mine, strict=True))
            kwargs = {
                arg: (here if centres[arg] else there).row(kind, role).pk
                for arg, kind in args.items()
            }
            client = signed_in(here.staff[role])
            for method, answer in ask(client, reverse(name, kwargs=kwargs)).items():
                if answer.status_code not in CLOSED | {NOT_THIS_METHOD}:
                    wrong.append(f"{method} {name}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
    assert Event.objects.filter(agency=there.agency).count() == before


def strangers(here):
    alone = makers.a_user(here.agency, "supervisor")
    alone.agency = None
    alone.save(update_fields=["agency"])
    gone = makers.a_user(here.agency, "supervisor")
    client = signed_in(gone)
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    return {
        "nobody": Client(raise_request_exception=False),
        "somebody of no centre": signed_in(alone),
        "somebody who left": client,
    }


@pytest.mark.parametrize(
    "who", ["nobody", "somebody of no centre", "somebody who left"]
)
def test_who_is_not_of_the_centre_gets_the_door(here, who):
    client = strangers(here)[who]
    wrong = []
    for name, args in urls().items():
        if OPENS.get(name) in (ANYBODY, ALL) and who == "somebody of no centre":
            continue
        if OPENS.get(name) == ANYBODY:
            continue
        path = paths(name, args, lambda kind: here.row(kind, D))
        for method, answer in ask(client, path).items():
            door = answer.status_code == 302 and "login" in answer.url
            if not door and answer.status_code not in CLOSED | {NOT_THIS_METHOD}:
                wrong.append(f"{method} {name}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
