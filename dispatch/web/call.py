"""The page of one call, its live part, and every form on it."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch import access, errors, journal
from dispatch.actions import (
    decision,
    disposition,
    intake,
    offer,
    safety,
    seat,
    unit,
)
from dispatch.actions.base import database_now
from dispatch.models import Call, Seat
from dispatch.selectors import call as calls
from dispatch.selectors import loan as loans
from dispatch.selectors import sentences
from dispatch.selectors import transfer as transfers
from dispatch.selectors.callers import further
from dispatch.selectors.fields import SAFE_CONTACT
from dispatch.selectors.words import refusal
from dispatch.web import choices, forms, known
from dispatch.web.base import ASK_WHY, acting, chosen_id, coded, seen
from dispatch.web.errors import status_of
from dispatch.web.triage import abilities
from dispatch.web.ways import which_unit

Act = Callable[..., object]
WITH_BOXES = ("call/page.html", "call/_live.html")
WITH_ACTS = ("call/page.html", "call/_acts.html")


@login_required
def page(request: HttpRequest, call_id: UUID) -> HttpResponse:
    return _show(request, call_id, "call/page.html")


@login_required
def live(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """What changes by itself: head, seats, decision, history."""
    return _show(request, call_id, "call/_live.html")


@login_required
def acts(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The forms, made anew when the call changes and nobody is writing in one."""
    return _show(request, call_id, "call/_acts.html")


