"""Call types: which of ours another system's wording means."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from dispatch import access, errors
from dispatch.actions import integration
from dispatch.selectors import wording
from dispatch.selectors.words import refusal
from dispatch.web.base import acting
from dispatch.web.errors import status_of

WORDS = 120


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request)


@login_required
@require_POST
def put(request: HttpRequest, wording_id: UUID) -> HttpResponse:
    """From now on this wording means the chosen type; empty leaves it unmapped."""
    row = access.wording_for(request.user, wording_id)
    try:
        integration.map_wording(
            wording_id=row.pk, type_=request.POST.get("type", ""), by=acting(request)
        )
    except errors.Invalid as error:
        return _show(request, error)
    words = request.POST.get("words", "")[:WORDS]
    back = f"?{urlencode({'words': words})}" if words else ""
    return redirect(f"{reverse('wordings')}{back}#w-{row.pk}")


def _show(
    request: HttpRequest, error: errors.DispatchError | None = None
) -> HttpResponse:
    access.require(request.user, "wording.edit")
    sought = (request.POST if error else request.GET).get("words", "")[:WORDS].strip()
    context = {
        "list": wording.wordings(request.user.agency_id, words=sought),
        "words": sought,
        "error": refusal(error) if error else "",
    }
    status = status_of(error) if error else 200
    return render(request, "wording/page.html", context, status=status)
