"""The flags in force for a call: found by its look-ups, said once on its history."""

from collections.abc import Sequence
from uuid import UUID

from dispatch import events, journal, quick
from dispatch.events import Actor
from dispatch.models import Call, Caller, Event, Flag

IN_FORCE = """
  WHERE agency_id = %(agency)s
    AND lookup IN (%(number)s, %(place)s, %(person)s)
    AND ended_at IS NULL AND expires_at > clock_timestamp()
  ORDER BY id
"""


def in_force(agency_id: UUID, caller: Caller) -> list[Flag]:
    """What is known of the number, the place and the person; the oldest first."""
    keys = {
        "number": caller.phone_lookup,
        "place": caller.place_lookup,
        "person": caller.person_lookup,
    }
    if not any(keys.values()):
        return []
    return quick.picked(Flag, IN_FORCE, {"agency": agency_id, **keys})


def say(call: Call, flags: Sequence[Flag], by: Actor) -> None:
    """FlagSeen for each that this call has not heard of. Holds the call."""
    if not flags:
        return
    bodies = Event.objects.filter(agency=call.agency_id, call=call, kind="FlagSeen")
    known = {str(body["flag"]) for body in bodies.values_list("body", flat=True)}
    for flag in flags:
        if str(flag.pk) not in known:
            seen = events.FlagSeen(flag=flag.pk, code=flag.code)
            journal.append(seen, call=call, by=by)
