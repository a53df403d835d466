"""The seats of a call: who has each help that is wanted, and how far along."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from dispatch import quick
from dispatch.elsewhere import Elsewhere
from dispatch.models import Assignment, Call, Offer, Seat
from dispatch.models.unit import TEAMS
from dispatch.related import attach
from dispatch.selectors import decision as spoken
from dispatch.selectors import handing, relief, words
from dispatch.selectors.decision import word
from dispatch.selectors.handing import Handing, Past
from dispatch.selectors.leaving import Order, last_orders
from dispatch.states import OPEN_SEAT, WITH_PERSON, SeatState, UnitState
from dispatch.wrong import seconds
from routing.core.protocol import Protocol

# Kinds whose people or crews an offer rings for.
RUNG = ("ccd", *TEAMS)
REFUSED = frozenset({"declined", "expired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A state: its word, its shape, since when; ``act`` when somebody must act."""

    label: str
    since: datetime
    shape: str = "open"
    act: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    label: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """One help that is wanted: who has it, how far along, what can be pressed."""

    id: UUID
    kind: str
    title: str
    who: str
    how: str
    relief: str
    # The number of the linked call that brought it: linked.brought.
    came_from: str = ""
    mark: Mark
    steps: tuple[Step, ...]
    asked: tuple[str, ...]
    rings_since: datetime | None
    rings_until: datetime | None
    # Wanted of us, ringing or not; and from when whoever did not take it rings again.
    sought: bool
    again_at: datetime | None
    # The skills without which nobody is asked, in words, and until when.
    skilled: str
    skilled_until: datetime | None
    open: bool
    to_tell: bool
    to_clear: bool
    to_calm: bool
    to_end: bool
    to_arrive: bool
    to_release: bool
    to_lead: bool
    to_replace: bool
    lead: bool
    # When it was at the scene, and by whom an outside service was released when.
    there_at: datetime | None
    released_at: datetime | None
    released_by: str
    # Who else has its clinician's caller, where somebody said so.
    elsewhere: Elsewhere | None = None


def seats(call: Call, protocol: Protocol) -> list[SeatView]:
    """Every seat the call ever had, oldest first.

    At most five queries, one more each if a unit is lent and if a team must leave, and
    two if 988 is wanted.
    """
    rows = quick.rows(Seat, order=("wanted_at", "id"), call=call.pk)
    by_phone = any(row.response == "988" for row in rows)
    going = handing.of_call(call.pk) if by_phone else None
    past = handing.past(call.pk) if by_phone else {}
    here = [row.pk for row in rows]
    offers = quick.rows(Offer, order=("made_at", "id"), seat=here)
    working = quick.rows(Assignment, order=("accepted_at", "id"), seat=here)
    attach([*offers, *working], "person", "unit")
    _name_lent([*offers, *working], call)
    kinds = {row.pk: row.response for row in rows}
    taken = {one.seat_id: one for one in working}
    leaves = any(_must_leave(seat, taken.get(seat.pk)) for seat in rows)
    orders = last_orders(call.pk) if leaves else {}
    reliefs = relief.told(rows, offers, working)
    return [
        _seat(
            seat,
            [one for one in offers if kinds[one.seat_id] == seat.response],
            taken.get(seat.pk),
            orders,
            protocol,
            going if going and going.kind == seat.response else None,
            past.get(seat.pk, Past(answered=None, had=False)),
            reliefs.get(seat.pk, ""),
        )
        for seat in rows
    ]


def _seat(
    seat: Seat,
    alike: Sequence[Offer],
    taken: Assignment | None,
    orders: Mapping[UUID, Order],
    protocol: Protocol,
    going: Handing | None,
    past: Past,
    relief: str,
) -> SeatView:
    """``alike``: the call's offers for every seat of this kind."""
    offers = [one for one in alike if one.seat_id == seat.pk]
    ringing = [one for one in offers if one.state == "pending"]
    # The first to be asked; several may ring at once, and who answers first is taken.
    rings = ringing[0] if ringing else None
    outside = seat.response not in spoken.OURS
    # 988 talks with the caller and comes to nobody.
    comes = outside and seat.response != "988"
    sought = seat.response in RUNG and seat.state == SeatState.WANTED
    refused = [one for one in alike if one.state in REFUSED]
    return SeatView(
        id=seat.pk,
        kind=words.response(seat.response),
        title=spoken.label(seat.response, protocol),
        who=_taker(taken)
        or ", ".join(_taker(one) for one in ringing)
        or _let_go(seat, offers),
        how=_how(seat, taken),
        relief=relief,
        mark=_mark(seat, rings, taken, orders, going, refused=bool(refused)),
        steps=_steps(seat, offers, taken, past),
        asked=_tried(offers),
        rings_since=rings.made_at if rings else None,
        rings_until=max((one.expires_at for one in ringing), default=None),
        sought=sought,
        again_at=_again_at(refused, protocol) if sought and not ringing else None,
        skilled=_skilled(seat, protocol) if sought else "",
        skilled_until=_anybody_from(seat, protocol) if sought else None,
        open=seat.state in OPEN_SEAT,
        # A partner who is asked for answers on the panel of the transfer.
        to_tell=outside and seat.state == SeatState.WANTED and going is None,
        to_clear=seat.mode == "staged"
        and seat.response in TEAMS
        and seat.state in OPEN_SEAT,
        to_calm=_in_emergency(taken),
        to_end=_with_person(taken),
        to_arrive=comes and seat.state in OPEN_SEAT and seat.arrived_at is None,
        to_release=comes and seat.state == SeatState.FILLED,
        to_lead=_may_lead(seat, taken),
        to_replace=seat.response in TEAMS and _at_it(taken),
        lead=seat.lead,
        there_at=taken.on_scene_at if taken else seat.arrived_at,
        released_at=seat.released_at,
        released_by=seat.released_by,
    )


