"""Real processes for a test: the console, and its worker and clock when asked."""

import pytest

from tests.stack import a_stack


@pytest.fixture
def stack(own_database):
    running = a_stack(own_database)
    yield running
    running.stop()
