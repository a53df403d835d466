"""Who is put before a call that waits, until waiting has lifted it: how many to expect."""

from collections.abc import Iterable
from itertools import accumulate, zip_longest

LONGEST = 7 * 86400.0  # seconds that can be meant
HOUR = 3600.0
# Calls a second (or an hour, as they are given) and for how many seconds yet; added up.
Rate = tuple[tuple[float, float], ...]


def meant(value: float) -> float:
    """Seconds, or an hour's calls: from nought to what can be meant; no number is nought."""
    return min(max(0.0, value), LONGEST)


def rates(always: Iterable[float], at_first: Iterable[Rate]) -> tuple[Rate, ...]:
    """For each call in order who overtakes it, a second; given are calls an hour.

    Whoever overtakes one overtakes those behind it too, and for as long.
    """
    each = [
        tuple((meant(rate) / HOUR, meant(until)) for rate, until in parts)
        for parts in (
            ((steady, LONGEST), *passing)
            for steady, passing in zip(always, at_first, strict=True)
        )
    ]
    return tuple(accumulate(each, no_fewer))


def no_fewer(ahead: Rate, mine: Rate) -> Rate:
    return tuple(
        (max(one[0], other[0]), max(one[1], other[1]))
        for one, other in zip_longest(ahead, mine, fillvalue=(0.0, 0.0))
    )


def come(rate: Rate, seconds: float) -> float:
    """How many calls that overtake are expected in so many seconds from now."""
    return sum(a_second * min(seconds, until) for a_second, until in rate)
