"""Which unit: everybody of a kind in order, why, and why each other one is not first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import fleet, quick
from dispatch.models import Assignment, Call, Offer, Seat
from dispatch.models.unit import TEAMS
from dispatch.selectors import words
from dispatch.selectors.board import type_label
from dispatch.selectors.decision import Words, word
from dispatch.states import WITH_PERSON, OfferState, SeatState
from routing import store
from routing.core import geo, rank
from routing.core.facts import Point
from routing.core.protocol import Protocol
from routing.core.queue import Wanted
from routing.core.rank import Candidate
from routing.core.standing import Position
from routing.core.why import Why

OPEN = 3  # lines that stand open; the rest is folded
WHY: Words = {
    "farther": gettext_lazy("about %(s)s farther"),
    "farther_when_last_seen": gettext_lazy("was about %(s)s farther when last seen"),
    "travel_unknown": gettext_lazy("nobody knows how far it is"),
    "position_stale": gettext_lazy("its position is old"),
    "position_unknown": gettext_lazy("its position is not known"),
    "lacks_skill": gettext_lazy("nobody aboard with: %(skill)s"),
    "crew_incomplete": gettext_lazy("crew not complete"),
    "crew_unknown": gettext_lazy("not known whether the crew is complete"),
    "not_rested": gettext_lazy("its last call ended %(s)s ago"),
    "other_zone": gettext_lazy("belongs to %(zone)s"),
    "zone_unknown": gettext_lazy("its zone is not known"),
    "more_calls": gettext_lazy("calls today: %(calls)s, of the first %(first)s"),
    "idle_shorter": gettext_lazy("free for %(s)s less"),
    "idle_unknown": gettext_lazy("not known since when it is free"),
    "by_road": gettext_lazy("by road"),
    "straight_line": gettext_lazy("estimated from the straight line"),
    "higher_id": gettext_lazy("alike in all; one has to be first"),
}
# A unit at work, as a row of ``_work``.
WORK = (
    *("unit", "unit__name", "unit__kind", "unit__state", "unit__agency__name"),
    *("unit__agency", "seat", "seat__call", "seat__call__number", "seat__call__agency"),
    *("seat__call__priority", "seat__call__type", "seat__call__source_wording"),
)
# What the way says already.
IN_WAY = frozenset({"position_stale", "position_unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A free unit. ``stale``: its way is from where it was last seen, never near."""

    id: UUID
    name: str
    way: str
    stale: bool
    why: tuple[str, ...]
    not_first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How urgent a call is, and of what type."""

    priority: int
    label: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """A unit that is not free, and what it does. ``call`` is None when on none.

    Of a neighbour's call, which it was lent to, the number alone. ``move``: what the
    press says that takes it from there to here; empty where it may not be moved.
    """

    id: UUID
    name: str
    doing: str
    since: datetime
    call: UUID | None
    number: str
    leaves: Urgency | None
    move: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The units of one kind: the first few, the rest, and those who are busy.

    ``wanted``: one is still to be sent; ``sent`` says who was, "CRT 2: En route".
    ``instead``: who has not acknowledged yet, and is taken off for the next one sent.
    """

    code: str
    title: str
    wanted: bool
    sent: tuple[str, ...]
    instead: str
    first: tuple[Line, ...]
    rest: tuple[Line, ...]
    busy: tuple[Busy, ...]
    not_free: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A unit on a call or sent to one, for a seat of it, also a neighbour's unit."""

    unit: UUID
    name: str
    kind: str
    state: str
    call: UUID
    number: str
    leaves: Urgency | None
    seat: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What is compared, before anybody has asked a road service.

    ``wanted``: kind → the skills that it is wanted with; ``seats`` are those places.
    """

    call: UUID
    priority: int
    agency: UUID
    place: Point | None
    zone: str | None
    now: datetime
    protocol: Protocol
    wanted: Mapping[str, Mapping[str, int]]
    seats: tuple[Seat, ...]
    units: tuple[fleet.Known, ...]

    @property
    def starts(self) -> tuple[tuple[str, Point], ...]:
        """Each free unit that is somewhere, the nearest first; for a road service."""
        free = [one.facts for one in self.units if one.free]
        seen = [(one.id, one.point) for one in free if one.point is not None]
        if (here := self.place) is not None:
            seen.sort(key=lambda start: geo.distance_km(here, start[1]))
        return tuple(seen)


def ready(call: Call, point: Point | None, now: datetime) -> Fleet:
    """The teams of the call's centre, and what the call wants. Two queries."""
    _row, protocol = store.published(call.agency_id)
    seats = quick.rows(Seat, call=call.pk, state=SeatState.WANTED.value)
    return Fleet(
        call=call.pk,
        priority=call.priority,
        agency=call.agency_id,
        place=point,
        zone=call.zone or None,
        now=now,
        protocol=protocol,
        wanted={
            one.response: Wanted(**one.skills).together
            for one in seats
            if one.response in TEAMS
        },
        seats=tuple(one for one in seats if one.response in TEAMS),
        units=tuple(fleet.units(call.agency_id, list(TEAMS), now)),
    )


