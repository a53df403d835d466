"""Who is there beside the board: units and people, each with a word for their state."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from dispatch import planned
from dispatch.selectors import words
from dispatch.selectors.said import said as _
from routing import store

Card = dict[str, Any]
SHOWN = frozenset({"clinician", "navigator"})
MICROSECONDS = len("2026-03-02 15:04:05.123456+00")

# By hand: one statement each, and it is asked several times a second.
UNITS = """
SELECT u.id::text, u.name, u.kind, u.state, u.state_since::text, u.reason, u.zone,
       u.check_late, u.check_due_at::text, u.emergency_at::text, c.number,
       CASE WHEN c.agency_id = u.agency_id THEN c.id::text END,
       CASE WHEN u.state = 'available' THEN u.missed ELSE 0 END
FROM dispatch_unit u
LEFT JOIN dispatch_assignment a ON a.unit_id = u.id AND a.ended_at IS NULL
LEFT JOIN dispatch_seat s ON s.id = a.seat_id
LEFT JOIN dispatch_call c ON c.id = s.call_id
WHERE u.agency_id = %(agency)s
  AND ({which})
ORDER BY u.kind, u.name
"""
ON_DUTY = "u.state <> 'off_duty' OR u.emergency_at IS NOT NULL"
PEOPLE = """
SELECT u.id::text, u.short_name, u.role, p.state, p.since::text,
       (SELECT c.number
        FROM dispatch_assignment a
        JOIN dispatch_seat s ON s.id = a.seat_id
        JOIN dispatch_call c ON c.id = s.call_id
        WHERE a.person_id = u.id AND a.ended_at IS NULL
        ORDER BY a.id DESC LIMIT 1)
FROM dispatch_presence p
JOIN dispatch_user u ON u.id = p.user_id
WHERE p.agency_id = %(agency)s
  AND ({which})
ORDER BY u.role, u.short_name
"""
THERE = "p.state <> 'offline' AND u.role IN ('clinician', 'navigator')"
THESE = "u.id = ANY(%(ids)s::uuid[])"


class _Unit(NamedTuple):
    id: str
    name: str
    kind: str
    state: str
    since: str
    reason: str
    zone: str
    check_late: bool
    check_due: str | None
    emergency: str | None
    call: str | None
    call_id: str | None
    missed: int


class _Person(NamedTuple):
    id: str
    name: str
    role: str
    state: str
    since: str
    call: str | None


def moment(stored: str) -> str:
    """PostgreSQL's text for a time, as every card carries it: ISO 8601."""
    if len(stored) == MICROSECONDS:
        return f"{stored[:10]}T{stored[11:]}:00"
    # Noughts at the end are left out by PostgreSQL, and not by Python.
    return datetime.fromisoformat(stored).isoformat()


def units(
    agency: UUID, projection: str, ids: Iterable[UUID | str] | None = None
) -> list[Card]:
    """Every unit that is not off duty (of ``ids``: off duty too), by name."""
    found = [_Unit._make(row) for row in _rows(UNITS, ON_DUTY, agency, ids)]
    # Mostly every crew answers, and the rules are not looked at.
    late = any(one.missed for one in found)
    most = store.published(agency)[1].queue.missed_offers if late else 1
    return [_unit_card(one, silent=one.missed >= most) for one in found]


def _rows(
    statement: str, usual: str, agency: UUID, ids: Iterable[UUID | str] | None
) -> list[tuple[Any, ...]]:
    if ids is None:
        return planned.ask(statement.format(which=usual), {"agency": agency})
    values = {"agency": agency, "ids": planned.uuids(ids)}
    return planned.ask(statement.format(which=THESE), values)


def _unit_card(unit: _Unit, *, silent: bool) -> Card:
    label, shape = words.unit(unit.state)
    since, act = unit.since, False
    if unit.emergency:
        label, shape, since, act = _("Emergency"), "full", unit.emergency, True
    elif unit.check_late and unit.check_due:
        label, since, act = _("Safety check"), unit.check_due, True
    elif silent:
        label, act = _("Not answering"), True
    return {
        "id": unit.id,
        "name": unit.name,
        "kind": unit.kind,
        "state": unit.state,
        "label": label,
        "shape": shape,
        "since": moment(since),
        "call": unit.call,
        "call_id": unit.call_id,
        "note": unit.reason or unit.zone,
        "emergency": bool(unit.emergency),
        "act": act,
        "gone": unit.state == "off_duty" and not unit.emergency,
    }


def people(
    agency: UUID, projection: str, ids: Iterable[UUID | str] | None = None
) -> list[Card]:
    """Clinicians and navigators who are there, by name; nobody on a wall.

    Of ``ids`` everybody, so that who is not there any more leaves the board.
    """
    if projection == "wall":
        return []
    return [
        _person_card(_Person._make(row)) for row in _rows(PEOPLE, THERE, agency, ids)
    ]


def _person_card(person: _Person) -> Card:
    label, shape = words.presence(person.state)
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "state": person.state,
        "label": label,
        "shape": shape,
        "since": moment(person.since),
        "call": person.call,
        "act": False,
        "gone": person.state == "offline" or person.role not in SHOWN,
    }
