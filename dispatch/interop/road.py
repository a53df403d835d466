"""Travel times over roads, from an OSRM of the centre's own; None, and soon, without one."""

import json
import logging
import time
from collections.abc import Sequence
from threading import Thread

from dispatch.interop.wire import NoAnswer, NotSent, Patience, send
from routing.core.facts import Point

logger = logging.getLogger(__name__)

TIMEOUT = 0.3  # seconds for all of it: somebody waits for the recommendation
REST = 30.0  # seconds without a question after a failure
MOST = 99  # starts of one question; OSRM answers 100 places at once by default
DIGITS = 4  # of a degree, 11 metres: near enough for a road, less of a caller's door
LONGEST = 86_400.0  # seconds; a longer way is none

Times = list[float | None]

_rest_until: dict[str, float] = {}


def seconds(address: str, starts: Sequence[Point], to: Point) -> Times:
    """Of driving from each start, in their order; None where nobody knows.

    The caller then takes the straight line and the road factor. Starts beyond the first
    99 are not asked for, so the nearest stand first. ``address`` ends with the host, or
    the path before ``/table``. Never inside a transaction.
    """
    unknown: Times = [None] * len(starts)
    if not address or not starts or time.monotonic() < _rest_until.get(address, 0):
        return unknown
    asked = starts[:MOST]
    found: list[Times] = []
    # A thread, for looking a name up takes as long as it likes.
    asking = Thread(target=lambda: found.append(_ask(address, asked, to)), daemon=True)
    asking.start()
    asking.join(TIMEOUT)
    if not found:
        _fail(address, "no answer in time")
        return unknown
    return found[0] + unknown[len(asked) :]


def _ask(address: str, starts: Sequence[Point], to: Point) -> Times:
    patience = Patience(connect=TIMEOUT, read=TIMEOUT)
    try:
        answer = send("GET", _table(address, starts, to), patience=patience)
        return _read(json.loads(answer.body), len(starts))
    except (NotSent, NoAnswer, ValueError, RecursionError) as error:
        _fail(address, type(error).__name__)
        return [None] * len(starts)


def _table(address: str, starts: Sequence[Point], to: Point) -> str:
    places = ";".join(
        f"{point.lon:.{DIGITS}f},{point.lat:.{DIGITS}f}" for point in (*starts, to)
    )
    sources = ";".join(str(n) for n in range(len(starts)))
    options = f"sources={sources}&destinations={len(starts)}"
    return f"{address.rstrip('/')}/table/v1/driving/{places}?{options}"


def _read(said: object, count: int) -> Times:
    """The one column of the table. ValueError: this is no OSRM's answer."""
    if not isinstance(said, dict) or not isinstance(said.get("code"), str):
        raise ValueError("no code")
    if said["code"] != "Ok":
        return [None] * count  # NoSegment, NoTable: it answers, and knows no way
    rows = said.get("durations")
    if not isinstance(rows, list) or len(rows) != count:
        raise ValueError("no table")
    return [_time(row) for row in rows]


def _time(row: object) -> float | None:
    if not isinstance(row, list) or len(row) != 1:
        raise ValueError("no column")
    [value] = row
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no time")
    return float(value) if 0 <= value <= LONGEST else None


def _fail(address: str, why: str) -> None:
    _rest_until[address] = time.monotonic() + REST
    logger.warning("roads unknown", extra={"error": why})
