"""A centre that every action may act in, its dispatcher, and a 988 centre as partner."""

import pytest

from tests import makers
from tests.actions import partners


@pytest.fixture
def centre(db):
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def partner(centre):
    return partners.a_partner(centre)