def _how(seat: Seat, taken: Assignment | None) -> str:
    """How it goes, where that is not at once; who must leave waits nowhere near by."""
    usual = seat.mode == "now" or _must_leave(seat, taken)
    return "" if usual else word(spoken.HOW, seat.mode)


def _at_it(taken: Assignment | None) -> bool:
    return taken is not None and taken.unit is not None and taken.ended_at is None


def _may_lead(seat: Seat, taken: Assignment | None) -> bool:
    """Whoever is on the call can be named, if somebody else leads or nobody does."""
    there = _at_it(taken) or seat.arrived_at is not None
    return seat.state == SeatState.FILLED and there and not seat.lead


def _with_person(taken: Assignment | None) -> bool:
    """Its crew is with the person: it clears, and is not just let go."""
    if taken is None or taken.unit is None or taken.ended_at is not None:
        return False
    return taken.unit.state in WITH_PERSON


def _in_emergency(taken: Assignment | None) -> bool:
    """Its crew called for help while it works on this call."""
    if taken is None or taken.unit is None or taken.ended_at is not None:
        return False
    return taken.unit.emergency_at is not None


def _taker(row: Offer | Assignment | None) -> str:
    if row is None:
        return ""
    return row.unit.name if row.unit else row.person.short_name if row.person else ""


def _let_go(seat: Seat, offers: Sequence[Offer]) -> str:
    """Whose offer was withdrawn with its place, the last one: it keeps their name."""
    gone = [one for one in offers if one.state == "withdrawn"]
    return _taker(gone[-1]) if gone and seat.state not in OPEN_SEAT else ""


def _name_lent(rows: Sequence[Offer | Assignment], call: Call) -> None:
    """A neighbour's unit may have the name of one of ours: it says whose it is."""
    units = {one.unit for one in rows if one.unit}
    words.know_lent(units, call.agency_id)
    for unit in units:
        unit.name = words.whose(unit, call.agency_id)


def _tried(offers: Sequence[Offer]) -> tuple[str, ...]:
    """Who was asked in vain, each once, and how often where that is more than once."""
    how = {"declined": _("declined"), "expired": _("no answer")}
    asked = Counter(
        f"{_taker(one)}: {how[one.state]}" for one in offers if one.state in REFUSED
    )
    again = _("%(who)s, %(n)d times")
    return tuple(
        again % {"who": who, "n": times} if times > 1 else who
        for who, times in asked.items()
    )


def _skilled(seat: Seat, protocol: Protocol) -> str:
    """What somebody must be able to do who is asked, as the agency words it."""
    required = seat.skills.get("required", {})
    return "; ".join(protocol.skills.get(code, code) for code in sorted(required))


def _anybody_from(seat: Seat, protocol: Protocol) -> datetime:
    """From when on anybody is asked, those who can first."""
    return seat.wanted_at + timedelta(seconds=protocol.queue.relax_required)


def _again_at(refused: Sequence[Offer], protocol: Protocol) -> datetime | None:
    """When the first of those who did not take it may be asked again, if they are there.

    ``refused`` have ended, in the order in which they were asked.
    """
    last = {
        one.person_id or one.unit_id: one.ended_at for one in refused if one.ended_at
    }
    first = min(last.values(), default=None)
    return first + seconds(protocol, "ask_again") if first else None


