"""Fifty people accept one call at the same moment: one has it, the others are told."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.db.models.functions import Now

from dispatch.actions import intake, offer
from dispatch.errors import LostRace
from dispatch.events import CLOCK
from dispatch.models import Assignment, Heartbeat, Offer, Presence
from routing import store
from tests import makers

PEOPLE, ROUNDS = 50, 200


@pytest.fixture
def crowd(centre):
    """Fifty clinicians, and a centre in which all of them ring together."""
    document = makers.open_all_day()
    queue = document["queue"] | {"ring_at_once": PEOPLE}
    store.publish(centre.pk, document | {"queue": queue, "version": "storm"})
    return [makers.a_clinician(centre) for _ in range(PEOPLE)]


@pytest.fixture
def hands(own_database):
    """Threads that stay, each with its connection open before the race."""
    gate = Barrier(PEOPLE)

    def press(ring):
        connections["default"].ensure_connection()
        gate.wait(timeout=60)
        began = time.perf_counter()
        try:
            taken = offer.accept(offer_id=ring.pk, by=makers.by(ring.person))
        except LostRace as lost:
            taken = lost
        return taken, time.perf_counter() - began

    def close(_):
        gate.wait(timeout=60)
        connections.close_all()

    with ThreadPoolExecutor(PEOPLE) as pool:
        yield lambda rings: list(pool.map(press, rings))
        list(pool.map(close, range(PEOPLE)))


def everybody_free():
    Presence.objects.update(state="available", missed=0)
    # A slow machine must not make them look absent.
    Heartbeat.objects.update(at=Now())


def test_of_fifty_who_ring_together_one_takes_the_call(centre, crowd, hands):
    for _ in range(ROUNDS):
        everybody_free()
        call = makers.decided(makers.a_call(centre))
        rings = list(
            Offer.objects.filter(seat__call=call, state="pending").select_related(
                "person"
            )
        )
        assert len(rings) == PEOPLE

        told = hands(rings)

        won = [one for one, _ in told if isinstance(one, Assignment)]
        lost = [one for one, _ in told if isinstance(one, LostRace)]
        assert (len(won), len(lost)) == (1, PEOPLE - 1)
        ended = Offer.objects.filter(seat__call=call).values_list("state", flat=True)
        assert sorted(ended) == ["accepted"] + ["withdrawn"] * (PEOPLE - 1)
        assert makers.presence(won[0].person) == "engaged"
        assert Presence.objects.filter(state="available").count() == PEOPLE - 1
        intake.cancel(call_id=call.pk, reason="over", by=CLOCK)
