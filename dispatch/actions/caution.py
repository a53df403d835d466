"""What warns a call: flags in force and danger at its place, said once on its history."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dispatch import events, journal, near, quick
from dispatch.events import Actor
from dispatch.models import Call, Caller, Event, Flag
from dispatch.near import Danger

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


def dangers(call: Call, caller: Caller) -> tuple[Danger, ...]:
    """What other open calls at this caller's place say of danger."""
    return near.dangers(
        call.agency_id,
        caller.building_lookup,
        but=call.pk,
        simulated=bool(call.simulated),
    )


def say(call: Call, flags: Sequence[Flag], there: Sequence[Danger], by: Actor) -> bool:
    """What this call has not heard of yet; whether that holds unarmed teams back.

    Holds the call.
    """
    if not flags and not there:
        return False
    heard = _heard(call)
    news: list[events.FlagSeen | events.DangerNear] = [
        events.FlagSeen(flag=flag.pk, code=flag.code)
        for flag in flags
        if (str(flag.pk), "") not in heard
    ]
    news += [
        events.DangerNear(other=one.call, question=one.question)
        for one in there
        if not _since(heard.get((str(one.call), one.question)), one.at)
    ]
    for one in news:
        journal.append(one, call=call, by=by)
    hazards = {flag.pk for flag in flags if flag.hazard}
    return any(
        isinstance(one, events.DangerNear) or one.flag in hazards for one in news
    )


def _since(heard: datetime | None, at: datetime) -> bool:
    return heard is not None and heard >= at


def _heard(call: Call) -> dict[tuple[str, str], datetime]:
    """When it last heard of each flag, and of each answer of another call."""
    kinds = ["FlagSeen", "DangerNear"]
    told = Event.objects.filter(agency=call.agency_id, call=call, kind__in=kinds)
    return {
        (str(body.get("flag") or body.get("other")), str(body.get("question", ""))): at
        for body, at in told.order_by("number").values_list("body", "at")
    }
