"""The plan of a familiar neighbour: written beside a call, approved by somebody else."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dispatch import access, errors
from dispatch.actions import plan as act
from dispatch.actions.base import database_now
from dispatch.models import Call, Plan
from dispatch.selectors import sentences
from dispatch.selectors.decision import word
from dispatch.selectors.words import refusal
from dispatch.web import forms, known
from dispatch.web.base import acting, chosen_id, coded
from dispatch.web.errors import status_of
from dispatch.web.triage import abilities


@login_required
def page(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Read it, write it."""
    call = access.call_for(request.user, call_id, "plan.see")
    if request.method != "POST":
        return _show(request, call)
    call = access.call_for(request.user, call_id, "plan.edit")
    try:
        act.write(
            call_id=call.pk,
            subject=coded(request, act.SUBJECTS, "subject"),
            text=forms.words(request.POST, "text"),
            by=acting(request),
        )
    except errors.DispatchError as error:
        return _show(request, call, error)
    return redirect("plan", call.pk)


@login_required
@require_POST
def approve(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    row, call = _beside(request, plan_id, "plan.approve")
    try:
        act.approve(plan_id=row.pk, by=acting(request))
    except errors.DispatchError as error:
        return _show(request, call, error)
    return redirect("plan", call.pk)


@login_required
@require_POST
def end(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    row, call = _beside(request, plan_id, "plan.edit")
    try:
        act.end(plan_id=row.pk, why=coded(request, act.END_WHY), by=acting(request))
    except errors.DispatchError as error:
        return _show(request, call, error)
    return redirect("plan", call.pk)


def _beside(request: HttpRequest, plan_id: UUID, verb: str) -> tuple[Plan, Call]:
    """The plan, and the call on whose page it stands."""
    plan = access.plan_for(request.user, plan_id, verb)
    call = access.call_for(request.user, chosen_id(request, "call"), verb)
    return access.plan_about(plan, call), call


def _show(
    request: HttpRequest, call: Call, error: errors.DispatchError | None = None
) -> HttpResponse:
    access.record(request.user, "plan.see", call=call)
    context = {
        "call": call,
        **known.of_call(request, call, at=database_now()),
        "end_why": [(code, word(sentences.REASONS, code)) for code in act.END_WHY],
        "may": abilities(request),
        "typed": request.POST if error else {},
        "error": refusal(error) if error else "",
    }
    status = status_of(error) if error else 200
    return render(request, "plan/page.html", context, status=status)
