"""After commit: wake the hubs and the workers. Failure is silence, and short.

Whatever a nudge announces also stands in the database, where the hub looks every
250 ms and the clock every second; so a lost nudge costs time and nothing else.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from uuid import UUID

import redis
from celery import current_app
from django.conf import settings

logger = logging.getLogger(__name__)

FEED_CHANNEL = "heart:feed"
TIMEOUT = 0.2  # seconds
REST = 5.0  # seconds without a try after a failure

_rest_until = 0.0


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=None,
    )


def feed(agency: UUID) -> None:
    """There is something new in this agency's log."""
    _try(lambda: _redis().publish(FEED_CHANNEL, str(agency)))


def route(call: UUID) -> None:
    """This call wants a decision."""
    _send("dispatch.tasks.route_call", str(call))


def waiting(agency: UUID) -> None:
    """Somebody became free: waiting calls of this agency may be offered."""
    _send("dispatch.tasks.offer_waiting", str(agency))


def phone(contact: UUID) -> None:
    """The telephone service may have something to do for this leg; by hand, nothing."""
    if settings.PHONE != "manual":
        _send("dispatch.tasks.phone", str(contact))


def _send(task: str, argument: str) -> None:
    def send() -> None:
        _redis().ping()  # Celery's own connecting is slow to give up
        current_app.send_task(task, args=[argument], retry=False, ignore_result=True)

    _try(send)


def _try(send: Callable[[], object]) -> None:
    """Once, quickly, and not again for a while after a failure."""
    global _rest_until
    if not settings.REDIS_URL or time.monotonic() < _rest_until:
        return
    try:
        send()
    except Exception as error:  # noqa: BLE001  any failure of a nudge is only a delay
        _rest_until = time.monotonic() + REST
        logger.warning("nudge failed", extra={"error": type(error).__name__})
