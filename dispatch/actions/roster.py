"""Who is to work when and what they can: shifts planned, taken, dropped; skills set."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, free, journal, planned, quick
from dispatch.actions.base import action, coded, database_now, lock_presence, move
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import Actor
from dispatch.models import PlannedShift, Role, ShiftSwap, Skill, Unit, User
from dispatch.states import SwapState
from routing import store

# Assumptions, all three: what is longer, or further ahead, somebody mistyped.
LONGEST = timedelta(hours=48)
LONGEST_UNPLANNED = timedelta(hours=12)
HORIZON = timedelta(days=731)
ROLES = tuple(role.value for role in Role if role is not Role.WALLBOARD)
DROPS = ("sick", "leave", "training", "not_needed", "mistake", "other")
UNPLANNED = "unplanned"
# Who may have an alarm: see IN_LINE in dispatch.wrong.
DEPUTIES = frozenset({Role.DISPATCHER, Role.CLINICIAN, Role.SUPERVISOR})
LEVELS = range(4)
ON_SHIFT = f"""
SELECT 1 FROM dispatch_presence p WHERE p.user_id = %(person)s AND {free.ON_SHIFT}
"""  # noqa: S608  our own words


def on_shift(user_id: UUID) -> bool:
    """Whether a shift of this person covers now, or begins within ``EARLY_SIGN_IN``."""
    return bool(planned.ask(ON_SHIFT, {"person": user_id}))


@action
def plan(
    *,
    agency_id: UUID,
    role: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    user_id: UUID | None = None,
    unit_id: UUID | None = None,
    deputy: bool = False,
) -> PlannedShift:
    """Somebody is to work then; nobody yet: whoever has the role may take it.

    Said again for the same person and times it answers with that shift.
    """
    shift = PlannedShift(
        agency_id=agency_id,
        role=role,
        unit_id=unit_id,
        starts_at=starts_at,
        ends_at=ends_at,
        deputy=deputy,
    )
    return plan_for(shift, user_id, by)


def plan_for(shift: PlannedShift, user_id: UUID | None, by: Actor) -> PlannedShift:
    """Store the new shift for this person, or the one that says the same."""
    refuse_misfit(shift)
    if user_id is not None:
        lock_worker(user_id, shift)
        shift.user_id = user_id
        found = _same(shift)
        if found is not None:
            return found
    refuse_span(shift)
    if user_id is not None:
        refuse_overlap(user_id, shift)
    quick.add(shift)
    _say_planned(shift, by)
    return shift


def _say_planned(shift: PlannedShift, by: Actor) -> None:
    said = events.ShiftPlanned(shift=shift.pk, person=shift.user_id)
    journal.append(said, agency=shift.agency_id, by=by)


def refuse_misfit(shift: PlannedShift) -> None:
    """Invalid for a unit without a crew's shift, or a deputy who gets no alarms."""
    if shift.role not in ROLES:
        raise Invalid(field="role", why=_("choose one of the roles"))
    if shift.deputy and shift.role not in DEPUTIES:
        raise Invalid(
            field="deputy",
            why=_("only a dispatcher, clinician or supervisor has alarms"),
        )
    if shift.unit_id is None:
        return
    if not Unit.objects.filter(pk=shift.unit_id, agency=shift.agency_id).exists():
        raise NotFound
    if shift.role != Role.RESPONDER:
        raise Invalid(field="unit", why=_("only a crew works on a unit"))


def refuse_span(shift: PlannedShift) -> None:
    """Invalid for what nobody can mean: over already, backwards, too long, too far."""
    now = database_now()
    if shift.ends_at <= shift.starts_at:
        raise Invalid(field="ends", why=_("it ends before it begins"))
    if shift.ends_at - shift.starts_at > LONGEST:
        raise Invalid(field="ends", why=_("no shift is longer than 48 hours"))
    if shift.ends_at <= now:
        raise Invalid(field="ends", why=_("that is over already"))
    if shift.ends_at > now + HORIZON:
        raise Invalid(field="ends", why=_("that is more than two years ahead"))


def lock_worker(user_id: UUID, shift: PlannedShift) -> User:
    """Who would work this shift, their hours held until commit; Invalid if they cannot.

    Whoever plans, takes or swaps holds the person, so that nobody is booked twice.
    """
    lock_presence(user_id)
    user = quick.find(User, id=user_id, agency=shift.agency_id)
    if user is None:
        raise NotFound
    if not user.is_active:
        raise Invalid(field="person", why=_("does not work here any more"))
    if user.role != shift.role:
        raise Invalid(field="person", why=_("has another role than the shift"))
    return user


def refuse_overlap(
    user_id: UUID, shift: PlannedShift, besides: PlannedShift | None = None
) -> None:
    """Invalid if another shift of this person lies in its time. Holds the person."""
    apart = [one.pk for one in (shift, besides) if one is not None]
    others = PlannedShift.objects.filter(
        user=user_id,
        dropped_at=None,
        starts_at__lt=shift.ends_at,
        ends_at__gt=shift.starts_at,
    )
    if others.exclude(pk__in=apart).exists():
        raise Invalid(field="person", why=_("is planned to work at that time already"))


def _same(shift: PlannedShift) -> PlannedShift | None:
    found = quick.find(
        PlannedShift, user=shift.user_id, starts_at=shift.starts_at, dropped_at=None
    )
    alike = ("ends_at", "role", "unit_id", "deputy")
    if found and all(getattr(found, one) == getattr(shift, one) for one in alike):
        return found
    return None


