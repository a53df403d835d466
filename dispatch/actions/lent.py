"""A lent unit that comes free is back home: the loan, and what it showed, end at once.

While it calls for help both centres watch over it, and the loan goes on.
"""

from uuid import UUID

from django.db.models.functions import Now

from dispatch import events, journal, quick
from dispatch.actions.base import move
from dispatch.actions.counted import EMERGENCY
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Call, Loan, Unit
from dispatch.states import LoanState


def came_free(unit: Unit, by: Actor) -> None:
    """End the loan of this unit, if it is lent. The caller holds its call and the unit.

    Not while it is in an emergency: the end of that calls this again.
    """
    if unit.emergency_at is not None:
        return
    lent = quick.rows(Loan, lock="NO KEY UPDATE", unit=unit.pk, state=LoanState.LENT)
    for loan in lent:
        over(loan.call, loan, "unit_free", by)


def call_of(unit_id: UUID) -> UUID | None:
    """The neighbour's call that this unit is lent to, also while nothing there rings."""
    lent = quick.find(Loan, unit=unit_id, state=LoanState.LENT)
    return lent.call_id if lent else None


def refuse_in_need(unit: Unit) -> None:
    """Invalid for a lent crew in an emergency: its loan would end, the emergency not.

    Both centres watch over it until somebody knows that it is well. The caller holds
    the call and the unit.
    """
    if unit.emergency_at is None:
        return
    if quick.rows(Loan, unit=unit.pk, state=LoanState.LENT):
        raise Invalid(EMERGENCY, field="unit", who=unit.name)


def over(call: Call, loan: Loan, why: str, by: Actor) -> None:
    """This loan ends now. The caller holds the call and the loan."""
    move(loan, LoanState.ENDED, reason=why, ended_at=Now())
    say(events.LoanEnded(loan=loan.pk, why=why), call, loan, by)


def say(
    said: events.LoanAnswered | events.LoanEnded, call: Call, loan: Loan, by: Actor
) -> None:
    """In the call's history with the unit's name, and in the lender's log without the call."""
    journal.append(said, call=call, unit=loan.unit, by=by)
    if loan.unit is None:
        journal.append(said, agency=loan.lender_id, by=by)
