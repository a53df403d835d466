"""Who is there, what the units do, and what the floor may say of a unit."""

import secrets
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dispatch import access, errors, journal
from dispatch.actions import position_key, safety, unit
from dispatch.actions.base import database_now
from dispatch.models import Unit
from dispatch.models.partner import hashed
from dispatch.selectors import loan as loans
from dispatch.selectors import skills, staff
from dispatch.selectors.crew import OUT_REASONS
from dispatch.selectors.decision import word
from dispatch.selectors.words import refusal
from dispatch.web.base import acting, coded
from dispatch.web.errors import status_of

Act = Callable[[HttpRequest, Unit], object]


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request, "staff/page.html")


@login_required
def live(request: HttpRequest) -> HttpResponse:
    """The lists alone, made anew when something changes."""
    return _show(request, "staff/_live.html")


def form(act: Act) -> Callable[..., HttpResponse]:
    """A press on a unit, from the floor: a crew has its own page for the same."""

    @wraps(act)
    def view(request: HttpRequest, unit_id: UUID) -> HttpResponse:
        access.require(request.user, "staff.see")
        row = access.unit_for(request.user, unit_id, "unit.report")
        try:
            act(request, row)
        except errors.NotFound:
            raise
        except errors.DispatchError as error:
            return _show(request, "staff/page.html", error)
        return redirect("staff")

    return login_required(require_POST(view))


@form
def take_out(request: HttpRequest, row: Unit) -> object:
    reason = coded(request, OUT_REASONS)
    return unit.out_of_service(unit_id=row.pk, reason=reason, by=acting(request))


@form
def put_in(request: HttpRequest, row: Unit) -> object:
    return unit.in_service(unit_id=row.pk, by=acting(request))


@form
def over(request: HttpRequest, row: Unit) -> object:
    """The crew's emergency has ended."""
    return safety.end_emergency(unit_id=row.pk, by=acting(request))


@form
def radio(request: HttpRequest, row: Unit) -> object:
    """The crew said by radio that all is well."""
    return safety.confirm_safe(unit_id=row.pk, by=acting(request), by_radio=True)


@login_required
@require_POST
def key(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """A secret for a device of this unit, shown this once; or all of them end."""
    row = access.unit_for(request.user, unit_id, "unit.key")
    if request.POST.get("do") == "revoke":
        position_key.revoke_all(unit_id=row.pk, by=acting(request))
        return redirect("staff")
    secret = secrets.token_urlsafe(32)
    position_key.make(unit_id=row.pk, hashed=hashed(secret), by=acting(request))
    answer = _show(request, "staff/page.html", made=(row.name, secret))
    answer["Cache-Control"] = "no-store"
    return answer


def _show(
    request: HttpRequest,
    template: str,
    error: errors.DispatchError | None = None,
    made: tuple[str, str] | None = None,
) -> HttpResponse:
    user = request.user
    access.require(user, "staff.see")
    # The number before the reading: what happens in between is shown twice, never lost.
    number = journal.head(user.agency_id)
    now = database_now()
    lends = access.may(user, "loan.work")
    again = template == "staff/_live.html"
    sees_overrides = access.may(user, "override.see")
    context = {
        "board_number": number,
        "people": staff.people(user.agency, now=now),
        "teams": staff.teams(user.agency),
        "overrides": staff.overrides(user.agency, now=now) if sees_overrides else (),
        "sees_overrides": sees_overrides,
        "loans": loans.shown(access.read_loans(user, again=again)) if lends else (),
        "sees_calls": access.may(user, "call.see"),
        "acts": access.may(user, "unit.report"),
        "makes_keys": access.may(user, "unit.key"),
        "made": made,
        "reasons": [(code, word(OUT_REASONS, code)) for code in OUT_REASONS],
        "edits_skills": access.may(user, "roster.edit"),
        "everybody": skills.people(user.agency),
        "skills": skills.choices(user.agency_id),
        "levels": skills.LEVELS.items(),
        "error": refusal(error) if error else "",
    }
    return render(request, template, context, status=status_of(error) if error else 200)
