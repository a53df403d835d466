"""New call: the empty triage screen, whose first press opens the call."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dispatch import access, errors
from dispatch.actions import callers, intake
from dispatch.actions.intake import Intake
from dispatch.selectors import fields
from dispatch.selectors.fields import Typed
from dispatch.web import forms, known, triage
from dispatch.web.base import acting, chosen_id


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Nothing is stored until Save or Accept; then the call has its number."""
    access.require(request.user, "call.open")
    if request.method != "POST":
        return triage.show(request, fields.blank())
    said = forms.typed(request.POST)
    if request.POST.get("do") == "look":
        return triage.show(request, said)
    if request.POST.get("same"):
        return _add_caller(request, said)
    try:
        known.refuse_forbidden(request, said, None)
        call = intake.open_call(
            agency_id=request.user.agency_id,
            intake=_intake(request, said),
            by=acting(request, "open"),
        )
    except errors.DispatchError as error:
        return triage.show(request, said, error=error)
    return triage.go_on(request, call, said, opened=True)


def _intake(request: HttpRequest, said: Typed) -> Intake:
    """With when the call's first word was typed, if its page still knows."""
    began = forms.began(request.POST, access.screen_lock(request.user))
    return forms.intake(said, began, request.POST.get("channel", "voice"))


def _add_caller(request: HttpRequest, said: Typed) -> HttpResponse:
    """The same event as an open call: one caller more there, and no second call."""
    call = access.call_for(request.user, chosen_id(request, "same"), "call.edit")
    try:
        callers.attach(
            call_id=call.pk,
            intake=_intake(request, said),
            answers=forms.answers(said),
            note=forms.words(request.POST, "note"),
            by=acting(request, "same"),
        )
    except errors.DispatchError as error:
        return triage.show(request, said, error=error)
    return redirect("call", call.pk)
