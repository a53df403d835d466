"""Every measure, one after another, and the JSON of them all."""

import argparse
import json
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg2
import redis
from django.conf import settings

from dispatch import journal
from dispatch.models import Call
from dispatch.selectors import chain
from tests.bench import load, pure, waits
from tests.bench.boards import Boards
from tests.bench.browser import Browser, Refused
from tests.bench.centre import Centre, Processes, a_centre
from tests.bench.figures import figure, quantile, short, spread
from tests.bench.meter import Meter, memory_kb
from tests.bench.storm import accept_storm

Figures = list[dict[str, object]]
LANES = 12  # dispatchers at work at once on the full path
SOCKET = "ws://127.0.0.1:{port}/ws/board/"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--only", default="")
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = [name for name in asked.only.split(",") if name]
    began = time.monotonic()
    centre = a_centre()
    measured: Figures = []
    with Processes() as running:
        for name, measure in MEASURES.items():
            if wanted and name not in wanted:
                continue
            sys.stderr.write(f"{time.monotonic() - began:5.0f} s  {name}\n")
            measured += _try(name, measure, centre, running)
        if asked.full:
            measured += boards(centre, running, 1000)
    facts = {"machine": _machine(), "seconds": round(time.monotonic() - began)}
    sys.stdout.write(json.dumps(facts | {"figures": measured}, indent=1) + "\n")


def _try(
    name: str,
    measure: Callable[[Centre, Processes], Figures],
    centre: Centre,
    running: Processes,
) -> Figures:
    """One that fails must not cost the others; it says so in its place."""
    try:
        return measure(centre, running)
    except (AssertionError, RuntimeError, Refused, KeyError, ValueError) as error:
        return [{"what": name, "value": None, "holds": False, "why": repr(error)[:300]}]


def _machine() -> dict[str, object]:
    first = (Path(__file__).resolve().parents[2] / "requirements.lock").read_text()
    return {
        "cores": os.cpu_count(),
        "load_before": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "django": first.partition("\ndjango==")[2].split()[0],
        "processes": "granian 2x2 (web), uvicorn 1 (live), celery 1, clock 1, load client",
    }


def decide(_centre: Centre, _running: Processes) -> Figures:
    return [pure.decisions()]


def wait(_centre: Centre, _running: Processes) -> Figures:
    return waits.waits()


def snapshot(_centre: Centre, _running: Processes) -> Figures:
    return pure.snapshots(a_centre(clinicians=10, dispatchers=4))


def boards(centre: Centre, running: Processes, count: int = 200) -> Figures:
    """Twenty notes a second, and how long until the last board shows each."""
    running.start("live", "bare")
    calls = [load.a_call(centre, centre.dispatchers[0]).pk for _ in range(40)]
    empty = memory_kb(running.roots()["live"])
    with Boards(SOCKET.format(port=running.live), centre.dispatchers, count) as all_:
        full = memory_kb(running.roots()["live"])
        before = journal.head(centre.agency.pk)
        meter = Meter(running.roots())
        load.paced(20, 10, load.notes(centre, calls)).join()
        head = journal.head(centre.agency.pk)
        heard = all_.finish(head)
        burnt = meter.burnt_ms(200)
        late = _lateness(centre, all_, before)
    bare, bare_us = _bare(running, count)
    return [
        figure(
            f"boards_{count}_ms",
            quantile(late, 0.99),
            raw=quantile(bare, 0.99),
            raw_is="p99 of a bare ASGI fan-out of the same length and rate",
            spread=spread(late),
            from_="the event's own time, before its commit",
            raw_spread=spread(bare),
            cpu_ms_a_change=burnt,
            # All that the process burnt, looks and heartbeats too, by what it delivered.
            cpu_us_a_delivery=short(burnt["live"] * 1000 * 200 / heard["deliveries"]),
            raw_cpu_us_a_delivery=bare_us,
            kb_a_board=short((full - empty) / count),
            publish_to_subscriber_ms=spread(_publish_ms()),
            **_lost(centre, heard, count, head),
        )
    ]


