"""Somebody's account: another role, a closed or an opened door, a new password."""

from uuid import UUID

from dispatch import events, journal
from dispatch.actions.base import action, lock_presence, lock_unit, move
from dispatch.actions.setup import refuse_unknown_role, refuse_weak, the_partner
from dispatch.actions.unit import crew_needed, end_shift
from dispatch.errors import NotFound
from dispatch.events import Actor
from dispatch.models import Presence, Role, Shift, Unit, User
from dispatch.states import PresenceState


@action
def change(
    *,
    user_id: UUID,
    by: Actor,
    role: str | None = None,
    active: bool | None = None,
    password: str | None = None,
    employer: str | None = None,
) -> User:
    """Change what is given, all of it or nothing; what is so already changes nothing.

    ``employer`` is the code of the partner who sends a counsellor, or empty for our own.
    Whose role, door, employer or password changes loses every open line. Who loses a role goes
    off duty too, unless a caller or a call depends on them: then say it again later.
    """
    unit, presence, user = _lock(user_id)
    before = _role(user)
    if role is not None:
        refuse_unknown_role(role)
        user.role = role
    if active is not None:
        user.is_active = active
    after = _role(user)
    if before != after:
        changed = events.RoleChanged(person=user.pk, before=before, after=after)
        journal.append(changed, agency=presence.agency_id, by=by)
    moved = _set_employer(user, presence.agency_id, employer, by)
    why = _why(before, after) or moved
    if password is not None and _set_password(user, password):
        why = why or "password_changed"
    user.save(update_fields=["role", "is_active", "password", "employer"])
    if before != after or after is None:
        _off_the_board(presence, by)
    gone = after != Role.RESPONDER
    if unit is not None and gone and not crew_needed(unit):
        end_shift(unit, user.pk, by)
    if why:
        ended = events.AccessEnded(person=user.pk, why=why)
        journal.append(ended, agency=presence.agency_id, by=by)
    return user


def _lock(user_id: UUID) -> tuple[Unit | None, Presence, User]:
    """The unit that they are on, if any, comes before the person."""
    found = _on(user_id)
    unit = lock_unit(found) if found else None
    presence = lock_presence(user_id)
    if (now := _on(user_id)) != found:
        # They signed on or off meanwhile. Should the late lock cross another's, the
        # database ends one of them and the whole action is tried again.
        unit = lock_unit(now) if now else None
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return unit, presence, user


def _on(user_id: UUID) -> UUID | None:
    """The unit of this person's open shift."""
    shifts = Shift.objects.filter(user=user_id, ended_at=None)
    return shifts.values_list("unit", flat=True).first()


def _role(user: User) -> str | None:
    """What this person may act as; who may not sign in acts as nobody."""
    return user.role if user.is_active else None


def _why(before: str | None, after: str | None) -> str:
    """Why open lines end; nobody who could not sign in has one."""
    if before is None or before == after:
        return ""
    return "deactivated" if after is None else "role_changed"


def _set_password(user: User, password: str) -> bool:
    """Whether it is another one than before."""
    if user.check_password(password):
        return False
    refuse_weak(password, user)
    user.set_password(password)
    return True


def _set_employer(user: User, agency: UUID, code: str | None, by: Actor) -> str:
    """Why open lines end, if it is another one than before; Invalid: not our partner."""
    if code is None:
        return ""
    partner = the_partner(agency, code)
    if user.employer == partner:
        return ""
    changed = events.EmployerChanged(
        person=user.pk,
        before=user.employer.code if user.employer else None,
        after=partner.code if partner else None,
    )
    user.employer = partner
    journal.append(changed, agency=agency, by=by)
    return "employer_changed"


def _off_the_board(presence: Presence, by: Actor) -> None:
    """Who has a caller on the line stays engaged, where others see it."""
    before = presence.state
    if before in {PresenceState.OFFLINE, PresenceState.ENGAGED}:
        return
    move(presence, PresenceState.OFFLINE, reason="")
    said = events.PresenceChanged(
        person=presence.user_id, before=before, after=PresenceState.OFFLINE.value
    )
    journal.append(said, agency=presence.agency_id, by=by)
