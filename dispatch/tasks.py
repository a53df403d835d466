"""What workers do: find ids, call an action for each. Never a deadline."""

from uuid import UUID

from celery import shared_task

from dispatch.actions import decision, offer
from dispatch.actions import phone as phoning
from dispatch.events import ROUTER, TELEPHONE
from dispatch.interop import carrier
from dispatch.interop.legs import PhoneRefused, PhoneUnreachable
from dispatch.interop.phone import Phone
from dispatch.models import Contact
from dispatch.selectors import due

IN_A_ROW = 4  # dialled, held, resumed and left meanwhile; the sweep asks for more


@shared_task
def route_call(call_id: str) -> None:
    """Decide a call; somebody else did already? Then that was all."""
    decision.decide(call_id=UUID(call_id), by=ROUTER)


@shared_task
def offer_waiting(agency_id: str) -> None:
    """Somebody became free: offer this agency's waiting calls again."""
    for call_id in due.waiting_calls(UUID(agency_id)):
        offer.make(call_id=call_id, by=ROUTER)


@shared_task
def phone(contact_id: str) -> None:
    """Send what a leg wants of the telephone service, until it wants nothing more."""
    service = carrier.the_phone()
    for _again in range(IN_A_ROW):
        leg = phoning.asked(contact_id=UUID(contact_id), by=TELEPHONE)
        if leg is None:
            return
        _send(service, leg)


def _send(service: Phone, leg: Contact) -> None:
    """Between two transactions: asked for in the one, and what came of it in the other."""
    verb = leg.carrier
    told = carrier.leg_of(leg, phoning.number_of(leg))
    try:
        done = getattr(service, verb)(told)
    except (PhoneRefused, PhoneUnreachable) as error:
        why = carrier.why(error)
        phoning.failed(
            contact_id=leg.pk, verb=verb, ring=leg.rings, why=why, by=TELEPHONE
        )
        return
    phoning.placed(
        contact_id=leg.pk,
        verb=verb,
        ring=leg.rings,
        carrier_ref=done.call_ref,
        by=TELEPHONE,
    )
