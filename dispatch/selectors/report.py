"""The report of some days: figures, tables and a chart, each with its meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dispatch.errors import Invalid
from dispatch.models import Agency
from dispatch.selectors import cohort, measures, volume
from dispatch.selectors.cohort import Story
from dispatch.selectors.measures import DAY
from dispatch.selectors.volume import Bar, Table
from routing import store

TWO_DAYS, WEEK = timedelta(hours=48), timedelta(days=7)
SMALL = 11
DAYS, MOST_DAYS = 28, 366
YEARS = range(2000, 2101)
A_DAY = gettext_noop("a day like 2026-11-22")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """So many of so many, and what is meant. Without a whole it is a plain count."""

    code: str
    title: str
    part: int
    whole: int | None
    unit: str
    means: str
    apart: tuple[str, ...] = ()

    @property
    def share(self) -> str:
        """In per cent; a figure without cases has none, which is not nought."""
        if self.whole is None:
            return str(self.part)
        if self.whole == 0:
            return _("no cases")
        return f"{round(100 * self.part / self.whole)} %"

    @property
    def range(self) -> str:
        if not self.whole:
            return ""
        low, high = measures.likely(self.part, self.whole)
        return f"{round(100 * low)}–{round(100 * high)} %"

    @property
    def small(self) -> bool:
        """Whether it speaks of so few people that it must not leave the house."""
        parts = [self.part]
        if self.whole is not None:
            parts += [self.whole, self.whole - self.part]
        return any(0 < one < SMALL for one in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``which`` is yes, no or only: are simulated calls counted too?"""

    first: date
    last: date
    zone: str
    which: str
    asked: bool
    calls: int
    made_at: datetime
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    bars: tuple[Bar, ...]
    most: int


def window(
    agency: Agency, first: date | None, last: date | None, *, now: datetime
) -> tuple[date, date]:
    """The days that were asked for; what was left out means the last four weeks."""
    last = last or now.astimezone(agency.zone).date()
    for name, day in (("to", last), ("from", first or last)):
        if day.year not in YEARS:
            raise Invalid(field=name, why=A_DAY)
    first = first or last - timedelta(days=DAYS - 1)
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        why = gettext_noop("at most a year, the first day first")
        raise Invalid(field="from", why=why)
    return first, last


def report(
    agency: Agency,
    first: date,
    last: date,
    *,
    now: datetime,
    which: str = "",
) -> Report:
    """All figures of the days from ``first`` to ``last``, in the agency's time zone.

    Without ``which`` simulated calls are left out, unless there are no others. Twelve
    queries, thirteen then, however many calls.
    """
    start = datetime.combine(first, time.min, tzinfo=agency.zone)
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=agency.zone)
    asked = which in cohort.SIMULATED
    if not asked:
        alone = cohort.only_simulated(agency.pk, start, end)
        which = "only" if alone else "no"
    stories = cohort.gather(agency.pk, start, end, which)
    protocol = store.published(agency.pk)[1]
    calls = measures.counted(stories)
    bars = volume.bars(calls, agency)
    return Report(
        first=first,
        last=last,
        zone=agency.time_zone,
        which=which,
        asked=asked,
        calls=len(calls),
        made_at=now,
        figures=(
            _diverted(agency, stories, start, end, now),
            _reached(stories, TWO_DAYS, now),
            _served(stories),
            _transferred(stories),
            _reached(stories, WEEK, now),
        ),
        tables=(
            _followed(stories, now),
            *volume.tables(stories, protocol, agency),
        ),
        bars=bars,
        most=max(bar.count for bar in bars),
    )


def _transferred(stories: Sequence[Story]) -> Figure:
    return Figure(
        code="transferred",
        title=_("Calls transferred to a clinician"),
        part=len(measures.transferred(stories)),
        whole=None,
        unit=_("calls"),
        means=_(
            "Calls that a clinician confirmed to have taken over from the dispatcher."
        ),
    )


def _diverted(
    agency: Agency,
    stories: Sequence[Story],
    start: datetime,
    end: datetime,
    now: datetime,
) -> Figure:
    told = measures.transferred(stories)
    # A call of the last minute may be taken over a little later, and have a day then.
    visits = cohort.visits(agency.pk, start, end + 2 * DAY)
    places = cohort.places_of(one.id for one in told)
    found = measures.diverted(stories, visits, places, now=now)
    apart = (
        (found.hang_ups, _("%(n)s hung up")),
        (found.to_988, _("%(n)s went on to 988")),
        (found.talk_only, _("%(n)s only wanted to talk: nobody was sent before")),
        (found.duplicates, _("%(n)s were duplicates")),
        (found.young, _("%(n)s are younger than 24 hours")),
    )
    return Figure(
        code="diverted",
        title=_("Diverted from an in-person response"),
        part=found.part,
        whole=found.calls,
        unit=_("calls"),
        means=_(
            "Calls taken by a clinician, person reached, resolved by phone, and nobody"
            " (team, police, EMS or fire) sent to the same number or address within"
            " 24 hours; among the calls taken by a clinician that would have been sent"
            " somebody before the programme."
        ),
        apart=tuple(said % {"n": n} for n, said in apart if n),
    )


def _reached(stories: Sequence[Story], within: timedelta, now: datetime) -> Figure:
    found = measures.followed_up(stories, within, now=now)
    span = _("48 hours") if within == TWO_DAYS else _("7 days")
    young = _("%(n)s people were served too recently to be counted") % {
        "n": found.young
    }
    return Figure(
        code="reached_48h" if within == TWO_DAYS else "reached_7d",
        title=_("Reached by follow-up within %(span)s") % {"span": span},
        part=found.reached,
        whole=found.people,
        unit=_("people"),
        means=_(
            "People spoken with within %(span)s of first being served, among people"
            " served at least that long ago. The same number is one person; attempts"
            " do not count."
        )
        % {"span": span},
        apart=(young,) if found.young else (),
    )


def _served(stories: Sequence[Story]) -> Figure:
    found = measures.served(stories)
    apart = (
        (
            found.not_triaged,
            _("%(n)s were never triaged: not the same as not eligible"),
        ),
        (sum(found.ineligible.values()), _("%(n)s were not eligible by a rule")),
        (found.unsettled, _("%(n)s are still open")),
        (found.duplicates, _("%(n)s were duplicates")),
        (found.past, _("%(n)s were recorded elsewhere and only count as volume")),
    )
    return Figure(
        code="served",
        title=_("Eligible calls that were served"),
        part=found.part,
        whole=found.calls,
        unit=_("calls"),
        means=_(
            "Calls meant for HEART that a clinician, a team, a navigator or 988 took,"
            " among those that are settled."
        ),
        apart=tuple(said % {"n": n} for n, said in apart if n),
    )


def _followed(stories: Sequence[Story], now: datetime) -> Table:
    """The steps before somebody is reached, for both spans side by side."""
    soon = measures.followed_up(stories, TWO_DAYS, now=now)
    later = measures.followed_up(stories, WEEK, now=now)
    rows = (
        ("people", _("Served, long enough ago")),
        ("offered", _("Asked for consent")),
        ("consented", _("Agreed")),
        ("attempted", _("Attempted in that time")),
        ("reached", _("Reached in that time")),
    )
    return volume.table(
        "followed_up",
        _("Follow-up, step by step"),
        _("People, not calls. An attempt is not a contact."),
        (_("Step"), _("48 hours"), _("7 days")),
        [
            (label, (int(getattr(soon, name)), int(getattr(later, name))))
            for name, label in rows
        ],
        of=soon.people,
        parts=False,
    )
