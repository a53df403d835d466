"""Real processes for a test: the console, and its worker and clock when asked."""

import json

import pytest
import redis

from tests import makers
from tests.stack import COMMANDS, a_stack


@pytest.fixture
def stack(own_database):
    with redis.Redis.from_url(own_database.redis_url) as cache:
        cache.flushdb()  # no nudge of an earlier test
    running = a_stack(own_database)
    yield running
    running.stop()


@pytest.fixture
def centre(own_database):
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D7 Ortiz")


@pytest.fixture
def limited(stack, monkeypatch):
    """Start the console with other limits of its lines than its own."""
    command = [
        part.replace("heart.asgi", "tests.live.limits") for part in COMMANDS["web"]
    ]

    def start(**limits):
        monkeypatch.setitem(COMMANDS, "web", command)
        monkeypatch.setenv("LINE_LIMITS", json.dumps(limits))
        stack.start("web")

    return start
