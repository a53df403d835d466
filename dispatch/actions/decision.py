"""Decide: call the core, store what it saw, open the seats; override with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, facts, journal, quick
from dispatch.actions.backup import still_urgent
from dispatch.actions.base import action, coded, database_now, lock_call, move
from dispatch.actions.required import required
from dispatch.actions.search import fill
from dispatch.actions.seating import (
    open_for,
    seat_decision,
    settle_override,
    settle_seats,
)
from dispatch.actions.weigh import (
    Stand,
    known,
    mode_of,
    not_served,
    refuse_below_floor,
    refuse_closed,
    stand_of,
    weighed,
)
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Call, Decision
from dispatch.states import BEFORE_DECISION, OPEN_CALL, CallState, SeatState
from routing import store
from routing.core.decide import decide as weigh
from routing.core.protocol import Protocol

OVERRIDE_REASONS = (
    "officer_asks",
    "crew_knows_person",
    "judged_less_safe",
    "supervisor_says",
    "unit_nearer",
    "other",
)
# The kinds of help a dispatcher may choose, in the order of the pages.
CHOICES = ("ccd", "crt", "cor", "cn", "988", "ems", "police", "cit", "fire")
AT_ANY_TIME = frozenset({"ems", "police", "fire"})


@action
def decide(
    *, call_id: UUID, by: Actor, now: datetime | None = None, send: bool = True
) -> Call:
    """Decide a call that wants it. Whoever comes second finds it done.

    ``now`` is the database's time unless given. Without ``send`` nobody is looked for:
    a call of the past is decided for the record alone.
    """
    call = lock_call(call_id)
    if call.decision_wanted_at is not None and call.state in OPEN_CALL:
        decided = _decide(call, by, now or database_now())
        if send:
            _seat(call, decided, by)
    return call


@action
def decide_otherwise(
    *, call_id: UUID, response: str, reason: str, by: Actor, note: str = ""
) -> Decision:
    """Decide a call that wants it and override that at once.

    Nobody is rung for the answer that the person did not choose.
    """
    call = lock_call(call_id)
    if call.decision_wanted_at is not None and call.state in OPEN_CALL:
        decided = _decide(call, by, database_now())
        _seat(call, decided, by, only=required(decided.made))
    return _override(call, response, reason, note, by)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """A decision that is stored, and what its seats depend on."""

    made: Decision
    protocol: Protocol
    had_seats: bool
    stand: Stand


def _decide(call: Call, by: Actor, at: datetime) -> _Decided:
    """Weigh what is known and store it; no seat is opened yet. Holds the call."""
    row, protocol = store.published(call.agency_id)
    seen = known(call, protocol, at)
    stored = facts.line(call, seen, at=at)
    read = facts.read(stored)
    decision = weigh(read, protocol)
    stand = stand_of(read, protocol, decision)
    made = Decision(
        call=call,
        protocol=row,
        facts=stored,
        line=stand.line,
        findings=stand.findings,
        response=decision.response.value,
        rule=decision.rule,
        by=str(by),
    )
    quick.add(made)
    _apply(call, made, seen)
    journal.append(
        events.CallDecided(
            decision=made.pk,
            response=made.response,
            rule=made.rule,
            protocol=decision.protocol,
        ),
        call=call,
        by=by,
    )
    if decision.tell:
        journal.append(
            events.SupervisorTold(why=tuple(decision.tell)), call=call, by=by
        )
    return _Decided(
        made=made,
        protocol=protocol,
        had_seats=bool(seen.seats),
        stand=stand,
    )


def _seat(
    call: Call, decided: _Decided, by: Actor, only: Collection[str] | None = None
) -> None:
    """Look for the help that the decision wants; with ``only``, for these kinds of it."""
    made, first = decided.made, not decided.had_seats
    # Most calls are decided once, before they have a seat.
    if decided.had_seats:
        settle_seats(call, made, decided.protocol, decided.stand, by)
    wishes = decided.stand.wishes
    seat_decision(
        call, made, decided.protocol, by, wishes=wishes, first=first, only=only
    )


def _apply(call: Call, made: Decision, seen: facts.Known) -> None:
    """What the decision says of the call itself."""
    line = made.line
    call.eligibility = str(line["eligibility"])
    call.ineligible_rule = made.rule if call.eligibility == "ineligible" else ""
    code = not_served(seen, line.get("not_served"))
    if call.service != "served":
        call.service, call.not_served = ("not_served", code) if code else ("", "")
    call.priority = still_urgent(call, int(line["priority"]), seen)
    call.decision_wanted_at = None
    quick.keep(
        call,
        "eligibility",
        "ineligible_rule",
        "service",
        "not_served",
        "priority",
        "decision_wanted_at",
    )
    if call.state in BEFORE_DECISION:
        if call.state == CallState.NEW:
            move(call, CallState.TRIAGING)
        move(call, CallState.DECIDED)
    # Decided again while somebody is at work: the work goes on.
    at_work = any(state == SeatState.FILLED for _kind, state, *_rest in seen.seats)
    if call.state == CallState.DECIDED and at_work:
        move(call, CallState.WORKING)


@action
def override(
    *,
    call_id: UUID,
    response: str,
    reason: str,
    by: Actor,
    note: str = "",
    seen: int | None = None,
) -> Decision:
    """A person chooses another help and says why. The floor cannot be lowered.

    The machine's answer stays in the row; what the safety rules require still goes.
    """
    call = lock_call(call_id, seen)
    return _override(call, response, reason, note, by)


def _override(call: Call, response: str, reason: str, note: str, by: Actor) -> Decision:
    made = _last(call)
    if call.decision_wanted_at is not None:
        raise Invalid(field="decision", why=_("there is none yet"))
    if reason not in OVERRIDE_REASONS:
        raise Invalid(field="reason", why=_("choose a reason"))
    if response not in CHOICES:
        raise Invalid(field="response", why=_("choose a response"))
    _row, protocol = store.published(call.agency_id)
    # Answers may be newer than the decision: the floor is asked about what is known now.
    stand = weighed(call, protocol, database_now())
    refuse_below_floor(stand, response)
    # Before it is written: what the override before this one chose is replaced.
    settle_override(call, made, response, stand, by)
    quick.write(
        made,
        {
            "overridden_by_id": by.id,
            "overridden_at": Now(),
            "override_response": response,
            "override_reason": reason,
            "override_note": note,
        },
    )
    mode = mode_of(stand, response)
    open_for(
        call,
        response,
        mode,
        protocol,
        by,
        wishes=stand.wishes,
        waits=True,
        requested=True,
    )
    fill(call, by)
    journal.append(
        events.DecisionOverridden(decision=made.pk, response=response, reason=reason),
        call=call,
        by=by,
    )
    return made


@action
def request_team(
    *, call_id: UUID, response: str, reason: str, by: Actor, seen: int | None = None
) -> Call:
    """Somebody beside the call asks for one more help: a team, EMS, police.

    Before a decision only help against a danger: a crew in need waits for no triage.
    """
    call = lock_call(call_id, seen)
    refuse_closed(call)
    if response not in AT_ANY_TIME:
        _last(call)
    coded("reason", reason)
    if response not in CHOICES:
        raise Invalid(field="response", why=_("choose a response"))
    _row, protocol = store.published(call.agency_id)
    # Answers may be newer than the decision: the floor is asked about what is known now.
    stand = weighed(call, protocol, database_now())
    refuse_below_floor(stand, response)
    if call.state == CallState.RESOLVED:
        move(call, CallState.WORKING)
    journal.append(
        events.TeamRequested(response=response, reason=reason), call=call, by=by
    )
    mode = mode_of(stand, response)
    open_for(
        call,
        response,
        mode,
        protocol,
        by,
        wishes=stand.wishes,
        waits=False,
        requested=True,
    )
    fill(call, by)
    return call


def _last(call: Call) -> Decision:
    """The decision that holds for this open call."""
    refuse_closed(call)
    made = Decision.objects.filter(call=call).order_by("-at", "-pk").first()
    if made is None:
        raise Invalid(field="decision", why=_("there is none yet"))
    return made