def lock_shift(shift_id: UUID) -> PlannedShift:
    """The shift, locked until commit; shifts come before the people on them."""
    shift = quick.locked(PlannedShift, shift_id)
    if shift is None:
        raise NotFound
    return shift


@action
def take(*, shift_id: UUID, user_id: UUID, by: Actor) -> PlannedShift:
    """An open shift is this person's now. A second one is told that it is taken."""
    shift = lock_shift(shift_id)
    if shift.user_id == user_id:
        return shift
    if shift.user_id is not None or shift.dropped_at is not None:
        raise LostRace
    if shift.ends_at <= database_now():
        raise Invalid(field="shift", why=_("that is over already"))
    lock_worker(user_id, shift)
    refuse_overlap(user_id, shift)
    hand(shift, user_id, by)
    return shift


def hand(shift: PlannedShift, user_id: UUID, by: Actor) -> None:
    """The shift is this person's. The caller holds the shift and the person."""
    before = shift.user_id
    quick.write(shift, {"user_id": user_id})
    said = events.ShiftTaken(shift=shift.pk, person=user_id, before=before)
    journal.append(said, agency=shift.agency_id, by=by)


@action
def drop(*, shift_id: UUID, why: str, by: Actor, again: bool = False) -> PlannedShift:
    """Nobody works this shift. ``again``: what is left of it stands open for others."""
    shift = lock_shift(shift_id)
    coded("why", why)
    if shift.dropped_at is not None:
        return shift
    if shift.ends_at <= database_now():
        raise Invalid(field="shift", why=_("that is over already"))
    quick.write(shift, {"dropped_at": Now(), "why": why})
    journal.append(
        events.ShiftDropped(shift=shift.pk, why=why), agency=shift.agency_id, by=by
    )
    withdraw_swaps(shift, by)
    if again:
        _reopen(shift, by)
    return shift


def _reopen(shift: PlannedShift, by: Actor) -> None:
    left = PlannedShift(
        agency_id=shift.agency_id,
        role=shift.role,
        unit_id=shift.unit_id,
        starts_at=max(shift.starts_at, database_now()),
        ends_at=shift.ends_at,
        deputy=shift.deputy,
    )
    quick.add(left)
    _say_planned(left, by)


def withdraw_swaps(shift: PlannedShift, by: Actor) -> None:
    """Nobody can answer any more what was asked about it. The caller holds the shift."""
    asked = ShiftSwap.objects.select_for_update(no_key=True).filter(
        Q(shift=shift.pk) | Q(instead=shift.pk), state=SwapState.ASKED
    )
    for swap in asked.order_by("pk"):
        end_swap(swap, SwapState.WITHDRAWN, shift, by)


def end_swap(swap: ShiftSwap, to: SwapState, shift: PlannedShift, by: Actor) -> None:
    """The caller holds the shift and the swap."""
    move(swap, to, answered_at=Now())
    said = events.SwapAnswered(swap=swap.pk, answer=to.value)
    journal.append(said, agency=shift.agency_id, by=by)


@action
def start_unplanned(*, until: datetime, by: Actor) -> PlannedShift:
    """Somebody works now, or longer than planned; the log tells the supervisor.

    On shift already it begins where that one ends. At most 12 hours.
    """
    presence, now = lock_presence(_person(by)), database_now()
    user = User.objects.get(pk=presence.user_id)
    current = PlannedShift.objects.filter(
        user=user, dropped_at=None, starts_at__lte=now, ends_at__gt=now
    ).first()
    shift = PlannedShift(
        agency_id=presence.agency_id,
        role=user.role,
        user_id=user.pk,
        starts_at=current.ends_at if current else now,
        ends_at=until,
        why=UNPLANNED,
    )
    refuse_misfit(shift)
    if current is not None and current.ends_at == until:
        return current
    refuse_span(shift)
    if until - shift.starts_at > LONGEST_UNPLANNED:
        raise Invalid(field="until", why=_("at most 12 hours; ask for a planned shift"))
    refuse_overlap(user.pk, shift)
    quick.add(shift)
    _say_planned(shift, by)
    return shift


def _person(by: Actor) -> UUID:
    assert by.id is not None
    return by.id


@action
def set_skill(*, user_id: UUID, skill: str, level: int, by: Actor) -> User:
    """What somebody can: level 1 some, 2 good, 3 expert; 0 takes it away."""
    presence = lock_presence(user_id)
    skill_for(presence.agency_id, user_id, skill, level, by)
    return User.objects.get(pk=user_id)


def skill_for(
    agency_id: UUID, user_id: UUID, skill: str, level: int, by: Actor
) -> bool:
    """Whether that changed anything. The caller holds the person."""
    if level not in LEVELS:
        raise Invalid(field="level", why=_("1 some, 2 good, 3 expert"))
    found = quick.find(Skill, user=user_id, skill=skill)
    if (found.level if found else 0) == level:
        return False
    # What no rule names any more can still be taken away.
    if level and skill not in store.published(agency_id)[1].skills:
        raise Invalid(field="skill", why=_("the protocol names no such skill"))
    if found is None:
        quick.add(Skill(user_id=user_id, skill=skill, level=level))
    elif level:
        quick.write(found, {"level": level})
    else:
        found.delete()
    said = events.SkillSet(person=user_id, skill=skill, level=level)
    journal.append(said, agency=agency_id, by=by)
    return True
