"""Callers about one event, on the call's page: part one from it, unlink it again."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dispatch import access
from dispatch.actions import callers
from dispatch.models import Call
from dispatch.web.base import acting, coded, seen
from dispatch.web.call import form


@form("call.edit")
def unlink(request: HttpRequest, call: Call) -> object:
    return callers.unlink(
        call_id=call.pk,
        reason=coded(request, callers.UNLINK_WHY),
        by=acting(request),
        seen=seen(request),
    )


@login_required
@require_POST
def prefer(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """How one further caller may be reached."""
    leg = access.contact_for(request.user, contact_id, "call.edit")
    callers.prefer(
        contact_id=leg.pk,
        safe_contact=request.POST.get("safe_contact", ""),
        by=acting(request),
    )
    return redirect("call", leg.call_id)


@login_required
@require_POST
def split(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """One caller gets a call of their own, which is asked next."""
    leg = access.contact_for(request.user, contact_id, "call.edit")
    made = callers.split(contact_id=leg.pk, by=acting(request))
    return redirect("triage", made.pk)
