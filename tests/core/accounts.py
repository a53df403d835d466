"""Recorded calls as accounts of events, the labels people gave them, and a count of hits."""

import csv
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from pathlib import Path

from routing.core import alike, wording
from routing.core.facts import Point

ROOT = Path(__file__).parents[2]
HERE = ROOT / "tests/core/alike"
WORDINGS = ROOT / "dispatch/data/wordings.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Right, wrong and missed; "unsure" is in none of them."""

    tp: int
    fp: int
    fn: int

    @property
    def precision(self):
        return self.tp / (self.tp + self.fp)

    @property
    def recall(self):
        return self.tp / (self.tp + self.fn)


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def recorded():
    """Every recorded call by id, as a replay without answers would know it."""
    types = {row["wording"]: row["type"] for row in rows(WORDINGS)}
    return {row["call_id"]: account(row, types) for row in rows(HERE / "calls.csv")}


def account(row, types):
    return alike.Seen(
        id=row["call_id"],
        opened_at=datetime.fromisoformat(row["received_at"]),
        point=Point(lat=float(row["lat"]), lon=float(row["lon"])),
        type=types.get(row["call_type"]),
        address=wording.normalise(row["location"]),
        yes=wording.dangers(row["call_type"]),
    )


def labelled(part):
    """Earlier, later and label of each pair that somebody looked at: "first" or "held"."""
    calls = recorded()
    return [
        (calls[row["earlier"]], calls[row["later"]], row["label"])
        for row in rows(HERE / "pairs.csv")
        if row["part"] == part
    ]


def offered(one, other):
    return bool(alike.likely(other, [one]))


def linked(one, other):
    return any(found.links for found in alike.likely(other, [one]))


def scored(pairs, found):
    """How a rule does on (earlier, later, label) pairs."""
    said = [(found(one, other), label) for one, other, label in pairs]
    return Score(
        tp=said.count((True, "same")),
        fp=said.count((True, "other")),
        fn=said.count((False, "same")),
    )


def replayed(accounts):
    """Call by call, as a replay that nobody attends: account id -> id of its call."""
    told, call_of = [], {}
    for new in sorted(accounts, key=lambda one: (one.opened_at, one.id)):
        found = alike.likely(new, told)
        call = next((one.id for one in found if one.links), new.id)
        call_of[new.id] = call
        told.append(replace(new, id=call))
    return call_of


def scored_together(call_of, event_of):
    """Every two accounts: in one call, and of one event? A single stands for itself."""
    known = [one for one in call_of if event_of[one] != "unsure"]
    found = [
        (call_of[one] == call_of[other], (event_of[one] or one) == event_of[other])
        for one, other in combinations(known, 2)
    ]
    return Score(
        tp=found.count((True, True)),
        fp=found.count((True, False)),
        fn=found.count((False, True)),
    )
