"""Which open calls may be about the same event as a new one, and why; a person decides."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from routing.core import geo
from routing.core.facts import Caller, Point

# A pair with OFFER points is shown to the dispatcher. One with LINK points, and nothing
# that speaks hard against it, may be linked by a replay that nobody attends.
OFFER, LINK = 50, 70
# Minutes after which no call is linked unattended, and after which none is found by place.
LINK_MINUTES, OLD_MINUTES = 30, 120
MINUTE = timedelta(minutes=1)
LONG_AGO = (OLD_MINUTES + 1) * MINUTE  # whole minutes are counted
# So far apart, in metres, two places are not the same; one degree north is 111 km.
FAR_METRES = 1000
FAR_DEGREES = 0.0091
# Fewer words in common are chance; so many of the shorter account must be.
FEW_WORDS, WORDS_SHARE = 3, 0.4


class Code(StrEnum):
    """What speaks for one event, and below what speaks against it."""

    SAME_NUMBER = "same_number"
    SAME_PERSON = "same_person"
    SAME_ADDRESS = "same_address"
    SAME_BLOCK = "same_block"
    NEAR = "near"
    MINUTES = "minutes"
    SAME_TYPE = "same_type"
    KIN_TYPE = "kin_type"
    SAME_WORDS = "same_words"
    OTHER_TYPE = "other_type"
    OTHER_PERSON = "other_person"
    BOTH_FOR_SELF = "both_for_self"
    OTHER_DANGER = "other_danger"
    ONE_DANGER = "one_danger"
    OTHER_HOUSE = "other_house"
    OTHER_STREET = "other_street"
    OTHER_WORDS = "other_words"
    OTHER_ZONE = "other_zone"
    FAR = "far"
    LONG_AGO = "long_ago"


POINTS = {
    Code.SAME_NUMBER: 50, Code.SAME_PERSON: 40, Code.SAME_WORDS: 25,
    Code.SAME_ADDRESS: 60, Code.SAME_BLOCK: 35, Code.SAME_TYPE: 20, Code.KIN_TYPE: 15,
    Code.OTHER_TYPE: -15, Code.OTHER_PERSON: -40, Code.BOTH_FOR_SELF: -30,
    Code.OTHER_DANGER: -35, Code.ONE_DANGER: -5, Code.OTHER_WORDS: -15,
    Code.OTHER_HOUSE: -15, Code.OTHER_STREET: -15, Code.OTHER_ZONE: -15,
    Code.FAR: -50, Code.LONG_AGO: -45,
}  # fmt: skip
# Points for a distance up to so many metres, for a gap up to so many minutes.
NEAR = ((150, 35), (400, 25), (700, 15))
SOON = ((10, 30), (20, 20), (45, 10), (OLD_MINUTES, 0))
AGAINST = frozenset(code for code, points in POINTS.items() if points < 0)
STEPS = {Code.NEAR: NEAR, Code.MINUTES: SOON}
PLACE = frozenset({Code.SAME_ADDRESS, Code.SAME_BLOCK, Code.NEAR})
SAME = frozenset({Code.SAME_NUMBER, Code.SAME_PERSON, Code.SAME_WORDS})
PLACE_OR_SAME = PLACE | SAME
TYPE = frozenset({Code.SAME_TYPE, Code.KIN_TYPE})
# Another emergency: said by any caller of an open call, it bars a link to that call.
BARS_CALL = frozenset({Code.OTHER_TYPE, Code.OTHER_PERSON, Code.BOTH_FOR_SELF})
BARS_CALL |= {Code.OTHER_DANGER, Code.ONE_DANGER}
# Two callers who look at one thing may say this, so it bars the link to that caller only.
BARS_PAIR = frozenset({Code.OTHER_HOUSE, Code.OTHER_STREET, Code.OTHER_WORDS})
BARS = BARS_CALL | BARS_PAIR
# What callers say who see a person, first without and then with knowing what is wrong.
VAGUE = frozenset({"welfare_check", "mental_health_crisis"})
SEEN_OUTSIDE = frozenset({"indecency", "intoxicated_person"})
# Who is seen outside walks on between two callers; a quarrel or a noise stays, and two
# of those on one block are too often two events to link by place (docs/replay.md).
WALKS = VAGUE | SEEN_OUTSIDE
WALKED_METRES, STAYED_METRES = 400, 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One caller's account of an event. None and empty = not known, never evidence.

    ``id`` is that of the call; further callers of it are further accounts with that id.
    ``address`` and ``words`` are from `wording`, ``yes`` and ``no`` are
    dangers answered or named, ``number`` and ``person`` are keyed look-up codes.
    """

    id: str
    opened_at: datetime
    point: Point | None = None
    zone: str | None = None
    type: str | None = None
    address: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    number: str | None = None
    person: str | None = None
    caller: Caller | None = None
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    contacts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reason:
    """``amount`` is metres for near and far, minutes for minutes and long_ago, a count
    of words for same_words; ``names`` are the dangers that differ."""

    code: Code
    amount: int = 0
    names: tuple[str, ...] = ()

    @property
    def against(self) -> bool:
        return self.code in AGAINST


