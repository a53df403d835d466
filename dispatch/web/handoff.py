"""The partner's pages without sign-in: read a hand-off and answer, bring us a call."""

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dispatch.actions import handoff
from dispatch.errors import DispatchError, NotFound
from dispatch.events import Actor
from dispatch.selectors import handoff as pages
from dispatch.selectors.decision import word
from dispatch.selectors.sentences import REASONS
from dispatch.selectors.words import refusal
from dispatch.web import forms
from dispatch.web.errors import status_of

View = Callable[..., HttpResponse]
STEPS = ("acknowledge", "decline", "have", "outcome")


def open_door(view: View) -> View:
    """A page that a secret opens: ``heart.secret_paths`` keeps it out of log and cache.

    The secret is the authority, and no browser sends it by itself: whoever can post
    holds the link, so that a form needs no other token and no cookie.
    """
    return csrf_exempt(view)


def gone(request: HttpRequest) -> HttpResponse:
    """The same page whether the link ended, was taken back or never was."""
    return render(request, "handoff/gone.html", status=404)


def said(request: HttpRequest, name: str, most: int) -> str:
    text = request.POST.get(name, "").replace("\0", "").strip()
    return forms.whole(text, name, most)


@open_door
@require_safe
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """What was shared. Looking answers nothing; that somebody looked is recorded."""
    page = pages.page(secret)
    if page is None:
        return gone(request)
    if request.method == "GET":
        try:
            handoff.opened(hand_off_id=page.id, seen=page.hash, by=_by(page))
        except NotFound:
            return gone(request)
    return _show(request, secret, page)


@open_door
@require_POST
def answer(request: HttpRequest, secret: str, step: str) -> HttpResponse:
    """What the partner pressed: we will take them, we cannot, we have them, how it went."""
    page = pages.page(secret)
    if page is None:
        return gone(request)
    try:
        _press(request, page, step, said(request, "name", handoff.NAME))
    except NotFound:
        return gone(request)
    except DispatchError as error:
        return _show(request, secret, page, error)
    if step == "decline":
        # The link has ended with it: this is the last that it shows.
        return _show(request, secret, replace(page, answer="declined", shared=()))
    return redirect(reverse("handoff", args=[secret]))


def _press(request: HttpRequest, page: pages.Page, step: str, name: str) -> None:
    link = {"hand_off_id": page.id, "seen": page.hash, "by": _by(page)}
    match step:
        case "acknowledge":
            handoff.acknowledge(name=name, **link)
        case "decline":
            handoff.decline(name=name, reason=request.POST.get("reason", ""), **link)
        case "have":
            handoff.have(name=name, **link)
        case "outcome":
            code, note = request.POST.get("code", ""), said(request, "note", 2000)
            handoff.outcome(code=code, note=note, **link)


def _by(page: pages.Page) -> Actor:
    return Actor(kind="partner", id=page.partner_id, name=page.partner)


def _show(
    request: HttpRequest,
    secret: str,
    page: pages.Page,
    error: DispatchError | None = None,
) -> HttpResponse:
    context = {
        "page": page,
        "secret": secret,
        "typed": request.POST if error else {},
        "error": refusal(error) if error else "",
        "decline_why": [(code, word(REASONS, code)) for code in handoff.DECLINE_WHY],
        "outcomes": [(code, word(REASONS, code)) for code in handoff.OUTCOMES],
    }
    status = status_of(error) if error else 200
    return render(request, "handoff/page.html", context, status=status)
