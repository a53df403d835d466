"""What every page's frame shows: who is here, where they may go, the live line."""

from functools import partial

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy

from dispatch import access
from dispatch.models import User
from dispatch.related import attach
from dispatch.selectors import alarm, loan

# URL name, verb that opens it, label, key
PAGES = (
    ("board", "board.see", gettext_lazy("Board"), "F9"),
    ("intake", "call.open", gettext_lazy("New call"), "F3"),
    ("desk", "desk.see", gettext_lazy("Desk"), ""),
    ("crew", "crew.see", gettext_lazy("Crew"), ""),
    ("followups", "followup.see", gettext_lazy("Follow-ups"), ""),
    ("report", "report.see", gettext_lazy("Report"), ""),
    ("alarms", "alarm.see", gettext_lazy("Alarms"), ""),
    ("loans", "loan.work", gettext_lazy("Neighbours"), ""),
    ("partners", "partner.see", gettext_lazy("Partners"), ""),
    ("roster", "roster.see", gettext_lazy("Roster"), ""),
    ("flags", "flag.see", gettext_lazy("Cautions"), ""),
    ("staff", "staff.see", gettext_lazy("Staff"), ""),
    ("wordings", "wording.edit", gettext_lazy("Call types"), ""),
)
ROLES = {
    "dispatcher": gettext_lazy("Dispatcher"),
    "clinician": gettext_lazy("Clinician"),
    "responder": gettext_lazy("Crew"),
    "navigator": gettext_lazy("Navigator"),
    "supervisor": gettext_lazy("Supervisor"),
    "administrator": gettext_lazy("Administrator"),
    "wallboard": gettext_lazy("Wallboard"),
}
SOCKET = "/ws/board/"


def frame(request: HttpRequest) -> dict[str, object]:
    """Context for ``base.html``; the same keys for everybody, empty when signed out."""
    user = getattr(request, "user", None)
    role = access.role_of(user) if user is not None else None
    if role is None:
        return {"nav": [], "me": None, "board_socket": ""}
    attach([user], "agency")
    here = request.resolver_match.url_name if request.resolver_match else ""
    return {
        # Drawn by a whole page, and by no fragment.
        "nav": SimpleLazyObject(partial(_nav, user, here)),
        "me": {
            "id": str(user.pk),
            "name": str(user),
            "role": role.value,
            "role_label": str(ROLES[role.value]),
            "agency_name": user.agency.name,
            "fallback_phone": user.agency.fallback_phone,
            "time_zone": user.agency.time_zone,
            "now_iso": timezone.now().isoformat(),
            # On every page, so that a clinician who reads a call stays reachable.
            "beat_url": _beat(user),
        },
        "board_socket": SOCKET if access.may(user, "live.hear") else "",
        "sees_alarms": access.may(user, "alarm.see"),
        # Asked by a whole page and by the strip itself, once, and by no other fragment.
        "alarm_strip": SimpleLazyObject(partial(_alarms, user)),
    }


def _nav(user: User, here: str) -> list[dict[str, object]]:
    """The pages that this person may open; neighbours only where there are any."""
    assert user.agency_id
    asks = loan.waiting(user.agency_id) if access.may(user, "loan.work") else None
    return [
        {
            "url": reverse(name),
            "label": label,
            "key": key,
            "current": name == here,
            "count": asks if name == "loans" else 0,
            "live": reverse("loans_count") if name == "loans" else "",
        }
        for name, verb, label, key in PAGES
        if access.may(user, verb) and (name != "loans" or asks is not None)
    ]


def _beat(user: User) -> str:
    """Where this person's pages say that they are there; empty where nobody asks."""
    if access.may(user, "presence.set"):
        return reverse("beat")
    return reverse("alarm_beat") if access.may(user, "alarm.take") else ""


def _alarms(user: User) -> alarm.Strip | None:
    assert user.agency_id
    if not alarm.any_open(user.agency_id):
        return None
    return alarm.strip(access.visible_alarms(user), user.pk, user.role)


def home_of(user: object) -> str:
    """The first page that this role works on."""
    firsts = {
        "clinician": "desk",
        "responder": "crew",
        "navigator": "followups",
        "administrator": "staff",
    }
    role = access.role_of(user)
    return reverse(firsts.get(role.value, "board") if role else "login")
