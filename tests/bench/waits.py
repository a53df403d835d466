"""The wait that was said against the wait that came, over days at a small desk.

Of `make bench` the days are drawn, from the hours of the shipped sample of real calls:
600 calls, and no whole day among them. Over the whole days of a file of real calls:

    python -m tests.bench.waits FILE PEOPLE

Who is at the desk takes breaks that nobody announces, and the first sessions are not
like the prior; how long they last, who is urgent and who takes a break is drawn.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from math import ceil, exp, log
from pathlib import Path
from statistics import NormalDist, fmean, median

from dispatch.management.replay.calls_for_service import CallForService, rows
from dispatch.management.replay.chance import draw
from dispatch.management.replay.shipped import SAMPLE
from routing.core.wait import Wait, expected
from tests.bench.figures import figure, short
from tests.core.simulated_queue import LAST, Arrival, Desk, Told, people

DAYS, CALLS_A_DAY, PEOPLE = 40, 70, 3
URGENT = 0.2  # the part of all calls that is put before the others
# Seconds, assumed: the middle session and the spread of their logarithms; breaks.
SESSION, DEVIATION = 1100.0, 0.75
BREAK, BREAKS = 900.0, 0.06
HOUR = 3600.0
DRAWN = "drawn by the hours of the shipped sample; no whole day is shipped"

Pairs = list[tuple[Told, Wait]]


def waits() -> list[dict[str, object]]:
    return figures(said(list(_days())))


def said(arrivals: list[Arrival], count: int = PEOPLE) -> Pairs:
    """For each call that had to wait: what was said when it came, beside what came."""
    days = ceil((arrivals[-1].at - arrivals[0].at) / (24 * HOUR))
    urgent = Counter(_hour(call.at) for call in arrivals if call.priority < LAST)

    def rate(now: float, priority: int) -> float:
        return urgent[_hour(now)] / days if priority == LAST else 0.0

    told = Desk(people(count), rate).run(arrivals)
    return [
        (call, expected(call.queue).waiting[call.place]) for call in told if call.wait
    ]


def _hour(at: float) -> int:
    return int(at / HOUR) % 24


def figures(pairs: Pairs, days: str = DRAWN) -> list[dict[str, object]]:
    known = [(call, wait) for call, wait in pairs if wait.median is not None]
    ours = [abs(wait.median - call.wait) for call, wait in known]
    plain = [abs(_plain(call) - call.wait) for call, _wait in known]
    inside = [_inside(call.wait, wait) for call, wait in known]
    return [
        figure(
            "wait_error_to_plain",
            median(ours) / median(plain),
            raw=median(plain),
            raw_is="median seconds by which mean session x place / people is wrong",
            days=days,
            waits=len(pairs),
            said=len(known),
            mean_wait_s=short(fmean(call.wait for call, _wait in known)),
            median_error_s=short(median(ours)),
            mean_error_s=short(fmean(ours)),
            mean_to_plain=short(fmean(ours) / fmean(plain)),
            times_wrong_to_plain=short(_times_wrong(known)),
        ),
        figure(
            "wait_inside",
            fmean(inside),
            below=short(fmean(call.wait < wait.low for call, wait in known)),
            under_median=short(fmean(call.wait < wait.median for call, wait in known)),
            plain_under=short(fmean(call.wait < _plain(call) for call, _ in known)),
            by_sure=_by_sure(known),
        ),
    ]


def _inside(came: float, wait: Wait) -> bool:
    return wait.low <= came and (wait.high is None or came <= wait.high)


def _plain(call: Told) -> float:
    """What a simple console says: the mean session, by place and people."""
    seen = call.queue.seen or (call.queue.prior.median,)
    here = sum(not person.away for person in call.queue.people)
    return fmean(seen) * (call.place + 1) / here


def _times_wrong(known: Pairs) -> float:
    """The same as a logarithm, half and twice alike, a minute being little; to plain."""
    ours = fmean(_apart(wait.median, call.wait) for call, wait in known)
    return ours / fmean(_apart(_plain(call), call.wait) for call, _wait in known)


def _apart(one: float, other: float) -> float:
    return abs(log((one + 60) / (other + 60)))


def _by_sure(known: Pairs) -> dict[str, dict[str, object]]:
    """For each word that staff are shown: how often, how often inside, how far off."""
    shown = {}
    for sure in sorted({wait.sure for _call, wait in known}):
        mine = [(call, wait) for call, wait in known if wait.sure is sure]
        shown[str(sure)] = {
            "n": len(mine),
            "inside": short(fmean(_inside(call.wait, wait) for call, wait in mine)),
            "apart": short(fmean(_apart(w.median, call.wait) for call, w in mine)),
        }
    return shown


# --- The days ---


def _days() -> Iterator[Arrival]:
    """Calls at the sample's hours, thinned from the busiest: the same in every run."""
    hours = Counter(call.received_at.hour for call in _sample())
    busiest = max(hours.values())
    a_second = CALLS_A_DAY * busiest / hours.total() / HOUR
    at, number = 0.0, 0
    while at < DAYS * 24 * HOUR:
        number += 1
        at -= log(1 - draw("gap", number)) / a_second
        if draw("kept", number) < hours[_hour(at)] / busiest:
            yield a_call(at, number)


def _recorded(path: Path) -> Iterator[Arrival]:
    """The welfare checks of a file at their own second, its days one after another."""
    seconds = [
        call.received_at
        for _line, call in rows(path)
        if isinstance(call, CallForService) and call.wording == "Welfare Check"
    ]
    days = {day: n for n, day in enumerate(sorted({at.date() for at in seconds}))}
    for number, at in enumerate(sorted(seconds)):
        clock = (at.hour * 60 + at.minute) * 60 + at.second
        yield a_call(days[at.date()] * 24 * HOUR + clock, number)


def a_call(at: float, number: int) -> Arrival:
    tired = draw("break", number) < BREAKS
    length = NormalDist(log(SESSION), DEVIATION).inv_cdf(draw("session", number) or 0.5)
    return Arrival(
        at=at,
        priority=1 if draw("urgent", number) < URGENT else LAST,
        session=exp(length),
        away=BREAK if tired else 0.0,
    )


def _sample() -> Iterator[CallForService]:
    return (row for _line, row in rows(SAMPLE) if isinstance(row, CallForService))


def main() -> None:
    """Figures over the whole days of a file, at a desk of the size that is given."""
    path, count = Path(sys.argv[1]), int(sys.argv[2])
    pairs = said(list(_recorded(path)), count)
    sys.stdout.write(json.dumps(figures(pairs, f"of {path.name}"), indent=1) + "\n")


if __name__ == "__main__":
    main()
