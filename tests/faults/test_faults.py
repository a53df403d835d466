"""Faults in mid-replay: what was acknowledged is there, and the board is the database."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connections

from dispatch import journal
from dispatch.management.replay import shipped
from dispatch.models import Call, Decision
from dispatch.selectors import board, chain
from routing import store
from routing.core import explain
from routing.core.decide import decide
from routing.core.facts import read
from tests import makers
from tests.faults.watcher import Watcher
from tests.live.test_board_line import cookie
from tests.stack import ROOT

CALLS = 60
MIDDLE = CALLS // 3
PAUSE = threading.Event()


@pytest.fixture
def centre(ground):
    agency = makers.an_agency("faults")
    for _ in range(2):
        makers.a_clinician(agency)
        makers.a_unit(agency)
    return agency


def replay(ground):
    """The shipped sample through the actions, live, in a process of its own."""
    words = ["replay", str(shipped.SAMPLE), "--agency=faults", f"--limit={CALLS}"]
    return subprocess.Popen(
        [sys.executable, "manage.py", *words, "--answers=1", "--speed=90000"],
        cwd=ROOT,
        env=ground.place.environment() | {"LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for_calls(number, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if Call.objects.count() >= number:
            return
        PAUSE.wait(0.05)
    raise AssertionError(f"{Call.objects.count()} calls, {number} were awaited")


def kill_worker(ground):
    ground.stack.kill("worker")


def empty_cache(ground):
    ground.stop("valkey")
    ground.empty_valkey()
    wait_for_calls(Call.objects.count() + 5)  # the calls go on without it
    ground.start("valkey")


def crash_database(ground):
    os.kill(ground.pid("postgres"), signal.SIGKILL)
    connections.close_all()
    ground.start("postgres")


@pytest.mark.parametrize(
    "fault",
    [kill_worker, empty_cache, crash_database],
    ids=["the worker killed", "valkey emptied", "postgresql killed with -9"],
)
def test_a_fault_in_mid_replay_loses_nothing(ground, centre, fault):
    dispatcher = makers.a_user(centre, "dispatcher")
    ground.stack.start("web", "worker", "clock")
    with Watcher(ground.stack.url, cookie(dispatcher)) as watcher:
        with replay(ground) as running:
            wait_for_calls(MIDDLE)
            fault(ground)
            said, _ = running.communicate(timeout=180)
            assert running.returncode == 0
        counts = json.loads(said)
        wait_until_decided(centre)
        for name in ("worker", "clock"):
            if name in ground.stack.running:
                ground.stack.kill(name)
        watcher.wait_for(journal.head(centre.pk))

    # A commit whose answer was lost is found again, and not opened twice.
    assert counts["opened"] + counts["already_there"] == CALLS
    assert Call.objects.filter(agency=centre).count() == CALLS
    numbers = Call.objects.order_by("number").values_list("number", flat=True)
    assert [int(number[3:]) for number in numbers] == list(range(1, CALLS + 1))
    assert chain.verify(centre).faults == ()
    assert watcher.faults == []
    shown = {card["id"]: card for card in watcher.cards.values()}
    true = {card["id"]: card for card in board.cards(centre.pk, "operations")}
    assert shown == true


def wait_until_decided(centre, seconds=30):
    """Worker or clock: somebody decides each call that wants it."""
    end = time.monotonic() + seconds
    while Call.objects.filter(decision_wanted_at__isnull=False).exists():
        assert time.monotonic() < end, "a call waits for a decision"
        PAUSE.wait(0.1)
    assert not Call.objects.filter(agency=centre, decisions=None).exists()


def test_with_the_worker_gone_every_decision_is_still_made_and_repeatable(
    ground, centre
):
    ground.stack.start("web", "clock")
    with replay(ground) as running:
        running.communicate(timeout=180)
    assert running.returncode == 0
    wait_until_decided(centre)
    assert Decision.objects.count() >= CALLS

    for row in Decision.objects.select_related("protocol"):
        again = explain.line(decide(read(row.facts), store.read(row.protocol)))
        assert again == row.line