def _mark(
    seat: Seat,
    rings: Offer | None,
    taken: Assignment | None,
    orders: Mapping[UUID, Order],
    going: Handing | None,
    *,
    refused: bool,
) -> Mark:
    """The seat's word, as the board would say it. ``refused``: somebody was asked."""
    if seat.state not in OPEN_SEAT:
        said = {
            SeatState.DONE: _("Done"),
            SeatState.UNFILLED: _("Nobody could be had"),
            SeatState.WITHDRAWN: _("Withdrawn"),
        }
        return Mark(label=said[SeatState(seat.state)], since=seat.since, shape="dash")
    if seat.response not in spoken.OURS:
        return _outside(seat, going)
    if taken is not None and taken.ended_at is None:
        return _at_work(seat, taken, orders.get(seat.pk))
    if rings is not None:
        team = rings.unit is not None
        return Mark(
            label=_("Dispatched") if team else _("Ringing"),
            since=rings.made_at,
            shape="diamond" if team else "ring",
        )
    if seat.response == "cn":
        return Mark(label=_("On the navigators' list"), since=seat.since)
    waits = _("Nobody took it: waits") if refused else _("Nobody free: waits")
    return Mark(label=waits, since=seat.since, act=True)


def _outside(seat: Seat, going: Handing | None) -> Mark:
    if going is not None and going.word is not None:
        return Mark(
            label=_(going.word.seat),
            since=datetime.fromisoformat(going.since),
            shape=going.word.shape,
        )
    if seat.state == SeatState.WANTED:
        return Mark(label=_("Not told yet"), since=seat.since, act=True)
    if seat.arrived_at is not None:
        return Mark(label=_("On scene"), since=seat.arrived_at, shape="full")
    return Mark(
        label=_("Told, confirmed"),
        since=seat.confirmed_at or seat.since,
        shape="half" if seat.mode == "staged" else "full",
    )


def _at_work(seat: Seat, taken: Assignment, order: Order | None) -> Mark:
    if taken.unit is None:
        if taken.confirmed_at is None:
            label = _("Joins: stay on the line")
            return Mark(label=label, since=taken.accepted_at, shape="half")
        return Mark(label=_("With caller"), since=taken.confirmed_at, shape="full")
    unit = taken.unit
    if unit.emergency_at:
        label = _("Emergency")
        return Mark(label=label, since=unit.emergency_at, shape="sos", act=True)
    if unit.check_late and unit.check_due_at:
        return Mark(label=_("Safety check late"), since=unit.check_due_at, act=True)
    if _must_leave(seat, taken):
        label = _("Must leave: scene not safe")
        since = order.at if order else unit.state_since
        return Mark(label=label, since=since, act=True)
    label, shape = words.unit(unit.state)
    return Mark(label=label, since=unit.state_since, shape=shape)


def _must_leave(seat: Seat, taken: Assignment | None) -> bool:
    """An unarmed crew that was told to stage while it is with the person."""
    if taken is None or taken.unit is None or taken.ended_at is not None:
        return False
    unarmed = taken.unit.kind == "crt" and seat.mode == "staged"
    return unarmed and taken.unit.state == UnitState.ON_SCENE


def _steps(
    seat: Seat,
    offers: Sequence[Offer],
    taken: Assignment | None,
    past: Past,
) -> tuple[Step, ...]:
    made = taken.offer_id if taken else None
    offer = next((one for one in offers if one.pk == made), None)
    first = offer or (offers[-1] if offers else None)
    if seat.response == "ccd":
        return (
            Step(label=_("Offered"), at=first.made_at if first else None),
            Step(label=_("Accepted"), at=taken.accepted_at if taken else None),
            Step(label=_("Has the caller"), at=taken.confirmed_at if taken else None),
            Step(label=_("Ended"), at=taken.ended_at if taken else None),
        )
    if seat.response in TEAMS:
        return (
            Step(label=_("Dispatched"), at=first.made_at if first else None),
            Step(label=_("Acknowledged"), at=taken.accepted_at if taken else None),
            Step(label=_("En route"), at=taken.en_route_at if taken else None),
            Step(label=_("On scene"), at=taken.on_scene_at if taken else None),
            Step(label=_("Clear"), at=taken.ended_at if taken else None),
        )
    if seat.response == "cn":
        return (Step(label=_("On the list"), at=seat.wanted_at),)
    if seat.response == "988":
        return (
            Step(label=_("Wanted"), at=seat.wanted_at),
            Step(label=_("Told"), at=past.answered or seat.confirmed_at),
            Step(label=_("Has the caller"), at=seat.confirmed_at if past.had else None),
        )
    return (
        Step(label=_("Wanted"), at=seat.wanted_at),
        Step(label=_("Told"), at=seat.confirmed_at),
        Step(label=_("There"), at=seat.arrived_at),
        Step(label=_("Released"), at=seat.released_at),
    )
