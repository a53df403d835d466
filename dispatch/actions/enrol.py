"""One line of a roster: who somebody is, what they can, when they work; all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions import setup
from dispatch.actions.base import action, database_now, lock_presence
from dispatch.actions.roster import (
    lock_shift,
    plan_for,
    refuse_misfit,
    refuse_overlap,
    refuse_span,
    skill_for,
    withdraw_swaps,
)
from dispatch.errors import Busy, Invalid
from dispatch.events import Actor
from dispatch.models import PlannedShift, Unit, User

NAMES = {"name": "first_name", "short_name": "short_name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A line as it was read. What is empty says nothing; without times no shift."""

    username: str
    role: str
    name: str = ""
    short_name: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    unit: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    deputy: bool = False


class Rehearsed(Exception):
    """A line that could be taken, and was not: it was only to be tried."""


@action
def enrol(
    *, agency_id: UUID, line: Enrolment, by: Actor, dry_run: bool = False
) -> User:
    """The person, their skills and their shift as the line has them.

    Nobody signs in as somebody new before an operator gives them a password. Said
    again it changes nothing. ``dry_run`` ends in Rehearsed, and nothing is kept.
    """
    user = _person(agency_id, line, by)
    lock_presence(user.pk)
    for skill, level in sorted(line.skills.items()):
        skill_for(agency_id, user.pk, skill, level, by)
    if line.starts_at is not None and line.ends_at is not None:
        _shift(user, line, line.starts_at, line.ends_at, by)
    if dry_run:
        raise Rehearsed
    return user


def _person(agency_id: UUID, line: Enrolment, by: Actor) -> User:
    found = quick.find(User, username=line.username)
    if found is not None and found.agency_id == agency_id:
        _refuse_other(found, line)
        return found
    setup.take_turn()
    user = setup.a_user(
        agency_id=agency_id,
        username=line.username,
        role=line.role,
        short_name=line.short_name,
        name=line.name,
    )
    if User.objects.filter(username=user.username).exists():
        return User.objects.get(username=user.username)
    user.set_password(None)
    setup.join(user, by)
    return user


def _refuse_other(found: User, line: Enrolment) -> None:
    """A roster says when people work; who they are, other commands say."""
    if line.role != found.role:
        raise Invalid(field="role", why=_("it is another one here; see change_user"))
    for name, column in NAMES.items():
        said = getattr(line, name)
        if said and said != getattr(found, column):
            raise Invalid(field=name, why=_("it is another one here"))
    if not found.is_active:
        raise Invalid(field="username", why=_("does not work here any more"))


def _shift(
    user: User, line: Enrolment, starts: datetime, ends: datetime, by: Actor
) -> None:
    """Planned, or changed where one of theirs begins then. The caller holds the person."""
    assert user.agency_id
    said = PlannedShift(
        agency_id=user.agency_id,
        role=user.role,
        unit_id=_unit(user.agency_id, line.unit),
        starts_at=starts,
        ends_at=ends,
        deputy=line.deputy,
    )
    found = quick.find(PlannedShift, user=user.pk, starts_at=starts, dropped_at=None)
    if found is None:
        plan_for(said, user.pk, by)
        return
    new = {name: getattr(said, name) for name in ("unit_id", "ends_at", "deputy")}
    if any(getattr(found, name) != value for name, value in new.items()):
        _change(found, new, by)


def _change(found: PlannedShift, new: Mapping[str, object], by: Actor) -> None:
    # After the person, for it was not known before; a deadlock is tried again.
    shift = lock_shift(found.pk)
    if (shift.user_id, shift.dropped_at) != (found.user_id, None):
        raise Busy
    if shift.ends_at <= database_now():
        raise Invalid(field="ends", why=_("that is over already"))
    for name, value in new.items():
        setattr(shift, name, value)
    refuse_misfit(shift)
    refuse_span(shift)
    assert shift.user_id
    refuse_overlap(shift.user_id, shift)
    quick.write(shift, new)
    # Whoever was asked said nothing of these times.
    withdraw_swaps(shift, by)
    said = events.ShiftPlanned(shift=shift.pk, person=shift.user_id)
    journal.append(said, agency=shift.agency_id, by=by)


def _unit(agency_id: UUID, name: str) -> UUID | None:
    if not name:
        return None
    found = quick.find(Unit, agency=agency_id, name=name)
    if found is None:
        raise Invalid(field="unit", why=_("there is no such unit"))
    return found.pk
