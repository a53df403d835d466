"""Real processes for a test: the console, and its worker and clock when asked."""

import pytest
import redis

from tests.stack import a_stack


@pytest.fixture
def stack(own_database):
    with redis.Redis.from_url(own_database.redis_url) as cache:
        cache.flushdb()  # no nudge of an earlier test
    running = a_stack(own_database)
    yield running
    running.stop()
