"""Fifty ring together and press at the same moment: how soon does the last one know."""

import selectors
import time
from collections.abc import Sequence

from django.db.models.functions import Now

from dispatch.actions import intake
from dispatch.events import CLOCK
from dispatch.models import Heartbeat, Offer, Presence
from routing import store
from tests import makers
from tests.bench import load
from tests.bench.browser import REFUSED, Browser
from tests.bench.centre import AWAKE, Centre, Processes, a_centre
from tests.bench.figures import figure, quantile, spread

PEOPLE, ROUNDS = 50, 200
TOO_LATE = 409
Answer = tuple[int, float]  # the status of the answer, and ms since all had pressed


def accept_storm(_centre: Centre, running: Processes) -> list[dict[str, object]]:
    """The last loser of each round, over the API, on a kept connection each."""
    centre = _crowd()
    running.start("web")
    desks = {key: Browser(running.web, person) for key, person in centre.by_id.items()}
    last: list[float] = []
    for _ in range(ROUNDS):
        told = _round(centre, desks)
        winners = sum(status < REFUSED for status, _ms in told)
        assert winners == 1, f"{winners} won one offer"
        last.append(max(ms for status, ms in told if status == TOO_LATE))
    empty = [_last_of(desks.values(), "/health/") for _ in range(ROUNDS)]
    return [
        figure(
            "storm_told_ms",
            quantile(last, 0.95),
            raw=quantile(empty, 0.95),
            raw_is=f"p95 of the last of {PEOPLE} who ask /health/ at once",
            spread=spread(last),
            rounds_with_one_winner=ROUNDS,
        )
    ]


def _crowd() -> Centre:
    centre = a_centre(clinicians=PEOPLE, dispatchers=1)
    document = makers.open_all_day()
    queue = document["queue"] | {"ring_at_once": PEOPLE}
    store.publish(centre.agency.pk, document | {"queue": queue, "version": "storm"})
    return centre


def _round(centre: Centre, desks: dict[str, Browser]) -> list[Answer]:
    Presence.objects.filter(agency=centre.agency).update(state="available", missed=0)
    Heartbeat.objects.filter(user__agency=centre.agency).update(at=Now() + AWAKE)
    call = makers.decided(load.a_call(centre, centre.dispatchers[0]))
    rings = Offer.objects.filter(seat__call=call, state="pending", person__isnull=False)
    paths = {
        desks[str(ring.person_id)]: f"/api/v1/offers/{ring.pk}/accept/"
        for ring in rings
    }
    assert len(paths) == PEOPLE, f"{len(paths)} ring"
    for desk, path in paths.items():
        desk.say_post(path)
    told = _heard(list(paths))
    intake.cancel(call_id=call.pk, reason="over", by=CLOCK)
    return told


def _last_of(desks: Sequence[Browser], path: str) -> float:
    for desk in desks:
        desk.say_get(path)
    return max(ms for _status, ms in _heard(list(desks)))


def _heard(desks: Sequence[Browser]) -> list[Answer]:
    """Every answer as it comes, timed since the last of them had pressed."""
    began = time.perf_counter()
    told: list[Answer] = []
    with selectors.DefaultSelector() as waiting:
        for desk in desks:
            waiting.register(desk, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _events in waiting.select():
                status, _text = key.fileobj.hear()
                told.append((status, (time.perf_counter() - began) * 1000))
                waiting.unregister(key.fileobj)
    return told
