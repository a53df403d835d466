"""The report page, and its CSV, in which small numbers are not shown."""

import csv
from dataclasses import astuple
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dispatch import access
from dispatch.actions.base import database_now
from dispatch.errors import Invalid
from dispatch.selectors import release
from dispatch.selectors import report as reports
from dispatch.selectors.report import Report


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
    lines.writerow(release.COLUMNS)
    lines.writerows([_plain(one) for one in astuple(row)] for row in release.rows(made))
    return answer


def _report(request: HttpRequest) -> Report:
    access.require(request.user, "report.see")
    agency, now = request.user.agency, database_now()
    first, last = _day(request, "from"), _day(request, "to")
    first, last = reports.window(agency, first, last, now=now)
    return reports.report(
        agency, first, last, now=now, which=request.GET.get("simulated", "")
    )


def _day(request: HttpRequest, name: str) -> date | None:
    said = request.GET.get(name, "")
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Invalid(field=name, why=reports.A_DAY) from None


FORMULA = frozenset("=+-@\t\r")


def _plain(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in FORMULA else text
