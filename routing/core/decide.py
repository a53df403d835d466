"""Facts and a protocol in, a decision out: total, repeatable, without a clock."""

from dataclasses import dataclass
from enum import StrEnum

from routing.core.facts import ANSWERS, HEART, CallFacts, Mode, Response
from routing.core.floor import Finding
from routing.core.protocol import Protocol, Row
from routing.core.weigh import Weighing

# The rules whose answer is yes are urgent whatever the type of the call.
PRIORITY_OF_RULE = {"S1": 1, "S2": 2, "S2b": 2, "S3": 2, "S4": 2, "S6": 2}
UNTRIAGED_PRIORITY = 2
ASK_ORDER = ("location", *ANSWERS, "caller")


class Eligibility(StrEnum):
    """Whether HEART is meant for this call. Not triaged is not ineligible."""

    NOT_TRIAGED = "not_triaged"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One response and how it goes."""

    response: Response
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What all rules together say, as codes: explain makes the words."""

    call: str | int
    response: Response
    also: tuple[Sent, ...]
    # Whoever of these is sent by a person goes no nearer than staged.
    staged: frozenset[Response]
    excluded: tuple[tuple[Response, tuple[str, ...]], ...]
    ask: tuple[str, ...]
    tell: tuple[str, ...]
    eligibility: Eligibility
    not_served: str | None
    flags: tuple[str, ...]
    rule: str
    protocol: str
    priority: int
    # The finding that decided comes first.
    findings: tuple[Finding, ...]


def decide(call: CallFacts, protocol: Protocol) -> Decision:
    """The response for this call: the floor's first, else the row's, else the fallback.

    Total and repeatable: every call gets an answer, and the same always the same one.
    """
    weighing = Weighing(call, protocol)
    row = weighing.row
    decider = weighing.apply_floor()
    chosen: Response | None = None
    if decider is not None:
        if row is not None:
            weighing.stand_beside(row)
    elif row is not None:
        chosen = weighing.apply_row(row)
    else:
        weighing.send_otherwise(protocol.fallback)
    eligibility = judge(weighing, chosen)
    first = decider or own_finding(call, row)
    return close(weighing, first, eligibility)


def own_finding(call: CallFacts, row: Row | None) -> Finding:
    """What the agency's table says, as a finding like any other."""
    if row is not None:
        return Finding(code=f"{row.rule}.row", params=row.because)
    if call.type is None:
        return Finding(code="fallback.no_type")
    return Finding(code="fallback.no_row")


def judge(weighing: Weighing, chosen: Response | None) -> Eligibility:
    """Whether HEART is meant for this call, whoever goes in the end."""
    demanding = [found for found in weighing.floor if found.requires]
    wanted = {demand.response for found in demanding for demand in found.requires}
    if wanted & HEART or chosen is not None:
        return Eligibility.ELIGIBLE
    if any(found.ineligible for found in demanding):
        return Eligibility.INELIGIBLE
    row = weighing.row
    if row is None:
        untriaged = weighing.call.type is None and not demanding
        return Eligibility.NOT_TRIAGED if untriaged else Eligibility.INELIGIBLE
    if weighing.sent.keys().isdisjoint(HEART - {Response.CCD}):
        if weighing.held_by_questions(row):
            return Eligibility.NOT_TRIAGED
        if all(kind in weighing.barred for kind in row.responses):
            return Eligibility.INELIGIBLE
    return Eligibility.ELIGIBLE


def unserved(weighing: Weighing, eligibility: Eligibility) -> str | None:
    """Why nobody of HEART goes to a call that is meant for it; None where somebody does.

    A clinician who only joins an officer by phone is not HEART going.
    """
    if eligibility != Eligibility.ELIGIBLE:
        return None
    going = HEART | {Response.LINE_988}
    for kind, mode in weighing.sent.items():
        if kind in going and kind not in weighing.missing and mode != Mode.PHONE:
            return None
    codes = [weighing.missing.get(kind) for kind in weighing.passed_over]
    return next((code.removeprefix("G1.") for code in codes if code), None)


def close(weighing: Weighing, first: Finding, eligibility: Eligibility) -> Decision:
    """Put the parts together in an order that depends on nothing but the facts."""
    response, mode = next(iter(weighing.sent.items()))
    others = [
        Sent(response=kind, mode=how)
        for kind, how in weighing.sent.items()
        if kind != response or mode != Mode.NOW
    ]
    not_served = unserved(weighing, eligibility)
    row = weighing.row
    flags = [flag for found in weighing.floor for flag in found.flags]
    flags += [] if row is None else row.flags
    flags += [] if not_served is None else ["follow_up_offer"]
    tells = [found.tells for found in weighing.floor if found.tells is not None]
    tells += [] if row is None else row.tells
    asks = {found.asks for found in weighing.floor}
    return Decision(
        call=weighing.call.id,
        response=response,
        also=tuple(others),
        staged=weighing.staged,
        excluded=excluded(weighing),
        ask=tuple(key for key in ASK_ORDER if key in asks),
        tell=tuple(dict.fromkeys(tells)),
        eligibility=eligibility,
        not_served=not_served,
        flags=tuple(dict.fromkeys(flags)),
        rule=first.rule,
        protocol=weighing.protocol.title,
        priority=priority(weighing),
        findings=spoken(weighing, first),
    )


def excluded(weighing: Weighing) -> tuple[tuple[Response, tuple[str, ...]], ...]:
    """Every kind that does not go and has a reason not to."""
    out = []
    for kind in Response:
        codes = weighing.barred.get(kind, ())
        if kind in weighing.missing:
            codes = (*codes, weighing.missing[kind])
        if codes and kind not in weighing.sent:
            out.append((kind, codes))
    return tuple(out)


def priority(weighing: Weighing) -> int:
    """The most urgent of what is said; a row's word goes before that of the type."""
    row, call = weighing.row, weighing.call
    said = [PRIORITY_OF_RULE[found.rule] for found in weighing.floor if found.requires]
    if row is not None and row.priority is not None:
        said.append(row.priority)
    elif call.type in weighing.protocol.types:
        said.append(weighing.protocol.types[str(call.type)].priority)
    lowest = min(said, default=UNTRIAGED_PRIORITY)
    # Urgent moves a call up by one, and never among the emergencies.
    return max(lowest - 1, min(lowest, 2)) if call.urgent else lowest


def spoken(weighing: Weighing, first: Finding) -> tuple[Finding, ...]:
    """All findings, the one that decided first; then who was wanted and cannot be had."""
    said = list(weighing.floor)
    if weighing.row_speaks:
        said.append(own_finding(weighing.call, weighing.row))
    rest = [found for found in said if found != first]
    absent = [
        Finding(code=weighing.missing[kind], params=(("response", str(kind)),))
        for kind in dict.fromkeys(weighing.passed_over)
        if kind in weighing.missing and kind not in weighing.barred
    ]
    stand_ins = [
        Finding(code="G1.next", params=(("response", str(kind)),))
        for kind in dict.fromkeys(weighing.stand_ins)
    ]
    return (first, *rest, *absent, *stand_ins)
