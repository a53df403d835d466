"""Shifts to test with: planned some hours from now, offered, answered."""

from datetime import timedelta

from dispatch.actions import roster, swap
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from dispatch.models import PlannedShift
from tests import makers

HOUR = timedelta(hours=1)


def planned(centre, user=None, start=2, hours=8, role="clinician", **said):
    """A shift that begins ``start`` hours from now."""
    now = database_now()
    return roster.plan(
        agency_id=centre.pk,
        role=role,
        user_id=user and user.pk,
        starts_at=now + start * HOUR,
        ends_at=now + (start + hours) * HOUR,
        by=CLOCK,
        **said,
    )


def moved(shift, **times):
    """The same shift, with other times, as if it had been planned then."""
    now = database_now()
    PlannedShift.objects.filter(pk=shift.pk).update(
        **{name: now + hours * HOUR for name, hours in times.items()}
    )


def two(centre):
    return [makers.a_user(centre, "clinician") for _ in range(2)]


def ask(shift, by, **said):
    return swap.ask_swap(shift_id=shift.pk, by=makers.by(by), **said)


def answer(asked, by, *, take=True):
    return swap.answer_swap(swap_id=asked.pk, take=take, by=makers.by(by))


def whose(shift):
    return makers.fresh(shift).user
