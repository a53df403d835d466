"""Who is there beside the board: units and people, each with a word for their state."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F

from dispatch.models import Assignment, Presence, Unit
from dispatch.selectors import words
from dispatch.selectors.said import said as _
from dispatch.selectors.standing import Values

Card = dict[str, Any]


def units(
    agency: UUID, projection: str, ids: Iterable[UUID] | None = None
) -> list[Card]:
    """Every unit that is not off duty, by name. Two queries."""
    rows = Unit.objects.filter(agency=agency)
    rows = rows.filter(pk__in=list(ids)) if ids is not None else rows
    found = list(rows.order_by("kind", "name"))
    calls = {
        row["unit_id"]: row
        for row in Assignment.objects.filter(unit__in=found, ended_at=None).values(
            "unit_id", call_id=F("seat__call"), number=F("seat__call__number")
        )
    }
    if ids is None:
        found = [unit for unit in found if unit.state != "off_duty"]
    return [_unit_card(unit, calls.get(unit.pk)) for unit in found]


def _unit_card(unit: Unit, call: Values | None) -> Card:
    label, shape = words.unit(unit.state)
    since, act = unit.state_since, False
    if unit.emergency_at:
        label, shape, since, act = _("Emergency"), "full", unit.emergency_at, True
    elif unit.check_late and unit.check_due_at:
        label, since, act = _("Safety check"), unit.check_due_at, True
    return {
        "id": str(unit.pk),
        "name": unit.name,
        "kind": unit.kind,
        "state": unit.state,
        "label": label,
        "shape": shape,
        "since": since.isoformat(),
        "call": call["number"] if call else None,
        "call_id": str(call["call_id"]) if call else None,
        "note": unit.reason or unit.zone,
        "emergency": bool(unit.emergency_at),
        "act": act,
        "gone": unit.state == "off_duty",
    }


def people(
    agency: UUID, projection: str, ids: Iterable[UUID] | None = None
) -> list[Card]:
    """Clinicians and navigators who are there, by name. Two queries; none on a wall."""
    if projection == "wall":
        return []
    rows = Presence.objects.filter(
        agency=agency, user__role__in=["clinician", "navigator"]
    ).select_related("user")
    rows = rows.filter(pk__in=list(ids)) if ids is not None else rows
    found = list(rows.order_by("user__role", "user__short_name"))
    working = Assignment.objects.filter(
        person__in=[row.user_id for row in found], ended_at=None
    )
    calls = dict(
        working.order_by("pk").values_list("person", "seat__call__number").iterator()
    )
    if ids is None:
        found = [row for row in found if row.state != "offline"]
    return [_person_card(row, calls.get(row.user_id)) for row in found]


def _person_card(row: Presence, call: str | None) -> Card:
    label, shape = words.presence(row.state)
    return {
        "id": str(row.user_id),
        "name": row.user.short_name,
        "role": row.user.role,
        "state": row.state,
        "label": label,
        "shape": shape,
        "since": row.since.isoformat(),
        "call": call,
        "act": False,
        "gone": row.state == "offline",
    }
