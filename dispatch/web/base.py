"""What every form of a page carries: its key, the version it saw, the row it names."""

from uuid import UUID

from django.http import HttpRequest

from dispatch import access
from dispatch.errors import Invalid
from dispatch.events import Actor


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
        raise Invalid(field=name, why="choose one") from None
