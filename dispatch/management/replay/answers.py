"""Draw what a simulated caller answers, from the documented table that ships.

The table is an assumption and no measurement. What its rows leave of a hundred per
cent stays not asked. A row for a type comes before the row for every type (``*``).
"""

import csv
from dataclasses import dataclass
from functools import cache

from dispatch.management.replay import shipped
from dispatch.management.replay.chance import draw
from routing.core.facts import ANSWERS

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What the simulated caller said; ``caller`` is empty when it stays unknown."""

    answers: dict[str, str]
    caller: str


@cache
def table() -> dict[tuple[str, str], tuple[tuple[str, float], ...]]:
    """(type, question) → answers with the share of calls in which they are given."""
    shares: dict[tuple[str, str], list[tuple[str, float]]] = {}
    with shipped.ANSWERS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            share = (row["answer"], float(row["percent"]) / 100)
            shares.setdefault((row["type"], row["question"]), []).append(share)
    return {key: tuple(found) for key, found in shares.items()}


def of(call_id: str, type_: str, seed: int) -> Drawn:
    """The same call under the same seed always gets the same answers."""
    drawn = {key: _one(call_id, type_, key, seed) for key in ANSWERS}
    return Drawn(
        answers={key: value for key, value in drawn.items() if value},
        caller=_one(call_id, type_, "caller", seed),
    )


def _one(call_id: str, type_: str, question: str, seed: int) -> str:
    shares = table().get((type_, question)) or table()[ANY, question]
    mark = draw(seed, call_id, question)
    for answer, share in shares:
        if mark < share:
            return answer
        mark -= share
    return ""
