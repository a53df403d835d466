"""Who is there and what the units do; for supervisors, what people overrode today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Agency, Assignment, Decision, Role, Shift, Unit, User
from dispatch.selectors import decision as spoken
from dispatch.selectors import shifts, skills, words
from dispatch.selectors.crew import OUT_REASONS
from dispatch.selectors.decision import Words, word
from dispatch.states import PresenceState, UnitState
from routing import store

PAGE = 200
# Who says that they are there; a crew does it by signing on to its unit.
PRESENT = (Role.CLINICIAN, Role.NAVIGATOR)
ROLES: Words = {
    "clinician": gettext_lazy("Clinician"),
    "navigator": gettext_lazy("Navigator"),
}
WHY: Words = {
    "absent": gettext_lazy("page went silent"),
    "no_answer": gettext_lazy("did not answer"),
    "off_shift": gettext_lazy("shift is over"),
    "meal": gettext_lazy("meal"),
    "rest": gettext_lazy("rest"),
    "meeting": gettext_lazy("meeting"),
    "training": gettext_lazy("training"),
    "other": gettext_lazy("other"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: UUID
    name: str
    role: str
    role_label: str
    label: str
    shape: str
    here: bool
    since: datetime
    why: str
    heard: datetime | None
    quiet: bool
    skills: tuple[str, ...]
    shift_until: datetime | None
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A unit, its crew, and which of the floor's presses fit its state."""

    id: UUID
    name: str
    kind: str
    label: str
    shape: str
    since: datetime
    why: str
    crew: tuple[str, ...]
    call: UUID | None
    number: str
    emergency: datetime | None
    check_due: datetime | None
    check_late: bool
    may_go_out: bool
    may_come_in: bool
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """A decision that a person changed: the machine's answer beside the chosen one."""

    at: datetime
    call: UUID
    number: str
    rule: str
    machine: str
    chosen: str
    reason: str
    by: str


def people(agency: Agency, *, now: datetime) -> tuple[Person, ...]:
    """Those who are there first. Three queries."""
    limit = store.published(agency.pk)[1].clocks["absent_after"]
    rows = User.objects.filter(
        agency=agency, role__in=[role.value for role in PRESENT], is_active=True
    ).select_related("presence", "heartbeat")
    listed = list(rows.order_by("short_name", "pk"))
    skilled, until = skills.by_person(agency.pk), shifts.on_until(agency, now=now)
    made = [
        _person(row, now, limit, skilled.get(row.pk, ()), until.get(row.pk))
        for row in listed
    ]
    return tuple(sorted(made, key=lambda one: (not one.here, one.role, one.name)))


def _person(
    row: User,
    now: datetime,
    limit: float,
    skilled: tuple[str, ...],
    until: datetime | None,
) -> Person:
    label, shape = words.presence(row.presence.state)
    beat = getattr(row, "heartbeat", None)
    here = row.presence.state != PresenceState.OFFLINE
    silent = beat is None or (now - beat.at).total_seconds() > limit
    return Person(
        id=row.pk,
        name=row.short_name,
        role=row.role,
        role_label=word(ROLES, row.role),
        label=label,
        shape=shape,
        here=here,
        since=row.presence.since,
        why=word(WHY, row.presence.reason) if row.presence.reason else "",
        heard=beat.at if beat else None,
        quiet=here and silent,
        skills=skilled,
        shift_until=until,
        simulated=row.simulated,
    )


def teams(agency: Agency) -> tuple[Team, ...]:
    """Every unit; emergencies first, then those that work, then by name. Three queries."""
    units = list(Unit.objects.filter(agency=agency).order_by("kind", "name"))
    shifts = Shift.objects.filter(unit__agency=agency, ended_at=None)
    crews: dict[UUID, list[str]] = {}
    pairs = shifts.order_by("started_at").values_list("unit", "user__short_name")
    for unit, name in pairs:
        crews.setdefault(unit, []).append(name)
    working = Assignment.objects.filter(unit__agency=agency, ended_at=None)
    calls = {
        # The call of a neighbour is named while it lasts, and opens for nobody here.
        unit: (call if theirs == agency.pk else None, number)
        for unit, call, number, theirs in working.order_by("pk").values_list(
            "unit", "seat__call", "seat__call__number", "seat__call__agency"
        )
    }
    made = [
        _team(row, crews.get(row.pk, []), calls.get(row.pk, (None, "")))
        for row in units
    ]
    return tuple(sorted(made, key=_pressing))


def _pressing(team: Team) -> tuple[bool, bool, bool]:
    return (team.emergency is None, not team.check_late, not team.crew)


def _team(row: Unit, crew: Sequence[str], at: tuple[UUID | None, str]) -> Team:
    label, shape = words.unit(row.state)
    return Team(
        id=row.pk,
        name=row.name,
        kind=words.response(row.kind),
        label=label,
        shape=shape,
        since=row.state_since,
        why=word(OUT_REASONS, row.reason) if row.reason else "",
        crew=tuple(crew),
        call=at[0],
        number=at[1],
        emergency=row.emergency_at,
        check_due=row.check_due_at,
        check_late=row.check_late,
        may_go_out=row.state == UnitState.AVAILABLE,
        may_come_in=row.state == UnitState.OUT_OF_SERVICE,
        simulated=row.simulated,
    )


def overrides(agency: Agency, *, now: datetime) -> tuple[Overridden, ...]:
    """Since midnight of the agency's zone, the newest first. One query."""
    today = datetime.combine(
        now.astimezone(agency.zone).date(), time.min, tzinfo=agency.zone
    )
    protocol = store.published(agency.pk)[1]
    rows = Decision.objects.filter(
        call__agency=agency, overridden_at__gte=today
    ).select_related("call", "overridden_by")
    return tuple(
        Overridden(
            at=row.overridden_at or row.at,
            call=row.call_id,
            number=row.call.number,
            rule=row.rule,
            machine=spoken.label(row.response, protocol),
            chosen=spoken.label(row.override_response, protocol),
            reason=word(spoken.OVERRIDE_REASONS, row.override_reason),
            by=row.overridden_by.short_name if row.overridden_by else _("system"),
        )
        for row in rows.order_by("-overridden_at")[:PAGE]
    )
