"""Whom to ask for a seat: the core ranks who is free, and the first not taken is locked."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from dispatch import facts, fleet, free, planned, quick
from dispatch.actions.seat import PEOPLE, absent_after
from dispatch.models import Call, Offer, Presence, Seat, Unit
from dispatch.states import OfferState, PresenceState
from dispatch.wrong import seconds
from routing.core import ask, rank
from routing.core.ask import PersonFacts
from routing.core.facts import Point, UnitFacts
from routing.core.protocol import Protocol
from routing.core.queue import Wanted
from routing.core.rank import Candidate
from routing.core.why import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Whom an offer is put to: a person's presence or a unit, locked; and why this one."""

    person: Presence | None = None
    unit: Unit | None = None
    because: tuple[str, ...] = field(default=())
    # Others are free and wait while this one, who knows the person, is asked.
    alone: bool = False


# Among an offer's reasons: whom it rings is a partner's; others ring beside.
PARTNER, TOGETHER = "partner", "together"
# Everybody free whom this call has not just rung in vain, for whichever seat of this
# kind. ``knows``: has worked on a call of the same number or
# person before; those are found first, so that only their calls are looked at.
CANDIDATES = f"""
    WITH mine AS MATERIALIZED (
      SELECT call_id, phone_lookup, person_lookup FROM dispatch_caller
      WHERE call_id = %(call)s),
    heard AS MATERIALIZED (
      SELECT c.call_id FROM mine JOIN dispatch_caller c
        ON c.phone_lookup = mine.phone_lookup AND c.call_id <> mine.call_id
      WHERE mine.phone_lookup <> ''
      UNION
      SELECT c.call_id FROM mine JOIN dispatch_caller c
        ON c.person_lookup = mine.person_lookup AND c.call_id <> mine.call_id
      WHERE mine.person_lookup <> '')
    SELECT p.user_id, p.since,
      (SELECT json_object_agg(skill, level) FROM dispatch_skill
       WHERE user_id = p.user_id),
      CASE WHEN p.state = 'engaged' THEN (
        SELECT count(*) FROM dispatch_assignment a
        WHERE a.person_id = p.user_id AND a.ended_at IS NULL) ELSE 0 END,
      EXISTS (
        SELECT FROM heard JOIN dispatch_seat s ON s.call_id = heard.call_id
        JOIN dispatch_assignment a ON a.seat_id = s.id
        WHERE a.person_id = p.user_id AND a.confirmed_at IS NOT NULL),
      u.employer_id IS NOT NULL
    FROM dispatch_presence p
    JOIN dispatch_user u ON u.id = p.user_id
    JOIN dispatch_heartbeat h ON h.user_id = p.user_id
    WHERE p.agency_id = %(agency)s AND u.role = %(role)s AND {free.PERSON}
      AND {free.not_asked("o.person_id = p.user_id", "%(call)s", "%(kind)s")}
"""  # noqa: S608  our own words
# The first of these, in this order, whom nobody else is just taking. Never waits.
FIRST = """
    WHERE dispatch_presence.user_id = ANY(%(ids)s::uuid[])
      AND dispatch_presence.state IN ('available', 'engaged')
      AND NOT EXISTS (
        SELECT FROM dispatch_offer o
        WHERE o.person_id = dispatch_presence.user_id AND o.state = 'pending')
    ORDER BY array_position(%(ids)s::uuid[], dispatch_presence.user_id)
    LIMIT 1 FOR NO KEY UPDATE OF dispatch_presence SKIP LOCKED
"""
# The same of units. A crew that called for help is not free, whatever its state.
FIRST_UNIT = """
    WHERE dispatch_unit.id = ANY(%(ids)s::uuid[])
      AND dispatch_unit.state = 'available' AND dispatch_unit.emergency_at IS NULL
    ORDER BY array_position(%(ids)s::uuid[], dispatch_unit.id)
    LIMIT 1 FOR NO KEY UPDATE OF dispatch_unit SKIP LOCKED
"""


