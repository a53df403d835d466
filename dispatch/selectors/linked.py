"""Calls that are one event: the one that goes on, as it stands, and those linked to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dispatch import planned, quick
from dispatch.models import Call, Event
from dispatch.selectors import board, head, words
from dispatch.selectors.marks import NOBODY
from dispatch.selectors.seat import Mark, SeatView
from dispatch.states import OPEN_CALL, CallState
from routing.core.protocol import Protocol

MOST = 40  # links shown; the largest real cluster known to us has 16 callers
LINKED = """
  SELECT id, number FROM dispatch_call
  WHERE duplicate_of_id = %(call)s::uuid AND state = 'duplicate'
  ORDER BY opened_at, id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another call about the same event."""

    id: UUID
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """The call that goes on for a linked one: its state, and what it has of help."""

    id: UUID
    number: str
    mark: Mark
    service: str


def goes_on(row: Call, projection: str, protocol: Protocol) -> GoesOn | None:
    """Where a linked call goes on; None for any other call, and then without a query."""
    call = row
    while call.state == CallState.DUPLICATE and call.duplicate_of is not None:
        call = call.duplicate_of
    if call is row:
        return None
    cards = board.cards(call.agency_id, projection, [call.pk])
    now = cards[0]["state"] if call.state in OPEN_CALL and cards else None
    alone = now is not None and now["code"] == "nobody"
    return GoesOn(
        id=call.pk,
        number=call.number,
        mark=_mark(call, now),
        service=_(NOBODY) if alone else head.head(call, protocol).service,
    )


def _mark(call: Call, now: Mapping[str, Any] | None) -> Mark:
    """``now``: the board's word for the call; once it is off the board, its own."""
    said = {"number": call.number}
    if now is not None:
        label = _("%(number)s: %(state)s") % {**said, "state": now["label"]}
        since = datetime.fromisoformat(now["since"])
        return Mark(label=label, since=since, shape=now["shape"], act=now["act"])
    state = _(words.CALL[call.state])
    label = _("%(number)s: %(state)s") % {**said, "state": state}
    return Mark(label=label, since=call.state_since)


def with_it(row: Call) -> tuple[Other, ...]:
    """The calls that were linked to this one, the oldest first. One query."""
    found = planned.ask(LINKED, {"call": row.pk, "most": MOST})
    return tuple(Other(id=pk, number=number) for pk, number in found)


def brought(seats: Sequence[SeatView], events: Iterable[Event]) -> list[SeatView]:
    """These seats, each with the number of the linked call that brought it, if one did.

    One query where one did, none elsewhere.
    """
    here = {str(one.id) for one in seats}
    came = {
        seat: UUID(event.body["other"])
        for event in events
        if event.kind == "OtherLinked"
        for seat in here.intersection(event.body.get("seats", ()))
    }
    calls = quick.rows(Call, id=sorted(set(came.values()))) if came else ()
    numbers = {one.pk: one.number for one in calls}
    return [
        replace(one, came_from=numbers[came[str(one.id)]])
        if str(one.id) in came
        else one
        for one in seats
    ]
