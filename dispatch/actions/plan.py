"""The plan for a familiar neighbour (F2): written by one person, approved by another.

A plan is words for people. No decision reads it.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.base import action, coded, database_now, lock_call
from dispatch.actions.flag import lookup_of
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import Actor
from dispatch.models import Agency, Plan

SUBJECTS = ("person", "number")
END_WHY = ("no_longer", "person_asks", "entered_by_mistake", "other")
# Our assumption: a plan that nobody looked at for half a year is not relied on.
REVIEW = timedelta(days=182)


@action
def write(*, call_id: UUID, subject: str, text: str, by: Actor) -> Plan:
    """A plan for whom this call is about; the one in force ends, and is kept."""
    assert by.id
    call = lock_call(call_id)
    if subject not in SUBJECTS:
        raise Invalid(field="subject", why=_("person or number"))
    if not text.strip():
        raise Invalid(field="text", why=_("write a few words"))
    lookup = lookup_of(call_id, subject)
    # Two who write for the same person on two calls take turns.
    quick.locked(Agency, call.agency_id)
    for before in quick.rows(
        Plan,
        lock="NO KEY UPDATE",
        agency=call.agency_id,
        subject=subject,
        lookup=lookup,
        ended_at=None,
    ):
        _end(before, "rewritten", by)
    plan = Plan(
        agency_id=call.agency_id,
        subject=subject,
        lookup=lookup,
        author_id=by.id,
        review_at=database_now() + REVIEW,
        text=text.strip(),
    )
    quick.add(plan)
    journal.append(events.PlanWritten(plan=plan.pk), call=call, by=by)
    return plan


@action
def approve(*, plan_id: UUID, by: Actor) -> Plan:
    """Another person than the author says that it holds. Twice is once."""
    plan = _lock(plan_id)
    if plan.ended_at is not None:
        raise LostRace
    if plan.approved_at is not None:
        return plan
    if by.id is None or by.id == plan.author_id:
        raise Invalid(_("Somebody else than the author approves it."), field="plan")
    quick.write(
        plan,
        {
            "approved_by_id": by.id,
            "approved_at": Now(),
            "review_at": database_now() + REVIEW,
        },
    )
    journal.append(events.PlanApproved(plan=plan.pk), agency=plan.agency_id, by=by)
    return plan


@action
def end(*, plan_id: UUID, why: str, by: Actor) -> Plan:
    """It holds no more. Twice is once."""
    plan = _lock(plan_id)
    if plan.ended_at is None:
        _end(plan, coded("reason", why), by)
    return plan


def _end(plan: Plan, why: str, by: Actor) -> None:
    quick.write(plan, {"ended_at": Now(), "why": why})
    ended = events.PlanEnded(plan=plan.pk, why=why)
    journal.append(ended, agency=plan.agency_id, by=by)


def _lock(plan_id: UUID) -> Plan:
    plan = quick.locked(Plan, plan_id)
    if plan is None:
        raise NotFound
    return plan
