"""What is due: decisions, offers, safety checks, absences. Ids for the clock."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from dispatch import planned
from dispatch.models import Agency, Call, Offer, Presence, Unit
from dispatch.states import (
    ASK_AGAIN,
    OPEN_CALL,
    OfferState,
    PresenceState,
)
from routing import store
from routing.models import ProtocolVersion

BATCH = 200
# A worker has this long before the clock or the page decides instead.
PATIENCE = timedelta(seconds=1)
# By hand: whoever comes free asks, and the clock asks every second. Who counts as free
# is who would be asked: see NEXT_PERSON in actions.search.
WAITING = """
SELECT s.call_id FROM dispatch_seat s JOIN dispatch_call c ON c.id = s.call_id
WHERE s.state = 'wanted' AND s.response IN ('ccd', 'crt', 'cor')
  AND c.state = ANY(%(open)s) AND c.decision_wanted_at IS NULL
  AND c.agency_id = %(agency)s::uuid
  AND c.id <> ALL(%(tried)s::uuid[])
  AND NOT EXISTS (
    SELECT FROM dispatch_offer o WHERE o.seat_id = s.id AND o.state = 'pending')
  AND (s.give_up_at IS NOT NULL
    OR s.response = 'ccd' AND EXISTS (
      SELECT FROM dispatch_presence p JOIN dispatch_user u ON u.id = p.user_id
      JOIN dispatch_heartbeat h ON h.user_id = p.user_id
      WHERE p.agency_id = c.agency_id AND p.state = 'available'
        AND u.role = 'clinician' AND h.at > clock_timestamp() - %(absent)s::interval
        AND NOT EXISTS (
          SELECT FROM dispatch_offer o WHERE o.person_id = p.user_id
          AND (o.state = 'pending' OR (o.seat_id = s.id
            AND o.made_at > clock_timestamp() - %(again)s::interval))))
    OR EXISTS (
      SELECT FROM dispatch_unit n
      WHERE n.agency_id = c.agency_id AND n.kind = s.response
        AND n.state = 'available' AND n.emergency_at IS NULL AND NOT EXISTS (
          SELECT FROM dispatch_offer o WHERE o.seat_id = s.id AND o.unit_id = n.id
          AND o.made_at > clock_timestamp() - %(again)s::interval)))
ORDER BY c.priority, c.opened_at, c.id LIMIT 1
"""


def agencies() -> list[UUID]:
    """The agencies that have a published protocol, so that work can be routed."""
    rows = ProtocolVersion.objects.filter(state="published")
    return list(rows.order_by("agency").values_list("agency", flat=True))


def sealing() -> list[UUID]:
    return list(Agency.objects.order_by("pk").values_list("pk", flat=True))


def undecided() -> list[UUID]:
    """Calls whose decision nobody made in time."""
    calls = Call.objects.filter(
        decision_wanted_at__lt=Now() - PATIENCE, state__in=OPEN_CALL
    )
    return list(
        calls.order_by("decision_wanted_at").values_list("pk", flat=True)[:BATCH]
    )


def offers() -> list[UUID]:
    """Ringing offers whose deadline has passed."""
    rows = Offer.objects.filter(state=OfferState.PENDING, expires_at__lte=Now())
    return list(rows.order_by("expires_at").values_list("pk", flat=True)[:BATCH])


def silent_offers() -> list[UUID]:
    """Offers that ring for somebody who is not there any more, or takes a break."""
    rows = Offer.objects.filter(state=OfferState.PENDING, person__isnull=False).exclude(
        person__presence__state=PresenceState.RESERVED
    )
    return list(rows.order_by("made_at").values_list("pk", flat=True)[:BATCH])


def waiting_calls(agency: UUID | None = None) -> Iterator[UUID]:
    """Calls for whose wanted seat somebody could be asked now, most urgent first.

    Without ``agency`` those of each in turn. Looks again after each: whoever was free
    may ring by then. A search that ends by itself is among them whoever is free, so
    that it does end.
    """
    for each in [agency] if agency is not None else agencies():
        clocks = store.published(each)[1].clocks
        absent = timedelta(seconds=clocks["absent_after"])
        tried: list[UUID] = []
        while (found := _waiting(each, absent, tried)) and len(tried) < BATCH:
            tried.append(found)
            yield found


def _waiting(agency: UUID, absent: timedelta, tried: Sequence[UUID]) -> UUID | None:
    values: dict[str, Any] = {
        "agency": agency,
        "tried": planned.uuids(tried),
        "open": list(OPEN_CALL),
        "again": ASK_AGAIN,
        "absent": absent,
    }
    found = planned.ask(WAITING, values)
    return UUID(str(found[0][0])) if found else None


def checks() -> list[UUID]:
    """Units whose safety check went unanswered."""
    units = Unit.objects.filter(check_due_at__lte=Now(), check_late=False)
    return list(units.order_by("check_due_at").values_list("pk", flat=True)[:BATCH])


def silent(agency: UUID, absent_after: timedelta) -> list[UUID]:
    """People said to be there whose heartbeat stopped."""
    rows = Presence.objects.filter(
        agency=agency,
        state__in=[
            PresenceState.AVAILABLE,
            PresenceState.RESERVED,
            PresenceState.WRAP_UP,
        ],
        since__lt=Now() - absent_after,
    ).exclude(user__heartbeat__at__gt=Now() - absent_after)
    return list(rows.order_by("user").values_list("user", flat=True)[:BATCH])


def wrap_ups(agency: UUID, limit: timedelta) -> list[UUID]:
    """People whose wrap-up time is over."""
    rows = Presence.objects.filter(
        agency=agency, state=PresenceState.WRAP_UP, since__lt=Now() - limit
    )
    return list(rows.order_by("since").values_list("user", flat=True)[:BATCH])
