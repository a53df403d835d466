"""Rows → the core's facts, in the form that is stored with every decision."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from dispatch.models import Assignment, Call, Caller, Presence, Seat, Unit
from dispatch.states import PresenceState, SeatState, UnitState
from routing.core import facts
from routing.core.facts import ANSWERS, CallFacts

PERSON_KINDS = {"clinician": "ccd", "navigator": "cn"}
YEAR = timedelta(days=365)


def line(
    call: Call, available: Mapping[str, int], *, at: datetime
) -> dict[str, object]:
    """The JSON facts of this call at this moment; ``available`` is kind → number free."""
    answers = dict(call.answers.values_list("question", "value"))
    return {
        "id": str(call.pk),
        "at": at.isoformat(),
        "source": call.source,
        "type": call.type or None,
        "caller": call.caller_kind or None,
        **{key: answers.get(key, "not_asked") for key in ANSWERS},
        "urgent": call.urgent,
        "hazard": call.hazard,
        "location": {
            "verified": call.location_verified,
            "inside": call.inside,
            "zone": call.zone or None,
        },
        "history": history(call, at),
        "available": dict(available),
        "offence": call.offence,
    }


def read(stored: Mapping[str, object]) -> CallFacts:
    return facts.read(stored)


def available(agency: UUID, *, absent_after: timedelta, at: datetime) -> dict[str, int]:
    """How many of each of our kinds could take a call now."""
    counts = dict.fromkeys(["ccd", "crt", "cor", "cn"], 0)
    units = free_units(agency)
    for kind, number in units.values_list("kind").annotate(n=Count("pk")).order_by():
        counts[kind] += number
    people = present(agency, absent_after=absent_after, at=at)
    roles = people.values_list("user__role").annotate(n=Count("pk")).order_by()
    for role, number in roles:
        counts[PERSON_KINDS[role]] += number
    return counts


def counts_for(call: Call, free: Mapping[str, int]) -> dict[str, int]:
    """Who could take this call: less the kinds it looked for in vain, and who is on it."""
    counts = dict(free)
    for kind in given_up(call):
        counts[kind] = 0
    # Somebody already on this call can still serve it.
    working = Seat.objects.filter(call=call, state=SeatState.FILLED)
    for kind in working.values_list("response", flat=True).order_by("pk"):
        if kind in counts:
            counts[kind] = max(counts[kind], 1)
    return counts


def free_units(agency: UUID) -> QuerySet[Unit]:
    """Units that may be sent. A crew that called for help is not, whatever its state."""
    return Unit.objects.filter(
        agency=agency, state=UnitState.AVAILABLE, emergency_at=None
    )


def present(
    agency: UUID, *, absent_after: timedelta, at: datetime
) -> QuerySet[Presence]:
    """Presence rows of the people who are free and whose heartbeat is fresh."""
    return Presence.objects.filter(
        agency=agency,
        state=PresenceState.AVAILABLE,
        user__role__in=PERSON_KINDS,
        user__heartbeat__at__gt=at - absent_after,
    )


def history(call: Call, at: datetime) -> int:
    """In how many earlier calls from this number somebody was sent, in 12 months."""
    phones = Caller.objects.filter(call=call).values_list("phone_lookup", flat=True)
    phone = next(iter(phones), "")
    if not phone:
        return 0
    served = Q(seat__call__caller__phone_lookup=phone)
    return (
        Assignment.objects.filter(
            served,
            seat__call__agency=call.agency_id,
            accepted_at__gt=at - YEAR,
            accepted_at__lte=at,
        )
        .exclude(seat__call=call)
        .values("seat__call")
        .distinct()
        .count()
    )


def given_up(call: Call) -> dict[str, str]:
    """Kinds that this call cannot have again, with the reason.

    Looked for since the last triage and not found; or there since then and done: if
    the call still wants help, it is not more of the same.
    """
    ended = [SeatState.UNFILLED, SeatState.DONE]
    seats = Seat.objects.filter(call=call, state__in=ended)
    if call.triaged_at is not None:
        seats = seats.filter(since__gte=call.triaged_at)
    rows = list(seats.order_by("since").values_list("response", "state", "why"))
    done = [kind for kind, state, _why in rows if state == SeatState.DONE]
    missed = {kind: why for kind, state, why in rows if state == SeatState.UNFILLED}
    return dict.fromkeys(done, "done") | missed
