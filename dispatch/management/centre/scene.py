"""What the simulated people of a centre can see at one moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from dispatch.actions.base import database_now
from dispatch.actions.weigh import Line, weighed
from dispatch.management.centre import guests
from dispatch.management.centre.guests import NOBODY, Guests
from dispatch.management.centre.habits import DEMO, Habits
from dispatch.models import (
    Assignment,
    Call,
    FollowUp,
    Offer,
    Presence,
    Seat,
    Shift,
    Unit,
    User,
)
from dispatch.states import OPEN_CALL, CallState, FollowUpState, OfferState
from routing import store

# With an id behind it: somebody simulated acts for the call. A call of the past that
# is just being imported has none, and nobody works on it.
SIMULATOR = "simulator:"
ASKING = {CallState.NEW, CallState.TRIAGING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A simulated person with a presence."""

    id: UUID
    name: str
    role: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A unit that nobody real is on; ``driver`` is the simulated person for it."""

    id: UUID
    name: str
    kind: str
    state: str
    since: datetime
    check_due: datetime | None
    missed: int
    driver: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A seat that is wanted or filled."""

    id: UUID
    response: str
    mode: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    id: UUID
    call: UUID
    person: UUID | None
    unit: UUID | None
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An assignment that has not ended."""

    id: UUID
    call: UUID
    seat: UUID
    mode: str
    person: UUID | None
    unit: UUID | None
    confirmed: datetime | None
    accepted: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """An open call. ``ours``: simulated, and no real person has taken it over."""

    id: UUID
    type: str
    ref: str
    state: str
    since: datetime
    opened: datetime
    wants_decision: bool
    simulated: bool
    ours: bool
    owner: UUID | None = None
    helps: Sequence[Help] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """A follow-up on a simulated call that no real navigator has claimed."""

    id: UUID
    state: str
    planned: datetime
    claimed: bool
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    now: datetime
    speed: float = 1.0
    habits: Habits = DEMO
    last_opened: datetime | None = None
    dispatcher: UUID | None = None
    navigator: UUID | None = None
    colleagues: Sequence[Colleague] = ()
    crews: Sequence[Crew] = ()
    calls: Mapping[UUID, OpenCall]
    ringing: Sequence[Ringing] = ()
    work: Sequence[Work] = ()
    later: Sequence[Later] = ()
    guests: Guests = NOBODY
    # Calls that would ring for a real clinician, whom a real dispatcher may want.
    held: frozenset[UUID] = frozenset()


def look(agency: UUID, speed: float, habits: Habits = DEMO) -> Scene:
    now = database_now()
    calls = _calls(agency)
    there = guests.look(agency, now)
    colleagues = _colleagues(agency)
    last = Call.objects.filter(agency=agency, opened_by__startswith=SIMULATOR)
    return Scene(
        now=now,
        speed=speed,
        habits=habits,
        last_opened=last.exclude(source_ref__gt="").aggregate(at=Max("opened_at"))[
            "at"
        ],
        dispatcher=_simulated(agency, "dispatcher"),
        navigator=_simulated(agency, "navigator"),
        colleagues=colleagues,
        crews=_crews(agency),
        calls=calls,
        ringing=_ringing(agency),
        work=_work(agency),
        later=_later(agency),
        guests=there,
        held=_held(agency, calls.values(), now)
        if there.at_desk and _next_is_real(there, colleagues)
        else frozenset(),
    )


def _simulated(agency: UUID, role: str) -> UUID | None:
    rows = User.objects.filter(agency=agency, role=role, simulated=True)
    return rows.order_by("username").values_list("pk", flat=True).first()


def _colleagues(agency: UUID) -> list[Colleague]:
    rows = Presence.objects.filter(
        agency=agency, user__simulated=True, user__role__in=["clinician", "navigator"]
    )
    return [
        Colleague(
            id=row.user_id,
            name=row.user.short_name,
            role=row.user.role,
            state=row.state,
            since=row.since,
        )
        for row in rows.select_related("user").order_by("user")
    ]


def _crews(agency: UUID) -> list[Crew]:
    """Who signed on drives; before that the user name says who: sim-crt-1 for CRT 1."""
    shifts = Shift.objects.filter(unit__agency=agency, ended_at=None)
    real = set(shifts.filter(user__simulated=False).values_list("unit", flat=True))
    aboard = dict(shifts.filter(user__simulated=True).values_list("unit", "user"))
    drivers = dict(
        User.objects.filter(
            agency=agency, role="responder", simulated=True
        ).values_list("username", "pk")
    )
    units = Unit.objects.filter(agency=agency, simulated=True).exclude(pk__in=real)
    return [
        Crew(
            id=unit.pk,
            name=unit.name,
            kind=unit.kind,
            state=unit.state,
            since=unit.state_since,
            check_due=unit.check_due_at,
            missed=unit.missed,
            driver=aboard.get(unit.pk)
            or drivers.get("sim-" + unit.name.lower().replace(" ", "-")),
        )
        for unit in units.order_by("name")
    ]


def _calls(agency: UUID) -> dict[UUID, OpenCall]:
    helps: dict[UUID, list[Help]] = defaultdict(list)
    seats = Seat.objects.filter(
        call__agency=agency, call__state__in=OPEN_CALL, state__in=["wanted", "filled"]
    )
    for seat in seats.order_by("pk"):
        helps[seat.call_id].append(
            Help(
                id=seat.pk,
                response=seat.response,
                mode=seat.mode,
                state=seat.state,
                since=seat.since,
            )
        )
    rows = Call.objects.filter(agency=agency, state__in=OPEN_CALL)
    return {
        call.pk: OpenCall(
            id=call.pk,
            type=call.type,
            ref=call.source_ref,
            state=call.state,
            since=call.state_since,
            opened=call.opened_at,
            wants_decision=call.decision_wanted_at is not None,
            simulated=bool(call.simulated),
            ours=_ours(call),
            owner=call.owner_id,
            helps=tuple(helps[call.pk]),
        )
        for call in rows.select_related("owner").order_by("opened_at")
    }


def _next_is_real(there: Guests, colleagues: Iterable[Colleague]) -> bool:
    """Whether the next call for a clinician rings for a real one."""
    free = [
        one.since
        for one in colleagues
        if one.role == "clinician" and one.state == "available"
    ]
    ahead = min(free, default=None)
    return any(ahead is None or one.since < ahead for one in there.waited_for("ccd"))


def _held(agency: UUID, calls: Iterable[OpenCall], now: datetime) -> frozenset[UUID]:
    """The simulated dispatcher looks at the recommendation before it accepts it."""
    asking = [call.id for call in calls if call.ours and call.state in ASKING]
    _row, protocol = store.published(agency)
    rows = Call.objects.filter(pk__in=asking).order_by("pk")
    return frozenset(
        call.pk for call in rows if "ccd" in _goes(weighed(call, protocol, now).line)
    )


def _goes(line: Line) -> set[str]:
    """Every help that this recommendation would ring for."""
    also = (one["response"] for one in line["also"] if one["mode"] != "then")
    return {line["response"], *also}


def _ours(call: Call) -> bool:
    taken_over = call.owner is not None and not call.owner.simulated
    opened_so = call.opened_by.startswith(SIMULATOR) and bool(call.simulated)
    return opened_so and not taken_over


def _ringing(agency: UUID) -> list[Ringing]:
    offers = Offer.objects.filter(
        seat__call__agency=agency, state=OfferState.PENDING
    ).order_by("made_at")
    rows = offers.values_list("pk", "seat__call", "person", "unit", "made_at")
    return [
        Ringing(id=pk, call=call, person=person, unit=unit, made=made)
        for pk, call, person, unit, made in rows
    ]


def _work(agency: UUID) -> list[Work]:
    rows = Assignment.objects.filter(seat__call__agency=agency, ended_at=None)
    return [
        Work(
            id=row.pk,
            call=row.seat.call_id,
            seat=row.seat_id,
            mode=row.seat.mode,
            person=row.person_id,
            unit=row.unit_id,
            confirmed=row.confirmed_at,
            accepted=row.accepted_at,
        )
        for row in rows.select_related("seat").order_by("pk")
    ]


def _later(agency: UUID) -> list[Later]:
    rows = FollowUp.objects.filter(agency=agency, call__simulated__gt="")
    rows = rows.exclude(state=FollowUpState.CLOSED).exclude(claimed_by__simulated=False)
    return [
        Later(
            id=row.pk,
            state=row.state,
            planned=row.planned_at,
            claimed=row.claimed_by_id is not None,
            attempts=row.attempts,
        )
        for row in rows.order_by("planned_at")[:200]
    ]
