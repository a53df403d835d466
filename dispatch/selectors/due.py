"""What is due: decisions, offers, safety checks, absences. Ids for the clock."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from dispatch.models import Agency, Call, Offer, Presence, Seat, Unit
from dispatch.states import OPEN_CALL, OfferState, PresenceState, SeatState
from routing.models import ProtocolVersion

BATCH = 200
# A worker has this long before the clock or the page decides instead.
PATIENCE = timedelta(seconds=1)
OURS = ("ccd", "crt", "cor")


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


def waiting_calls(agency: UUID | None = None) -> list[UUID]:
    """Calls with a seat that nobody is being asked to fill, most urgent first."""
    seats = Seat.objects.filter(
        state=SeatState.WANTED,
        response__in=OURS,
        call__state__in=OPEN_CALL,
        call__decision_wanted_at=None,
    ).exclude(offers__state=OfferState.PENDING)
    if agency is not None:
        seats = seats.filter(call__agency=agency)
    rows = seats.order_by("call__priority", "call__opened_at", "call")
    ids = rows.values_list("call", flat=True)[:BATCH]
    return list(dict.fromkeys(ids))


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
