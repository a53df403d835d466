"""Cautions: raised on a call's page; listed, prolonged and ended by a supervisor."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dispatch import access, errors
from dispatch.actions import flag as act
from dispatch.actions.base import database_now
from dispatch.models import Call
from dispatch.selectors import flag, sentences
from dispatch.selectors.decision import word
from dispatch.selectors.words import refusal
from dispatch.web import forms
from dispatch.web.base import acting, coded
from dispatch.web.call import form
from dispatch.web.errors import status_of


@form("flag.edit")
def raise_(request: HttpRequest, call: Call) -> object:
    return act.raise_(
        call_id=call.pk,
        subject=coded(request, act.SUBJECTS, "subject"),
        code=coded(request, act.CODES, "code"),
        hazard=request.POST.get("hazard") == "yes",
        text=forms.words(request.POST, "text"),
        by=acting(request),
    )


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request)


@login_required
@require_POST
def end(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    row = access.flag_for(request.user, flag_id)
    try:
        why = coded(request, act.END_WHY)
        act.end(flag_id=row.pk, why=why, by=acting(request))
    except errors.Invalid as error:
        return _show(request, error)
    return redirect("flags")


@login_required
@require_POST
def extend(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    row = access.flag_for(request.user, flag_id)
    try:
        act.extend(flag_id=row.pk, by=acting(request))
    except errors.LostRace as error:
        return _show(request, error)
    return redirect("flags")


def _show(
    request: HttpRequest, error: errors.DispatchError | None = None
) -> HttpResponse:
    access.require(request.user, "flag.see")
    access.record(request.user, "flag.see")
    context = {
        "flags": flag.every(request.user.agency_id, database_now()),
        "end_why": [(code, word(sentences.REASONS, code)) for code in act.END_WHY],
        "error": refusal(error) if error else "",
    }
    status = status_of(error) if error else 200
    return render(request, "flag/page.html", context, status=status)
