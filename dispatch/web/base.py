"""What every form of a page carries: its key, the version it saw, the row it names."""

from collections.abc import Collection
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dispatch import access
from dispatch.errors import Invalid
from dispatch.events import Actor

# Why somebody beside the call asks for one more help.
ASK_WHY = ("more_help", "not_safe", "caller_asks", "new_information", "other")


def acting(request: HttpRequest, step: str = "") -> Actor:
    """This person with the form's key; a form of several steps has a key for each."""
    key = request.POST.get("key", "")[:60]
    return access.actor(request.user, key=f"{key}.{step}" if key else None)


def seen(request: HttpRequest) -> int | None:
    """The version of the call that the form was made from; None if it names none."""
    said = request.POST.get("seen", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def chosen_id(request: HttpRequest, name: str) -> UUID:
    """The row that a field names; Invalid when nothing was chosen."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Invalid(field=name, why=_("choose one of the list")) from None


def coded(request: HttpRequest, allowed: Collection[str], name: str = "reason") -> str:
    """The code that the form chose among those it offered; Invalid for any other."""
    code = request.POST.get(name, "")
    if code not in allowed:
        raise Invalid(field=name, why=_("choose one of the list"))
    return code
