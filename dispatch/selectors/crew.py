"""The crew's page: its unit, the call it has or is asked to take, what to press next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import quick
from dispatch.models import Answer, Assignment, Call, Offer, Seat, Shift, Unit, User
from dispatch.selectors import beside, board, fields, flag, history, scene, words
from dispatch.selectors import decision as spoken
from dispatch.selectors.decision import Words, word
from dispatch.selectors.leaving import Order, last_order
from dispatch.selectors.noted import Newest, newest
from dispatch.states import UNIT_MOVES, OfferState, UnitState
from routing import store

NEXT: Words = {
    "en_route": gettext_lazy("En route"),
    "staged": gettext_lazy("Staged"),
    "on_scene": gettext_lazy("On scene"),
    "transporting": gettext_lazy("Transporting"),
    "at_destination": gettext_lazy("At destination"),
}
# The one that most often comes after; the rest stand in a smaller row.
AFTER = {
    UnitState.ACKNOWLEDGED: UnitState.EN_ROUTE,
    UnitState.EN_ROUTE: UnitState.ON_SCENE,
    UnitState.STAGED: UnitState.ON_SCENE,
    UnitState.TRANSPORTING: UnitState.AT_DESTINATION,
}
INSIDE = UnitState.ON_SCENE
# The prompt comes so long before a safety check is due.
SOON = timedelta(seconds=60)
CLEARS = frozenset({UnitState.ON_SCENE, UnitState.AT_DESTINATION})
DECLINES: Words = {
    "on_other_call": gettext_lazy("Still on another call"),
    "too_far": gettext_lazy("Too far away"),
    "crew_incomplete": gettext_lazy("Crew not complete"),
    "technical": gettext_lazy("Vehicle or radio fails"),
    "other": gettext_lazy("Another reason"),
}
OUT_REASONS: Words = {
    "meal": gettext_lazy("Meal"),
    "vehicle": gettext_lazy("Vehicle"),
    "crew_incomplete": gettext_lazy("Crew not complete"),
    "paperwork": gettext_lazy("Paperwork"),
    "other": gettext_lazy("Another reason"),
}
# What a crew that needs more hands asks for: the next kind up.
BACKUP = {"crt": "cor", "cor": "cit", "cn": "crt"}
HAZARDS: Words = {
    "weapon": gettext_lazy("A weapon is said to be there"),
    "violence": gettext_lazy("Somebody is violent now"),
    "threat": gettext_lazy("Somebody threatens others"),
    "household": gettext_lazy("A dispute in the household"),
    "crime": gettext_lazy("A crime is said to be going on"),
}
# What nobody knows about these two is a hazard as well.
UNKNOWN: Words = {
    "weapon.not_asked": gettext_lazy("Weapon: nobody has asked"),
    "weapon.not_known": gettext_lazy("Weapon: asked, not known"),
    "violence.not_asked": gettext_lazy("Violence: nobody has asked"),
    "violence.not_known": gettext_lazy("Violence: asked, not known"),
}


# Why a crew is told to leave, where the word for a hazard does not say it.
LEAVE: Words = {
    "attempt": gettext_lazy("Somebody's life is in danger; EMS comes first"),
    "medical": gettext_lazy("Somebody needs medical help; EMS comes first"),
    "hazard": gettext_lazy("A hazard is known for this place or person"),
    "crew_unsafe": gettext_lazy("You said that it is not safe"),
    "crew_emergency": gettext_lazy("You called for help. Go out if you can."),
    "crew_silent": gettext_lazy("Nobody has heard from you. Go out if you can."),
    "team_unsafe": gettext_lazy("Another team says that it is not safe"),
    "team_emergency": gettext_lazy("Another team has called for help"),
    "team_silent": gettext_lazy("Another team does not answer"),
    "ordered": gettext_lazy("Dispatch says so"),
}
UNSAFE: Words = {
    "weapon": gettext_lazy("A weapon"),
    "violence": gettext_lazy("Somebody is violent"),
    "crowd": gettext_lazy("A crowd"),
    "medical": gettext_lazy("Somebody is ill or hurt"),
    "other": gettext_lazy("Something else"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    label: str
    value: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A status to report."""

    to: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A call as its crew sees it: where, what, what to beware of."""

    id: UUID
    number: str
    priority: int
    priority_label: str
    type: str
    place: str
    zone: str
    said: str
    notes: Newest | None
    map: str
    person: str
    caller: str
    simulated: bool
    staged: bool
    # A partner who sent the call waits to hear that help has reached the person.
    tell_contact: bool
    leads: bool
    # Outside services that came and may be released: seat and name.
    outside: tuple[tuple[UUID, str], ...]
    hazards: tuple[str, ...]
    given: tuple[Given, ...]
    beside: beside.Beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The call that dispatch sends this unit to, not acknowledged yet."""

    id: UUID
    where: Where
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    id: UUID
    name: str
    kind: str
    state: str
    label: str
    # It let so many orders lapse that none is put to it until its crew presses something.
    silent: bool
    shape: str
    since: datetime
    reason: str
    check_due: datetime | None
    check_state: str
    check_ends: datetime | None
    emergency: datetime | None
    # Who at dispatch has it; empty while nobody took it.
    emergency_with: str
    backup: str
    backup_label: str
    crew: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewView:
    """``assignment`` names the call that a press is about.

    ``leave`` says why the crew is told to leave, ``leave_since`` when it was; empty
    and None while it is not.
    """

    unit: UnitView
    asked: Asked | None
    at: Where | None
    assignment: UUID | None
    next: Step | None
    waits: bool
    leave: tuple[str, ...]
    leave_since: datetime | None
    may_clear: bool
    clear_next: bool
    more: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joinable:
    id: UUID
    name: str
    kind: str
    label: str
    crew: str


