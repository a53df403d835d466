"""A lent unit that comes free is back home: the loan, and what it showed, end at once."""

from django.db.models.functions import Now

from dispatch import events, journal, quick
from dispatch.actions.base import move
from dispatch.actions.counted import EMERGENCY
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Call, Loan, Unit
from dispatch.states import LoanState


def came_free(unit: Unit, by: Actor) -> None:
    """End the loan of this unit, if it is lent. The caller holds its call and the unit."""
    lent = quick.rows(Loan, lock="NO KEY UPDATE", unit=unit.pk, state=LoanState.LENT)
    for loan in lent:
        over(loan.call, loan, "unit_free", by)


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
    ended = events.LoanEnded(loan=loan.pk, why=why)
    journal.append(ended, call=call, by=by)
    journal.append(ended, agency=loan.lender_id, unit=loan.unit, by=by)