PLAIN = {code: Reason(code=code) for code in Code}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """An open call that may be the same. ``score`` 0 to 1; ``links`` = sure enough to
    link where nobody attends; ``contacts`` = how many callers that call has so far."""

    id: str
    score: float
    links: bool
    reasons: tuple[Reason, ...]
    contacts: int

    @property
    def offers(self) -> bool:
        """Time and type alone, with the place unknown, say nothing."""
        told = {reason.code: reason.amount for reason in self.reasons}
        codes = told.keys()
        if {Code.SAME_NUMBER, Code.FAR, Code.MINUTES} <= codes:
            return True  # kept apart for the place alone: a person looks
        soon = told.get(Code.MINUTES, LINK_MINUTES) < LINK_MINUTES
        if Code.SAME_ADDRESS in codes and soon:
            return True  # one house, whatever else is said
        return self.score >= OFFER / 100 and not PLACE_OR_SAME.isdisjoint(codes)


def likely(new: Seen, open_calls: Iterable[Seen]) -> list[Alike]:
    """The open calls worth showing, the likeliest first, ties by id; never itself.

    A call stands once, as its best account, however many callers gave one.
    """
    calls = [call for call in open_calls if call.id != new.id]
    maybe = {call.id for call in calls if may_be(new, call)}
    found: dict[str, list[Alike]] = {one: [] for one in maybe}
    for call in calls:
        if call.id in maybe:
            found[call.id].append(compare(new, call))
    shown = [call for call in map(whole, found.values()) if call.offers]
    return sorted(shown, key=lambda call: (-call.score, not call.links, call.id))


def may_be(new: Seen, call: Seen) -> bool:
    """A cheap look that drops nothing worth showing: a city of open calls costs little."""
    if new.number and new.number == call.number:
        return True
    if new.person and new.person == call.person:
        return True
    here, there = new.point, call.point
    if here and there and abs(here.lat - there.lat) > FAR_DEGREES:
        return False
    if abs(new.opened_at - call.opened_at) >= LONG_AGO:
        return False
    if here and there:
        return geo.distance_km(here, there) * 1000 <= FAR_METRES + 1
    shared = len(new.words & call.words) >= FEW_WORDS
    return shared or not new.address.isdisjoint(call.address)


def compare(one: Seen, other: Seen) -> Alike:
    """How alike two accounts are; the other way round gives the same score and reasons."""
    reasons = (
        *of_people(one, other),
        *of_place(one, other),
        of_time(one, other),
        *of_type(one, other),
        *of_danger(one, other),
        *of_words(one, other),
    )
    points = sum(map(worth, reasons))
    return Alike(
        id=other.id,
        score=min(max(points, 0), 100) / 100,
        links=points >= LINK and sure(reasons, {one.type, other.type}),
        reasons=reasons,
        contacts=other.contacts,
    )


def sure(reasons: Iterable[Reason], types: Set[str | None]) -> bool:
    """Whether place, type and time are all known to agree and nothing bars the link."""
    told = {reason.code: reason.amount for reason in reasons}
    if not BARS.isdisjoint(told):
        return False
    walks = types <= WALKS
    reach = WALKED_METRES if walks else STAYED_METRES
    place = PLACE & told.keys() and told.get(Code.NEAR, 0) <= reach
    kind = TYPE & told.keys() and (walks or SAME & told.keys())
    soon = told.get(Code.MINUTES, LINK_MINUTES) < LINK_MINUTES
    return bool(place and kind and soon)


