"""A centre, its dispatcher at the API and in a browser, its telephone."""

import pytest

from tests import makers
from tests.edges import mock_twilio
from tests.edges.api import Person
from tests.edges.mock_twilio import SID, TOKEN


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


@pytest.fixture
def service(settings):
    """Twilio on this machine; what it calls back with waits until ``tell``."""
    with mock_twilio.twilio() as (mock, api), mock_twilio.listening() as (said, here):
        settings.PHONE, settings.PUBLIC_URL = "twilio", here
        account = {"sid": SID, "user": SID, "secret": TOKEN, "token": TOKEN}
        settings.PHONE_ACCOUNT = account | {"api": api, "number": "+19195550199"}
        mock.said = said
        yield mock
