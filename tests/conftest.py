"""The world around every test: real servers, and a database of its own as heart_app."""

import os

import pytest
from django.conf import settings
from django.db import connections

from heart.settings import database
from tests import databases


def pytest_configure(config):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        databases.hold()


def pytest_unconfigure(config):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        databases.stop_if_last()


def pytest_collection_modifyitems(items):
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            # Django empties tables afterwards with TRUNCATE, which triggers refuse.
            raise pytest.UsageError(f"{item.nodeid}: use the fixture own_database")


@pytest.fixture(scope="session")
def slot():
    return databases.slot()


@pytest.fixture(scope="session")
def django_db_setup(slot, django_db_blocker):
    """Tests act as the runtime role, in a clone of the migrated template."""
    place = databases.clone(f"slot_{slot}", slot)
    with django_db_blocker.unblock():
        point_at(place)
    yield place
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop(place)


@pytest.fixture
def own_database(django_db_setup, django_db_blocker):
    """A database for tests whose transactions really commit, on any thread."""
    place = databases.clone(f"own_{django_db_setup.slot}", django_db_setup.slot)
    with django_db_blocker.unblock():
        connections.close_all()
        point_at(place)
        yield place
        connections.close_all()
        point_at(django_db_setup)
    databases.drop(place)


def point_at(place):
    """In place, as Django's own runner does: threads to come read the same settings."""
    # The owner's connection in tests is the runtime role's too: nobody steps up.
    for alias in connections.settings:
        connections.settings[alias].update(database(place.database_url))
    settings.REDIS_URL = place.redis_url