def kinds(of: Fleet, travel: Mapping[str, float | None]) -> tuple[Kind, ...]:
    """Kinds that are wanted first. ``travel``: unit → seconds by road, where known."""
    works = _works(of)
    made = [_kind(kind, of, travel, works) for kind in TEAMS]
    shown = [one for one in made if one.first or one.busy or one.wanted or one.sent]
    return tuple(sorted(shown, key=lambda one: not one.wanted))


def _kind(
    kind: str,
    of: Fleet,
    travel: Mapping[str, float | None],
    works: Mapping[UUID, Work],
) -> Kind:
    here = [one for one in works.values() if (one.call, one.kind) == (of.call, kind)]
    asked = {one.seat for one in here}
    units = [one for one in of.units if one.facts.kind == kind]
    free = {
        one.facts.id: replace(one.facts, travel_s=travel.get(one.facts.id))
        for one in units
        if one.free
    }
    ranked = rank.candidates(
        of.place,
        free.values(),
        of.protocol.ranking,
        of.now,
        of.wanted.get(kind, {}),
        of.zone,
    )
    known = {one.facts.id: one for one in units}
    most = of.protocol.queue.missed_offers
    # Whoever does not answer is sent by name only, and stands last.
    ranked = sorted(ranked, key=lambda one: known[one.id].missed >= most)
    lines = tuple(_line(one, known[one.id], most) for one in ranked)
    busy = tuple(_busy(one, works, of) for one in units if not one.free)
    return Kind(
        code=kind,
        title=words.response(kind),
        wanted=any(one.response == kind and one.pk not in asked for one in of.seats),
        sent=tuple(_sent(one) for one in here),
        instead=_instead(kind, of, here),
        first=lines[:OPEN],
        rest=lines[OPEN:],
        busy=busy,
        not_free=_not_free(busy),
    )


def _instead(kind: str, of: Fleet, here: Sequence[Work]) -> str:
    """Who rings for the place that the next unit is given: the first that is wanted."""
    seats = [one for one in of.seats if one.response == kind]
    place = min(seats, key=lambda one: one.position, default=None)
    return next((one.name for one in here if place and one.seat == place.pk), "")


def _line(one: Candidate, unit: fleet.Known, most: int) -> Line:
    silent = _("not answering: %(n)d orders in a row were not acknowledged")
    not_first = said(one.not_first) if one.not_first else ""
    return Line(
        id=UUID(one.id),
        name=unit.name,
        way=way(one),
        stale=one.stale,
        why=tuple(said(why) for why in one.why if why.code not in IN_WAY),
        not_first=silent % {"n": unit.missed} if unit.missed >= most else not_first,
    )


