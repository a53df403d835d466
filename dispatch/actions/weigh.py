"""The pure decision over a call's rows: what it says now, what its floor holds back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_noop as _

from dispatch import facts
from dispatch.actions.base import database_now
from dispatch.errors import FloorForbids, Invalid
from dispatch.models import Call
from dispatch.states import OPEN_CALL
from routing.core import explain, skills
from routing.core.decide import Decision as Weighed
from routing.core.decide import decide as weigh
from routing.core.facts import CallFacts
from routing.core.protocol import Protocol
from routing.core.queue import Wanted

# A decision as its JSON line, and its findings as they are stored.
Line = dict[str, Any]
Findings = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How the floor stands: the decision's line, its findings, who must stage."""

    line: Line
    findings: Findings
    staged: frozenset[str]
    # What whoever comes should be able to do.
    wishes: Wanted


def weighed(call: Call, protocol: Protocol, at: datetime) -> Stand:
    """What would be decided now, with nothing stored. The caller holds the call."""
    stored = facts.line(call, known(call, protocol, at), at=at)
    return stand_of(facts.read(stored), protocol)


def known(call: Call, protocol: Protocol, at: datetime) -> facts.Known:
    """What the call's other rows say; who is free, is free now, whatever ``at``."""
    now = database_now()
    seen = facts.known(call.agency_id, call, protocol, at=now)
    if at == now:
        return seen
    then = facts.known(call.agency_id, call, protocol, at=at)
    return replace(seen, history=then.history)


def stand_of(
    read: CallFacts, protocol: Protocol, decision: Weighed | None = None
) -> Stand:
    """How the floor stands for these facts; ``decision`` if they are weighed already."""
    decision = decision or weigh(read, protocol)
    return Stand(
        wishes=skills.wanted(read, protocol),
        line=explain.line(decision),
        findings=findings_of(decision),
        staged=frozenset(str(kind) for kind in decision.staged),
    )


def findings_of(decision: Weighed) -> Findings:
    return [
        {"code": found.code, "params": dict(found.params)}
        for found in decision.findings
    ]


def refuse_closed(call: Call) -> None:
    if call.state not in OPEN_CALL:
        raise Invalid(field="call", why=_("it is closed; reopen it first"))


def held_back(line: Line, response: str) -> list[str]:
    """The codes of the floor that hold this kind back; that none is free is no rule."""
    codes = line["excluded"].get(response, [])
    return [code for code in codes if not code.startswith("G1.")]


def refuse_below_floor(stand: Stand, response: str) -> None:
    """FloorForbids when a safety rule that holds now keeps the kind back."""
    if held := held_back(stand.line, response):
        params = {found["code"]: found["params"] for found in stand.findings}
        language = get_language() or "en"
        why = [explain.sentence(code, params.get(code, {}), language) for code in held]
        raise FloorForbids(why="; ".join(why))


def mode_of(stand: Stand, response: str) -> str:
    """How the decision lets this kind go: staged stays staged, by phone by phone."""
    if response in stand.staged:
        return "staged"
    for entry in stand.line["also"]:
        if entry["response"] == response and entry["mode"] in {"staged", "phone"}:
            return str(entry["mode"])
    return "now"


def not_served(seen: facts.Known, code: str | None) -> str:
    """A kind that rang and was not answered timed out; it was not missing."""
    if code == "no_unit" and "timed_out" in seen.given_up.values():
        return "timed_out"
    return code or ""
