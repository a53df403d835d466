"""What the programme's figures mean: each definition is a function, and is tested.

All of them leave out duplicates; all but the volumes leave out calls of the past.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, sqrt
from statistics import median
from uuid import UUID

from dispatch.selectors.cohort import Story, Visit

DAY = timedelta(hours=24)
# Before the programme nobody was sent in person to these.
TALK_ONLY = frozenset({"counselling", "follow_up"})
ASKED = frozenset({"yes", "no", "not_known"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Diverted:
    """``calls`` is the denominator; what stands after it is counted apart."""

    part: int
    calls: int
    hang_ups: int
    to_988: int
    talk_only: int
    young: int
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp:
    """Of people served long enough ago: asked, agreed, tried, reached."""

    people: int
    offered: int
    consented: int
    attempted: int
    reached: int
    young: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """``calls`` is eligible and settled; what stands after it is counted apart."""

    part: int
    calls: int
    reasons: Mapping[str, int]
    ineligible: Mapping[str, int]
    not_triaged: int
    unsettled: int
    duplicates: int
    past: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    n: int
    median: float | None
    ninetieth: float | None


def counted(stories: Iterable[Story]) -> list[Story]:
    """Each event once."""
    return [one for one in stories if one.state != "duplicate"]


def ours(stories: Iterable[Story]) -> list[Story]:
    """Calls that came to this console as they happened."""
    return [one for one in counted(stories) if not one.past]


def transferred(stories: Iterable[Story]) -> list[Story]:
    """Calls that a clinician confirmed to have; an accepted offer is not that yet."""
    return [one for one in ours(stories) if one.clinician_at is not None]


def diverted(
    stories: Sequence[Story],
    visits: Sequence[Visit],
    places: Mapping[UUID, tuple[str, str]],
    *,
    now: datetime,
) -> Diverted:
    """Reached, resolved by phone, nobody sent to the person or place for 24 hours.

    Among transferred calls that would have been sent somebody before the programme,
    and whose 24 hours are over.
    """
    apart: Counter[str] = Counter()
    ripe = []
    for one in transferred(stories):
        why = _apart(one, now)
        apart[why] += 1
        if not why:
            ripe.append(one)
    by_person, by_place = _by(visits)
    part = 0
    for one in ripe:
        phone, place = places.get(one.id, ("", ""))
        sent = [
            *by_person.get(phone or str(one.id), []),
            *(by_place.get(place, []) if place else []),
        ]
        part += _by_phone(one) and not _within_a_day(one, sent)
    doubles = [one for one in stories if one.state == "duplicate" and one.clinician_at]
    return Diverted(
        part=part,
        calls=len(ripe),
        hang_ups=apart["hang_up"],
        to_988=apart["988"],
        talk_only=apart["talk_only"],
        young=apart["young"],
        duplicates=len(doubles),
    )


def _apart(one: Story, now: datetime) -> str:
    """Why this transferred call is no case for the share; empty if it is one."""
    outcomes = {code for end in one.ends for code in end.outcomes}
    if "moved_to_988" in outcomes or "988" in one.helps:
        return "988"
    if "caller_hung_up" in outcomes:
        return "hang_up"
    if one.type in TALK_ONLY:
        return "talk_only"
    assert one.clinician_at
    return "young" if one.clinician_at + DAY > now else ""


def _by_phone(one: Story) -> bool:
    """Both known: the person was spoken with, and that settled it."""
    reached = any(end.reached is True for end in one.ends)
    return reached and any(end.by_phone for end in one.ends)


def _within_a_day(one: Story, sent: Iterable[datetime]) -> bool:
    assert one.clinician_at
    until = one.clinician_at + DAY
    return any(one.opened_at <= at <= until for at in sent)


def _by(
    visits: Iterable[Visit],
) -> tuple[dict[str, list[datetime]], dict[str, list[datetime]]]:
    people: dict[str, list[datetime]] = defaultdict(list)
    places: dict[str, list[datetime]] = defaultdict(list)
    for one in visits:
        people[one.phone or str(one.call)].append(one.at)
        places[one.place].append(one.at)
    return people, places


def followed_up(
    stories: Iterable[Story], within: timedelta, *, now: datetime
) -> FollowedUp:
    """Unique people reached within this time of first being served.

    Somebody served too lately to have had the time is left out and counted apart.
    An attempt is not a contact.
    """
    groups: dict[str, list[Story]] = defaultdict(list)
    for one in ours(stories):
        groups[one.person].append(one)
    tally: Counter[str] = Counter()
    for calls in groups.values():
        since = min((one.served_at for one in calls if one.served_at), default=None)
        if since is None:
            continue
        if since + within > now:
            tally["young"] += 1
            continue
        tally["people"] += 1
        tally.update(_steps(calls, since, since + within))
    return FollowedUp(
        people=tally["people"],
        offered=tally["offered"],
        consented=tally["consented"],
        attempted=tally["attempted"],
        reached=tally["reached"],
        young=tally["young"],
    )


def _steps(calls: Iterable[Story], since: datetime, until: datetime) -> list[str]:
    """How far the follow-up of one person came in this time."""
    consents = {end.consent for one in calls for end in one.ends}
    tries = [
        reached for one in calls for at, reached in one.tries if since <= at <= until
    ]
    return [
        step
        for step, holds in (
            ("offered", bool(consents & ASKED)),
            ("consented", "yes" in consents),
            ("attempted", bool(tries)),
            ("reached", any(tries)),
        )
        if holds
    ]


def served(stories: Sequence[Story]) -> Served:
    """Eligible calls that got help of the programme, among those that are settled."""
    live = ours(stories)
    eligible = [one for one in live if one.eligibility == "eligible"]
    settled = [one for one in eligible if one.service]
    missed = [one for one in settled if one.service == "not_served"]
    other = [one for one in live if one.eligibility == "ineligible"]
    return Served(
        part=len(settled) - len(missed),
        calls=len(settled),
        reasons=Counter(one.not_served for one in missed),
        ineligible=Counter(one.rule for one in other),
        not_triaged=sum(one.eligibility == "not_triaged" for one in live),
        unsettled=len(eligible) - len(settled),
        duplicates=sum(one.state == "duplicate" for one in stories),
        past=sum(one.past for one in counted(stories)),
    )


def spans(stories: Iterable[Story]) -> dict[str, Span]:
    """Seconds between the moments of a call that this console itself saw."""
    taken: dict[str, list[float]] = defaultdict(list)
    for one in ours(stories):
        if one.weighed:
            taken["decision"].append(_seconds(one.opened_at, one.weighed[0].at))
        for work in one.works:
            step = "accept" if work.response == "ccd" else "acknowledge"
            taken[step].append(_seconds(work.made_at, work.accepted_at))
            if work.response == "ccd" and work.confirmed_at:
                taken["confirm"].append(_seconds(work.accepted_at, work.confirmed_at))
            if work.en_route_at:
                taken["en_route"].append(_seconds(work.made_at, work.en_route_at))
            if work.on_scene_at:
                taken["on_scene"].append(_seconds(work.made_at, work.on_scene_at))
    steps = ("decision", "accept", "confirm", "acknowledge", "en_route", "on_scene")
    return {step: span(taken[step]) for step in steps}


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())


def span(seconds: Sequence[float]) -> Span:
    """Median, and the value that nine of ten do not exceed."""
    if not seconds:
        return Span(n=0, median=None, ninetieth=None)
    ranked = sorted(seconds)
    return Span(
        n=len(ranked),
        median=median(ranked),
        ninetieth=ranked[ceil(0.9 * len(ranked)) - 1],
    )


def likely(part: int, whole: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    wide = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    below = 1 + z * z / whole
    return max(0.0, (middle - wide) / below), min(1.0, (middle + wide) / below)
