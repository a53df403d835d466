"""What became of a rehearsed day: promises, waits, offers and alarms, from the rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from dispatch.actions.base import database_now
from dispatch.models import (
    Agency,
    Alarm,
    Call,
    Decision,
    Disposition,
    Event,
    Offer,
    Seat,
)
from dispatch.selectors import chain
from dispatch.states import OPEN_CALL, AlarmState, CallState, OfferState

Section = dict[str, object]
ENDED = {CallState.CLOSED, CallState.CANCELLED, CallState.RETURNED}
# Seconds after its deadline that an offer may still ring: the clock's own promise is 2.
LATE = timedelta(seconds=5)
NAMED = 20


def report(agency: Agency, speed: float) -> dict[str, Section]:
    """Sections of figures; times are seconds of the rehearsed day."""
    return {
        "calls": calls(agency.pk),
        "waits": waits(agency.pk, speed),
        "offers": offers(agency.pk),
        "alarms": alarms(agency.pk, speed),
        "broken": broken(agency),
    }


def calls(agency: UUID) -> Section:
    rows = Call.objects.filter(agency=agency)
    still = rows.filter(state__in=OPEN_CALL)
    return {
        "opened": rows.count(),
        "by_state": tally(rows, "state"),
        "by_type": tally(rows, "type"),
        "decided_first": _first_decisions(agency),
        "decisions": Decision.objects.filter(call__agency=agency).count(),
        "seats": _pairs(
            Seat.objects.filter(call__agency=agency), ("response", "state")
        ),
        "by_eligibility": tally(rows, "eligibility"),
        "by_service": tally(rows.exclude(service=""), "service"),
        "not_served": tally(rows.exclude(not_served=""), "not_served"),
        "open": still.count(),
        "open_with_owner": still.filter(owner__is_active=True).count(),
        "open_with_seat": still.filter(_seat()).count(),
        "open_with_alarm": still.filter(_alarm()).count(),
        "outcomes": dict(
            Counter(
                outcome
                for row in Disposition.objects.filter(call__agency=agency)
                for outcome in row.outcomes
            ).most_common()
        ),
    }


def _first_decisions(agency: UUID) -> dict[str, int]:
    rows = Decision.objects.filter(call__agency=agency).order_by("call", "at")
    firsts: dict[UUID, str] = {}
    for call, response in rows.values_list("call", "response"):
        firsts.setdefault(call, response)
    return dict(Counter(firsts.values()).most_common())


def waits(agency: UUID, speed: float) -> Section:
    """Median, 90th of a hundred and longest."""
    taken = Offer.objects.filter(seat__call__agency=agency, state=OfferState.ACCEPTED)
    told = Seat.objects.filter(call__agency=agency, confirmed_at__isnull=False)
    told = told.exclude(response__in=["ccd", "crt", "cor", "cn"])
    first = Call.objects.filter(agency=agency, decisions__isnull=False)
    found: Section = {
        "opened to decided": _spread(
            first.annotate(first=Min("decisions__at")), "opened_at", "first", speed
        ),
        "outside service wanted to told": _spread(
            told, "wanted_at", "confirmed_at", speed
        ),
    }
    for kind in ("ccd", "crt", "cor"):
        of_kind = taken.filter(seat__response=kind)
        found[f"{kind} offer made to accepted"] = _spread(
            of_kind, "made_at", "ended_at", speed
        )
        found[f"{kind} wanted to accepted"] = _spread(
            of_kind, "seat__wanted_at", "ended_at", speed
        )
    return found


def offers(agency: UUID) -> Section:
    rows = Offer.objects.filter(seat__call__agency=agency)
    changed = Event.objects.filter(agency=agency, kind="PresenceChanged")
    return {
        "made": rows.count(),
        "ended": tally(rows, "state"),
        "ended_by_kind": _pairs(rows, ("seat__response", "state")),
        "searches_given_up": _pairs(
            Seat.objects.filter(call__agency=agency, state="unfilled"),
            ("response", "why"),
        ),
        "unavailable_after_missed_offers": changed.filter(
            body__reason="missed_offers"
        ).count(),
        "absent_without_heartbeat": changed.filter(body__reason="absent").count(),
    }


def alarms(agency: UUID, speed: float) -> Section:
    """By kind: raised, taken, passed on, open, and how old it was when taken and over."""
    rows = Alarm.objects.filter(agency=agency)
    passed = Counter(
        Event.objects.filter(agency=agency, kind="AlarmPassedOn").values_list(
            "body__about", flat=True
        )
    )
    return {
        about: {
            "raised": number,
            "taken": _of(rows, about).filter(taken_at__isnull=False).count(),
            "passed_on": passed[about],
            "open": _of(rows, about).exclude(state=AlarmState.ENDED).count(),
            "until_taken": _spread(
                _of(rows, about).filter(taken_at__isnull=False),
                "raised_at",
                "taken_at",
                speed,
            ),
            "until_over": _spread(
                _of(rows, about).filter(ended_at__isnull=False),
                "raised_at",
                "ended_at",
                speed,
            ),
        }
        for about, number in tally(rows, "about").items()
    }


def broken(agency: Agency) -> Section:
    """Each promise with what breaks it: call numbers, or faults. Empty where it holds."""
    rows = Call.objects.filter(agency=agency)
    still, over = rows.filter(state__in=OPEN_CALL), rows.filter(state__in=ENDED)
    nobody = Q(owner=None) | Q(owner__is_active=False)
    late = Offer.objects.filter(
        seat__call__agency=agency,
        state=OfferState.PENDING,
        expires_at__lt=database_now() - LATE,
    )
    return {
        "an open call has an owner or an open alarm": _numbers(
            still.filter(nobody).exclude(_alarm())
        ),
        "a closed call says how it ended": _numbers(
            rows.filter(state=CallState.CLOSED, dispositions=None)
        ),
        "an eligible call that ended was served, or a code says why not": _numbers(
            over.filter(eligibility="eligible", service="")
        ),
        "no offer rings beyond its time": [str(one.pk) for one in late[:NAMED]],
        "the journal is whole": list(chain.verify(agency).faults[:NAMED]),
    }


def holds(found: Mapping[str, Section]) -> bool:
    return not any(found["broken"].values())


def tally(rows: QuerySet, column: str) -> dict[str, int]:
    counted = rows.order_by().values_list(column).annotate(n=Count("pk"))
    return {str(value): n for value, n in sorted(counted, key=lambda pair: -pair[1])}


def _pairs(rows: QuerySet, columns: tuple[str, str]) -> dict[str, int]:
    pairs = Counter(rows.order_by().values_list(*columns))
    return {f"{one} {other}": n for (one, other), n in sorted(pairs.items())}


def _spread(
    rows: QuerySet, start: str, end: str, speed: float
) -> dict[str, float] | None:
    pairs: Iterable[tuple[datetime, datetime]] = rows.values_list(F(start), F(end))
    found = sorted((b - a).total_seconds() * speed for a, b in pairs)
    if not found:
        return None
    ninetieth = found[min(len(found) - 1, int(len(found) * 0.9))]
    return {
        "of": len(found),
        "median": round(median(found)),
        "90th": round(ninetieth),
        "longest": round(found[-1]),
    }


def _of(rows: QuerySet, about: str) -> QuerySet:
    return rows.filter(about=about)


def _seat() -> Exists:
    open_seats = Seat.objects.filter(call=OuterRef("pk"))
    return Exists(open_seats.filter(state__in=["wanted", "filled"]))


def _alarm() -> Exists:
    raised = Alarm.objects.filter(call=OuterRef("pk"))
    return Exists(raised.exclude(state=AlarmState.ENDED))


def _numbers(rows: QuerySet) -> list[str]:
    return list(rows.order_by("number").values_list("number", flat=True)[:NAMED])
