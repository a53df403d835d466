"""Alarms: the strip above every page, the list of all, and taking one."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dispatch import access, errors, journal
from dispatch.actions import alarm as act
from dispatch.actions import staff
from dispatch.actions.base import database_now
from dispatch.selectors import alarm
from dispatch.selectors.words import refusal
from dispatch.web.base import acting
from dispatch.web.errors import status_of


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request, "alarm/page.html")


@login_required
def live(request: HttpRequest) -> HttpResponse:
    """The lists alone, made anew when an alarm changes."""
    return _show(request, "alarm/_list.html")


@login_required
def strip(request: HttpRequest) -> HttpResponse:
    """The line above every page alone: how many are mine, and which presses most."""
    access.require(request.user, "alarm.see")
    return render(request, "alarm/_strip.html")


@login_required
@require_POST
def take(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """I see to it. From the strip only the strip is answered: the page stays."""
    row = access.alarm_for(request.user, alarm_id)
    # A press is also a sign of life: whoever is away loses it again.
    staff.beat(user_id=request.user.pk)
    from_strip = request.headers.get("HX-Request") == "true"
    try:
        act.take(alarm_id=row.pk, by=acting(request))
    except errors.LostRace as error:
        if not from_strip:
            return _show(request, "alarm/page.html", error)
    if from_strip:
        return render(request, "alarm/_strip.html")
    return redirect("alarms")


@login_required
@require_POST
def beat(request: HttpRequest) -> HttpResponse:
    """Still here: only who is there is told of an alarm."""
    access.require(request.user, "alarm.see")
    staff.beat(user_id=request.user.pk)
    return HttpResponse(status=204)


def _show(
    request: HttpRequest, template: str, error: errors.DispatchError | None = None
) -> HttpResponse:
    user = request.user
    mine = access.visible_alarms(user)
    # The number before the reading: what happens in between is shown twice, never lost.
    number = journal.head(user.agency_id)
    context = {
        "board_number": number,
        "open": alarm.open_ones(mine, user.pk, user.role),
        "ended": alarm.ended_today(
            mine, user.agency, user.pk, user.role, now=database_now()
        ),
        "error": refusal(error) if error else "",
    }
    return render(request, template, context, status=status_of(error) if error else 200)