def _lateness(centre: Centre, boards_: Boards, before: int) -> list[float]:
    """Milliseconds from each event to the last board that shows it."""
    late = []
    for event in journal.since(centre.agency.pk, before, limit=100_000):
        at = boards_.last_at(event.number)
        if at is None:
            raise RuntimeError(f"Not every board heard of event {event.number}.")
        late.append((at - event.at.timestamp()) * 1000)
    return late


def _lost(
    centre: Centre, heard: dict[str, object], count: int, head: int
) -> dict[str, object]:
    """Whether every board came to this head, heard no gap, and the chain is whole."""
    verdict = chain.verify(centre.agency)
    return {
        "boards": heard["boards"],
        "boards_at_head": min(heard["heads"]) >= head and heard["boards"] == count,
        "gaps_heard": heard["gaps"],
        "deliveries": heard["deliveries"],
        "events": verdict.events,
        "journal_faults": list(verdict.faults),
    }


def _bare(running: Processes, count: int) -> tuple[list[float], float | None]:
    """Milliseconds until the last had each message; microseconds of CPU a delivery."""
    with Boards(f"ws://127.0.0.1:{running.bare}/ws/board/", [_NOBODY], count) as bare:
        meter = Meter({"bare": running.roots()["bare"]})
        time.sleep(4)
        heard = bare.finish(None)
        burnt = meter.burnt_ms(1)["bare"]
    sent = dict(heard["sent"])
    late = [
        (at - sent[number]) * 1000
        for number, reached, at in heard["messages"]
        if reached == count
    ]
    return late, short(burnt * 1000 / heard["deliveries"])


class _Nobody:
    headers = {"Cookie": ""}


_NOBODY = _Nobody()


