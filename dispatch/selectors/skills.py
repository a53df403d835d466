"""What people can, in words: the agency's own codes, and how well."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Agency, Role, Skill, User
from routing import store

LEVELS = {
    1: gettext_lazy("some"),
    2: gettext_lazy("good"),
    3: gettext_lazy("expert"),
}

NAMES = {
    "supervisor": gettext_lazy("Supervisor"),
    "dispatcher": gettext_lazy("Dispatcher"),
    "clinician": gettext_lazy("Clinician"),
    "responder": gettext_lazy("Crew"),
    "navigator": gettext_lazy("Navigator"),
    "administrator": gettext_lazy("Administrator"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    id: UUID
    name: str
    role: str
    role_label: str


def of(user: User) -> tuple[str, ...]:
    """One person's skills, the best first."""
    assert user.agency_id
    rows = Skill.objects.filter(user=user)
    return _said(rows, user.agency_id).get(user.pk, ())


def by_person(agency: UUID) -> dict[UUID, tuple[str, ...]]:
    """Everybody's skills in words, the best first. One query beside the protocol."""
    return _said(Skill.objects.filter(user__agency=agency), agency)


def _said(rows: QuerySet[Skill], agency: UUID) -> dict[UUID, tuple[str, ...]]:
    said: dict[UUID, list[str]] = defaultdict(list)
    known = dict(choices(agency))
    for row in rows.order_by("-level", "skill"):
        words = {"skill": known.get(row.skill, row.skill), "level": LEVELS[row.level]}
        said[row.user_id].append(_("%(skill)s (%(level)s)") % words)
    return {person: tuple(each) for person, each in said.items()}


def choices(agency: UUID) -> list[tuple[str, str]]:
    """The skills that the agency's protocol names: code and words."""
    return list(store.published(agency)[1].skills.items())


def people(agency: Agency) -> tuple[Colleague, ...]:
    """Everybody who may be planned or has skills, by role and name. One query."""
    rows = User.objects.filter(agency=agency, is_active=True)
    rows = rows.exclude(role=Role.WALLBOARD.value)
    return tuple(
        Colleague(
            id=row.pk, name=str(row), role=row.role, role_label=str(NAMES[row.role])
        )
        for row in rows.order_by("role", "short_name", "pk")
    )
