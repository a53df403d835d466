"""The crew's phone: sign on, acknowledge, one press per status, safe, emergency."""

from collections.abc import Callable, Sequence
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from dispatch import access, errors, journal
from dispatch.actions import incoming, intake, offer, outside, safety, scene, unit
from dispatch.actions.base import database_now
from dispatch.models import Assignment, Unit
from dispatch.selectors import crew as crews
from dispatch.selectors import sentences, shifts, taken_off
from dispatch.selectors.decision import Words, word
from dispatch.selectors.taken_off import TakenOff
from dispatch.selectors.words import refusal
from dispatch.states import UnitState
from dispatch.web import forms
from dispatch.web.base import acting, chosen_id, coded
from dispatch.web.errors import status_of

Act = Callable[..., object]
OUTCOMES = (
    "resolved_on_scene",
    "transported_willingly",
    "declined_help",
    "not_located",
    "no_help_needed",
    "hospital",
    "handed_to_ems",
    "handed_to_police",
    "involuntary_commitment",
    "other",
)
# Calls the crew was taken off that stand open: what fits above the next press.
SHOWN_OFF = 2
NOT_YOURS = gettext_noop(
    "This call is not yours any more, and nothing was kept. "
    "What it needs, tell dispatch by radio or phone."
)
ASK_FOR = ("crt", "cor", "cit", "ems", "police")


@login_required
def page(request: HttpRequest) -> HttpResponse:
    return _show(request, "crew/page.html")


@login_required
def live(request: HttpRequest) -> HttpResponse:
    return _show(request, "crew/_live.html")


@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """What a crew must see at once, above a form of theirs that stays as it is."""
    return _show(request, "crew/_orders.html")


def form(act: Act) -> Callable[..., HttpResponse]:
    """A press on the crew's page: act on its unit, back to it."""

    @wraps(act)
    def view(request: HttpRequest, **ids: UUID) -> HttpResponse:
        try:
            act(request, own_unit(request), **ids)
        except (errors.NotFound, errors.Forbidden):
            raise
        except errors.DispatchError as error:
            return _refused(request, "crew/page.html", error)
        return redirect("crew")

    return login_required(require_POST(view))


def own_unit(request: HttpRequest) -> Unit:
    """The unit this person is on; nobody reports for another."""
    access.require(request.user, "crew.see")
    row = crews.unit_of(request.user)
    if row is None:
        raise errors.Invalid(field="unit", why=_("sign on first"))
    return access.unit_for(request.user, row.pk, "unit.report")


def own_work(request: HttpRequest, own: Unit) -> Assignment:
    """What the unit works on, if the press was meant for it and not for an older call."""
    works = Assignment.objects.filter(unit=own, ended_at=None)
    row = works.select_related("seat").first()
    if row is None or str(row.pk) != request.POST.get("assignment"):
        raise errors.Stale(NOT_YOURS)
    return row


@login_required
@require_POST
def sign_on(request: HttpRequest) -> HttpResponse:
    access.require(request.user, "crew.see")
    try:
        row = access.joinable_unit(request.user, chosen_id(request, "unit"))
        unit.sign_on(unit_id=row.pk, by=acting(request))
    except errors.Invalid as error:
        return _refused(request, "crew/page.html", error)
    return redirect("crew")


@form
def sign_off(request: HttpRequest, own: Unit) -> object:
    return unit.sign_off(unit_id=own.pk, by=acting(request))


@form
def accept(request: HttpRequest, own: Unit, offer_id: UUID) -> object:
    row = access.offer_for(request.user, offer_id)
    return offer.accept(offer_id=row.pk, by=acting(request))


@form
def decline(request: HttpRequest, own: Unit, offer_id: UUID) -> object:
    row = access.offer_for(request.user, offer_id)
    reason = coded(request, crews.DECLINES)
    return offer.decline(offer_id=row.pk, reason=reason, by=acting(request))


