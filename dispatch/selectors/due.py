"""What is due: decisions, offers, safety checks, absences. Ids for the clock."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from dispatch.models import Agency, Call, Offer, Presence, Seat, Unit
from dispatch.states import (
    OPEN_CALL,
    OfferState,
    PresenceState,
    SeatState,
    UnitState,
)
from routing.models import ProtocolVersion

BATCH = 200
# A worker has this long before the clock or the page decides instead.
PATIENCE = timedelta(seconds=1)
OURS = ("ccd", "crt", "cor")
# As in actions.search: who did not take a seat is not asked again for so long.
AGAIN = timedelta(seconds=60)


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

    Looks again after each: whoever was free may ring by then. A search that ends by
    itself is among them whoever is free, so that it does end.
    """
    seats = _unasked_seats()
    if agency is not None:
        seats = seats.filter(call__agency=agency)
    tried: list[UUID] = []
    while (found := _first(seats, tried)) is not None and len(tried) < BATCH:
        tried.append(found)
        yield found


def _first(seats: QuerySet[Seat], tried: list[UUID]) -> UUID | None:
    rows = seats.exclude(call__in=tried).order_by(
        "call__priority", "call__opened_at", "call"
    )
    return rows.values_list("call", flat=True).first()


def _unasked_seats() -> QuerySet[Seat]:
    """Seats that nobody is asked for, and somebody free has not just been."""
    now = Now()
    asked = Offer.objects.filter(seat=OuterRef(OuterRef("pk")), made_at__gt=now - AGAIN)
    people = Presence.objects.filter(
        agency=OuterRef("call__agency"),
        state=PresenceState.AVAILABLE,
        user__role="clinician",
    ).exclude(user__in=asked.filter(person__isnull=False).values("person"))
    units = Unit.objects.filter(
        agency=OuterRef("call__agency"),
        kind=OuterRef("response"),
        state=UnitState.AVAILABLE,
        emergency_at=None,
    ).exclude(pk__in=asked.filter(unit__isnull=False).values("unit"))
    ending = Q(give_up_at__isnull=False)
    somebody = Q(response="ccd") & Exists(people) | Exists(units)
    return Seat.objects.filter(
        ending | somebody,
        state=SeatState.WANTED,
        response__in=OURS,
        call__state__in=OPEN_CALL,
        call__decision_wanted_at=None,
    ).exclude(offers__state=OfferState.PENDING)


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
