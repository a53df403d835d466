"""The telephone service tells of a leg: signed over our public address, answered at once."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dispatch.actions import phone
from dispatch.api.base import Asked
from dispatch.api.contacts import ContactCommand
from dispatch.api.errors import told
from dispatch.errors import DispatchError
from dispatch.events import TELEPHONE
from dispatch.interop.heard import event_of
from dispatch.interop.legs import PhoneEvent, Series
from dispatch.interop.signatures import twilio_signed
from dispatch.models import Contact


class RingBack(ContactCommand):
    """The telephone service rings a lost caller; you say who answered."""

    def act(self, asked: Asked) -> Contact:
        return phone.call_back(contact_id=asked.row.pk, by=asked.by)


@csrf_exempt
@require_POST
def heard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """204, also for what changes nothing; 403 for whoever did not sign it.

    A conference tells of every leg at the address of its first; then the label says
    which leg it is about.
    """
    if not _signed(request):
        refusal = _("This message carries no valid signature.")
        return JsonResponse({"code": "unsigned", "message": refusal}, status=403)
    try:
        event = event_of(request.POST.dict())
        if event is not None:
            phone.heard(
                contact_id=event.leg or pk,
                said=event.heard.value,
                series=event.series.value,
                number=event.number,
                carrier_ref=event.call_ref,
                ring=_ring(request, event),
                by=TELEPHONE,
            )
    except DispatchError as error:
        status, said = told(error)
        return JsonResponse(said, status=status)
    return HttpResponse(status=204)


def _ring(request: HttpRequest, event: PhoneEvent) -> int | None:
    """Which ring this is about; None: the address of a conference is its first leg's."""
    said = request.GET.get("ring", "0")
    told = event.series is Series.CALL and said.isascii() and said.isdecimal()
    return int(said) if told and len(said) < 6 else None


def _signed(request: HttpRequest) -> bool:
    """By the address that the service was given, never by the request's Host."""
    if settings.PHONE != "twilio":
        return False
    return twilio_signed(
        request.headers.get("X-Twilio-Signature", ""),
        token=settings.PHONE_ACCOUNT["token"],
        address=settings.PUBLIC_URL + request.get_full_path(),
        params=dict(request.POST.lists()),
    )
