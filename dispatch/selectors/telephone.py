"""Legs for which the telephone service should do something and was not asked. Ids."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from dispatch.models import Contact, Transfer
from dispatch.models.contact import CALLERS, SPOKEN, STAYS
from dispatch.states import OPEN_CALL, ContactState, TransferState

BATCH = 200
# A worker that was told after the commit has this long.
PATIENCE = timedelta(seconds=2)
TALKING = (TransferState.CONFIRMED, TransferState.RELEASED)
K = ContactState


def waiting() -> list[UUID]:
    """None by hand, and then nothing is asked. A lost nudge costs seconds and no more."""
    if settings.PHONE == "manual":
        return []
    rows = Contact.objects.filter(since__lt=Now() - PATIENCE, call__simulated="")
    found: list[UUID] = []
    for which in (_carried(), _untouched()):
        ids = rows.filter(which).order_by("since").values_list("pk", flat=True)
        found += ids[:BATCH]
    return found


def _carried() -> Q:
    """The service has it, and it is meant to be elsewhere."""
    turned = Q(carrier="in", state=K.HOLDING) | Q(carrier="held", state=K.CONNECTED)
    over = Q(state__in=[K.COMPLETED, K.CALLBACK_ATTEMPTED])
    ends = over & Q(carrier__in=["rings", "in", "held"])
    there = Q(purpose="interpreter", why__in=STAYS) & ~Q(carrier="rings")
    kept = Q(purpose__in=CALLERS, why__in=STAYS) | _in("partner_leg", TALKING) | there
    return ~Q(carrier="") & (turned | Q(carrier="wanted") | (ends & ~kept))


def _untouched() -> Q:
    """The service never had it: to be dialled, or to come into the conference."""
    dial = Q(outgoing=True, state=K.RINGING) & ~Q(number_lookup="")
    join = Q(outgoing=False, state__in=[K.CONNECTED, K.HOLDING]) & ~Q(carrier_ref="")
    joins = join & _in("caller_leg", (TransferState.CONFERENCED,))
    spoken = Q(channel__in=SPOKEN, call__state__in=OPEN_CALL)
    return Q(carrier="") & spoken & (dial | joins)


def _in(leg: str, states: Sequence[TransferState]) -> Q:
    """Whether it is this leg of a transfer of its call, in one of these states."""
    rows = Transfer.objects.filter(call=OuterRef("call"), state__in=states)
    return Q(Exists(rows.filter(**{leg: OuterRef("pk")})))