def unit_of(user: User) -> Unit | None:
    """The unit that this person is signed on to."""
    return Unit.objects.filter(shifts__user=user, shifts__ended_at=None).first()


def last_unit_of(user: User) -> Unit | None:
    """The unit that this person was on last, signed off or not."""
    shifts = Shift.objects.filter(user=user).select_related("unit")
    last = shifts.order_by("-started_at", "-pk").first()
    return last.unit if last else None


def joinable(user: User) -> tuple[Joinable, ...]:
    """The units that one may sign on to, with who is on them. Two queries."""
    rows = list(Unit.objects.filter(agency=user.agency_id).order_by("kind", "name"))
    on = Shift.objects.filter(unit__in=rows, ended_at=None).order_by("started_at")
    crews: dict[UUID, list[str]] = {}
    for unit_id, name in on.values_list("unit", "user__short_name"):
        crews.setdefault(unit_id, []).append(name)
    return tuple(
        Joinable(
            id=row.pk,
            name=row.name,
            kind=words.response(row.kind),
            label=words.unit(row.state)[0],
            crew=", ".join(crews.get(row.pk, ())),
        )
        for row in rows
    )


def crew(unit: Unit) -> CrewView:
    """Everything on the crew's page."""
    work = (
        Assignment.objects.filter(unit=unit, ended_at=None)
        .select_related("seat__call__caller")
        .first()
    )
    offer = (
        Offer.objects.filter(unit=unit, state=OfferState.PENDING)
        .select_related("seat__call__caller")
        .first()
    )
    state = UnitState(unit.state)
    held = work is not None and work.seat.mode == "staged" and unit.kind == "crt"
    usual = AFTER.get(state) if work else None
    may = UNIT_MOVES[state] if work else frozenset()
    usual = UnitState.STAGED if held and state == UnitState.EN_ROUTE else usual
    waits = held and usual == UnitState.ON_SCENE
    out = work if held and state == INSIDE else None
    order = last_order(out.seat.call_id, out.seat_id) if out else None
    return CrewView(
        unit=_unit(unit),
        asked=_asked(offer, unit) if offer else None,
        at=_where(work.seat, unit) if work else None,
        assignment=work.pk if work else None,
        next=_step(usual) if usual else None,
        waits=waits,
        leave=_leave(order) if out else (),
        leave_since=order.at if order else None,
        may_clear=work is not None,
        clear_next=work is not None and state in CLEARS,
        more=tuple(
            _step(UnitState(code))
            for code in NEXT
            if code in may
            and code != usual
            and not (held and code == UnitState.ON_SCENE)
        ),
    )


def _leave(order: Order | None) -> tuple[str, ...]:
    known = {**HAZARDS, **LEAVE}
    said = [word(known, code) for code in order.why if code in known] if order else []
    return tuple(said) or (_("The scene is not known to be safe"),)


def _check_state(unit: Unit, now: datetime) -> str:
    """later, soon, late or escalated: how loud the prompt is; empty without a check."""
    if unit.check_due_at is None:
        return ""
    if unit.check_late:
        return "escalated" if unit.check_escalated_at else "late"
    return "soon" if unit.check_due_at - now <= SOON else "later"


