"""The partners' page: who else helps, when and on which lines, and their keys."""

import secrets
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch import access
from dispatch.actions import partner
from dispatch.errors import DispatchError, Invalid, NotFound
from dispatch.models.partner import ROUTES, hashed
from dispatch.selectors import partner as partners
from dispatch.selectors import transfer as transfers
from dispatch.selectors.words import refusal
from dispatch.web.base import acting
from dispatch.web.errors import status_of

STEPS = ("change", "close", "open", "key", "end_keys")
LINES = tuple(route for route in ROUTES if route != "usual")


@login_required
def page(request: HttpRequest) -> HttpResponse:
    access.require(request.user, "partner.see")
    return _show(request)


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    access.require(request.user, "partner.edit")
    try:
        partner.add(
            agency_id=request.user.agency_id,
            code=request.POST.get("code", "").strip(),
            known=_known(request.POST),
            by=acting(request),
        )
    except DispatchError as error:
        return _show(request, error=error)
    return redirect("partners")


@login_required
@require_POST
def change(request: HttpRequest, partner_id: UUID, step: str) -> HttpResponse:
    """Change it, close or open it, make a key or end them all."""
    found = access.partner_for(request.user, partner_id, "partner.edit")
    by, key = acting(request), ""
    try:
        match step:
            case "change":
                partner.change(partner_id=found.pk, known=_known(request.POST), by=by)
            case "close" | "open":
                partner.set_active(partner_id=found.pk, active=step == "open", by=by)
            case "key":
                key = secrets.token_urlsafe(32)
                partner.make_key(partner_id=found.pk, secret_hash=hashed(key), by=by)
            case "end_keys":
                partner.end_keys(partner_id=found.pk, by=by)
    except NotFound:
        raise
    except DispatchError as error:
        return _show(request, error=error)
    return _show(request, key=key, of=found.name) if key else redirect("partners")


def _known(said: QueryDict) -> partner.Known:
    rank = said.get("rank", "1").strip()
    if not rank.isdecimal() or len(rank) > 2:
        raise Invalid(field="rank", why=_("1 to 99"))
    lines = {route: said.get(route, "").strip() for route in LINES}
    return partner.Known(
        name=said.get("name", "").strip(),
        kind=said.get("kind", ""),
        phone=said.get("phone", "").strip(),
        routes={route: phone for route, phone in lines.items() if phone},
        hours=said.get("hours", "").strip(),
        rank=int(rank),
        takes_text=bool(lines["text"]),
        co_located=said.get("co_located") == "yes",
    )


def _show(
    request: HttpRequest,
    *,
    error: DispatchError | None = None,
    key: str = "",
    of: str = "",
) -> HttpResponse:
    rows = partners.listing(request.user.agency_id, timezone.now())
    lines = [(route, transfers.ROUTE_WORDS[route]) for route in LINES]
    context = {
        "rows": [
            (row, [(*one, row.routes.get(one[0], "")) for one in lines]) for row in rows
        ],
        "lines": [(*one, "") for one in lines],
        "kinds": list(partners.KIND_WORDS.items()),
        "may_edit": access.may(request.user, "partner.edit"),
        "error": refusal(error) if error else "",
        "key": key,
        "of": of,
        "form": request.build_absolute_uri(reverse("bring", args=[key])) if key else "",
    }
    status = status_of(error) if error else 200
    answer = render(request, "partner/page.html", context, status=status)
    if key:
        answer["Cache-Control"] = "no-store"
    return answer
