"""What a decision does to a call's seats: open, stage, let go. Its callers hold the call."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from dispatch import quick
from dispatch.actions.base import database_now
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
from dispatch.actions.weigh import held_back
from dispatch.actions.worklist import plan_locked
from dispatch.events import Actor
from dispatch.models import Call, Decision, Seat
from dispatch.states import SeatState
from routing.core.protocol import Protocol
from routing.core.queue import Wanted

# Who comes because of danger. A clinician or an unarmed team that a safety rule named
# is what it left over, and follows the newest decision.
FOR_SAFETY = frozenset({"cor", "police", "cit", "ems", "fire"})


def _wanted(made: Decision) -> dict[str, str]:
    """Each response that the decision wants at once, and how it goes."""
    wanted = {made.response: "now"}
    for entry in made.line["also"]:
        if entry["mode"] != "then":
            wanted[entry["response"]] = entry["mode"]
    return wanted


def settle_seats(
    call: Call,
    made: Decision,
    protocol: Protocol,
    staged: frozenset[str],
    by: Actor,
) -> None:
    """Stage or let go what an earlier decision sent and this one does not want.

    What a person asked for only a person lets go, and so what a safety rule sent until
    its danger is answered with no; unless the safety rules hold it back now.
    """
    _stage_forbidden(call, made, staged, by)
    held = [kind for kind in made.line["excluded"] if held_back(made.line, kind)]
    keep = {*_wanted(made), *(_safety_sent(made, protocol) - {*held})}
    withdraw_wanted(call, keep, "decided_again", by, forbidden=held)


def _safety_sent(made: Decision, protocol: Protocol) -> set[str]:
    """Armed and medical help that a safety rule wanted at some time of this call."""
    keys = [one.key for one in protocol.questions if one.group == "safety"]
    earlier = quick.rows(Decision, call=made.call_id)
    rules = [
        one
        for one in earlier
        if one.rule[:1] == "S" and not _denied(one.facts, made.facts, keys)
    ]
    return {kind for one in rules for kind in _wanted(one)} & FOR_SAFETY


def _denied(
    then: Mapping[str, object], now: Mapping[str, object], keys: Collection[str]
) -> bool:
    """Whether each danger that was seen then is answered with no now.

    Not known, and not asked any more, is not no. Where none was seen, what was open
    then counts as the danger.
    """
    seen = [key for key in keys if then.get(key) == "yes"]
    feared = seen or [key for key in keys if then.get(key) != "no"]
    return bool(feared) and all(now.get(key) == "no" for key in feared)


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
    wanted = _wanted(made)
    for response, mode in wanted.items():
        if only is not None and response not in only:
            continue
        waits = unserved and response == made.response
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
