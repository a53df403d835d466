"""What a loan lets a neighbour's floor and the lent crew see, while it is open."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from dispatch.access.look import record, seen_lately
from dispatch.access.policy import require, role_of
from dispatch.access.row import one
from dispatch.access.unit import units_of
from dispatch.models import Call, Loan, Role, User
from dispatch.states import OPEN_CALL


def lent_calls(user: User) -> QuerySet[Call]:
    """The neighbour's call that the unit of this crew is lent to now, and no other."""
    if role_of(user) is not Role.RESPONDER:
        return Call.objects.none()
    return Call.objects.filter(
        loans__state="lent", loans__unit__in=units_of(user)
    ).distinct()


def loans_to(user: User) -> QuerySet[Loan]:
    """What neighbours ask this floor for, or have of it: while it is open, no longer."""
    require(user, "loan.work")
    ends = Q(state__in=["asked", "lent"], ends_at__gt=Now())
    return Loan.objects.filter(
        ends, lender=user.agency_id, call__state__in=OPEN_CALL
    ).order_by("asked_at")


def loan_to(user: User, loan_id: UUID) -> Loan:
    return one(loans_to(user), loan_id)


def read_loans(user: User, *states: str, again: bool = False) -> list[Loan]:
    """What this floor sees of its neighbours' calls; each look is recorded.

    With ``states`` only the loans that are in one of them. ``again``: a page that is
    open asks anew; what it showed already in this sitting is no new look.
    """
    rows = loans_to(user).select_related("call__agency", "call__caller", "unit")
    loans = list(rows.filter(state__in=states) if states else rows)
    calls = [loan.call for loan in loans] if again else []
    known = seen_lately(user, "loan.work", calls) if calls else frozenset()
    for loan in loans:
        reason = f"loan_{loan.state}"
        if (loan.call_id, reason) not in known:
            record(user, "loan.work", call=loan.call, reason=reason)
    return loans


def own_loan(user: User, loan_id: UUID) -> Loan:
    """A loan that this centre asked for."""
    require(user, "loan.work")
    return one(Loan.objects.filter(call__agency=user.agency_id), loan_id)
