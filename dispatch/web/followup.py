"""The navigators' worklist: claim, try, postpone, close."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch import access, errors, journal
from dispatch.actions import followup
from dispatch.actions.base import database_now
from dispatch.models import FollowUp
from dispatch.selectors import followup as followups
from dispatch.selectors import hand, wish
from dispatch.selectors.decision import word
from dispatch.selectors.hand import CHANNELS, OUTCOMES
from dispatch.selectors.words import refusal
from dispatch.states import FollowUpState
from dispatch.web.base import acting, seen
from dispatch.web.errors import status_of
from dispatch.web.forms import REACHED

Act = Callable[[HttpRequest, FollowUp], object]
HOURS = (2, 4, 24, 48, 72, 168)


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The whole list; ``open`` names the one that is being worked on."""
    return _show(request, _named(request))


@login_required
def live(request: HttpRequest) -> HttpResponse:
    """The list alone, made anew when something changes."""
    access.require(request.user, "followup.see")
    return render(request, "followup/_list.html", _list(request, None))


def form(act: Act) -> Callable[..., HttpResponse]:
    """A form of the list: reach the row, act, back to it. A refusal shows it again."""

    @wraps(act)
    def view(request: HttpRequest, followup_id: UUID) -> HttpResponse:
        row = access.followup_for(request.user, followup_id, "followup.work")
        try:
            act(request, row)
        except errors.NotFound:
            raise
        except errors.DispatchError as error:
            return _show(request, row, error)
        return redirect(f"{reverse('followups')}?open={row.pk}")

    return login_required(require_POST(view))


@form
def claim(request: HttpRequest, row: FollowUp) -> object:
    return followup.claim(followup_id=row.pk, by=acting(request), seen=seen(request))


@form
def attempt(request: HttpRequest, row: FollowUp) -> object:
    _refuse_another(request, row)
    said = request.POST.get("reached", "")
    if said not in REACHED:
        raise errors.Invalid(field="reached", why=_("yes or no"))
    return followup.attempt(
        followup_id=row.pk,
        reached=REACHED[said],
        channel=request.POST.get("channel", ""),
        by=acting(request),
        seen=seen(request),
    )


@form
def postpone(request: HttpRequest, row: FollowUp) -> object:
    _refuse_another(request, row)
    said = request.POST.get("hours", "")
    hours = int(said) if said.isdecimal() and len(said) < 5 else 0
    return followup.postpone(
        followup_id=row.pk, hours=hours, by=acting(request), seen=seen(request)
    )


@form
def close(request: HttpRequest, row: FollowUp) -> object:
    _refuse_another(request, row)
    return followup.complete(
        followup_id=row.pk,
        outcome=request.POST.get("outcome", ""),
        by=acting(request),
        seen=seen(request),
    )


def _refuse_another(request: HttpRequest, row: FollowUp) -> None:
    """Whoever claimed it works on it: the page shows these forms to nobody else."""
    if row.claimed_by_id != request.user.pk:
        raise errors.LostRace


def _named(request: HttpRequest) -> FollowUp | None:
    """The follow-up in the address; None without one, or with one that is none."""
    try:
        named = UUID(request.GET.get("open", ""))
    except ValueError:
        return None
    return access.followup_for(request.user, named, "followup.see")


def _show(
    request: HttpRequest,
    row: FollowUp | None,
    error: errors.DispatchError | None = None,
) -> HttpResponse:
    access.require(request.user, "followup.see")
    context = _list(request, row) | _at_hand(request, row)
    context["error"] = refusal(error) if error else ""
    status = status_of(error) if error else 200
    return render(request, "followup/page.html", context, status=status)


def _list(request: HttpRequest, row: FollowUp | None) -> dict[str, object]:
    agency = request.user.agency
    # The number before the reading: what happens in between is shown twice, never lost.
    number = journal.head(agency.pk)
    return {
        "board_number": number,
        "list": followups.worklist(agency, request.user.pk, now=database_now()),
        "works": access.may(request.user, "followup.work"),
        "opened": row.pk if row else None,
    }


def _at_hand(request: HttpRequest, row: FollowUp | None) -> dict[str, object]:
    """The person's number, for whoever claimed it alone; the look is recorded."""
    if row is not None:
        row.refresh_from_db()
    mine = row is not None and row.claimed_by_id == request.user.pk
    if not mine or row.state == FollowUpState.CLOSED:
        return {"hand": None}
    access.record(request.user, "followup.see", call=row.call)
    return {
        "hand": hand.at_hand(row, request.user.pk, now=database_now()),
        "channels": _channels(row),
        "hours": [(hours, _in(hours)) for hours in HOURS],
        "outcomes": [(code, word(OUTCOMES, code)) for code in OUTCOMES],
    }


def _channels(row: FollowUp) -> list[dict[str, object]]:
    """Every way to reach somebody; those the person ruled out cannot be chosen."""
    found = wish.of_call(row.call)
    why = {code: wish.refused(found, code, row.attempts) for code in followup.CHANNELS}
    first = next((code for code in why if not why[code]), None)
    return [
        {
            "code": code,
            "label": word(CHANNELS, code),
            "why": why[code],
            "first": code == first,
        }
        for code in followup.CHANNELS
    ]


def _in(hours: int) -> str:
    if hours < 24:
        return _("in %(hours)s hours") % {"hours": hours}
    if hours == 24:
        return _("in a day")
    return _("in %(days)s days") % {"days": hours // 24}
