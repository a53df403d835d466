"""Loans: ask a neighbour from a call's page; answer neighbours on a page of one's own."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch import access, errors, journal
from dispatch.actions import loan, safety
from dispatch.models import Call, Loan
from dispatch.selectors import loan as loans
from dispatch.selectors import sentences
from dispatch.selectors.decision import word
from dispatch.selectors.words import refusal
from dispatch.states import LoanState
from dispatch.web.base import acting, chosen_id, coded, seen
from dispatch.web.call import form
from dispatch.web.errors import status_of

Act = Callable[[HttpRequest, Loan], object]
END_WHY = ("not_needed", "another_unit", "other")


@form("loan.work")
def ask(request: HttpRequest, call: Call) -> object:
    return loan.ask(
        call_id=call.pk,
        lender_id=chosen_id(request, "lender"),
        response=request.POST.get("response", ""),
        by=acting(request),
        seen=seen(request),
    )


@form("loan.work")
def end(request: HttpRequest, call: Call, asked_id: UUID) -> object:
    row = access.own_loan(request.user, asked_id)
    if row.call_id != call.pk:
        raise errors.NotFound
    why = coded(request, END_WHY, "why")
    return loan.end(loan_id=row.pk, why=why, by=acting(request))


@form("unit.dispatch")
def emergency(request: HttpRequest, call: Call, asked_id: UUID) -> object:
    """The lent crew needs help now: heard by radio here, where it works."""
    unit_id = _lent(request, call, asked_id)
    return safety.emergency(unit_id=unit_id, by=acting(request))


@form("unit.dispatch")
def calm(request: HttpRequest, call: Call, asked_id: UUID) -> object:
    """The lent crew is well: its emergency ends, in both centres."""
    unit_id = _lent(request, call, asked_id)
    return safety.end_emergency(unit_id=unit_id, by=acting(request))


@form("unit.dispatch")
def radio(request: HttpRequest, call: Call, asked_id: UUID) -> object:
    """The lent crew said by radio that all is well."""
    unit_id = _lent(request, call, asked_id)
    return safety.confirm_safe(unit_id=unit_id, by=acting(request), by_radio=True)


def _lent(request: HttpRequest, call: Call, asked_id: UUID) -> UUID:
    """The unit that a neighbour has lent to this call now."""
    row = access.own_loan(request.user, asked_id)
    if row.call_id != call.pk:
        raise errors.NotFound
    if row.unit_id is None:
        raise errors.Invalid(field="unit", why=_("no unit of theirs is here"))
    return access.unit_watched(request.user, row.unit_id, "unit.dispatch").pk


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request, "loan/page.html")


@login_required
def live(request: HttpRequest) -> HttpResponse:
    """The requests and loans alone, made anew while the page is looked at."""
    return _show(request, "loan/_list.html")


@login_required
def strip(request: HttpRequest) -> HttpResponse:
    """What nobody has answered yet, beside the board."""
    found = access.read_loans(request.user, LoanState.ASKED, again=True)
    return render(request, "loan/_strip.html", {"loans": loans.shown(found)})


@login_required
def count(request: HttpRequest) -> HttpResponse:
    """How many requests nobody has answered: the number beside the page's name."""
    access.require(request.user, "loan.work")
    asks = loans.waiting(request.user.agency_id)
    return render(request, "loan/_count.html", {"count": asks})


def answers(act: Act) -> Callable[..., HttpResponse]:
    """A press of the lender's: reach the loan while it is open, act, back to the page."""

    @wraps(act)
    def view(request: HttpRequest, loan_id: UUID) -> HttpResponse:
        row = access.loan_to(request.user, loan_id)
        try:
            act(request, row)
        except errors.NotFound:
            raise
        except errors.DispatchError as error:
            return _show(request, "loan/page.html", error)
        return redirect("loans")

    return login_required(require_POST(view))


@answers
def lend(request: HttpRequest, row: Loan) -> object:
    """Name the unit that goes."""
    unit_id = chosen_id(request, "unit")
    own = access.unit_for(request.user, unit_id, "unit.dispatch")
    return loan.lend(loan_id=row.pk, unit_id=own.pk, by=acting(request))


@answers
def decline(request: HttpRequest, row: Loan) -> object:
    reason = coded(request, loan.DECLINE_WHY)
    return loan.decline(loan_id=row.pk, reason=reason, by=acting(request))


@answers
def back(request: HttpRequest, row: Loan) -> object:
    """We need our unit at home."""
    return loan.call_back(loan_id=row.pk, by=acting(request))


def _show(
    request: HttpRequest, template: str, error: errors.DispatchError | None = None
) -> HttpResponse:
    # The number before the reading: what happens in between is shown twice, never lost.
    access.require(request.user, "loan.work")
    again = template == "loan/_list.html"
    context = {
        "board_number": journal.head(request.user.agency_id),
        "loans": loans.shown(access.read_loans(request.user, again=again)),
        "decline_why": [
            (code, word(sentences.REASONS, code)) for code in loan.DECLINE_WHY
        ],
        "error": refusal(error) if error else "",
    }
    status = status_of(error) if error else 200
    return render(request, template, context, status=status)
