"""Real people in the demo centre: who of them is free, and whether one takes calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dispatch.actions.seat import absent_after
from dispatch.models import AccessRecord, Presence, Session, Shift
from dispatch.states import PresenceState, UnitState
from routing import store

# A dispatcher who opened nothing for so long has gone, and left the window open.
LATELY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A real clinician, or a unit with a real crew, free since then."""

    id: UUID
    kind: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """``at_desk``: a real dispatcher is there, whose calls come first."""

    free: Sequence[Guest] = ()
    at_desk: bool = False

    def longer_free(self, kind: str, since: datetime) -> bool:
        """Whether somebody free since then would be asked before one of them."""
        return any(one.kind == kind and since <= one.since for one in self.free)

    def holds(self, kind: str) -> bool:
        """Whether the next call of this kind is to be a real dispatcher's."""
        return self.at_desk and any(one.kind == kind for one in self.free)


NOBODY = Guests()


def look(agency: UUID, now: datetime) -> Guests:
    """With nobody free it does not matter who is at the desk: nobody looks."""
    free = [*_clinicians(agency, now), *_units(agency)]
    return Guests(free=free, at_desk=bool(free) and _at_desk(agency, now))


def _clinicians(agency: UUID, now: datetime) -> list[Guest]:
    _row, protocol = store.published(agency)
    rows = Presence.objects.filter(
        agency=agency,
        state=PresenceState.AVAILABLE,
        user__role="clinician",
        user__simulated=False,
        user__heartbeat__at__gt=now - absent_after(protocol),
    )
    return [
        Guest(id=pk, kind="ccd", since=since)
        for pk, since in rows.order_by("since").values_list("user", "since")
    ]


def _units(agency: UUID) -> list[Guest]:
    rows = Shift.objects.filter(
        ended_at=None,
        user__simulated=False,
        unit__agency=agency,
        unit__state=UnitState.AVAILABLE,
    )
    known = rows.values_list("unit", "unit__kind", "unit__state_since")
    return [
        Guest(id=pk, kind=kind, since=since)
        for pk, kind, since in known.order_by("unit").distinct()
    ]


def _at_desk(agency: UUID, now: datetime) -> bool:
    """Whether a real dispatcher who is signed in looked at something lately."""
    looked = AccessRecord.objects.filter(
        agency=agency, user__role="dispatcher", user__simulated=False
    ).filter(at__gt=now - LATELY)
    people = set(looked.order_by("user").values_list("user", flat=True).distinct())
    return bool(people) and not people.isdisjoint(_signed_in(now))


def _signed_in(now: datetime) -> set[UUID]:
    sessions = Session.objects.filter(expire_date__gt=now, user__isnull=False)
    return set(sessions.values_list("user", flat=True))
