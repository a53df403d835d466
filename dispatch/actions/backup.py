"""Backup for a crew that is not safe: asked for at once, before anything is decided."""

from collections.abc import Sequence

from dispatch import events, facts, journal, quick
from dispatch.actions.asked import only_chosen
from dispatch.actions.base import database_now
from dispatch.actions.search import fill
from dispatch.actions.seat import OPEN_SEAT, locked_seats
from dispatch.actions.seating import open_for
from dispatch.actions.weigh import weighed
from dispatch.events import Actor
from dispatch.models import Call, Seat, Unit
from dispatch.states import SeatState
from routing import store

# No call is worked on without a doubt about these: police come beside whoever else can.
ARMED = frozenset({"weapon", "violence"})
# It is as urgent as a call can be: somebody of ours is in danger there now.
MOST_URGENT = 1


def back_up(
    call: Call, why: Sequence[str], by: Actor, *, kind: str, unit: Unit | None = None
) -> None:
    """Whoever a crew of this ``kind`` needs beside it. Holds the call, and the unit if any.

    ``why``: what is not safe there, as the crew says it or as the questions name it.
    """
    _row, protocol = store.published(call.agency_id)
    stand = weighed(call, protocol, database_now())
    chosen = only_chosen(call)
    for helper in _helpers(kind, why, stand.line["excluded"]):
        wanted = locked_seats(call, response=helper, state=SeatState.WANTED)
        if helper not in chosen and any(_asked_for_good(seat) for seat in wanted):
            continue
        seat = open_for(
            call,
            helper,
            "now",
            protocol,
            by,
            wishes=stand.wishes,
            waits=True,
            requested=True,
        )
        if seat.give_up_at is not None:
            # The decision's own search ends one day; a crew in danger waits on.
            quick.write(seat, {"give_up_at": None})
        asked = events.TeamRequested(response=helper, reason="not_safe")
        journal.append(asked, call=call, unit=unit, by=by)
    fill(call, by, protocol)


def _asked_for_good(seat: Seat) -> bool:
    """A person asked for it, and the search does not end by itself."""
    return seat.requested and seat.give_up_at is None


def _helpers(kind: str, why: Sequence[str], excluded: object) -> list[str]:
    """EMS to an illness; else a co-response if one can be had, and police to a weapon."""
    if set(why) == {"medical"}:
        return ["ems"]
    assert isinstance(excluded, dict)
    team = [] if kind == "cor" or "cor" in excluded else ["cor"]
    return [*team, "police"] if ARMED.intersection(why) or not team else team


def most_urgent(call: Call, by: Actor, unit: Unit | None = None) -> None:
    """First of all calls, until a person who asked says otherwise. Holds the call."""
    if call.priority != MOST_URGENT:
        quick.write(call, {"priority": MOST_URGENT})
        urgent = events.DetailsCorrected(fields=("priority",))
        journal.append(urgent, call=call, unit=unit, by=by)


def still_urgent(call: Call, decided: int, seen: facts.Known) -> int:
    """As decided; but no less urgent than before while police that a person asked for
    are wanted or there. Holds the call.
    """
    police = any(
        kind == "police" and state in OPEN_SEAT for kind, state, *_rest in seen.seats
    )
    if decided <= call.priority or not police:
        return decided
    asked = quick.rows(
        Seat, call=call.pk, response="police", requested=True, state=OPEN_SEAT
    )
    return call.priority if asked else decided
