"""Intake and triage on one screen: answers, the live recommendation, accept."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from dispatch import access, errors
from dispatch.actions import decision, intake, triage
from dispatch.actions.base import database_now
from dispatch.models import Call
from dispatch.selectors import fields, flag
from dispatch.selectors import triage as screens
from dispatch.selectors.fields import Typed
from dispatch.selectors.words import refusal
from dispatch.web import forms, known
from dispatch.web.base import acting, chosen_id, seen
from dispatch.web.errors import status_of


@login_required
def page(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Triage of an open call, filled in with what is known."""
    call = access.call_for(request.user, call_id, "triage.answer")
    if request.method != "POST":
        access.record(request.user, "triage.answer", call=call)
        return show(request, fields.stored(call), call=call)
    said = typed_on(request, call)
    if request.POST.get("do") == "look":
        return show(request, said, call=call)
    return go_on(request, call, said)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What would be decided over the fields as they stand. Writes nothing."""
    call = None
    if request.POST.get("call"):
        named = chosen_id(request, "call")
        call = access.call_for(request.user, named, "triage.answer")
    else:
        access.require(request.user, "call.open")
    said, at = typed_on(request, call), database_now()
    boxes = known.while_typed(request, said, at=at, call=call)
    made = screens.preview(
        flag.weighed(said, boxes["cautions"]),
        agency_id=request.user.agency_id,
        at=at,
        call=call,
    )
    context = {
        "preview": made,
        "call": call,
        "may": abilities(request),
        "chosen": request.POST,
        "began": _stamp(request, at),
        **boxes,
    }
    return render(request, "triage/_answer.html", context)


def typed_on(request: HttpRequest, call: Call | None) -> dict[str, str]:
    """What is typed; who may not correct the call's details sees and keeps them."""
    said = forms.typed(request.POST)
    if call is None:
        return said
    stored = fields.stored(call)
    if access.may(request.user, "call.edit"):
        return {**said, "source": stored["source"]}
    return {**stored, **forms.answers(said)}


def go_on(
    request: HttpRequest, call: Call, said: Typed, *, opened: bool = False
) -> HttpResponse:
    """Store what was said and do what was pressed; a refusal loses nothing typed.

    A call just ``opened`` from these fields has nothing to correct.
    """
    try:
        known.refuse_forbidden(request, said, call)
        _take(request, call, said, opened=opened)
    except errors.Stale as error:
        return _show_both(request, call, said, error)
    except errors.DispatchError as error:
        return show(request, said, call=call, error=error)
    if request.POST.get("same"):
        return redirect("call", chosen_id(request, "same"))
    if request.POST.get("do") == "save":
        return redirect("triage", call.pk)
    return redirect("call", call.pk)


def _take(request: HttpRequest, call: Call, said: Typed, *, opened: bool) -> None:
    """The steps of one press, each with a key of its own: sent twice, done once."""
    do = request.POST.get("do", "save")
    correcting = not opened and access.may(request.user, "call.edit")
    told: dict[str, Any] = {
        "call_id": call.pk,
        "answers": forms.answers(said),
        "details": forms.details(said) if correcting else None,
        "by": acting(request, do),
        "seen": None if opened else seen(request),
    }
    if do == "save":
        triage.record_answers(**told)
    else:
        # Who chooses another help decides at once: no worker is to ring for the first.
        triage.complete(**told, nudged=do != "override")
    note = forms.words(request.POST, "note")
    if note:
        intake.add_note(call_id=call.pk, text=note, by=acting(request, "note"))
    if do == "override":
        choice = forms.chosen(request.POST)
        by = acting(request, "other")
        decision.decide_otherwise(call_id=call.pk, by=by, **choice)
    if request.POST.get("same"):
        # Last, so that the other call hears of every danger.
        known.link(request, call)


def _show_both(
    request: HttpRequest, call: Call, said: Typed, error: errors.Stale
) -> HttpResponse:
    """Somebody else changed the call: theirs is kept, and what was typed here too."""
    now = fields.stored(access.call_for(request.user, call.pk, "triage.answer"))
    before = forms.was(request.POST)
    others = fields.conflicts(said, before, now)
    both = fields.merged(said, before, now)
    return show(request, both, call=call, error=error, others=others)


def show(
    request: HttpRequest,
    said: Typed,
    *,
    call: Call | None = None,
    error: errors.DispatchError | None = None,
    others: tuple[str, ...] = (),
) -> HttpResponse:
    """The screen with these fields, and above them what was refused."""
    if call is not None:
        call = access.call_for(request.user, call.pk, "triage.answer")
    stored = fields.stored(call) if call else fields.blank()
    at = database_now()
    boxes = known.while_typed(request, said, at=at, call=call)
    screen = screens.screen(
        flag.weighed(said, boxes["cautions"]),
        agency_id=request.user.agency_id,
        at=at,
        call=call,
    )
    context = {
        **boxes,
        "call": call,
        "typed": said,
        "was": json.dumps(stored),
        "screen": screen,
        "preview": screen.preview,
        "may": abilities(request),
        "chosen": request.POST,
        "note": request.POST.get("note", "") if error else "",
        "error": refusal(error) if error else "",
        "others": others,
        # Whoever only looks at an empty page has no caller yet.
        "began": _stamp(request, at) if request.method == "POST" else "",
        "action": reverse("triage", args=[call.pk]) if call else reverse("intake"),
    }
    status = status_of(error) if error else 200
    return render(request, "triage/page.html", context, status=status)


def _stamp(request: HttpRequest, at: datetime) -> str:
    return forms.stamp(request.POST, at, access.screen_lock(request.user))


def abilities(request: HttpRequest) -> dict[str, bool]:
    """What this person may press on the pages of a call."""
    return {
        verb.replace(".", "_"): access.may(request.user, verb) for verb in access.POLICY
    }
