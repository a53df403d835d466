"""A decision in the words a dispatcher reads, per language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from routing.core import words
from routing.core.decide import Decision, Sent, decide
from routing.core.facts import ANSWERS, Answer, CallFacts, Mode, Response
from routing.core.protocol import Protocol

# Codes that only keep 988 out of a call where nobody speaks of 988.
SILENT = frozenset({"T1.not_agreed"})
CHANGEABLE = (Answer.YES, Answer.NO, Answer.NOT_KNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one answer would make of the call: a line for each value it may take."""

    key: str
    now: Answer
    lines: tuple[tuple[Answer, str], ...]
    matters: bool


def sentence(code: str, params: Mapping[str, str], language: str = "en") -> str:
    """One finding in words. A row's own words come with it, from the agency's protocol."""
    if code.endswith(".row"):
        own = params.get(words.nearest(params, language))
        return own or words.of(words.SENTENCES, language)["row"]
    said = dict(params)
    if "response" in said:
        said["response"] = words.of(words.RESPONSES, language)[said["response"]]
    spoken = words.of(words.SENTENCES, language)
    waits = spoken["staged"] if said.get("mode") == Mode.STAGED else ""
    return spoken[code].format_map(said) + waits


def reasons(decision: Decision, language: str = "en") -> list[str]:
    """Why, in sentences: first the one that decided, open questions among the rest."""
    spoken = [found for found in decision.findings if found.code not in SILENT]
    said = [sentence(found.code, dict(found.params), language) for found in spoken]
    return list(dict.fromkeys(said))


def findings(decision: Decision) -> list[dict[str, object]]:
    """The findings as plain values for a row: code and parameters, the decider first."""
    return [
        {"code": found.code, "params": dict(found.params)}
        for found in decision.findings
    ]


def line(decision: Decision, language: str = "en") -> dict[str, object]:
    """The decision as the line of JSON that the command prints."""
    return {
        "id": decision.call,
        "response": str(decision.response),
        "also": [plain(sent) for sent in decision.also],
        "excluded": {str(kind): list(codes) for kind, codes in decision.excluded},
        "ask": list(decision.ask),
        "tell": list(decision.tell),
        "eligibility": str(decision.eligibility),
        "not_served": decision.not_served,
        "flags": list(decision.flags),
        "rule": decision.rule,
        "protocol": decision.protocol,
        "priority": decision.priority,
        "reasons": reasons(decision, language),
    }


def plain(sent: Sent) -> dict[str, str]:
    return {"response": str(sent.response), "mode": str(sent.mode)}


def going(decision: Decision) -> tuple[tuple[Response, Mode], ...]:
    """Everyone who goes and how, the first response first."""
    listed = {sent.response: sent.mode for sent in decision.also}
    first = (decision.response, listed.pop(decision.response, Mode.NOW))
    return (first, *listed.items())


def summary(decision: Decision, language: str = "en") -> str:
    """Everyone who goes, in one line."""
    names, modes = words.of(words.RESPONSES, language), words.of(words.MODES, language)
    return " + ".join(
        modes[mode].format(response=names[kind]) for kind, mode in going(decision)
    )


def changes(
    call: CallFacts, protocol: Protocol, language: str = "en"
) -> tuple[Change, ...]:
    """For each answer, what yes, no and not known would make of the call."""
    return tuple(change(call, protocol, key, language) for key in ANSWERS)


def change(call: CallFacts, protocol: Protocol, key: str, language: str) -> Change:
    # The key is one of ANSWERS, which are all fields that hold an answer.
    outcomes = {
        answer: decide(replace(call, **{key: answer}), protocol)  # type: ignore[arg-type]
        for answer in CHANGEABLE
    }
    return Change(
        key=key,
        now=getattr(call, key),
        lines=tuple(
            (answer, summary(outcomes[answer], language)) for answer in CHANGEABLE
        ),
        matters=len({going(outcome) for outcome in outcomes.values()}) > 1,
    )
