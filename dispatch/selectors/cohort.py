"""The calls of a window and what came of each, gathered for counting.

Nine queries however many calls, and nothing that says who anybody is: the same
number is the same person by its keyed fingerprint.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from dispatch.models import (
    Assignment,
    Call,
    Caller,
    Decision,
    Disposition,
    Event,
    FollowUpAttempt,
    Seat,
)
from dispatch.models.unit import TEAMS

OUTSIDE = ("police", "cit", "ems", "fire")
# Simulated calls: counted too, left out, or counted alone.
SIMULATED = {"yes": Q(), "no": Q(simulated=""), "only": ~Q(simulated="")}
# The reason with which the replay hands a recorded call back.
PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    outcomes: tuple[str, ...]
    reached: bool | None
    by_phone: bool
    consent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Somebody of ours on a call, with the moments of it."""

    response: str
    made_at: datetime
    accepted_at: datetime
    confirmed_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    at: datetime
    response: str
    rule: str
    instead: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Story:
    """One call, and all of it that is counted."""

    id: UUID
    type: str
    zone: str
    state: str
    opened_at: datetime
    eligibility: str
    rule: str
    service: str
    not_served: str
    # Recorded elsewhere and brought in later: its clock is not ours, nobody was sent.
    past: bool
    phone: str
    works: list[Work] = field(default_factory=list)
    told: list[tuple[str, datetime]] = field(default_factory=list)
    ends: list[Ended] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)
    tries: list[tuple[datetime, bool]] = field(default_factory=list)

    @property
    def person(self) -> str:
        """The same number is the same person; without one the call stands alone."""
        return self.phone or str(self.id)

    @property
    def clinician_at(self) -> datetime | None:
        """When a clinician first confirmed that the caller is theirs.

        Until then the sender owns the call: an accepted offer is no transfer yet.
        """
        told = [one.confirmed_at for one in self.works if one.response == "ccd"]
        return min((at for at in told if at is not None), default=None)

    @property
    def served_at(self) -> datetime | None:
        """When help of ours, or 988, first had the call."""
        if self.service != "served":
            return None
        starts = [one.accepted_at for one in self.works]
        starts += [at for kind, at in self.told if kind in {"cn", "988"}]
        return min(starts, default=self.opened_at)

    @property
    def helps(self) -> set[str]:
        """Every kind of help that took the call."""
        return {one.response for one in self.works} | {kind for kind, _at in self.told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who was sent in person: when, for which call, to whom, where."""

    at: datetime
    call: UUID
    phone: str
    place: str


def gather(agency: UUID, start: datetime, end: datetime, which: str) -> list[Story]:
    """Every call opened from ``start`` until before ``end``, oldest first."""
    calls = Call.objects.filter(
        SIMULATED[which], agency=agency, opened_at__gte=start, opened_at__lt=end
    )
    stories, within = _stories(calls), calls.order_by()
    _works(stories, within)
    _told(stories, within)
    _ends(stories, within)
    _weighed(stories, within)
    _tries(stories, within)
    return list(stories.values())


def only_simulated(agency: UUID, start: datetime, end: datetime) -> bool:
    """Whether the window has calls, and every one of them is simulated."""
    calls = Call.objects.filter(agency=agency, opened_at__gte=start, opened_at__lt=end)
    return calls.exists() and not calls.filter(simulated="").exists()


def _stories(calls: QuerySet[Call]) -> dict[UUID, Story]:
    handed_back = Event.objects.filter(
        call=OuterRef("pk"), kind="CallReturned", body__reason=PAST
    )
    rows = calls.annotate(
        past=Exists(handed_back), phone=F("caller__phone_lookup")
    ).order_by("opened_at", "pk")
    columns = ("id", "type", "zone", "state", "opened_at", "eligibility", "service")
    return {
        row["id"]: Story(
            id=row["id"],
            type=row["type"],
            zone=row["zone"],
            state=row["state"],
            opened_at=row["opened_at"],
            eligibility=row["eligibility"],
            rule=row["ineligible_rule"],
            service=row["service"],
            not_served=row["not_served"],
            past=row["past"],
            phone=row["phone"] or "",
        )
        for row in rows.values(
            *columns, "ineligible_rule", "not_served", "past", "phone"
        )
    }


def _works(stories: dict[UUID, Story], within: QuerySet[Call]) -> None:
    rows = Assignment.objects.filter(seat__call__in=within).order_by(
        "accepted_at", "pk"
    )
    for call, response, made, accepted, confirmed, route, scene in rows.values_list(
        "seat__call",
        "seat__response",
        "offer__made_at",
        "accepted_at",
        "confirmed_at",
        "en_route_at",
        "on_scene_at",
    ):
        stories[call].works.append(
            Work(
                response=response,
                made_at=made,
                accepted_at=accepted,
                confirmed_at=confirmed,
                en_route_at=route,
                on_scene_at=scene,
            )
        )


def _told(stories: dict[UUID, Story], within: QuerySet[Call]) -> None:
    """Who is not rung but told, and when they said yes."""
    rows = Seat.objects.filter(call__in=within, confirmed_at__isnull=False)
    rows = rows.exclude(response__in=["ccd", *TEAMS]).order_by("confirmed_at", "pk")
    for call, kind, at in rows.values_list("call", "response", "confirmed_at"):
        if at is not None:
            stories[call].told.append((kind, at))


def _ends(stories: dict[UUID, Story], within: QuerySet[Call]) -> None:
    rows = Disposition.objects.filter(call__in=within).order_by("at", "pk")
    for row in rows:
        stories[row.call_id].ends.append(
            Ended(
                outcomes=tuple(row.outcomes),
                reached=row.person_reached,
                by_phone=row.resolved_by_phone,
                consent=row.followup_consent,
            )
        )


def _weighed(stories: dict[UUID, Story], within: QuerySet[Call]) -> None:
    rows = Decision.objects.filter(call__in=within).order_by("at", "pk")
    for call, at, response, rule, instead, reason in rows.values_list(
        "call", "at", "response", "rule", "override_response", "override_reason"
    ):
        stories[call].weighed.append(
            Weighed(at=at, response=response, rule=rule, instead=instead, reason=reason)
        )


def _tries(stories: dict[UUID, Story], within: QuerySet[Call]) -> None:
    rows = FollowUpAttempt.objects.filter(followup__call__in=within)
    for call, at, reached in rows.order_by("at", "pk").values_list(
        "followup__call", "at", "reached"
    ):
        stories[call].tries.append((at, reached))


def visits(agency: UUID, start: datetime, end: datetime) -> list[Visit]:
    """Everybody who was sent in person in this time, from whatever call. Three queries.

    Simulated or not is no question here: a team that went, went.
    """
    ours = Assignment.objects.filter(
        seat__call__agency=agency,
        seat__response__in=TEAMS,
        accepted_at__gte=start,
        accepted_at__lt=end,
    ).values_list("seat__call", "accepted_at")
    outside = Seat.objects.filter(
        call__agency=agency,
        response__in=OUTSIDE,
        confirmed_at__gte=start,
        confirmed_at__lt=end,
    ).values_list("call", "confirmed_at")
    sent = [
        *ours.order_by("accepted_at", "pk"),
        *outside.order_by("confirmed_at", "pk"),
    ]
    places = places_of(call for call, _at in sent)
    return [
        Visit(at=at, call=call, phone=places[call][0], place=places[call][1])
        for call, at in sent
        if at is not None
    ]


def places_of(calls: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Call → fingerprint of the number, and the address in one case and spacing."""
    rows = Caller.objects.filter(call__in=set(calls)).order_by("pk")
    return {
        row.call_id: (row.phone_lookup, " ".join(row.address.casefold().split()))
        for row in rows
    }
