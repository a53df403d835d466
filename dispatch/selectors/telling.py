"""What the supervisor was told of a call since somebody took such an alarm, in words."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F

from dispatch.models import Alarm, Event
from dispatch.selectors.decision import TELL, word

# What `notice.tell` says: the gravest first.
GRAVE = ("crew_unsafe", "required_let_go", "asked_held_back", "u1")


def of_alarms(alarms: Sequence[Alarm]) -> dict[UUID, str]:
    """By the call that they are about. One query, and none where nothing is told."""
    calls = [one.subject for one in alarms if one.about == "told"]
    if not calls:
        return {}
    new = Event.objects.filter(
        call__in=calls, kind="SupervisorTold", at__gte=F("call__supervisor_told_at")
    )
    said: dict[UUID, set[str]] = {}
    for call, why in new.values_list("call", "body__why"):
        assert call is not None
        said.setdefault(call, set()).update(why)
    return {call: " ".join(_words(why)) for call, why in said.items()}


def _words(why: set[str]) -> list[str]:
    return [word(TELL, one) for one in GRAVE if one in why]