def whole(accounts: list[Alike]) -> Alike:
    """The best account of one call; what one of its callers bars, no other allows."""
    best = max(accounts, key=lambda one: (one.links, one.score, one.reasons))
    if len(accounts) == 1:
        return best
    bars = {r for one in accounts for r in one.reasons if r.code in BARS_CALL}
    return replace(
        best,
        links=best.links and not bars,
        reasons=(*best.reasons, *sorted(bars - set(best.reasons))),
        contacts=max(one.contacts for one in accounts),
    )


def worth(reason: Reason) -> int:
    """Points of a reason; of a distance or a gap by the first step that holds it."""
    if reason.code in POINTS:
        return POINTS[reason.code]
    for most, points in STEPS[reason.code]:
        if reason.amount <= most:
            return points
    return 0


def of_people(one: Seen, other: Seen) -> Iterator[Reason]:
    same_number = one.number and one.number == other.number
    if same_number:
        yield PLAIN[Code.SAME_NUMBER]
    if one.person and other.person:
        same = one.person == other.person
        yield PLAIN[Code.SAME_PERSON if same else Code.OTHER_PERSON]
    elif one.caller == other.caller == Caller.PERSON and not same_number:
        yield PLAIN[Code.BOTH_FOR_SELF]


def of_place(one: Seen, other: Seen) -> list[Reason]:
    """One reason for the place, the strongest, and what of it speaks against."""
    reasons = list(of_address(one.address, other.address))
    if one.point is None or other.point is None:
        if one.zone and other.zone and one.zone != other.zone:
            reasons.append(PLAIN[Code.OTHER_ZONE])
        return reasons
    metres = round(geo.distance_km(one.point, other.point) * 1000)
    if metres > FAR_METRES:
        # Two points far apart: an address alike is a mistake in one of them.
        return [Reason(code=Code.FAR, amount=metres)]
    if metres <= NEAR[-1][0] and not any(why.code in PLACE for why in reasons):
        reasons.append(Reason(code=Code.NEAR, amount=metres))
    return reasons


def of_address(one: frozenset[str], other: frozenset[str]) -> Iterator[Reason]:
    if not one or not other:
        return
    mine, theirs = kinds(one - other), kinds(other - one)
    shared, differ = kinds(one & other), mine & theirs
    if "street" in shared and "street" in mine | theirs:
        return
    if "street" not in shared or differ & {"way", "suffix"}:
        yield PLAIN[Code.OTHER_STREET]
    elif shared & {"house", "crossing"} and not differ:
        yield PLAIN[Code.SAME_ADDRESS]
    elif "block" in shared:
        yield PLAIN[Code.SAME_BLOCK]
        if differ & {"house", "unit"}:
            yield PLAIN[Code.OTHER_HOUSE]


def kinds(tokens: frozenset[str]) -> set[str]:
    return {token.split(":", 1)[0] for token in tokens}


def of_time(one: Seen, other: Seen) -> Reason:
    minutes = abs(one.opened_at - other.opened_at) // MINUTE
    code = Code.LONG_AGO if minutes > OLD_MINUTES else Code.MINUTES
    return Reason(code=code, amount=minutes)


def of_type(one: Seen, other: Seen) -> Iterator[Reason]:
    if not one.type or not other.type:
        return
    pair = {one.type, other.type}
    if len(pair) == 1:
        yield PLAIN[Code.SAME_TYPE]
    elif pair <= WALKS and pair & VAGUE:
        yield PLAIN[Code.KIN_TYPE]
    else:
        yield PLAIN[Code.OTHER_TYPE]


def of_danger(one: Seen, other: Seen) -> Iterator[Reason]:
    """A danger that one names and the other denies; or one names, the other was not asked."""
    differ = (one.yes & other.no) | (one.no & other.yes)
    alone = (one.yes ^ other.yes) - differ
    if differ:
        yield Reason(code=Code.OTHER_DANGER, names=tuple(sorted(differ)))
    if alone:
        yield Reason(code=Code.ONE_DANGER, names=tuple(sorted(alone)))


def of_words(one: Seen, other: Seen) -> Iterator[Reason]:
    shared, fewer = len(one.words & other.words), min(len(one.words), len(other.words))
    if shared >= FEW_WORDS and shared >= fewer * WORDS_SHARE:
        yield Reason(code=Code.SAME_WORDS, amount=shared)
    elif fewer > FEW_WORDS and not shared:
        yield PLAIN[Code.OTHER_WORDS]
