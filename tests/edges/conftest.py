"""A centre, and its dispatcher at the API."""

import pytest

from tests import makers
from tests.edges.api import Person


@pytest.fixture
def centre(db):
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return Person(makers.a_user(centre, "dispatcher"))
