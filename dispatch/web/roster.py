"""The roster: one's own shifts, what is open, what colleagues offer; planning it."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch import access, errors
from dispatch.actions import roster, swap
from dispatch.actions.base import database_now
from dispatch.models import Unit, User
from dispatch.selectors import local, shifts, skills
from dispatch.selectors.words import refusal
from dispatch.web.base import acting, chosen_id, coded
from dispatch.web.errors import status_of

Act = Callable[..., object]


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request, "roster/page.html")


@login_required
def live(request: HttpRequest) -> HttpResponse:
    """The days alone, made anew while the page is looked at."""
    return _show(request, "roster/_days.html")


@login_required
def own(request: HttpRequest) -> HttpResponse:
    """The same of one's own shifts, and of what colleagues ask."""
    return _show(request, "roster/_own.html")


def form(act: Act) -> Callable[..., HttpResponse]:
    """A form of the roster: act, back to it. A refusal shows it again, above it why."""

    @wraps(act)
    def view(request: HttpRequest, **ids: UUID) -> HttpResponse:
        access.require(request.user, "roster.see")
        try:
            act(request, **ids)
        except (errors.NotFound, errors.Forbidden):
            raise
        except errors.DispatchError as error:
            return _show(request, "roster/page.html", error)
        return redirect("roster")

    return login_required(require_POST(view))


@form
def plan(request: HttpRequest) -> object:
    """For somebody, whose role it then has; for nobody yet, for the role that is said."""
    access.require(request.user, "roster.edit")
    person = _named(request, "person", "roster.edit")
    unit = request.POST.get("unit", "")
    return roster.plan(
        agency_id=request.user.agency_id,
        role=person.role if person else request.POST.get("role", ""),
        user_id=person.pk if person else None,
        unit_id=_id(unit, "unit") if unit else None,
        starts_at=_moment(request, "starts"),
        ends_at=_moment(request, "ends"),
        deputy=request.POST.get("deputy") == "yes",
        by=acting(request),
    )


@form
def drop(request: HttpRequest, shift_id: UUID) -> object:
    row = access.shift_for(request.user, shift_id, "roster.edit")
    return roster.drop(
        shift_id=row.pk,
        why=coded(request, shifts.DROPS),
        again=request.POST.get("again") == "yes",
        by=acting(request),
    )


@form
def take(request: HttpRequest, shift_id: UUID) -> object:
    row = access.shift_for(request.user, shift_id, "shift.take")
    try:
        return roster.take(shift_id=row.pk, user_id=request.user.pk, by=acting(request))
    except errors.LostRace:
        words = _("A colleague took this shift first. Nothing was changed.")
        raise errors.LostRace(words) from None


@form
def offer(request: HttpRequest, shift_id: UUID) -> object:
    """To all, to a colleague, or to a colleague for a shift of theirs."""
    row = access.shift_for(request.user, shift_id, "shift.take")
    to, _colon, instead = request.POST.get("to", "").partition(":")
    return swap.ask_swap(
        shift_id=row.pk,
        to=access.colleague(request.user, _id(to, "to"), "shift.take").pk
        if to
        else None,
        instead=access.shift_for(request.user, _id(instead, "to"), "shift.take").pk
        if instead
        else None,
        by=acting(request),
    )


@form
def answer(request: HttpRequest, swap_id: UUID) -> object:
    row = access.swap_for(request.user, swap_id)
    said = coded(request, ("yes", "no"), "answer")
    return swap.answer_swap(swap_id=row.pk, take=said == "yes", by=acting(request))


@form
def withdraw(request: HttpRequest, swap_id: UUID) -> object:
    row = access.swap_for(request.user, swap_id)
    return swap.withdraw_swap(swap_id=row.pk, by=acting(request))


@form
def start(request: HttpRequest) -> object:
    """An unplanned shift of one's own, or the planned one made longer."""
    access.require(request.user, "shift.take")
    return roster.start_unplanned(until=_moment(request, "until"), by=acting(request))


@login_required
@require_POST
def set_skill(request: HttpRequest) -> HttpResponse:
    """What a colleague can, and how well; level 0 takes it away."""
    access.require(request.user, "roster.edit")
    row = access.colleague(request.user, chosen_id(request, "person"), "roster.edit")
    roster.set_skill(
        user_id=row.pk,
        skill=request.POST.get("skill", ""),
        level=int(coded(request, ("0", "1", "2", "3"), "level")),
        by=acting(request),
    )
    return redirect("staff")


def _moment(request: HttpRequest, name: str) -> object:
    return local.moment(request.POST.get(name, ""), request.user.agency.zone, name)


def _id(said: str, name: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise errors.Invalid(field=name, why=_("choose one of the list")) from None


def _named(request: HttpRequest, name: str, verb: str) -> User | None:
    said = request.POST.get(name, "")
    return access.colleague(request.user, _id(said, name), verb) if said else None


def _show(
    request: HttpRequest, template: str, error: errors.DispatchError | None = None
) -> HttpResponse:
    user = request.user
    access.require(user, "roster.see")
    now = database_now()
    shown = shifts.page(user, now=now)
    opened = _opened(request, shown)
    edits = access.may(user, "roster.edit")
    context = {
        "roster": shown,
        "opened": opened,
        "whom": shifts.whom(opened, shown, user) if opened and opened.may_offer else (),
        "now": shifts.mine(user, now=now),
        "skills": skills.of(user),
        "takes": access.may(user, "shift.take"),
        "edits": edits,
        "people": skills.people(user.agency) if edits else (),
        "units": Unit.objects.filter(agency=user.agency_id).order_by("name")
        if edits
        else (),
        "roles": shifts.ROLES.items(),
        "drops": shifts.DROPS.items(),
        "typed": request.POST if error else {},
        "error": refusal(error) if error else "",
    }
    status = status_of(error) if error else 200
    return render(request, template, context, status=status)


def _opened(request: HttpRequest, shown: shifts.RosterPage) -> shifts.Entry | None:
    """The shift that a link of the page opens, if it is still there."""
    try:
        return shown.by_id.get(UUID(request.GET.get("open", "")))
    except ValueError:
        return None
