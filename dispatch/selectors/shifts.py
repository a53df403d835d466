"""The roster: who works when for two weeks, what is open, what waits for an answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import free, planned
from dispatch.models import Agency, PlannedShift, Shift, ShiftSwap, Unit, User
from dispatch.selectors.decision import Words, word
from dispatch.states import EARLY_SIGN_IN, PresenceState, SwapState
from routing import store

DAYS = 15
BATCH = 200
# The page says so before a shift ends and one is not asked any more.
WARNS = timedelta(minutes=5)
ENDS_AT_ONCE = [
    PresenceState.AVAILABLE,
    PresenceState.BREAK,
    PresenceState.UNAVAILABLE,
]
ENDED = f"""
SELECT p.user_id FROM dispatch_presence p
WHERE p.agency_id = %(agency)s AND p.state = ANY(%(states)s) AND NOT {free.ON_SHIFT}
ORDER BY p.user_id LIMIT {BATCH}
"""  # noqa: S608  our own words
# In the order of the path of a call.
ROLES: Words = {
    "supervisor": gettext_lazy("Supervisors"),
    "dispatcher": gettext_lazy("Dispatchers"),
    "clinician": gettext_lazy("Clinicians"),
    "responder": gettext_lazy("Crews"),
    "navigator": gettext_lazy("Navigators"),
    "administrator": gettext_lazy("Administrators"),
}
DROPS: Words = {
    "sick": gettext_lazy("Sick"),
    "leave": gettext_lazy("Leave"),
    "training": gettext_lazy("Training"),
    "not_needed": gettext_lazy("Not needed"),
    "mistake": gettext_lazy("Planned by mistake"),
    "other": gettext_lazy("Another reason"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A planned shift. ``who`` is empty while nobody has it; ``swap`` offers it.

    ``aboard``: the unit that they are on now, where another one is planned.
    """

    id: UUID
    role: str
    person: UUID | None
    who: str
    unit: str
    day: date
    date: str
    span: str
    starts_at: datetime
    ends_at: datetime
    deputy: bool
    unplanned: bool
    now: bool
    aboard: str
    simulated: bool
    mine: bool
    may_take: bool
    may_offer: bool
    swap: UUID | None
    offered_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Those of one role on one day."""

    label: str
    entries: tuple[Entry, ...]
    gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    label: str
    groups: tuple[Group, ...]
    gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A colleague's shift that waits for my yes; ``instead`` is what they want of mine."""

    id: UUID
    shift: Entry
    instead: Entry | None
    to_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    mine: tuple[Entry, ...]
    asked: tuple[Asked, ...]
    days: tuple[Day, ...]
    gaps: int
    by_id: Mapping[UUID, Entry]

    @property
    def people(self) -> frozenset[UUID]:
        """Whose shifts stand on it."""
        return frozenset(one.person for one in self.by_id.values() if one.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """How somebody stands with the roster now. ``until`` None: not on shift.

    ``counts``: whether only people on a planned shift are asked here.
    """

    counts: bool
    until: datetime | None
    ends_soon: bool
    next_at: datetime | None


def page(viewer: User, *, now: datetime) -> RosterPage:
    """Today and the fourteen days after it, by the agency's clock. Three queries."""
    assert viewer.agency is not None
    zone = viewer.agency.zone
    today = now.astimezone(zone).date()
    end = datetime.combine(today + timedelta(days=DAYS), time.min, tzinfo=zone)
    rows = _rows(viewer.agency, now, end)
    swaps = _open_swaps(viewer.agency)
    offered = {swap.shift_id: swap for swap in swaps}
    aboard = _aboard(viewer.agency)
    theirs = [row for row in rows if row.user_id == viewer.pk]
    entries = {
        row.pk: _entry(row, viewer, now, zone, offered.get(row.pk), aboard, theirs)
        for row in rows
    }
    shown = [one for one in entries.values() if one.starts_at < end]
    return RosterPage(
        mine=tuple(one for one in entries.values() if one.mine),
        asked=tuple(_asked(swaps, entries, viewer)),
        days=tuple(_days(shown, today)),
        gaps=sum(not one.who for one in shown),
        by_id=entries,
    )


def _rows(agency: Agency, now: datetime, end: datetime) -> list[PlannedShift]:
    """What is on or comes before ``end``, and later what somebody offers or is asked."""
    swaps = ShiftSwap.objects.filter(state=SwapState.ASKED)
    asked = Exists(swaps.filter(Q(shift=OuterRef("pk")) | Q(instead=OuterRef("pk"))))
    rows = PlannedShift.objects.filter(
        Q(starts_at__lt=end) | asked,
        agency=agency,
        dropped_at=None,
        ends_at__gt=now,
    )
    return list(
        rows.select_related("user", "unit").order_by("starts_at", "ends_at", "pk")
    )


def _open_swaps(agency: Agency) -> list[ShiftSwap]:
    rows = ShiftSwap.objects.filter(shift__agency=agency, state=SwapState.ASKED)
    return list(rows.select_related("to").order_by("asked_at", "pk"))


def _entry(
    row: PlannedShift,
    viewer: User,
    now: datetime,
    zone: ZoneInfo,
    swap: ShiftSwap | None,
    aboard: Mapping[UUID, Unit],
    theirs: Sequence[PlannedShift],
) -> Entry:
    """``theirs``: when the viewer works already, and can take no other shift."""
    starts, ends = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    mine = row.user_id == viewer.pk
    return Entry(
        id=row.pk,
        role=row.role,
        person=row.user_id,
        who=str(row.user) if row.user else "",
        unit=row.unit.name if row.unit else "",
        day=starts.date(),
        date=date_format(starts, "D j M"),
        span=_span(starts, ends, now),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        deputy=row.deputy,
        unplanned=row.why == "unplanned",
        now=row.starts_at <= now,
        aboard=_elsewhere(row, aboard) if row.starts_at <= now else "",
        simulated=row.user.simulated if row.user else False,
        mine=mine,
        may_take=row.user_id is None
        and row.role == viewer.role
        and not any(_overlap(row, one) for one in theirs),
        may_offer=mine and row.starts_at > now and swap is None,
        swap=swap.pk if swap else None,
        offered_to=_to(swap),
    )


def _overlap(one: PlannedShift, other: PlannedShift) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _aboard(agency: Agency) -> dict[UUID, Unit]:
    """Who is signed on to which unit."""
    rows = Shift.objects.filter(unit__agency=agency, ended_at=None)
    return {row.user_id: row.unit for row in rows.select_related("unit")}


def _elsewhere(row: PlannedShift, aboard: Mapping[UUID, Unit]) -> str:
    """The unit that somebody planned for another one is on; else empty."""
    unit = aboard.get(row.user_id) if row.user_id else None
    if unit is None or row.unit_id in {None, unit.pk}:
        return ""
    return unit.name


def _to(swap: ShiftSwap | None) -> str:
    if swap is None:
        return ""
    return str(swap.to) if swap.to else _("everybody")


def _span(starts: datetime, ends: datetime, now: datetime) -> str:
    """19:00–07:00, with the day in front of what is not on the day it stands under.

    Where the clocks change inside it, the hours are said, for they are not what
    the times make one think.
    """
    today = now.astimezone(starts.tzinfo).date()
    first = _clock(starts, max(starts.date(), today))
    last = _clock(ends, max(starts.date(), today))
    length = (ends.astimezone(UTC) - starts.astimezone(UTC)).total_seconds() / 3600
    if starts.utcoffset() == ends.utcoffset():
        return f"{first}–{last}"
    return _("%(first)s–%(last)s (%(hours)g hours, the clocks change)") % {
        "first": first,
        "last": last,
        "hours": length,
    }


def _clock(at: datetime, day: date) -> str:
    """The time, and its weekday if that is neither this day nor the night after it."""
    apart = (at.date() - day).days
    early = apart == 1 and at.time() <= time(12)
    return f"{at:%H:%M}" if apart == 0 or early else date_format(at, "D H:i")


def _asked(
    swaps: Iterable[ShiftSwap], entries: Mapping[UUID, Entry], viewer: User
) -> Iterable[Asked]:
    for swap in swaps:
        shift = entries.get(swap.shift_id)
        mine = swap.to_id == viewer.pk or (
            swap.to_id is None and shift and _fits(shift, viewer)
        )
        if shift is None or not mine or swap.asked_by_id == viewer.pk:
            continue
        yield Asked(
            id=swap.pk,
            shift=shift,
            instead=entries.get(swap.instead_id) if swap.instead_id else None,
            to_all=swap.to_id is None,
        )


def _fits(shift: Entry, viewer: User) -> bool:
    return shift.role == viewer.role


def _days(entries: Iterable[Entry], today: date) -> Iterable[Day]:
    """A day each, also an empty one; what began before today stands under today."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for one in entries:
        by_day[max(one.day, today)].append(one)
    for number in range(DAYS):
        day = today + timedelta(days=number)
        yield Day(
            label=_("Today") if not number else date_format(day, "l j F"),
            groups=tuple(_groups(by_day[day])),
            gaps=sum(not one.who for one in by_day[day]),
        )


def _groups(entries: Sequence[Entry]) -> Iterable[Group]:
    for role in ROLES:
        held = tuple(one for one in entries if one.role == role)
        if held:
            gaps = sum(not one.who for one in held)
            yield Group(label=word(ROLES, role), entries=held, gaps=gaps)


def whom(entry: Entry, page: RosterPage, viewer: User) -> list[tuple[str, str]]:
    """To whom this shift may be offered, and for what: value and words. One query.

    A value is empty (all), a person, or a person and the shift wanted of theirs.
    """
    colleagues = User.objects.filter(
        agency=viewer.agency_id, role=entry.role, is_active=True
    ).exclude(pk=viewer.pk)
    theirs: dict[UUID | None, list[Entry]] = defaultdict(list)
    for one in page.by_id.values():
        if one.role == entry.role and not one.now:
            theirs[one.person].append(one)
    listed = [("", _("Everybody who has this role"))]
    for each in colleagues.order_by("short_name", "pk"):
        listed.append((str(each.pk), str(each)))
        for one in theirs[each.pk]:
            label = _("%(who)s, for %(date)s %(span)s") % {
                "who": each,
                "date": one.date,
                "span": one.span,
            }
            listed.append((f"{each.pk}:{one.id}", label))
    return listed


def mine(user: User, *, now: datetime) -> Mine:
    """One query beside the protocol. Shifts that follow each other are one."""
    assert user.agency_id
    rows = PlannedShift.objects.filter(user=user, dropped_at=None, ends_at__gt=now)
    until, later = None, None
    for row in rows.order_by("starts_at")[:DAYS]:
        if row.starts_at <= (until or now):
            until = row.ends_at
        else:
            later = later or row.starts_at
    return Mine(
        counts=store.published(user.agency_id)[1].queue.roster,
        until=until,
        ends_soon=until is not None and until - now <= WARNS,
        next_at=later,
    )


def beside_plan(user: User, unit: Unit, *, now: datetime) -> str:
    """What the roster has somebody do now who is on this unit, where that differs.

    Nobody is held back by it: a crew stands in where it is wanted. Who is not planned
    at all hears so only where the roster counts.
    """
    rows = PlannedShift.objects.filter(user=user, dropped_at=None)
    on = rows.filter(starts_at__lte=now + EARLY_SIGN_IN, ends_at__gt=now)
    row = on.select_related("unit").order_by("starts_at").last()
    if row is not None and row.unit and row.unit_id != unit.pk:
        return _("The roster has you on %(unit)s now.") % {"unit": row.unit.name}
    if row is None and store.published(unit.agency_id)[1].queue.roster:
        return _("You are not on shift by the roster.")
    return ""


def on_until(agency: Agency, *, now: datetime) -> dict[UUID, datetime]:
    """Who is on shift now, and until when. One query."""
    rows = PlannedShift.objects.filter(
        agency=agency, dropped_at=None, starts_at__lte=now, ends_at__gt=now
    ).exclude(user=None)
    return {row.user_id: row.ends_at for row in rows if row.user_id}


def ended(agency: UUID) -> list[UUID]:
    """People said to be there who are on no shift."""
    values = {"agency": agency, "states": ENDS_AT_ONCE}
    return [user for (user,) in planned.ask(ENDED, values)]
