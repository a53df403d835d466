"""What workers do: find ids, call an action for each. Never a deadline."""

from uuid import UUID

from celery import shared_task

from dispatch.actions import decision, offer
from dispatch.events import ROUTER
from dispatch.selectors import due


@shared_task
def route_call(call_id: str) -> None:
    """Decide a call; somebody else did already? Then that was all."""
    decision.decide(call_id=UUID(call_id), by=ROUTER)


@shared_task
def offer_waiting(agency_id: str) -> None:
    """Somebody became free: offer this agency's waiting calls again."""
    for call_id in due.waiting_calls(UUID(agency_id)):
        offer.make(call_id=call_id, by=ROUTER)
