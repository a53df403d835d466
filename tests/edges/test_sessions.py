"""Sessions: one read finds the session and its user, and survives a server's restart."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.management.commands import clock
from dispatch.models import Session
from heart.sessions import SessionStore, take_user
from heart.signin import Accounts
from tests import databases, makers


@pytest.fixture
def signed_in(client):
    user = makers.a_user(makers.an_agency(), "dispatcher")
    client.force_login(user)
    return user


def key(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.django_db
def test_a_session_says_whose_it_is(signed_in, client):
    assert Session.objects.get(user=signed_in).pk == key(client)


@pytest.mark.django_db
def test_a_request_reads_its_session_and_user_at_once(
    signed_in, client, django_assert_num_queries
):
    with django_assert_num_queries(1):
        store = SessionStore(key(client))
        assert store[SESSION_KEY] == str(signed_in.pk)
        assert Accounts().get_user(signed_in.pk) == signed_in


@pytest.mark.django_db
def test_a_user_who_was_read_is_taken_once_and_by_nobody_else(signed_in, client):
    other = makers.a_user(signed_in.agency, "clinician")
    SessionStore(key(client)).load()

    assert Accounts().get_user(other.pk) == other
    assert take_user(signed_in.pk) is None


@pytest.mark.django_db
@pytest.mark.parametrize("unknown", ["", "x" * 32, "' OR 1=1", "\0" + "a" * 31])
def test_an_unknown_session_is_empty_and_leaves_no_user(signed_in, client, unknown):
    SessionStore(key(client)).load()

    assert SessionStore(unknown).load() == {}
    assert take_user(signed_in.pk) is None


@pytest.mark.django_db
def test_a_session_of_nobody_is_kept_too():
    store = SessionStore()
    store["language"] = "es"
    store.save()

    assert SessionStore(store.session_key).load() == {"language": "es"}


@pytest.mark.django_db
def test_a_session_that_is_over_is_nobody_s_before_the_clock_clears_it(
    signed_in, client
):
    Session.objects.filter(user=signed_in).update(expire_date=Now())

    assert SessionStore(key(client)).load() == {}
    assert take_user(signed_in.pk) is None


@pytest.mark.django_db
def test_the_clock_clears_sessions_that_are_over_and_no_other(signed_in, client):
    over = SessionStore()
    over.save()
    hour = timedelta(hours=1)
    Session.objects.filter(pk=over.session_key).update(expire_date=Now() - hour)

    clock.round_(sealing=True)

    assert list(Session.objects.all()) == [Session.objects.get(pk=key(client))]


def test_a_kept_connection_that_was_cut_costs_no_request(own_database, client):
    user = makers.a_user(makers.an_agency(), "dispatcher")
    client.force_login(user)
    assert client.get(reverse("board")).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()

    with databases.admin(own_database.owner_url) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [pid])

    assert client.get(reverse("board")).status_code == 200


@pytest.mark.django_db
def test_a_fault_of_a_living_connection_is_not_tried_again(monkeypatch):
    tries = []

    def refused(store):
        tries.append(store)
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(SessionStore, "_load", refused)

    with pytest.raises(OperationalError):
        SessionStore("x" * 32).load()
    assert len(tries) == 1
