"""A centre with clinicians, for the tests of the report."""

import pytest

from tests import makers


@pytest.fixture
def centre(db):
    agency = makers.an_agency()
    for _number in range(3):
        makers.a_clinician(agency)
    return agency