def next_taker(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> Taker | None:
    """The first who may be asked now, locked; None when nobody is. Holds the call."""
    if seat.response in PEOPLE:
        return _next_person(call, seat, protocol, now)
    return _next_unit(call, seat, protocol, now)


def _next_unit(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> Taker | None:
    ranked = _ranked_units(call, seat, protocol, now)
    if not ranked:
        return None
    ids = planned.uuids([one.id for one in ranked])
    taken = quick.picked(Unit, FIRST_UNIT, {"ids": ids})
    if not taken:
        return None
    sent = next(one for one in ranked if one.id == str(taken[0].pk))
    return Taker(unit=taken[0], because=tuple(why.code for why in sent.why))


def _next_person(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> Taker | None:
    waited = (now - seat.wanted_at).total_seconds()
    people, partners = _candidates(call, seat, protocol, now)
    # Who has a caller is asked where nobody without one can be.
    free = [one for one in people if not one.holding]
    for some in [free] if len(free) == len(people) else [free, people]:
        choice = ask.people(some, wanted_of(seat), waited, protocol.queue)
        if taker := _first_of(choice, partners):
            return taker
    return None


def _first_of(choice: ask.Choice, partners: set[str]) -> Taker | None:
    """The first in this order whom nobody else is just taking, locked."""
    if not choice.asked:
        return None
    ids = planned.uuids([UUID(one.id) for one in choice.asked])
    taken = quick.picked(Presence, FIRST, {"ids": ids})
    if not taken:
        return None
    asked = next(one for one in choice.asked if one.id == str(taken[0].user_id))
    others = any(why.code == "other_knows" for _id, why in choice.passed_over)
    because = tuple(_code(why) for why in asked.why)
    if asked.id in partners:
        because += (PARTNER,)
    return Taker(person=taken[0], because=because, alone=others)


def _code(why: Why) -> str:
    """A reason as an offer keeps it: "knows", "has.spanish"."""
    skill = dict(why.params).get("skill")
    return f"{why.code}.{skill}" if skill else why.code


def _candidates(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> tuple[list[PersonFacts], set[str]]:
    """Everybody free, and who of them is a partner's counsellor at our desks."""
    values = {
        "call": call.pk,
        "agency": call.agency_id,
        "role": PEOPLE[seat.response],
        "fresh": now - absent_after(protocol),
        "kind": seat.response,
        "asked": _lately(protocol, now),
        **facts.limits(protocol),
    }
    found = planned.ask(CANDIDATES, values)
    people = [
        PersonFacts(
            id=str(pk),
            skills=skills or {},
            idle_since=since,
            holding=holding,
            knows=knows,
            # Who is off shift is not among them.
            on_shift=True,
        )
        for pk, since, skills, holding, knows, _partner in found
    ]
    return people, {str(row[0]) for row in found if row[-1]}


def wanted_of(seat: Seat) -> Wanted:
    """The skills that whoever comes should have, as the decision said."""
    return Wanted(**seat.skills)


def _lately(protocol: Protocol, now: datetime) -> datetime:
    """Who was asked for a call since then, and did not take it, is not asked for it."""
    return now - seconds(protocol, "ask_again")


def _asked(seat: Seat, since: datetime) -> QuerySet[Offer]:
    """Asked in vain since then, for whichever of the call's seats of this kind."""
    return Offer.objects.filter(
        seat__call=seat.call_id,
        seat__response=seat.response,
        state__in=[OfferState.DECLINED, OfferState.EXPIRED],
        ended_at__gt=since,
    )


def unit_heard(unit: Unit) -> None:
    """A sign of life from its crew: it may be asked again. Holds the unit."""
    if unit.missed:
        quick.write(unit, {"missed": 0})


def _untried_units(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> list[UnitFacts]:
    """Free units of this kind whom this call has not just asked in vain."""
    asked, missed = _lately(protocol, now), protocol.queue.missed_offers
    return fleet.untried(call.agency_id, call.pk, seat.response, asked, missed, now)


def _ranked_units(
    call: Call, seat: Seat, protocol: Protocol, now: datetime
) -> list[Candidate]:
    """Free units of this kind in the order in which to ask them. One statement."""
    units = _untried_units(call, seat, protocol, now)
    skills = wanted_of(seat).together
    return rank.candidates(
        point_of(call), units, protocol.ranking, now, skills, call.zone or None
    )


def point_of(call: Call) -> Point | None:
    """Where help is wanted, if anybody knows."""
    return fleet.point(call.caller.point if hasattr(call, "caller") else "")


def anybody_else(call: Call, seat: Seat, protocol: Protocol, now: datetime) -> bool:
    """Is somebody of this kind, not asked yet, free, ringing elsewhere or being taken?"""
    if seat.response not in PEOPLE:
        return bool(_untried_units(call, seat, protocol, now))
    asked = (
        _asked(seat, _lately(protocol, now))
        .filter(person__isnull=False)
        .values_list("person")
    )
    there = Presence.objects.filter(
        agency=call.agency_id,
        user__role=PEOPLE[seat.response],
        user__heartbeat__at__gt=now - absent_after(protocol),
        state__in=[PresenceState.AVAILABLE, PresenceState.RESERVED],
    )
    return there.exclude(user__in=asked).exists()
