"""The report page, and its CSV, in which small numbers are not shown."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch import access
from dispatch.errors import Invalid
from dispatch.selectors import report as reports
from dispatch.selectors.report import SMALL, Report
from dispatch.selectors.volume import Table

DAYS, MOST_DAYS = 28, 366
HEAD = ("part", "measure", "line", "column", "value", "meaning")
HIDDEN = "<11"


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "report/page.html", {"report": _report(request)})


@login_required
def download(request: HttpRequest) -> HttpResponse:
    """The same figures as a file that may leave the house."""
    made = _report(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"heart-{made.first}-{made.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    lines = csv.writer(answer)
    lines.writerow(HEAD)
    lines.writerows([_plain(one) for one in row] for row in _rows(made))
    return answer


def _report(request: HttpRequest) -> Report:
    access.require(request.user, "report.see")
    agency, now = request.user.agency, timezone.now()
    last = _day(request, "to", now.astimezone(agency.zone).date())
    first = _day(request, "from", last - timedelta(days=DAYS - 1))
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise Invalid(field="from", why=_("at most a year, the first day first"))
    return reports.report(
        agency, first, last, now=now, which=request.GET.get("simulated", "")
    )


def _day(request: HttpRequest, name: str, otherwise: date) -> date:
    said = request.GET.get(name, "")
    if not said:
        return otherwise
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2100:
        raise Invalid(field=name, why=_("a day like 2026-11-22"))
    return day


def _rows(made: Report) -> Iterator[tuple[str, ...]]:
    window = f"{made.first} to {made.last}"
    yield ("about", "window", "", "", window, made.zone)
    yield ("about", "simulated", "", "", made.which, _("simulated calls counted too?"))
    for one in made.figures:
        share, part, whole = one.share, str(one.part), str(one.whole)
        if one.small:
            share, part, whole = HIDDEN, HIDDEN, HIDDEN
        yield ("figure", one.code, "", "part", part, one.means)
        if one.whole is not None:
            yield ("figure", one.code, "", "whole", whole, one.means)
            yield ("figure", one.code, "", "share", share, one.means)
    for table in made.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[tuple[str, ...]]:
    hidden = [_hidden(column, parts=table.parts) for column in _columns(table)]
    for at, line in enumerate(table.lines):
        small = any(at in places for places in hidden)
        for column, count, places in zip(
            table.columns[1:], line.counts, hidden, strict=False
        ):
            value = HIDDEN if at in places else str(count)
            yield ("table", table.code, line.label, column, value, table.means)
        for column, said in zip(
            table.columns[1 + len(line.counts) :], line.said, strict=False
        ):
            value = HIDDEN if small else said
            yield ("table", table.code, line.label, column, value, table.means)


def _columns(table: Table) -> list[Sequence[int]]:
    return list(zip(*(line.counts for line in table.lines), strict=True))


def _hidden(counts: Sequence[int], *, parts: bool) -> set[int]:
    """Where small numbers stand; never one alone that the others would give away."""
    small = {at for at, count in enumerate(counts) if 0 < count < SMALL}
    others = [at for at, count in enumerate(counts) if count >= SMALL]
    if parts and len(small) == 1 and others:
        small.add(min(others, key=lambda at: counts[at]))
    return small


def _plain(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
