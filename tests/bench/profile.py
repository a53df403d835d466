"""Where the time of the path's actions goes: queries of each, and its top functions."""

import argparse
import cProfile
import io
import pstats
import sys
import time
from collections import defaultdict

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.actions import decision, disposition, offer, staff, transfer, triage
from dispatch.events import ROUTER
from dispatch.models import Assignment, Offer
from tests.bench import load
from tests.bench.centre import Centre, a_centre
from tests.makers import SAFE

ROUNDS = 60
TOP = 25


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench --profile")
    parser.add_argument("--only", default="")
    parser.add_argument("--full", action="store_true")
    parser.parse_args()
    centre = a_centre()
    _one(centre, defaultdict(list))
    queries: dict[str, list[dict[str, str]]] = {}
    took: dict[str, list[float]] = defaultdict(list)
    _one(centre, took, queries)
    took.clear()
    for _ in range(ROUNDS):
        _one(centre, took)
    for name, times in took.items():
        seen = queries[name]
        middle = sorted(times)[len(times) // 2]
        sys.stdout.write(f"\n{name}: {middle:.1f} ms, {len(seen)} statements\n")
        for each in seen:
            sys.stdout.write(
                f"  {float(each['time']) * 1000:5.1f} {each['sql'][:110]}\n"
            )
    whole = cProfile.Profile()
    whole.enable()
    for _ in range(ROUNDS):
        _one(centre, took)
    whole.disable()
    text = io.StringIO()
    pstats.Stats(whole, stream=text).sort_stats("tottime").print_stats(TOP)
    pstats.Stats(whole, stream=text).sort_stats("cumtime").print_stats(
        "main/|tree/", 60
    )
    sys.stdout.write(text.getvalue())


def _one(
    centre: Centre,
    took: dict[str, list[float]],
    queries: dict[str, list[dict[str, str]]] | None = None,
) -> None:
    person = centre.dispatchers[0]

    def timed(name, act):
        began = time.perf_counter()
        if queries is None:
            made = act()
        else:
            with CaptureQueriesContext(connection) as seen:
                made = act()
            queries[name] = seen.captured_queries
        took[name].append((time.perf_counter() - began) * 1000)
        return made

    call = timed("open_call", lambda: load.a_call(centre, person))
    pk = call.pk
    by = load.actor(person)
    timed(
        "complete",
        lambda: triage.complete(call_id=pk, answers=SAFE, by=by, nudged=False),
    )
    timed("decide", lambda: decision.decide(call_id=pk, by=ROUTER))
    ring = Offer.objects.filter(seat__call=pk, state="pending", unit=None).get()
    who = load.actor(centre.by_id[str(ring.person_id)])
    session: Assignment = timed(
        "accept", lambda: offer.accept(offer_id=ring.pk, by=who)
    )
    # Each write has a key of its own.
    who = load.actor(centre.by_id[str(ring.person_id)])
    timed("confirm", lambda: transfer.confirm(assignment_id=session.pk, by=who))
    who = load.actor(centre.by_id[str(ring.person_id)])
    timed(
        "end_session",
        lambda: disposition.end_session(
            assignment_id=session.pk, outcomes=load.DONE, by=who
        ),
    )
    who = load.actor(centre.by_id[str(ring.person_id)])
    timed("end_wrap_up", lambda: staff.end_wrap_up(user_id=ring.person_id, by=who))