@form
def seen(request: HttpRequest, own: Unit) -> None:
    """We know that we were taken off each call that the page named."""
    for number, offer_id in enumerate(_named(request)):
        by = acting(request, str(number))
        unit.seen_off(unit_id=own.pk, offer_id=offer_id, by=by)


def _named(request: HttpRequest) -> list[UUID]:
    """The offers that a press names, each once; Invalid when it names none."""
    try:
        found = {UUID(one): None for one in request.POST.getlist("offer")}
    except ValueError:
        found = {}
    if not found:
        raise errors.Invalid(field="offer", why=_("choose one of the list"))
    return list(found)


@form
def status(request: HttpRequest, own: Unit) -> object:
    own_work(request, own)
    to = request.POST.get("to", "")
    return unit.report(unit_id=own.pk, to=to, by=acting(request))


@form
def safe(request: HttpRequest, own: Unit) -> object:
    return safety.confirm_safe(unit_id=own.pk, by=acting(request))


@form
def unsafe(request: HttpRequest, own: Unit) -> object:
    own_work(request, own)
    why = coded(request, crews.UNSAFE, "why")
    return safety.unsafe(unit_id=own.pk, why=why, by=acting(request))


@form
def ask(request: HttpRequest, own: Unit) -> object:
    kind = request.POST.get("response", "")
    if kind not in ASK_FOR:
        raise errors.Invalid(field="response", why=_("choose one of the list"))
    seat = own_work(request, own).seat
    access.call_for(request.user, seat.call_id, "team.request")
    return scene.backup(seat_id=seat.pk, response=kind, by=acting(request))


@form
def contact(request: HttpRequest, own: Unit) -> object:
    """We are with the person: the partner who sent the call may know."""
    seat = own_work(request, own).seat
    return incoming.contact_made(call_id=seat.call_id, by=acting(request))


@form
def release(request: HttpRequest, own: Unit) -> object:
    """Our unit says that an outside service of its own call may go."""
    work = own_work(request, own)
    place = work.seat.call.seats.filter(pk=chosen_id(request, "seat")).first()
    if place is None:
        raise errors.NotFound
    return outside.released(
        seat_id=place.pk, why="scene_safe", who=own.name, by=acting(request)
    )


@form
def note(request: HttpRequest, own: Unit) -> object:
    seat = own_work(request, own).seat
    call = access.call_for(request.user, seat.call_id, "call.note")
    text = forms.words(request.POST, "text")
    return intake.add_note(call_id=call.pk, text=text, by=acting(request))


@form
def out(request: HttpRequest, own: Unit) -> object:
    reason = coded(request, crews.OUT_REASONS)
    return unit.out_of_service(unit_id=own.pk, reason=reason, by=acting(request))


@form
def back(request: HttpRequest, own: Unit) -> object:
    return unit.in_service(unit_id=own.pk, by=acting(request))


@login_required
def clear(request: HttpRequest) -> HttpResponse:
    """How it ended, then free again."""
    if request.method != "POST":
        return _show(request, "crew/clear.html")
    try:
        own = own_unit(request)
        own_work(request, own)
        said = forms.ending(request.POST)
        unit.clear(
            unit_id=own.pk,
            outcome=request.POST.get("outcome", ""),
            person_reached=said["person_reached"],
            followup_consent=said["followup_consent"],
            by=acting(request),
        )
    except (errors.Invalid, errors.Stale) as error:
        return _refused(request, "crew/clear.html", error)
    return redirect("crew")


@login_required
def emergency(request: HttpRequest) -> HttpResponse:
    """Held for a second it goes out at once; pressed without script it asks first.

    To the page's script, which sends until it knows, only this says that it arrived.
    """
    if request.method != "POST" or request.POST.get("sure") != "held":
        return _show(request, "crew/emergency.html")
    try:
        sent = safety.emergency(unit_id=_in_need(request).pk, by=acting(request))
    except errors.DispatchError as error:
        return _refused(request, "crew/page.html", error)
    if request.headers.get("Accept") == "application/json":
        at = (sent.emergency_at or database_now()).astimezone(sent.agency.zone)
        return JsonResponse({"taken": True, "at": at.strftime("%H:%M:%S")})
    return redirect("crew")


