"""System checks: each finds the set-up it warns of, and is silent otherwise."""

import base64
import secrets

import pytest
from django.core.checks import WARNING, run_checks
from django.db import connections

from heart import checks
from heart.settings import database
from routing import store
from tests import makers

GOOD_KEY = base64.b64encode(secrets.token_bytes(32)).decode()


def found(*, deploy=False, rows=False):
    """The ids of our own messages."""
    said = run_checks(
        include_deployment_checks=deploy, databases=["default"] if rows else None
    )
    return {each.id for each in said if each.id.startswith("heart.")}


@pytest.fixture
def production(settings):
    """Settings as a careful operator makes them."""
    settings.SECRET_KEY = secrets.token_hex(32)
    settings.SEAL_KEYS = {"1": GOOD_KEY}
    settings.LOOKUP_KEY = GOOD_KEY
    settings.ALLOWED_HOSTS = ["console.example.org"]
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}
    }
    return settings


def test_a_good_set_up_is_met_with_silence(production, db):
    makers.an_agency()

    assert found(deploy=True, rows=True) == set()


def test_another_time_zone_is_refused(settings):
    settings.TIME_ZONE = "America/New_York"

    assert found() == {"heart.times"}


def test_a_transaction_around_each_request_is_refused(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)

    assert found() == {"heart.transactions"}


def test_another_driver_is_refused(monkeypatch):
    monkeypatch.setattr(checks.importlib.util, "find_spec", lambda name: object())

    assert found() == {"heart.driver"}


def test_another_database_is_refused(settings, monkeypatch):
    monkeypatch.setitem(
        settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3"
    )

    assert found() == {"heart.driver"}


def test_a_channel_layer_in_memory_is_refused_in_production(production):
    production.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    }

    assert found(deploy=True) == {"heart.channel_layer"}
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", "django-insecure-" + "0123456789abcdef" * 4),
        ("SEAL_KEYS", {}),
        ("SEAL_KEYS", {"1": GOOD_KEY, "2": "c2hvcnQ="}),
        ("LOOKUP_KEY", "no base64 at all"),
    ],
)
def test_a_weak_secret_is_refused(production, name, value):
    setattr(production, name, value)

    assert found(deploy=True) == {"heart.secrets"}


def test_a_console_for_every_host_name_is_refused(production):
    production.ALLOWED_HOSTS = ["*"]

    assert found(deploy=True) == {"heart.hosts"}


def test_an_agency_without_a_protocol_is_named(production, db):
    agency = makers.an_agency()
    agency.protocols.update(state="retired")

    assert found(deploy=True, rows=True) == {"heart.protocols"}


def test_an_agency_that_does_not_say_where_it_is_is_named_and_not_refused(
    production, db
):
    nowhere = {key: one for key, one in makers.shipped().items() if key != "centre"}
    store.publish(makers.an_agency("nowhere").pk, nowhere)
    makers.an_agency()

    said = run_checks(include_deployment_checks=True, databases=["default"])

    (placed,) = [one for one in said if one.id == "heart.placed"]
    assert "nowhere" in placed.msg
    assert not placed.is_serious(WARNING)


def test_accounts_of_the_demo_centre_are_refused(production, db):
    makers.a_user(makers.an_agency("demo"), "dispatcher")

    assert found(deploy=True, rows=True) == {"heart.demo_accounts"}


def test_simulated_people_are_refused_and_locked_ones_are_not(production, db):
    agency = makers.an_agency()
    person = makers.a_user(agency, "clinician")
    type(person).objects.filter(pk=person.pk).update(simulated=True)

    assert found(deploy=True, rows=True) == {"heart.demo_accounts"}

    type(person).objects.filter(pk=person.pk).update(is_active=False)
    assert found(deploy=True, rows=True) == set()


def test_a_runtime_role_that_owns_the_log_is_refused(production, own_database):
    connections["default"].close()
    connections.settings["default"].update(database(own_database.owner_url))

    assert found(deploy=True, rows=True) == {"heart.role"}


def test_nothing_is_asked_of_the_database_unless_told_to(production):
    # No database fixture here: pytest-django would refuse a query.
    assert found(deploy=True) == set()
