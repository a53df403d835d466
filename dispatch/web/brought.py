"""A 988 centre brings us a call: the form that its key opens, and how far we are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dispatch.actions import incoming
from dispatch.errors import DispatchError, Invalid
from dispatch.events import Actor
from dispatch.models import Partner
from dispatch.selectors import partner as partners
from dispatch.selectors.decision import VALUES
from dispatch.selectors.words import refusal
from dispatch.web.errors import status_of
from dispatch.web.handoff import gone, open_door, said

LOOKS_AGAIN = "15"  # seconds until the page of a call asks anew by itself
# The questions as a counsellor reads them.
ASKED = (
    ("attempt", gettext_lazy("Attempt in progress, or just made?")),
    ("imminent", gettext_lazy("Imminent risk, and unwilling or unable to stay safe?")),
    ("medical", gettext_lazy("Overdose, hard to wake, not breathing normally, hurt?")),
    ("weapon", gettext_lazy("Any weapon, seen or mentioned?")),
    ("violence", gettext_lazy("Hurting someone, or trying to, now?")),
    ("threat", gettext_lazy("Threats toward anyone?")),
    ("household", gettext_lazy("Partner, family or household dispute?")),
    ("crime", gettext_lazy("Another crime happening?")),
    ("minor_alone", gettext_lazy("Alone and under 18?")),
)
MORE = (
    ("willing", gettext_lazy("Accepts help?")),
    ("wants_team", gettext_lazy("Asks for a team?")),
    ("agreed", gettext_lazy("Agrees that you tell us who they are?")),
)
SAFE_CONTACT = (
    ("not_asked", gettext_lazy("not asked")),
    ("call_and_text", gettext_lazy("calls and texts")),
    ("call_only", gettext_lazy("calls only")),
    ("text_first", gettext_lazy("text first")),
    ("no_voicemail", gettext_lazy("no voicemail")),
    ("none", gettext_lazy("no contact")),
)
WORDS = {"reference": 40, "name": 80, "person_name": 80, "phone": 40, "address": 300}


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, secret: str) -> HttpResponse:
    """Risk and place first; what nobody asked stays not asked."""
    partner = partners.by_key(secret)
    if partner is None:
        return gone(request)
    if request.method != "POST":
        return _form(request, partner)
    try:
        made = incoming.bring(partner=partner, brought=_read(request), by=_by(partner))
    except DispatchError as error:
        return _form(request, partner, error)
    return redirect(reverse("brought", args=[secret, made.call.number]))


@open_door
@require_safe
def status(request: HttpRequest, secret: str, reference: str) -> HttpResponse:
    """How far we are with a call of theirs; nothing else of it."""
    partner = partners.by_key(secret)
    found = partners.brought(partner, reference) if partner else None
    if partner is None or found is None:
        return gone(request)
    again = [(_("What you sent again is with it"), found.updated_at)]
    again = again if found.updated_at else []
    anew = [(_("The call was opened again"), found.opened_again_at)]
    anew = anew if found.opened_again_at else []
    steps = (
        (_("Received"), found.received_at),
        *again,
        *anew,
        (_("A dispatcher has it"), found.dispatcher_at),
        (_("Responders on the way"), found.on_the_way_at),
        (_("Responders made contact"), found.contact_made_at),
        (_("Ended"), found.ended_at),
    )
    context = {
        "call": found,
        "steps": steps,
        "centre": partner.agency,
        "secret": secret,
    }
    page = render(request, "handoff/status.html", context)
    page["Refresh"] = LOOKS_AGAIN
    return page


def _by(partner: Partner) -> Actor:
    return Actor(kind="partner", id=partner.pk, name=partner.name)


def _read(request: HttpRequest) -> incoming.Brought:
    return incoming.Brought(
        said=said(request, "said", 1000),
        point=_point(said(request, "point", 60)),
        answers={key: request.POST.get(key, "not_asked") for key, _words in ASKED},
        safe_contact=request.POST.get("safe_contact", "not_asked"),
        **{name: said(request, name, limit) for name, limit in WORDS.items()},
        **{key: request.POST.get(key, "not_asked") for key, _words in MORE},
    )


def _point(text: str) -> tuple[float, float] | None:
    """ "35.99, -78.90" in degrees; Invalid for what is no place on earth."""
    if not text:
        return None
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise _no_point() from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise _no_point()
    return lat, lon


def _no_point() -> Invalid:
    return Invalid(field="point", why=_("latitude, longitude in degrees"))


def _form(
    request: HttpRequest, partner: Partner, error: DispatchError | None = None
) -> HttpResponse:
    typed = request.POST if error else {}
    values = list(VALUES.items())
    context = {
        "partner": partner,
        "error": refusal(error) if error else "",
        "typed": typed,
        "asked": [_question(key, text, typed) for key, text in ASKED],
        "more": [_question(key, text, typed) for key, text in MORE],
        "safe_contact": SAFE_CONTACT,
        "values": values,
    }
    status_code = status_of(error) if error else 200
    return render(request, "handoff/bring.html", context, status=status_code)


def _question(key: str, text: object, typed: object) -> tuple[str, object, str]:
    chosen = typed.get(key, "not_asked") if hasattr(typed, "get") else "not_asked"
    return key, text, chosen
