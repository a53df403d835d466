"""The follow-up that somebody works on now, with the sealed part for that person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy

from dispatch.models import FollowUp
from dispatch.selectors import consent, followup, wish
from dispatch.selectors.decision import Words, word
from dispatch.selectors.fields import LANGUAGES
from dispatch.selectors.followup import Item
from routing import store

OUTCOMES: Words = {
    "engaged": gettext_lazy("Engaged with support"),
    "risk_reduced": gettext_lazy("Safer now"),
    "declined": gettext_lazy("Declined"),
    "unreachable": gettext_lazy("Could not be reached"),
    "other": gettext_lazy("Other"),
}
CHANNELS: Words = {
    "voice": gettext_lazy("Call"),
    "text": gettext_lazy("Text"),
    "visit": gettext_lazy("Visit"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    at: datetime
    channel: str
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    item: Item
    person: str
    phone: str
    language: str
    tried: tuple[Tried, ...]


def at_hand(row: FollowUp, reader: UUID, *, now: datetime) -> AtHand:
    """All that whoever claimed it needs to reach the person."""
    protocol = store.published(row.agency_id)[1]
    consents = consent.of_calls([row.call_id])
    caller, reached = row.call.caller, wish.of_call(row.call)
    return AtHand(
        item=followup.item_of(row, reader, consents, reached, protocol, now),
        person=caller.person_name or caller.name,
        phone=caller.phone,
        language=word(LANGUAGES, caller.language) if caller.language else "",
        tried=tuple(
            Tried(at=one.at, channel=word(CHANNELS, one.channel), reached=one.reached)
            for one in row.tries.order_by("-number")
        ),
    )
