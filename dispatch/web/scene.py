"""The forms of several teams at one place: lead, replace, move here, there, released."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dispatch import access, errors
from dispatch.actions import outside, scene
from dispatch.models import Call, Unit
from dispatch.selectors import candidates, sentences
from dispatch.selectors.decision import word
from dispatch.selectors.words import refusal
from dispatch.web.base import acting, chosen_id, coded, seen
from dispatch.web.call import form, seat_of
from dispatch.web.choices import MOVE_WHY, RELEASE_WHY
from dispatch.web.errors import status_of


@form("unit.dispatch")
def lead(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    row = seat_of(request, call, seat_id, "unit.dispatch")
    return scene.lead(seat_id=row.pk, by=acting(request))


@form("unit.dispatch")
def replace(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    """Another unit is asked to relieve this team."""
    row = seat_of(request, call, seat_id, "unit.dispatch")
    unit = access.unit_for(request.user, chosen_id(request, "unit"), "unit.dispatch")
    return scene.replace(
        seat_id=row.pk, unit_id=unit.pk, by=acting(request), seen=seen(request)
    )


@form("unit.dispatch")
def move(request: HttpRequest, call: Call) -> object:
    """A unit leaves its call for this one."""
    why = coded(request, MOVE_WHY)
    unit = access.unit_for(request.user, chosen_id(request, "unit"), "unit.dispatch")
    try:
        return scene.reassign(
            unit_id=unit.pk,
            call_id=call.pk,
            why=why,
            confirmed=request.POST.get("confirmed", ""),
            by=acting(request),
            seen=seen(request),
        )
    except errors.Invalid as error:
        if "leaves" not in error.params:
            raise
        return _less_urgent(request, call, unit, error)


def _less_urgent(
    request: HttpRequest, call: Call, unit: Unit, error: errors.Invalid
) -> HttpResponse:
    """Nobody was moved: both calls, and what a second press needs."""
    left = access.call_for(request.user, error.params["left"], "unit.dispatch")
    access.read_call(request.user, call.pk)
    context = {
        "call": call,
        "unit": unit,
        "left": left,
        "leaves": candidates.of_call(left),
        "goes_to": candidates.of_call(call),
        "confirmed": error.params["leaves"],
        "error": refusal(error),
        "reason": request.POST.get("reason", ""),
        "reasons": [
            (code, word(sentences.REASONS, code))
            for code in MOVE_WHY
            if code != scene.MORE_URGENT
        ],
    }
    return render(request, "call/move.html", context, status=status_of(error))


@form("seat.confirm")
def there(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    row = seat_of(request, call, seat_id, "seat.confirm")
    return outside.arrived(seat_id=row.pk, by=acting(request))


@form("seat.confirm")
def release(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    row = seat_of(request, call, seat_id, "seat.confirm")
    why = coded(request, RELEASE_WHY)
    return outside.released(seat_id=row.pk, why=why, by=acting(request))
