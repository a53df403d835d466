"""The transfer panel of a call's page: hand the caller to a partner, press by press."""

import secrets
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch import access
from dispatch.actions import handoff, handover, incoming
from dispatch.errors import Invalid, NotFound
from dispatch.events import Actor
from dispatch.models import Call, Transfer
from dispatch.models.partner import hashed
from dispatch.models.transfer import AGREED, MAY_TRAVEL
from dispatch.selectors import transfer as transfers
from dispatch.web.base import acting, coded, seen
from dispatch.web.call import form

Press = Callable[..., object]
PRESSES: dict[str, Press] = {
    "dial": handover.dial,
    "answered": handover.answered,
    "conference": handover.conference,
    "confirm": handover.confirm,
    "lost": handover.lost,
    "keep": handover.keep,
    "revoke": handoff.revoke,
    "take": incoming.take,
}


@form("transfer.work")
def begin(request: HttpRequest, call: Call) -> object:
    """Ask for it and make the partner's page; its link is shown this once."""
    partner, _colon, route = request.POST.get("target", "").partition(":")
    made = handover.request(
        call_id=call.pk,
        partner_id=_partner_id(partner),
        route=route,
        fields=[name for name in request.POST.getlist("fields") if name in MAY_TRAVEL],
        agreed=coded(request, AGREED, "agreed"),
        by=acting(request, "ask"),
        seen=seen(request),
    )
    return _shared(request, call, made, acting(request, "share"))


def _partner_id(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise Invalid(field="target", why=_("choose one of the list")) from None


@form("transfer.work")
def share(request: HttpRequest, call: Call, transfer_id: UUID) -> object:
    """A fresh link for the partner who is asked now; an earlier one ends."""
    one = _of_call(request, call, transfer_id)
    return _shared(request, call, one, acting(request))


def _of_call(request: HttpRequest, call: Call, transfer_id: UUID) -> Transfer:
    """A transfer of this call and of no other."""
    one = access.transfer_for(request.user, transfer_id, "transfer.work")
    if one.call_id != call.pk:
        raise NotFound
    return one


def _shared(request: HttpRequest, call: Call, one: Transfer, by: Actor) -> HttpResponse:
    secret = secrets.token_urlsafe(32)
    made = handoff.share(transfer_id=one.pk, secret_hash=hashed(secret), by=by)
    view = next(each for each in transfers.panel(call) if each.id == one.pk)
    context = {
        "call_id": call.pk,
        "transfer": view,
        "link": request.build_absolute_uri(reverse("handoff", args=[secret])),
        "expires_at": made.expires_at,
    }
    answer = render(request, "handoff/link.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@form("transfer.work")
def press(request: HttpRequest, call: Call, transfer_id: UUID, step: str) -> object:
    """The one next press, or the way back."""
    one = _of_call(request, call, transfer_id)
    return PRESSES[step](transfer_id=one.pk, by=acting(request))


@form("transfer.work")
def decline(request: HttpRequest, call: Call, transfer_id: UUID) -> object:
    """The partner said no on the telephone, and why."""
    one = _of_call(request, call, transfer_id)
    reason = coded(request, handoff.DECLINE_WHY)
    return handover.declined(transfer_id=one.pk, reason=reason, by=acting(request))


@form("transfer.work")
def contact_made(request: HttpRequest, call: Call) -> object:
    """Our people are with the person; the partner who sent the call may know."""
    return incoming.contact_made(call_id=call.pk, by=acting(request))
