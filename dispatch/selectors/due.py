"""What is due: decisions, offers, safety checks, absences. Ids for the clock."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from dispatch import facts, free, planned, quick
from dispatch.models import Agency, Call, Contact, Loan, Offer, Presence, Unit
from dispatch.states import (
    OPEN_CALL,
    LoanState,
    OfferState,
    PresenceState,
)
from dispatch.wrong import seconds
from routing import store
from routing.core import queue
from routing.core.protocol import Protocol
from routing.models import ProtocolVersion

BATCH = 200
# The clocks of an unanswered safety check.
ESCALATES, EMERGENCY = "check_escalates", "check_emergency"
# A worker has this long before the clock or the page decides instead.
PATIENCE = timedelta(seconds=1)
# By hand: whoever comes free asks, and the clock asks every second. Somebody free here
# may still be passed over for want of a skill: whom to ask is `actions.takers`'s to say.
WAITING = f"""
SELECT s.call_id FROM dispatch_seat s JOIN dispatch_call c ON c.id = s.call_id
WHERE s.state = 'wanted' AND s.response IN ('ccd', 'crt', 'cor')
  AND c.state = ANY(%(open)s) AND c.decision_wanted_at IS NULL
  AND c.agency_id = %(agency)s::uuid
  AND c.id <> ALL(%(tried)s::uuid[])
  AND (CASE s.response WHEN 'ccd' THEN %(together)s ELSE 1 END) > (
    SELECT count(*) FROM dispatch_offer o
    WHERE o.seat_id = s.id AND o.state = 'pending')
  AND (s.give_up_at IS NOT NULL
    OR s.response = 'ccd' AND EXISTS (
      SELECT FROM dispatch_presence p JOIN dispatch_user u ON u.id = p.user_id
      JOIN dispatch_heartbeat h ON h.user_id = p.user_id
      WHERE p.agency_id = c.agency_id AND u.role = 'clinician' AND {free.PERSON}
        AND {free.not_asked("o.person_id = p.user_id", "s.call_id", "s.response")})
    OR EXISTS (
      SELECT FROM dispatch_unit n
      WHERE n.agency_id = c.agency_id AND n.kind = s.response
        AND {free.UNIT}
        AND {free.not_asked("o.unit_id = n.id", "s.call_id", "s.response")}))
ORDER BY least(c.priority, greatest({queue.RISES_TO}, c.priority - (
    SELECT count(*) FROM unnest(%(rises)s::float8[]) AS step(after)
    WHERE s.wanted_at <= clock_timestamp() - make_interval(secs => step.after)))),
  c.opened_at, c.id
LIMIT 1
"""  # noqa: S608  our own words


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
        person__presence__state__in=[PresenceState.RESERVED, PresenceState.ENGAGED]
    )
    return list(rows.order_by("made_at").values_list("pk", flat=True)[:BATCH])


def waiting_calls(agency: UUID | None = None) -> Iterator[UUID]:
    """Calls for whose wanted seat somebody could be asked now, most urgent first.

    Without ``agency`` those of each in turn. Looks again after each: whoever was free
    may ring by then. A search that ends by itself is among them whoever is free, so
    that it does end.
    """
    for each in [agency] if agency is not None else agencies():
        protocol = store.published(each)[1]
        tried: list[UUID] = []
        while (found := _waiting(each, protocol, tried)) and len(tried) < BATCH:
            tried.append(found)
            yield found


def _waiting(agency: UUID, protocol: Protocol, tried: Sequence[UUID]) -> UUID | None:
    absent = timedelta(seconds=protocol.clocks["absent_after"])
    now = quick.now()
    values: dict[str, Any] = {
        "agency": agency,
        "tried": planned.uuids(tried),
        "open": list(OPEN_CALL),
        "asked": now - seconds(protocol, "ask_again"),
        "fresh": now - absent,
        "together": protocol.queue.ring_at_once,
        "rises": list(protocol.queue.rises),
        **facts.limits(protocol),
    }
    found = planned.ask(WAITING, values)
    return UUID(str(found[0][0])) if found else None


def contacts() -> list[UUID]:
    """Legs of a line whose clock ran out: a call-back, a silence, a long hold."""
    rows = Contact.objects.filter(due_at__lte=Now())
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:BATCH])


def loans() -> list[UUID]:
    """Loans whose end has come: nobody answered, or the time is over."""
    rows = Loan.objects.filter(
        state__in=[LoanState.ASKED, LoanState.LENT], ends_at__lte=Now()
    )
    return list(rows.order_by("ends_at").values_list("pk", flat=True)[:BATCH])


def checks() -> list[UUID]:
    """Units whose safety check went unanswered."""
    units = Unit.objects.filter(check_due_at__lte=Now(), check_late=False)
    return list(units.order_by("check_due_at").values_list("pk", flat=True)[:BATCH])


def late_checks() -> list[UUID]:
    """Units late with an answer for so long that a supervisor is to know."""
    late = _late(check_escalated_at__isnull=True).values_list(
        "pk", "agency", "check_due_at"
    )
    return [pk for pk, agency, at in late if at and _over(agency, at, ESCALATES)]


def unanswered_checks() -> list[UUID]:
    """Units silent for so long, though a supervisor knows, that they need help."""
    late = _late(check_escalated_at__isnull=False, emergency_at=None).values_list(
        "pk", "agency", "check_escalated_at"
    )
    return [pk for pk, agency, at in late if at and _over(agency, at, EMERGENCY)]


def _late(**how: object) -> QuerySet[Unit]:
    return Unit.objects.filter(check_late=True, **how).order_by("check_due_at")


def _over(agency: UUID, since: datetime, clock: str) -> bool:
    """Whether this clock of the agency's protocol has run since then."""
    _row, protocol = store.published(agency)
    return since + timedelta(seconds=protocol.clocks[clock]) <= quick.now()


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
