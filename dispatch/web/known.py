"""The boxes beside a call: what is known here already, what may be the same event."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dispatch import access, errors
from dispatch.actions import intake
from dispatch.actions.base import database_now
from dispatch.models import Call
from dispatch.selectors import alike, flag, history
from dispatch.selectors import triage as screens
from dispatch.selectors.fields import Typed
from dispatch.selectors.history import Keys
from dispatch.web import forms
from dispatch.web.base import acting, chosen_id


def here(
    request: HttpRequest, keys: Keys, *, at: datetime, call: Call | None = None
) -> dict[str, object]:
    """What this person may know of number, place and person; a find is recorded."""
    user = request.user
    found = history.for_reader(keys, user, at=at, but=call.pk if call else None)
    cautions = flag.in_force(keys, user.agency_id, call)
    if found.before or found.plans or found.wish or cautions:
        access.record(user, "call.see", call=call, reason="known_here")
    return {
        "known": found,
        "cautions": cautions,
        "hazards": [one for one in cautions if one.hazard],
        "looked_up": keys.any,
    }


def of_call(request: HttpRequest, call: Call, *, at: datetime) -> dict[str, object]:
    """The same for a call as it is stored."""
    return here(request, history.keys_of(call.caller), at=at, call=call)


def while_typed(
    request: HttpRequest, said: Typed, *, at: datetime, call: Call | None
) -> dict[str, object]:
    """Both boxes of the triage screen, over the fields as they stand."""
    apart = frozenset(request.POST.getlist("apart"))
    likely = _likely(request, said, at, call, apart)
    boxes = here(request, history.keys_typed(said), at=at, call=call)
    return {**boxes, "alike": likely, "apart": sorted(apart)}


def _likely(
    request: HttpRequest,
    said: Typed,
    at: datetime,
    call: Call | None,
    apart: frozenset[str],
) -> tuple[alike.Likely, ...]:
    """Open calls that may be the same event, for whoever may see other calls."""
    if not access.may(request.user, "beside.see"):
        return ()
    return alike.likely(
        said,
        agency_id=request.user.agency_id,
        at=at,
        call=call,
        note=request.POST.get("note", ""),
        apart=apart,
    )


def link(request: HttpRequest, call: Call) -> None:
    """The open call that was chosen is the same event; that one goes on alone."""
    access.require(request.user, "call.edit")
    other = access.call_for(request.user, chosen_id(request, "same"), "call.edit")
    by = acting(request, "link")
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=by)


def refuse_forbidden(request: HttpRequest, said: Typed, call: Call | None) -> None:
    """Before anything is stored: another response must stand above the safety floor.

    And the note must be one that is stored whole.
    """
    forms.words(request.POST, "note")
    if request.POST.get("do") != "override":
        return
    access.require(request.user, "decision.override")
    choice = forms.chosen(request.POST)
    if not choice["response"] or not choice["reason"]:
        raise errors.Invalid(
            _("Choose another response and a reason."), field="response"
        )
    agency = request.user.agency_id
    cautions = flag.in_force(history.keys_typed(said), agency, call)
    made = screens.preview(
        flag.weighed(said, cautions),
        agency_id=request.user.agency_id,
        at=database_now(),
        call=call,
    )
    for held in made.choices:
        if held.code == choice["response"] and held.forbidden:
            raise errors.FloorForbids(why=held.why)
