"""New call: the empty triage screen, whose first press opens the call."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from dispatch import access, errors
from dispatch.actions import intake
from dispatch.selectors import fields
from dispatch.web import forms, triage
from dispatch.web.base import acting


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Nothing is stored until Save or Accept; then the call has its number."""
    access.require(request.user, "call.open")
    if request.method != "POST":
        return triage.show(request, fields.blank())
    said = forms.typed(request.POST)
    if request.POST.get("do") == "look":
        return triage.show(request, said)
    try:
        triage.refuse_forbidden(request, said, None)
        call = intake.open_call(
            agency_id=request.user.agency_id,
            intake=forms.intake(said),
            by=acting(request, "open"),
        )
    except errors.DispatchError as error:
        return triage.show(request, said, error=error)
    return triage.go_on(request, call, said, opened=True)
