"""What a decision does to a call's seats: open, stage, let go. Its callers hold the call."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Max

from dispatch import events, journal, quick
from dispatch.actions.asked import only_chosen
from dispatch.actions.base import database_now
from dispatch.actions.notice import tell
from dispatch.actions.required import required, safety_sent, still_sent, wanted
from dispatch.actions.search import fill
from dispatch.actions.seat import (
    OURS,
    PEOPLE,
    UNITS,
    locked_seats,
    open_seat,
    stage,
    withdraw_wanted,
)
from dispatch.actions.weigh import Line, Stand, held_back
from dispatch.actions.worklist import plan_locked
from dispatch.events import Actor
from dispatch.models import Call, Decision, Event, Seat
from dispatch.states import SeatState
from routing.core.protocol import Protocol
from routing.core.queue import Wanted

# In place of what somebody asked for and the rules hold back: they come armed.
ARMED_TEAM, POLICE = "cor", "police"
# What the supervisor is told of it.
HELD_BACK = "asked_held_back"


def settle_seats(
    call: Call,
    made: Decision,
    protocol: Protocol,
    stand: Stand,
    by: Actor,
) -> None:
    """Stage or let go what an earlier decision sent and this one does not want.

    What a person asked for only a person lets go, and so what a safety rule sent until
    its danger is answered with no; unless the safety rules hold it back now. Then
    armed help is looked for in its place.
    """
    _stage_forbidden(call, made, stand.staged, by)
    held = barred(made.line)
    sent = {*safety_sent(call, made.facts, protocol)}
    withdraw_wanted(
        call,
        {*wanted(made), *(sent - {*held})},
        "decided_again",
        by,
        forbidden=held,
        barred=held,
    )
    _instead(call, made, protocol, stand, by)


def _instead(
    call: Call, made: Decision, protocol: Protocol, stand: Stand, by: Actor
) -> None:
    """Armed help in place of what somebody asked for and the rules hold back.

    Whoever asked still gets help, and the supervisor is told. Holds the call.
    """
    if not _asked_and_barred(call):
        return
    tell(call, HELD_BACK, by)
    # As for a crew in danger: where none is free, or one is there already, police come.
    here = locked_seats(call, response=ARMED_TEAM, state=SeatState.FILLED)
    none = ARMED_TEAM in stand.line["excluded"]
    kind = POLICE if here or none else ARMED_TEAM
    wishes = stand.wishes
    open_for(call, kind, "now", protocol, by, wishes=wishes, waits=True, requested=True)
    asked = events.TeamRequested(response=kind, reason="not_safe")
    journal.append(asked, call=call, by=by)


def _asked_and_barred(call: Call) -> bool:
    """Whether something was asked for and held back, and nothing sought in its place."""
    lost = quick.rows(Seat, call=call.pk, why="held_back", requested=True)
    if not lost:
        return False
    events_of = Event.objects.filter(agency=call.agency_id, call=call)
    told = events_of.filter(kind="SupervisorTold", body__why__contains=[HELD_BACK])
    last = told.aggregate(last=Max("number"))["last"] or 0
    gone = events_of.filter(kind="SeatWithdrawn", number__lt=last)
    replaced = set(gone.values_list("body__seat", flat=True))
    return any(str(one.pk) not in replaced for one in lost)


def settle_override(
    call: Call, made: Decision, chosen: str, stand: Stand, by: Actor
) -> None:
    """Let go what the person who overrides does not want. Holds the call.

    What somebody asked for by name stays, unless the safety rules hold it back; what an
    earlier override chose is replaced, and what a safety rule requires is not.
    """
    held = barred(stand.line)
    keep = [*required(made), chosen, *(still_sent(call).keys() - {*held})]
    replaced = only_chosen(call)
    forbidden = [*held, *replaced]
    withdraw_wanted(call, keep, "overridden", by, forbidden=forbidden, barred=held)


def seat_decision(
    call: Call,
    made: Decision,
    protocol: Protocol,
    by: Actor,
    *,
    wishes: Wanted,
    first: bool,
    only: Collection[str] | None = None,
) -> None:
    """Seats for what the decision wants; ``first``: the call never had one.

    With ``only``, for what is among these kinds.
    """
    unserved = made.line.get("not_served") is not None
    opened = []
    for response, mode in wanted(made).items():
        if only is not None and response not in only:
            continue
        # Nobody may be asked now, and nobody else may take it: a search would end at once
        # and want the same decision again, without end.
        waits = response == made.response and (unserved or not _anybody(made, response))
        opened.append(
            open_for(
                call,
                response,
                mode,
                protocol,
                by,
                wishes=wishes,
                waits=waits,
                first=first,
            )
        )
    fill(call, by, protocol, opened=opened if first else None)


def _anybody(made: Decision, response: str) -> bool:
    """Whether somebody of ours could be asked when this was decided."""
    return response not in OURS or bool(made.facts["available"].get(response))


def open_for(
    call: Call,
    response: str,
    mode: str,
    protocol: Protocol,
    by: Actor,
    *,
    wishes: Wanted,
    waits: bool,
    requested: bool = False,
    first: bool = False,
) -> Seat:
    """A seat with its search time; a call that nobody else may take waits for ever."""
    give_up = None
    if response in PEOPLE and not waits:
        give_up = timedelta(seconds=protocol.clocks["offer_in_all"])
    elif response in UNITS and not waits:
        give_up = timedelta(seconds=protocol.clocks["team_in_all"])
    seat = open_seat(
        call,
        response,
        mode,
        by,
        give_up=give_up,
        requested=requested,
        first=first,
        skills=_skills(wishes) if response in OURS else {},
    )
    if seat.state == SeatState.WANTED and seat.mode != mode:
        quick.write(seat, {"mode": mode})
    if response == "cn":
        # Care Navigation works from its list: due now, open to every navigator.
        plan_locked(call, database_now(), by)
    return seat


def _skills(wishes: Wanted) -> dict[str, dict[str, int]]:
    """As a seat keeps it; empty where nothing is asked for."""
    if not wishes.required and not wishes.preferred:
        return {}
    return {"required": dict(wishes.required), "preferred": dict(wishes.preferred)}


def barred(line: Line) -> list[str]:
    """The kinds that the safety rules hold back; that none is free is no rule."""
    return [kind for kind in line["excluded"] if held_back(line, kind)]


def _stage_forbidden(
    call: Call, made: Decision, staged: frozenset[str], by: Actor
) -> None:
    """A team already sent that the rules now exclude stages; a person may withdraw it."""
    for seat in locked_seats(call, response=UNITS, state=SeatState.FILLED):
        why = held_back(made.line, seat.response)
        if (why or seat.response in staged) and not _cleared(call, seat):
            stage(call, [seat], why, by)


def _cleared(call: Call, seat: Seat) -> bool:
    """Whether a person cleared the scene knowing all that the last triage knew."""
    if seat.confirmed_at is None or call.triaged_at is None:
        return False
    return seat.confirmed_at >= call.triaged_at