def way(one: Candidate) -> str:
    """How far; of an old position only how far it was, and how long ago that is."""
    if one.position == Position.UNKNOWN:
        return _("position not known")
    if one.position == Position.FRESH:
        if one.travel_s is None:
            return _("travel time not known")
        return _("about %(minutes)s") % {"minutes": minutes(one.travel_s)}
    seen = _("seen last nobody knows when")
    if one.age_s is not None:
        seen = _("last seen %(minutes)s ago") % {"minutes": minutes(abs(one.age_s))}
    if one.last_known_s is None:
        return seen
    was = _("was about %(minutes)s away") % {"minutes": minutes(one.last_known_s)}
    return f"{seen}, {was}"


def said(why: Why) -> str:
    params = dict(why.params)
    if "s" in params:
        params["s"] = minutes(abs(int(params["s"])))
    if "skill" in params:
        params["skill"] = str(params["skill"]).replace("_", " ")
    return word(WHY, why.code) % params


def minutes(seconds: float) -> str:
    """Nobody knows a way to the second."""
    return _("%(count)s min") % {"count": max(1, round(seconds / 60))}


def _works(of: Fleet) -> dict[UUID, Work]:
    """Unit → what it is on or was sent to, neighbours' units on this call as well.

    No query when every unit is free and none is wanted.
    """
    busy = [one.id for one in of.units if not one.free]
    if not busy and not of.seats:
        return {}
    ours = Q(unit__in=busy) | Q(unit__isnull=False, seat__call=of.call)
    held = Assignment.objects.filter(ours, ended_at=None)
    rings = Offer.objects.filter(ours, state=OfferState.PENDING)
    rows = held.order_by().values_list(*WORK).union(rings.values_list(*WORK))
    works = [_work(of, *row) for row in rows.order_by("unit__name")]
    return {one.unit: one for one in works}


def _work(of: Fleet, *row: Any) -> Work:
    unit, name, kind, state, lender, home, *of_it = row
    seat, call, number, there, priority, code, wording = of_it
    ours = there == of.agency
    return Work(
        unit=unit,
        name=name if home == of.agency else f"{name}, {lender}",
        kind=kind,
        state=state,
        call=call,
        number=number,
        leaves=urgency(priority, code, wording, of.protocol) if ours else None,
        seat=seat,
    )


def urgency(priority: int, code: str, wording: str, protocol: Protocol) -> Urgency:
    return Urgency(
        priority=priority,
        label=words.priority(priority),
        type=type_label(code, wording, protocol),
    )


def of_call(call: Call) -> Urgency:
    _row, protocol = store.published(call.agency_id)
    return urgency(call.priority, call.type, call.source_wording, protocol)


def _sent(one: Work) -> str:
    return _("%(unit)s: %(state)s") % {
        "unit": one.name,
        "state": words.unit(one.state)[0],
    }


def _busy(one: fleet.Known, works: Mapping[UUID, Work], of: Fleet) -> Busy:
    work = works.get(one.id)
    label = _("Emergency") if one.emergency else words.unit(one.state)[0]
    held = one.state in WITH_PERSON or one.emergency
    return Busy(
        id=one.id,
        name=one.name,
        doing=label,
        since=one.since,
        call=work.call if work else None,
        number=work.number if work else "",
        leaves=work.leaves if work else None,
        move="" if held or work is None else _move(one.name, work, of),
    )


def _move(name: str, work: Work, of: Fleet) -> str:
    """What the press says: whoever takes from more than they give to reads so."""
    if work.leaves is None or work.call == of.call:
        return ""
    if work.leaves.priority > of.priority:
        said = _("Move %(name)s here")
    elif work.leaves.priority == of.priority:
        said = _("Take %(name)s from a call as urgent…")
    else:
        said = _("Take %(name)s from a more urgent call…")
    return said % {"name": name}


def _not_free(busy: Sequence[Busy]) -> str:
    """What the folded list is called: that some of them can be had is not hidden."""
    movable = sum(bool(one.move) for one in busy)
    if movable == 0:
        return _("%(n)d cannot be sent…") % {"n": len(busy)}
    return _("%(n)d not free, %(m)d can be moved…") % {"n": len(busy), "m": movable}
