"""A centre, and its dispatcher at the API and in a browser."""

import pytest

from tests import makers
from tests.edges.api import Person


@pytest.fixture
def centre(db):
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return Person(makers.a_user(centre, "dispatcher"))


@pytest.fixture
def desk(centre, client):
    """A browser in which a dispatcher is signed in."""
    client.user = makers.a_user(centre, "dispatcher", "D12 Lee")
    client.force_login(client.user)
    return client
