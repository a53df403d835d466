"""How long to wait before the next call, so that a replay keeps the calls' rhythm."""

from datetime import datetime

# A sample leaps over months; nobody wants to wait for that.
LONGEST = 3600.0


def gap(before: datetime | None, after: datetime, speed: float) -> float:
    """Seconds between two calls at this speed; a leap back or ahead is cut."""
    if before is None:
        return 0.0
    return min(max((after - before).total_seconds(), 0.0), LONGEST) / speed