@login_required
def drawer(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The short version beside the board."""
    return _show(request, call_id, "call/_drawer.html")


@login_required
@require_POST
def decide(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Asked again after a second: decides the call itself if nobody has."""
    access.call_for(request.user, call_id, "call.see")
    decision.decide(call_id=call_id, by=access.actor(request.user))
    if request.headers.get("HX-Request"):
        return _show(request, call_id, "call/_live.html")
    return redirect("call", call_id)


def form(verb: str) -> Callable[[Act], Callable[..., HttpResponse]]:
    """A form on the page: reach the call, act, back to it. A refusal shows it again."""

    def wrap(act: Act) -> Callable[..., HttpResponse]:
        @wraps(act)
        def view(request: HttpRequest, call_id: UUID, **ids: UUID) -> HttpResponse:
            call = access.call_for(request.user, call_id, verb)
            try:
                made = act(request, call, **ids)
            except errors.NotFound:
                raise
            except errors.DispatchError as error:
                return _show(request, call_id, "call/page.html", error)
            # An act may have a page of its own to show.
            done = redirect("call", call_id)
            return made if isinstance(made, HttpResponse) else done

        return login_required(require_POST(view))

    return wrap


@form("call.note")
def note(request: HttpRequest, call: Call) -> object:
    return intake.add_note(
        call_id=call.pk,
        text=forms.words(request.POST, "text"),
        kind="radio" if request.POST.get("kind") == "radio" else "note",
        by=acting(request),
    )


@form("call.own")
def take(request: HttpRequest, call: Call) -> object:
    return intake.take(call_id=call.pk, by=acting(request))


@form("decision.override")
def override(request: HttpRequest, call: Call) -> object:
    choice = forms.chosen(request.POST)
    return decision.override(
        call_id=call.pk, by=acting(request), seen=seen(request), **choice
    )


@form("team.request")
def ask(request: HttpRequest, call: Call) -> object:
    choice = forms.chosen(request.POST)
    return decision.request_team(
        call_id=call.pk,
        response=choice["response"],
        reason=coded(request, ASK_WHY),
        by=acting(request),
        seen=seen(request),
    )


@form("unit.dispatch")
def send(request: HttpRequest, call: Call) -> object:
    row = access.unit_for(request.user, chosen_id(request, "unit"), "unit.dispatch")
    return offer.send(
        call_id=call.pk, unit_id=row.pk, by=acting(request), seen=seen(request)
    )


@form("call.edit")
def link(request: HttpRequest, call: Call) -> object:
    other = calls.by_number(call.agency_id, forms.words(request.POST, "number"))
    if other is None:
        raise errors.Invalid(field="number", why=_("there is no such call"))
    return intake.link_calls(
        call_id=call.pk, duplicate_of=other, by=acting(request), seen=seen(request)
    )


@form("call.edit")
def cancel(request: HttpRequest, call: Call) -> object:
    reason = coded(request, choices.SET_ASIDE_WHY)
    return intake.cancel(
        call_id=call.pk, reason=reason, by=acting(request), seen=seen(request)
    )


@form("call.edit")
def give_back(request: HttpRequest, call: Call) -> object:
    reason = coded(request, choices.RETURN_WHY)
    return intake.return_to_911(
        call_id=call.pk, reason=reason, by=acting(request), seen=seen(request)
    )


@form("call.end")
def close(request: HttpRequest, call: Call) -> object:
    return disposition.close(
        call_id=call.pk,
        by=acting(request),
        seen=seen(request),
        **forms.ending(request.POST),
    )


@form("call.end")
def reopen(request: HttpRequest, call: Call) -> object:
    reason = coded(request, choices.REOPEN_WHY)
    return disposition.reopen(
        call_id=call.pk, reason=reason, by=acting(request), seen=seen(request)
    )


@form("seat.confirm")
def told(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    """The outside service has been told and said yes."""
    row = seat_of(request, call, seat_id, "seat.confirm")
    return seat.confirm_told(seat_id=row.pk, by=acting(request))


@form("scene.clear")
def clear(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    row = seat_of(request, call, seat_id, "scene.clear")
    return seat.clear_scene(seat_id=row.pk, by=acting(request), seen=seen(request))


@form("unit.dispatch")
def calm(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    """The floor ends a crew's emergency: a crew may be made to say that all is well."""
    row = seat_of(request, call, seat_id, "unit.dispatch")
    return safety.end_emergency(unit_id=_crew(row), by=acting(request))


@form("unit.dispatch")
def over(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    """A crew clears by radio: its phone is dead, or nobody has a hand free."""
    row = seat_of(request, call, seat_id, "unit.dispatch")
    outcome = coded(request, tuple(sentences.OUTCOMES), "outcome")
    return unit.clear(unit_id=_crew(row), outcome=outcome, by=acting(request))


def _crew(row: Seat) -> UUID:
    """The unit that works on this seat."""
    taken = row.assignments.filter(ended_at=None, unit__isnull=False).first()
    if taken is None:
        raise errors.Invalid(field="unit", why=_("no crew is on this call any more"))
    return taken.unit_id


@form("seat.withdraw")
def withdraw(request: HttpRequest, call: Call, seat_id: UUID) -> object:
    row = seat_of(request, call, seat_id, "seat.withdraw")
    why = coded(request, choices.WITHDRAW_WHY)
    return seat.withdraw(seat_id=row.pk, why=why, by=acting(request))


def seat_of(request: HttpRequest, call: Call, seat_id: UUID, verb: str) -> Seat:
    """A seat of this call and of no other."""
    row = access.seat_for(request.user, seat_id, verb)
    if row.call_id != call.pk:
        raise errors.NotFound
    return row


def _show(
    request: HttpRequest,
    call_id: UUID,
    template: str,
    error: errors.DispatchError | None = None,
) -> HttpResponse:
    """The call as this person may see it; the look is recorded."""
    call, projection = access.read_call(request.user, call_id)
    # The number before the reading: what happens in between is shown twice, never lost.
    number = journal.head(call.agency_id)
    view = calls.view(call, projection)
    dials = access.may(request.user, "contact.work")
    boxes, acts = template in WITH_BOXES, template in WITH_ACTS and view.head.open
    now, typed = database_now(), request.POST if error else QueryDict()
    context = {
        **(known.of_call(request, call, at=now) if boxes else {}),
        "callers": further(call, numbers=dials) if boxes else (),
        "wishes": SAFE_CONTACT,
        "board_number": number,
        "call": view,
        "head": view.head,
        "line": view.line,
        "may": abilities(request),
        "kinds": which_unit(request, call, view, now) if acts else (),
        "mine": view.head.owner_id == request.user.pk,
        "choices": choices.choices(),
        "transfers": transfers.panel(call),
        "loans": loans.of_call(call),
        "neighbours": loans.neighbours(call) if acts else (),
        "targets": transfers.targets(call.agency_id, now) if acts else (),
        "typed": typed,
        "ticked": typed.getlist("fields") if "handover" in typed else choices.TICKED,
        "error": refusal(error) if error else "",
    }
    return render(request, template, context, status=status_of(error) if error else 200)
