"""Real people in the demo centre: who of them is free, and whether one takes calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dispatch.actions.seat import absent_after
from dispatch.models import AccessRecord, Offer, Presence, Session, Shift
from dispatch.states import OfferState, PresenceState, UnitState
from routing import store

# A dispatcher who opened nothing for so long has gone, and left the window open.
LATELY = timedelta(minutes=5)
# An offer that ends frees whom it rang for, a statement or two later.
AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A real clinician, or a unit with a real crew, free since then.

    ``missed``: free because they declined, or let it ring; no call waits for them.
    """

    id: UUID
    kind: str
    since: datetime
    missed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """``at_desk``: a real dispatcher is there, whose calls come first."""

    free: Sequence[Guest] = ()
    at_desk: bool = False

    def waited_for(self, kind: str) -> list[Guest]:
        return [one for one in self.free if one.kind == kind and not one.missed]

    def behind(self, kind: str, since: datetime) -> list[Guest]:
        """Those whom somebody free since then would be asked before."""
        return [one for one in self.free if one.kind == kind and since <= one.since]


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
        Guest(id=pk, kind="ccd", since=since, missed=_missed(since, person=pk))
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
        Guest(id=pk, kind=kind, since=since, missed=_missed(since, unit=pk))
        for pk, kind, since in known.order_by("unit").distinct()
    ]


def _missed(since: datetime, **asked: UUID) -> bool:
    """Whether an offer that they did not take freed them."""
    ended = Offer.objects.filter(ended_at__range=(since - AT_ONCE, since), **asked)
    return ended.filter(state__in=[OfferState.DECLINED, OfferState.EXPIRED]).exists()


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