def _check_ends(unit: Unit) -> datetime | None:
    """When an emergency goes out by itself; nobody knows before a supervisor has it."""
    if not unit.check_late or not unit.check_escalated_at or unit.emergency_at:
        return None
    _version, protocol = store.published(unit.agency_id)
    wait = timedelta(seconds=protocol.clocks["check_emergency"])
    return unit.check_escalated_at + wait


def _step(to: UnitState) -> Step:
    return Step(to=to.value, label=word(NEXT, to.value))


def _unit(unit: Unit) -> UnitView:
    label, shape = words.unit(unit.state)
    silent = unit.state == UnitState.AVAILABLE and _silent(unit)
    names = Shift.objects.filter(unit=unit, ended_at=None).order_by("started_at")
    backup = BACKUP[unit.kind]
    return UnitView(
        id=unit.pk,
        name=unit.name,
        kind=words.response(unit.kind),
        state=unit.state,
        label=_("Not answering") if silent else label,
        silent=silent,
        shape=shape,
        since=unit.state_since,
        reason=word(OUT_REASONS, unit.reason) if unit.reason else "",
        check_due=unit.check_due_at,
        check_state=_check_state(unit, quick.now()),
        check_ends=_check_ends(unit),
        emergency=unit.emergency_at,
        emergency_with=beside.heard_by(unit, unit.agency_id),
        backup=backup,
        backup_label=words.response(backup),
        crew=tuple(names.values_list("user__short_name", flat=True)),
    )


def _silent(unit: Unit) -> bool:
    _version, protocol = store.published(unit.agency_id)
    return unit.missed >= protocol.queue.missed_offers


def _asked(offer: Offer, unit: Unit) -> Asked:
    where = _where(offer.seat, unit)
    return Asked(id=offer.pk, where=where, until=offer.expires_at)


def _where(seat: Seat, unit: Unit) -> Where:
    """A unit lent to a neighbour learns where and what, and no names or words."""
    call, ours = seat.call, seat.call.agency_id == unit.agency_id
    caller = call.caller
    answers = dict(Answer.objects.filter(call=call).values_list("question", "value"))
    _version, protocol = store.published(call.agency_id)
    safety = [one.key for one in protocol.questions if one.group == "safety"]
    return Where(
        id=call.pk,
        number=call.number,
        priority=call.priority,
        priority_label=words.priority(call.priority),
        type=board.type_label(call.type, call.source_wording, protocol),
        place=caller.address,
        zone=call.zone,
        said=caller.said if ours else "",
        notes=newest(call) if ours else None,
        map=_map(caller.point, caller.address),
        person=caller.person_name if ours else "",
        caller=word(fields.CALLERS, call.caller_kind),
        simulated=bool(call.simulated),
        staged=seat.mode == "staged",
        tell_contact=scene.tell_contact(call),
        leads=seat.lead,
        outside=scene.outside(call),
        hazards=(
            *beside.in_danger(seat, unit),
            *hazards(call, answers),
            *_cautions(call),
        ),
        given=tuple(_given(key, answers.get(key, "not_asked")) for key in safety),
        beside=beside.help_beside(seat),
    )


def _map(point: str, address: str) -> str:
    """A geo: link, which the phone opens in the map that its owner uses."""
    if point:
        return f"geo:{point}?q={point}"
    return f"geo:0,0?q={quote(address)}" if address else ""


def hazards(call: Call, answers: dict[str, str]) -> tuple[str, ...]:
    said = [word(HAZARDS, key) for key in HAZARDS if answers.get(key) == "yes"]
    codes = [f"{key}.{answers.get(key, 'not_asked')}" for key in ("weapon", "violence")]
    said += [word(UNKNOWN, code) for code in codes if code in UNKNOWN]
    if call.hazard:
        said.insert(0, _("A hazard is known for this place or person"))
    return tuple(said)


def _cautions(call: Call) -> tuple[str, ...]:
    """What is on file of the place, the number or the person, and what is there now."""
    found = flag.in_force(history.keys_of(call.caller), call.agency_id, call)
    return tuple(flag.said(one) for one in found)


def _given(key: str, value: str) -> Given:
    return Given(
        label=word(spoken.QUESTIONS, key),
        value=_(words.ANSWER[value]),
        open=value.startswith("not_"),
    )
