"""The forms of the call's line: what came of a leg, and whom else to ring."""

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dispatch import access, errors
from dispatch.actions import callback, contact, phone
from dispatch.models import Call, Contact
from dispatch.selectors import line, sentences
from dispatch.selectors.decision import word
from dispatch.selectors.fields import SAFE_CONTACT
from dispatch.selectors.words import refusal
from dispatch.web import forms
from dispatch.web.base import acting, coded, seen
from dispatch.web.call import form
from dispatch.web.errors import status_of

Step = Callable[[HttpRequest, Contact], object]


@form("contact.work")
def add(request: HttpRequest, call: Call) -> object:
    """Ring somebody beside the caller: an interpreter, a clinician, who knows them."""
    said, by = request.POST, acting(request)
    if said.get("do") == "interpreter":
        return contact.ask_interpreter(
            call_id=call.pk,
            language=forms.words(said, "language").lower().replace(" ", "_"),
            interpreter=said.get("interpreter", ""),
            by=by,
        )
    try:
        return contact.reach_out(
            call_id=call.pk,
            purpose=said.get("do", ""),
            name=forms.words(said, "name", forms.LIMIT),
            number=forms.words(said, "number", forms.LIMIT),
            confirmed=said.get("confirmed", ""),
            reason=said.get("reason", ""),
            by=by,
        )
    except errors.Invalid as error:
        if "wish" not in error.params:
            raise
        return _against(request, call, error)


def _against(request: HttpRequest, call: Call, error: errors.Invalid) -> HttpResponse:
    """Nothing was rung: the wish, and what a second press needs."""
    wish = str(error.params["wish"])
    access.read_call(request.user, call.pk)
    context = {
        "call": call,
        "said": request.POST,
        "wish": wish,
        "rule": word(SAFE_CONTACT, wish),
        "error": refusal(error),
        "reasons": [
            (code, word(sentences.REASONS, code)) for code in callback.RING_WHY
        ],
    }
    return render(request, "call/against.html", context, status=status_of(error))


@form("contact.work")
def step(request: HttpRequest, call: Call, contact_id: UUID) -> object:
    """One press on one leg of this call and of no other."""
    leg = access.contact_for(request.user, contact_id, "contact.work")
    if leg.call_id != call.pk:
        raise errors.NotFound
    do = STEPS.get(request.POST.get("do", ""))
    if do is None:
        raise errors.Invalid(field="do", why=_("choose one of the list"))
    made = do(request, leg)
    # Who pressed on the desk stays there.
    return redirect("desk") if request.POST.get("from") == "desk" else made


def _plain(act: Callable[..., Contact]) -> Step:
    return lambda request, leg: act(contact_id=leg.pk, by=acting(request))


def _tried(request: HttpRequest, leg: Contact) -> object:
    number = request.POST.get("number", "")
    return callback.tried(
        contact_id=leg.pk,
        result=request.POST.get("result", ""),
        channel=request.POST.get("channel", "voice"),
        number=int(number) if number.isdecimal() and len(number) < 4 else None,
        by=acting(request),
    )


def _tty(request: HttpRequest, leg: Contact) -> object:
    result = request.POST.get("result", "")
    return contact.queried_tty(contact_id=leg.pk, result=result, by=acting(request))


def _channel(request: HttpRequest, leg: Contact) -> object:
    """The choice is a channel, a kind of relay, or that they text us."""
    chosen = request.POST.get("channel", "")
    relay = chosen if chosen in contact.RELAYS else ""
    theirs = chosen == line.THEIRS
    return contact.change_channel(
        contact_id=leg.pk,
        channel="relay" if relay else "text" if theirs else chosen,
        relay=relay,
        theirs=theirs,
        by=acting(request),
    )


def _stop(request: HttpRequest, leg: Contact) -> object:
    reason = coded(request, callback.STOP_WHY)
    return callback.stop(
        contact_id=leg.pk, reason=reason, by=acting(request), seen=seen(request)
    )


def _end(request: HttpRequest, leg: Contact) -> object:
    """We hang up on a caller: the press is the decision, and says why."""
    reason = coded(request, contact.HANG_UP_WHY)
    return contact.hang_up(
        contact_id=leg.pk,
        reason=reason,
        decided=True,
        by=acting(request),
        seen=seen(request),
    )


STEPS: Mapping[str, Step] = {
    "connect": _plain(contact.connect),
    "hold": _plain(contact.hold),
    "mine": _plain(contact.mine),
    "ring": _plain(phone.call_back),
    "lost": _plain(contact.lost),
    "silent": _plain(contact.silent),
    "heard": _plain(contact.heard),
    "hang_up": _plain(contact.hang_up),
    "left": _plain(contact.interpreter_left),
    "another": _plain(partial(contact.interpreter_left, another=True)),
    "tried": _tried,
    "tty": _tty,
    "channel": _channel,
    "stop": _stop,
    "end": _end,
}
