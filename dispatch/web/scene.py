"""The forms of several teams at one place: lead, replace, move here, there, released."""

from uuid import UUID

from django.http import HttpRequest

from dispatch import access
from dispatch.actions import outside, scene
from dispatch.models import Call
from dispatch.web.base import acting, chosen_id, coded, seen
from dispatch.web.call import form, seat_of
from dispatch.web.choices import MOVE_WHY, RELEASE_WHY


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
    return scene.reassign(
        unit_id=unit.pk,
        call_id=call.pk,
        why=why,
        by=acting(request),
        seen=seen(request),
    )


@form("seat.confirm")
def there(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    row = seat_of(request, call, seat_id, "seat.confirm")
    return outside.arrived(seat_id=row.pk, by=acting(request))


@form("seat.confirm")
def release(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    row = seat_of(request, call, seat_id, "seat.confirm")
    why = coded(request, RELEASE_WHY)
    return outside.released(seat_id=row.pk, why=why, by=acting(request))
