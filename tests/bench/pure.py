"""What runs without other processes: deciding, and reading a whole board."""

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import yaml
from django.db import connection, transaction

from dispatch.selectors import board, feed
from routing import store
from routing.core import explain, facts, protocol, rank
from routing.core.decide import decide
from routing.core.facts import ANSWERS, Point, UnitFacts
from tests.bench import load
from tests.bench.centre import Centre
from tests.bench.figures import figure, short, spread

ROUNDS = 3000
LOOKS = 15
PROJECTION = "operations"
AT = datetime(2026, 3, 2, 20, tzinfo=UTC)
# The same rows of the same calls in one query, made into JSON by PostgreSQL.
RAW_BOARD = """
SELECT json_agg(card)::text FROM (
  SELECT c.id, c.number, c.version, c.head, c.state, c.state_since, c.priority, c.type,
         c.source_wording, c.zone, c.simulated, c.opened_at, c.decision_wanted_at,
         o.short_name AS owner, encode(k.address, 'base64') AS address,
         (SELECT json_agg(json_build_object('response', s.response, 'mode', s.mode,
             'state', s.state, 'since', s.since))
          FROM dispatch_seat s
          WHERE s.call_id = c.id AND s.state IN ('wanted', 'filled')) AS seats
  FROM dispatch_call c
  LEFT JOIN dispatch_caller k ON k.call_id = c.id
  LEFT JOIN dispatch_user o ON o.id = c.owner_id
  WHERE c.agency_id = %s
    AND c.state IN ('new', 'triaging', 'decided', 'working', 'resolved')
  ORDER BY c.priority, c.opened_at
) card
"""


def decisions() -> dict[str, object]:
    """A decision and thirty units ranked; beside it with facts read and words made."""
    rules = protocol.read(yaml.safe_load(store.DEFAULT.read_text()))
    chance = random.Random(7)
    lines = [_facts(chance, number) for number in range(200)]
    units = _units(chance, 30)
    here = Point(lat=35.99, lon=-78.9)
    whole, alone = [], []
    for turn in range(ROUNDS):
        line = lines[turn % len(lines)]
        known = facts.read(line)
        began = time.perf_counter()
        decide(known, rules)
        rank.candidates(here, units, rules.ranking, AT, {}, None)
        alone.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        explain.line(decide(facts.read(line), rules))
        rank.candidates(here, units, rules.ranking, AT, {}, None)
        whole.append((time.perf_counter() - began) * 1000)
    shown = spread(alone)
    return figure(
        "decide_ms",
        shown["p50"],
        raw=_a_loop_ms(),
        raw_is="json.loads and json.dumps of the same facts",
        spread=shown,
        with_reading_and_words=spread(whole),
    )


def _a_loop_ms() -> float:
    text = json.dumps(_facts(random.Random(7), 1))
    return _median(lambda: json.dumps(json.loads(text)), 1000)


def _facts(chance: random.Random, number: int) -> dict[str, object]:
    said = {
        key: chance.choice(["no", "no", "no", "yes", "not_known"]) for key in ANSWERS
    }
    kinds = ["mental_health_crisis", "welfare_check", "trespass", "suicide_threat"]
    return {
        "id": f"bench-{number}",
        "at": "2026-03-02T15:00:00-05:00",
        "source": "911",
        "type": chance.choice(kinds),
        "caller": "person",
        **said,
        "urgent": chance.random() < 0.1,
        "hazard": False,
        "location": {"verified": True, "inside": True, "zone": "District 2"},
        "history": chance.randrange(3),
        "available": {"ccd": 3, "crt": 5, "cor": 2, "cn": 1},
        "offence": None,
    }


def _units(chance: random.Random, count: int) -> list[UnitFacts]:
    return [
        UnitFacts(
            id=f"{number:02d}",
            kind="crt",
            point=Point(
                lat=36 + chance.random() / 10, lon=-78.9 + chance.random() / 10
            ),
            idle_since=AT - timedelta(minutes=chance.randrange(90)),
        )
        for number in range(count)
    ]


def snapshots(centre: Centre) -> list[dict[str, object]]:
    return [_snapshot(centre, calls) for calls in (200, 2000)]


def _snapshot(centre: Centre, calls: int) -> dict[str, object]:
    load.fill(centre, calls)
    agency = centre.agency.pk
    text = _snapshot_text(agency)
    return figure(
        f"snapshot_{calls}_ms",
        _median(lambda: _snapshot_text(agency), LOOKS),
        raw=_raw_snapshot_ms(agency),
        raw_is="the same rows by one json_agg",
        first_ms=short(_median(lambda: _first_snapshot_text(agency), LOOKS)),
        first_is="no card was ever made before, as after a start",
        open_calls=len(json.loads(text)["cards"]),
        kilobytes=len(text) // 1024,
    )


def _snapshot_text(agency: UUID) -> str:
    """As the hub makes it: read as of one moment, made into cards, encoded."""
    with transaction.atomic():
        return feed.Moment(agency, {PROJECTION}).said(PROJECTION, None)


def _first_snapshot_text(agency: UUID) -> str:
    board._text.cache_clear()
    return _snapshot_text(agency)


def _raw_snapshot_ms(agency: UUID) -> float:
    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW_BOARD, [agency])
            cursor.fetchone()

    return _median(look, LOOKS)


def _median(act: Callable[[], object], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[rounds // 2]
