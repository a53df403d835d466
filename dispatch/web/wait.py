"""How long calls wait, and a new one would: the page, and its line beside the board."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dispatch import access
from dispatch.selectors import wait
from routing import store


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request, "wait/page.html")


@login_required
def live(request: HttpRequest) -> HttpResponse:
    """The queues alone, made anew when something changes."""
    return _show(request, "wait/_lines.html")


@login_required
def brief(request: HttpRequest) -> HttpResponse:
    """What a call that comes now would wait, in a line for each kind of help."""
    return _show(request, "wait/_brief.html")


def _show(request: HttpRequest, template: str) -> HttpResponse:
    access.require(request.user, "wait.see")
    agency = request.user.agency_id
    lines = wait.lines(agency, store.published(agency)[1])
    context = {"lines": lines, "sure": _same([line.sure for line in lines])}
    return render(request, template, context)


def _same(said: Sequence[str]) -> str:
    """What all the lines say that say anything; empty where they differ."""
    found = {one for one in said if one}
    return found.pop() if len(found) == 1 else ""
