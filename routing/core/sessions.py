"""How long sessions last and what is left of one, as quantiles for as many futures.

The draws are a fixed Latin hypercube: the same sessions give the same futures.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import exp, isfinite, log, sqrt
from operator import itemgetter, mul
from statistics import NormalDist, fmean

from routing.core.overtaking import meant

FUTURES = 80  # 128 make the mean error a hundredth smaller
HIGH = 0.9
# How many sessions the prior is worth, one fewer for every three that were seen.
PRIOR_WORTH, FADES = 10, 3
TAIL = 5  # sessions seen that lasted longer: with fewer, their logarithms' normal curve
FLATTEST = 0.3  # of that curve's deviation, where all that were seen were alike
SHORTEST = 1.0  # seconds of a session that can be meant; `overtaking` has the longest
NORMAL = NormalDist()
PARTS = tuple((turn + 0.5) / FUTURES for turn in range(FUTURES))

Column = Sequence[float]  # one value for each future


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """How long a session lasts where none was seen: seconds with wrap-up, and who says so."""

    median: float
    ninetieth: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """``lengths`` sorted, the prior's among them; their logarithms' mean and deviation."""

    lengths: tuple[float, ...]
    seen: int
    mean: float
    deviation: float


def sessions(given: Iterable[float], prior: Prior) -> Sessions:
    """Of the seconds that sessions lasted; what cannot be meant is left out."""
    seen = [meant(each) for each in given if isfinite(each) and each > 0]
    typical = _typical(prior, worth(len(seen)))
    lengths = sorted(max(SHORTEST, each) for each in (*seen, *typical))
    logs = [log(each) for each in lengths]
    mean = fmean(logs)
    return Sessions(
        lengths=tuple(lengths),
        seen=len(seen),
        mean=mean,
        deviation=max(FLATTEST, sqrt(fmean((each - mean) ** 2 for each in logs))),
    )


def worth(seen: int) -> int:
    return max(0, PRIOR_WORTH - seen // FADES)


def _typical(prior: Prior, count: int) -> list[float]:
    """So many sessions of the prior, evenly over its log-normal curve."""
    median = max(SHORTEST, meant(prior.median))
    ninetieth = max(median, meant(prior.ninetieth))
    deviation = log(ninetieth / median) / NORMAL.inv_cdf(HIGH)
    parts = [(turn + 0.5) / count for turn in range(count)]
    return [median * exp(deviation * NORMAL.inv_cdf(part)) for part in parts]


@lru_cache(maxsize=1024)
def _places(count: int) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """As many quantiles as there are futures, each as likely as the next."""
    return itemgetter(*(int(part * count) for part in PARTS))


def spread(ordered: Sequence[float]) -> tuple[float, ...]:
    return _places(len(ordered))(ordered)


def left(held: float, known: Sessions) -> list[float]:
    """Seconds that are left of a session, quantile by quantile, given how long it lasts."""
    longer = known.lengths[bisect_right(known.lengths, held) :]
    if len(longer) >= TAIL:
        return [length - held for length in spread(longer)]
    lasted = max(SHORTEST, held)
    over = (log(lasted) - known.mean) / known.deviation
    still = max(NORMAL.cdf(-over), 1e-12)  # the share of sessions that last this long
    now = NORMAL.inv_cdf(still)
    tails = [NORMAL.inv_cdf(still * (1 - part)) for part in PARTS]
    return [lasted * (exp(known.deviation * (now - tail)) - 1) for tail in tails]


@lru_cache(maxsize=512)
def shuffle(what: str, which: int) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """Deals quantiles out to the futures, in an order of its own for each draw."""

    def place(turn: int) -> bytes:
        return blake2b(f"{what}/{which}/{turn}".encode(), digest_size=8).digest()

    return itemgetter(*sorted(range(FUTURES), key=place))


def doubt(known: Sessions) -> Column:
    """In each future all sessions are longer or shorter, as few that were seen may be."""
    error = known.deviation / sqrt(len(known.lengths))
    return shuffle("doubt", 0)([exp(error * NORMAL.inv_cdf(part)) for part in PARTS])


def drawn(what: str, held: Iterable[float], known: Sessions) -> list[Column]:
    """For each session under way, the longest first: what is left of it in each future."""
    sure = doubt(known)
    return [
        list(map(mul, shuffle(what, turn)(left(each, known)), sure))
        for turn, each in enumerate(sorted(held, reverse=True))
    ]
