"""The clinician's desk: presence, the ringing offer, the callers on the line."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch import access, errors, journal
from dispatch.actions import (
    callback,
    decision,
    disposition,
    intake,
    offer,
    staff,
    transfer,
)
from dispatch.actions.base import database_now
from dispatch.events import Actor
from dispatch.models import Assignment
from dispatch.selectors import desk, sentences, shifts, words
from dispatch.selectors.decision import Words, word
from dispatch.selectors.words import refusal
from dispatch.web import forms, known
from dispatch.web.base import ASK_WHY, acting, coded
from dispatch.web.errors import status_of
from dispatch.web.frame import home_of

Act = Callable[..., object]
ASK_FOR = ("crt", "cor", "ems", "police")
# What the box of what is known here asks of the reader.
KNOWN = ("beside_see", "plan_see", "plan_edit")
# How a session by phone ends; what only a team sees is said by the team.
OUTCOMES = (
    "resolved_by_phone",
    "moved_to_988",
    "moved_to_partner",
    "declined_help",
    "caller_hung_up",
    "not_located",
    "handed_to_ems",
    "handed_to_police",
    "no_help_needed",
    "other",
)


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
def live(request: HttpRequest) -> HttpResponse:
    """What rings, fetched again when this clinician's presence changes."""
    access.require(request.user, "desk.see")
    return render(request, "desk/_dock.html", _dock(request))


@login_required
def session(request: HttpRequest) -> HttpResponse:
    """The callers on the line, fetched again when their calls change."""
    access.require(request.user, "desk.see")
    return render(request, "desk/_sessions.html", _sessions(request))


@login_required
def ending(request: HttpRequest) -> HttpResponse:
    """How it ends: apart, so that a half-filled form never holds back what is new."""
    access.require(request.user, "desk.see")
    return render(request, "desk/_ending.html", _ending(request))


@login_required
def side(request: HttpRequest) -> HttpResponse:
    """One's own presence, and which colleagues are there."""
    access.require(request.user, "desk.see")
    return render(request, "desk/_side.html", _side(request))


@login_required
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """Available, on a break or gone; clinicians and navigators alike."""
    return _present(
        request,
        lambda by: staff.set_presence(
            user_id=request.user.pk,
            to=request.POST.get("to", ""),
            reason=request.POST.get("reason", ""),
            by=by,
        ),
    )


@login_required
@require_POST
def wrap_up(request: HttpRequest) -> HttpResponse:
    return _present(
        request, lambda by: staff.end_wrap_up(user_id=request.user.pk, by=by)
    )


def _present(request: HttpRequest, act: Callable[[Actor], object]) -> HttpResponse:
    """A change of one's own presence. A press is also a sign of life."""
    access.require(request.user, "presence.set")
    staff.beat(user_id=request.user.pk)
    try:
        act(acting(request))
    except errors.DispatchError as error:
        if not access.may(request.user, "desk.see"):
            raise
        return _page(request, error)
    return redirect(home_of(request.user))


@login_required
@require_POST
def beat(request: HttpRequest) -> HttpResponse:
    """Still here. Any page of somebody with a presence says it."""
    access.require(request.user, "presence.set")
    staff.beat(user_id=request.user.pk)
    return HttpResponse(status=204)


def form(act: Act) -> Callable[..., HttpResponse]:
    """A form on the desk: act, back to it. A refusal shows the desk again."""

    @wraps(act)
    def view(request: HttpRequest, **ids: UUID) -> HttpResponse:
        access.require(request.user, "desk.see")
        try:
            act(request, **ids)
        except (errors.NotFound, errors.Forbidden):
            raise
        except errors.DispatchError as error:
            return _page(request, error)
        return redirect("desk")

    return login_required(require_POST(view))


@form
def accept(request: HttpRequest, offer_id: UUID) -> object:
    row = access.offer_for(request.user, offer_id)
    try:
        return offer.accept(offer_id=row.pk, by=acting(request))
    except errors.LostRace:
        words = _("This call does not ring for you any more. Nothing was changed.")
        raise errors.LostRace(words) from None


