"""A protocol for a day that goes by faster: every clock divided, no count touched."""

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta

from routing.core.protocol import CLOCKS, DAY, read_hours
from routing.core.queue import Queue
from routing.core.standing import Ranking
from routing.core.table import is_open

COUNTS = {"callback_attempts", "follow_up_attempts"}
# The shortest time that a protocol may name, in seconds.
LEAST = 0.05
ALL_DAY = "00:00-24:00"
Document = dict[str, object]


def scaled(document: Mapping[str, object], speed: float) -> Document:
    """The document for a clock that runs ``speed`` times as fast; the given one stays.

    What it leaves to the defaults is written out, for they would run at the old speed.
    Hours of the day stay (`in_force`), and so does `ranking.near`: it compares travel
    times, which are reckoned at a road's usual speed whatever the clock does.
    """
    made = copy.deepcopy(dict(document))
    clocks = CLOCKS | _part(made, "clocks")
    made["clocks"] = {
        name: value if name in COUNTS else _shorter(value, speed)
        for name, value in clocks.items()
    }
    made["queue"] = _queue(_part(made, "queue"), speed)
    ranking = _part(made, "ranking")
    rest = ranking.get("rest", Ranking().rest)
    made["ranking"] = ranking | {"rest": _shorter(rest, speed, least=0)}
    return made


def cut_short(document: Mapping[str, object], speed: float) -> list[str]:
    """The clocks that could not be divided as far as asked: they would be too short."""
    clocks = CLOCKS | _part(document, "clocks")
    return sorted(
        name
        for name, value in clocks.items()
        if name not in COUNTS and value / speed < LEAST
    )


def in_force(document: Mapping[str, object], then: datetime, now: datetime) -> Document:
    """The hours as they are at ``then``, for a clock that says ``now``; both local.

    An hour of the rehearsed day is over in a minute: what is open then is open all day,
    what is closed has one minute, twelve hours away.
    """
    minute = then.hour * 60 + then.minute
    away = now + timedelta(hours=12)
    closed = f"{away:%H:%M}-{away + timedelta(minutes=1):%H:%M}"
    hours = {
        kind: ALL_DAY if is_open(minute, _window(kind, window)) else closed
        for kind, window in _part(document, "hours").items()
    }
    return {**document, "hours": hours}


def opened(document: Mapping[str, object]) -> list[str]:
    """The kinds of help that a document of `in_force` leaves open."""
    hours = _part(document, "hours")
    return sorted(kind for kind, window in hours.items() if window == ALL_DAY)


def _window(kind: str, window: object) -> tuple[int, int]:
    start, end = read_hours(kind, str(window))
    return start, min(end, DAY)


def _queue(queue: Document, speed: float) -> Document:
    usual = Queue()
    relax = {"required": usual.relax_required, "preferred": usual.relax_preferred}
    targets = {kind.value: seconds for kind, seconds in usual.targets.items()}
    rises = queue.get("rises", usual.rises)
    assert isinstance(rises, list | tuple)
    return queue | {
        "sticky": _shorter(queue.get("sticky", usual.sticky), speed, least=0),
        "rises": [_shorter(after, speed) for after in rises],
        "relax": _all(relax | _part(queue, "relax"), speed, least=0),
        "targets": _all(targets | _part(queue, "targets"), speed),
    }


def _all(
    times: Mapping[str, object], speed: float, *, least: float = LEAST
) -> Document:
    return {name: _shorter(time, speed, least=least) for name, time in times.items()}


def _shorter(seconds: object, speed: float, *, least: float = LEAST) -> float:
    assert isinstance(seconds, int | float)
    return max(round(seconds / speed, 4), least)


def _part(document: Mapping[str, object], name: str) -> Document:
    part = document.get(name, {})
    assert isinstance(part, Mapping)
    return dict(part)