def _publish_ms() -> list[float]:
    """Redis alone: publish to a subscriber in another thread."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    heard = client.pubsub(ignore_subscribe_messages=True)
    heard.subscribe("bench")
    arrived: list[float] = []

    def listen() -> None:
        for message in heard.listen():
            arrived.append((time.perf_counter() - float(message["data"])) * 1000)
            if len(arrived) == 200:
                return

    thread = threading.Thread(target=listen)
    thread.start()
    time.sleep(0.2)
    for _ in range(200):
        client.publish("bench", time.perf_counter())
        time.sleep(0.005)
    thread.join()
    return arrived


def on_board(centre: Centre, running: Processes) -> Figures:
    """From the end of triage to the decision on the last of 20 boards, by the worker."""
    running.start("live", "worker", "clock")
    with Boards(SOCKET.format(port=running.live), centre.dispatchers, 20) as all_:
        time.sleep(3)  # the worker takes a while to begin
        load.to_triage(centre)(0)
        time.sleep(1)
        before = journal.head(centre.agency.pk)
        meter = Meter(running.roots())
        load.paced(8, 8, load.to_triage(centre)).join()
        _wait_until_decided(centre)
        burnt = meter.burnt_ms(64)
        time.sleep(0.5)
        all_.finish(journal.head(centre.agency.pk))
        took = _decisions(centre, all_, before)
    load.set_aside(centre)
    return [
        figure(
            "decision_on_board_ms",
            quantile(took, 0.99),
            spread=spread(took),
            cpu_ms_a_call=burnt,
        )
    ]


def _wait_until_decided(centre: Centre) -> None:
    wanted = Call.objects.filter(agency=centre.agency, decision_wanted_at__isnull=False)
    end = time.monotonic() + 10
    while wanted.exists() and time.monotonic() < end:
        time.sleep(0.1)


def _decisions(centre: Centre, boards_: Boards, before: int) -> list[float]:
    triaged: dict[UUID, float] = {}
    took = []
    for event in journal.since(centre.agency.pk, before, limit=100_000):
        if event.kind == "CallTriaged":
            triaged[event.call_id] = event.at.timestamp()
        if event.kind == "CallDecided" and event.call_id in triaged:
            at = boards_.last_at(event.number)
            took.append((at - triaged.pop(event.call_id)) * 1000)
    if triaged:
        raise RuntimeError(f"{len(triaged)} calls were not decided.")
    return took


def open_calls(centre: Centre, running: Processes) -> Figures:
    running.start("web")
    load.open_by_api(centre, running.web, 1, 8)  # every process has served before
    made = load.open_paced(centre, running.web, 6, 40, 8)
    api = load.open_by_api(centre, running.web, 4, 8)
    url = os.environ["DATABASE_OWNER_URL"]
    with psycopg2.connect(url) as line, line.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_raw (lane int, said text)")
    line.close()
    action = _flat(load.in_processes(load.open_by_action, centre, 8, 4.0))
    raw = _flat(load.in_processes(load.raw_insert, centre, 8, 2.0, url))
    per_s, raw_per_s = len(action) / 4, len(raw) / 2
    return [
        figure(
            "open_api_ms",
            quantile(made, 0.99),
            raw=quantile(raw, 0.99),
            raw_is="p99 of INSERT and COMMIT with 8 clients",
            spread=spread(made),
            from_="when the request was due",
        ),
        figure(
            "open_to_raw",
            per_s / raw_per_s,
            raw=raw_per_s,
            raw_is="INSERT and COMMIT a second, 8 clients",
            calls_per_s_by_action=short(per_s),
            calls_per_s_by_api=short(len(api) / 4),
            by_action=spread(action),
            by_api=spread(api),
        ),
    ]


def _flat(parts: list[list]) -> list:
    return [each for part in parts for each in part]


def call_page(centre: Centre, running: Processes) -> Figures:
    load.in_processes(load.decide_some, centre, 1, 20)
    calls = Call.objects.filter(agency=centre.agency, state="decided")
    known = list(calls.values_list("pk", flat=True)[:20])
    running.start("web")
    browser = Browser(running.web, centre.dispatchers[0])
    took = []
    try:
        for turn in range(120):
            path = f"/calls/{known[turn % len(known)]}/"
            began = time.perf_counter()
            browser.get(path, page=True)
            took.append((time.perf_counter() - began) * 1000)
    except Refused as refused:
        return [figure("call_page_ms", None, why=str(refused)[:200])]
    empty = []
    for _ in range(120):
        began = time.perf_counter()
        browser.get("/health/", page=True)
        empty.append((time.perf_counter() - began) * 1000)
    return [
        figure(
            "call_page_ms",
            quantile(took, 0.95),
            raw=quantile(empty, 0.95),
            raw_is="p95 of /health/ over the same connection",
            spread=spread(took),
        )
    ]


def full_path(_centre: Centre, running: Processes) -> Figures:
    """In a centre of its own: what earlier measures left ringing would be served first."""
    centre = a_centre()
    running.start("web", "live", "worker", "clock")
    seconds = 12.0
    with Boards(SOCKET.format(port=running.live), centre.dispatchers, 200) as all_:
        load.path_by_api(centre, running.web, 2.0, LANES)
        before = journal.head(centre.agency.pk)
        meter = Meter(running.roots())
        api = load.path_by_api(centre, running.web, seconds, LANES)
        burnt = meter.burnt_ms(len(api))
        action = _flat(load.in_processes(load.path_by_action, centre, 3, seconds))
        time.sleep(0.5)
        head = journal.head(centre.agency.pk)
        heard = all_.finish(head)
        late = _lateness(centre, all_, before)
    told = [call for call, _took in (*api, *action)]
    resolved = Call.objects.filter(pk__in=told, state="resolved").count()
    took = [each for _call, each in api]
    return [
        figure(
            "full_path_per_s",
            len(api) / seconds,
            raw=len(action) / seconds,
            raw_is="the same through the actions in 3 processes, no HTTP",
            a_call_ms=spread(took),
            cpu_ms_a_call=burnt,
            boards_ms_meanwhile=spread(late),
            acknowledged=len(told),
            resolved_in_the_database=resolved,
            **_lost(centre, heard, 200, head),
        )
    ]


MEASURES: dict[str, Callable[[Centre, Processes], Figures]] = {
    "decide": decide,
    "wait": wait,
    "snapshot": snapshot,
    "boards": boards,
    "on_board": on_board,
    "open": open_calls,
    "page": call_page,
    "storm": accept_storm,
    "path": full_path,
}