def _in_need(request: HttpRequest) -> Unit:
    """The unit that the press names, also if this person was signed off meanwhile."""
    if "unit" not in request.POST:
        return own_unit(request)
    return access.unit_in_need(request.user, chosen_id(request, "unit"))


@login_required
@require_POST
def position(request: HttpRequest) -> HttpResponse:
    own = own_unit(request)
    try:
        lat, lon = float(request.POST["lat"]), float(request.POST["lon"])
    except (KeyError, ValueError):
        raise errors.Invalid(
            field="position", why=_("lat and lon in degrees")
        ) from None
    unit.report_position(unit_id=own.pk, lat=lat, lon=lon)
    return HttpResponse(status=204)


def _refused(
    request: HttpRequest, template: str, error: errors.DispatchError
) -> HttpResponse:
    """The page again with what was typed; to the page's script only the sentence."""
    if request.headers.get("Accept") == "application/json":
        said = {"detail": refusal(error), "code": error.code}
        return JsonResponse(said, status=status_of(error))
    return _show(request, template, error)


def _beside_plan(request: HttpRequest, own: Unit | None, template: str) -> str:
    """Said to who opens the page with no call on, as after signing on."""
    idle = own is not None and own.state == UnitState.AVAILABLE
    if own is None or not idle or template != "crew/page.html":
        return ""
    return shifts.beside_plan(request.user, own, now=database_now())


def _show(
    request: HttpRequest, template: str, error: errors.DispatchError | None = None
) -> HttpResponse:
    """The crew's unit, or the units to sign on to; a call that shows is a read."""
    access.require(request.user, "crew.see")
    # The number before the reading: what happens in between is shown twice, never lost.
    number = journal.head(request.user.agency_id)
    own = crews.unit_of(request.user)
    crew = crews.crew(own) if own else None
    off = taken_off.of(own) if own else ()
    for where in (crew.at, crew.asked and crew.asked.where) if crew else ():
        if where:
            access.read_as_crew(request.user, where.id)
    at_work = str(crew.assignment) if crew and crew.assignment else ""
    # The call that the form on the page was made for, which may have ended since.
    held = request.GET.get("held", "") or request.POST.get("assignment", "") or at_work
    context = {
        "board_number": number,
        "crew": crew,
        "joinable": () if own else crews.joinable(request.user),
        "declines": _pairs(crews.DECLINES),
        "out": _pairs(crews.OUT_REASONS),
        "unsafe": _pairs(crews.UNSAFE),
        "beside_plan": _beside_plan(request, own, template),
        "taken_off": off,
        **_folded(off),
        "beware": any(one.danger for one in off),
        "held": held,
        "gone": bool(held) and held != at_work,
        "in_need": own or crews.last_unit_of(request.user),
        "outcomes": [(code, word(sentences.OUTCOMES, code)) for code in OUTCOMES],
        "typed": request.POST if error else {},
        "error": refusal(error) if error else "",
    }
    return render(request, template, context, status=status_of(error) if error else 200)


def _folded(off: Sequence[TakenOff]) -> dict[str, list[TakenOff]]:
    """Every danger and of the others the newest, two in all; the rest is folded away.

    The order that is next must be in sight, and a danger may not be out of it.
    """
    dangers = [one for one in off if one.danger]
    others = [one for one in off if not one.danger]
    newest = sorted(others, key=lambda one: one.at, reverse=True)
    room = max(0, SHOWN_OFF - len(dangers))
    return {
        "taken_off_first": [*dangers, *newest[:room]],
        "taken_off_more": newest[room:],
    }


def _pairs(said: Words) -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in said.items()]
