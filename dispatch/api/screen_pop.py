"""The telephone system announces a leg: signed, once, and without a session."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from rest_framework.exceptions import APIException

from dispatch.actions.arrival import Arrival, arrive
from dispatch.actions.base import database_now
from dispatch.api.errors import told
from dispatch.api.parsers import one_meaning
from dispatch.errors import DispatchError
from dispatch.events import TELEPHONE
from dispatch.interop.screen_pop import ScreenPop, screen_pop
from dispatch.interop.signatures import webhook_signed
from dispatch.models import Agency

LARGEST = 10_000  # bytes: a number, a place and a name
UNREADABLE = gettext_lazy("The body must be JSON in UTF-8 that says each key once.")


@csrf_exempt
@require_POST
def pop(request: HttpRequest, code: str) -> JsonResponse:
    """201 with the call's number and the leg's id; 401 for whoever did not sign it."""
    body = request.body
    agency = Agency.objects.filter(code=code).first()
    if agency is None or len(body) > LARGEST or not _signed(request, body, code):
        return _refused(401, "unsigned", _("This message carries no valid signature."))
    try:
        charset = (request.content_params or {}).get("charset", "utf-8")
        said = screen_pop(one_meaning(body, charset), now=database_now())
        leg = arrive(agency_id=agency.pk, arrival=_arrival(said), by=TELEPHONE)
    except APIException:
        return _refused(400, "unreadable", UNREADABLE)
    except DispatchError as error:
        status, refusal = told(error)
        return JsonResponse(refusal, status=status)
    return JsonResponse({"contact": str(leg.pk), "call": str(leg.call_id)}, status=201)


def _signed(request: HttpRequest, body: bytes, code: str) -> bool:
    secrets = settings.SCREEN_POP_SECRETS.get(code, [])
    return bool(secrets) and webhook_signed(body, request.headers, secrets=secrets)


def _arrival(said: ScreenPop) -> Arrival:
    place = said.location
    return Arrival(
        ref=said.call_ref,
        channel=said.channel.value,
        number=said.number or "",
        address=place.civic if place else "",
        point=(place.lat, place.lon) if place else None,
        vague=(place.uncertainty_m or 0) if place else 0,
    )


def _refused(status: int, code: str, words: object) -> JsonResponse:
    return JsonResponse({"code": code, "message": str(words)}, status=status)