@form
def decline(request: HttpRequest, offer_id: UUID) -> object:
    row = access.offer_for(request.user, offer_id)
    reason = coded(request, desk.DECLINES)
    return offer.decline(offer_id=row.pk, reason=reason, by=acting(request))


@form
def confirm(request: HttpRequest, assignment_id: UUID) -> object:
    """I have the caller: from now on the call is mine."""
    row = _session(request, assignment_id)
    return transfer.confirm(assignment_id=row.pk, by=acting(request))


@form
def ask(request: HttpRequest, assignment_id: UUID) -> object:
    row = _session(request, assignment_id)
    call = access.call_for(request.user, row.seat.call_id, "team.request")
    # Without ``seen``: asking for more help is right whatever changed meanwhile.
    return decision.request_team(
        call_id=call.pk,
        response=coded(request, ASK_FOR, "response"),
        reason=coded(request, ASK_WHY),
        by=acting(request),
    )


@form
def note(request: HttpRequest, assignment_id: UUID) -> object:
    row = _session(request, assignment_id)
    call = access.call_for(request.user, row.seat.call_id, "call.note")
    text = forms.words(request.POST, "text")
    return intake.add_note(call_id=call.pk, text=text, by=acting(request))


@form
def end(request: HttpRequest, assignment_id: UUID) -> object:
    row = _session(request, assignment_id)
    said = forms.ending(request.POST)
    said["line_over"] = request.POST.get("line_over") == "yes"
    return disposition.end_session(assignment_id=row.pk, by=acting(request), **said)


def _session(request: HttpRequest, assignment_id: UUID) -> Assignment:
    return access.assignment_for(request.user, assignment_id, "session.end")


def _page(
    request: HttpRequest, error: errors.DispatchError | None = None
) -> HttpResponse:
    """The whole desk; a refusal stands above it, with what was typed."""
    access.require(request.user, "desk.see")
    # The number before the reading: what happens in between is shown twice, never lost.
    number = journal.head(request.user.agency_id)
    context = {
        "board_number": number,
        **_dock(request),
        **_sessions(request),
        **_ending(request),
        **_side(request),
        "typed": request.POST if error else {},
        "error": refusal(error) if error else "",
    }
    status = status_of(error) if error else 200
    return render(request, "desk/page.html", context, status=status)


def _dock(request: HttpRequest) -> dict[str, object]:
    """What rings; showing it is a read of that call."""
    at = database_now()
    ring = desk.ringing(request.user, at=at)
    boxes: dict[str, object] = {}
    if ring is not None:
        call, _projection = access.read_call(request.user, ring.call.head.id)
        boxes = known.of_call(request, call, at=at)
    return {
        **boxes,
        "may": {
            verb: access.may(request.user, verb.replace("_", ".")) for verb in KNOWN
        },
        "ring": ring,
        "lost": None if ring else desk.lost(request.user, at=at),
        "standing": desk.standing(request.user),
        "declines": _pairs(desk.DECLINES),
    }


def _sessions(request: HttpRequest) -> dict[str, object]:
    """The callers; each is a read of its call."""
    sessions = desk.sessions(request.user)
    for one in sessions:
        access.read_call(request.user, one.call.head.id)
    return {
        "sessions": sessions,
        "desk_may": {"contact_work": access.may(request.user, "contact.work")},
        "stop_why": [
            (code, word(sentences.REASONS, code)) for code in callback.STOP_WHY
        ],
        "ask_for": [(code, words.response(code)) for code in ASK_FOR],
        "ask_why": [(code, word(sentences.REASONS, code)) for code in ASK_WHY],
    }


def _ending(request: HttpRequest) -> dict[str, object]:
    return {
        "ending": desk.ending(request.user),
        "outcomes": [(code, word(sentences.OUTCOMES, code)) for code in OUTCOMES],
    }


def _side(request: HttpRequest) -> dict[str, object]:
    return {
        "standing": desk.standing(request.user),
        "floor": desk.floor(request.user),
        "breaks": _pairs(desk.BREAKS),
        "now": shifts.mine(request.user, now=database_now()),
    }


def _pairs(said: Words) -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in said.items()]
