"""The agency that a command is for, by its code."""

from django.core.management.base import CommandError
from django.db.models import QuerySet

from dispatch.events import Actor
from dispatch.models import Agency

OPERATOR = Actor(kind="operator", name="command line")


def agency(code: str | None) -> Agency:
    """By code; without one, the only agency there is."""
    found = list(agencies(code)[:2])
    if len(found) == 1:
        return found[0]
    known = ", ".join(Agency.objects.order_by("code").values_list("code", flat=True))
    if code is not None:
        raise CommandError(f"No agency {code}. Known: {known or 'none'}.", returncode=2)
    raise CommandError(f"Say --agency CODE. Known: {known or 'none'}.", returncode=2)


def agencies(code: str | None) -> QuerySet[Agency]:
    """All of them, or the one with this code."""
    rows = Agency.objects.order_by("code")
    return rows if code is None else rows.filter(code=code)
