"""The answers of a call as its page shows them: each in a word, and whether it is a risk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.selectors import decision as spoken
from dispatch.selectors.decision import word
from routing.core.protocol import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer. ``kind`` is risk, open or plain."""

    label: str
    value: str
    kind: str


def given(
    answers: Mapping[str, str],
    protocol: Protocol,
    projection: str,
    wanted: Iterable[str],
) -> tuple[Given, ...]:
    """Every safety answer, and whatever else a decision rests on or still asks for.

    What was answered at triage is operational: whoever reads why, reads it too. The
    clinical view shows also what nobody asked.
    """
    shown = {key for key, value in answers.items() if value != "not_asked"}
    shown |= set(wanted)
    return tuple(
        _one_given(question.key, answers.get(question.key, "not_asked"))
        for question in protocol.questions
        if question.group == "safety"
        or question.key in shown
        or projection == "clinical"
    )


def _one_given(key: str, value: str) -> Given:
    risk = value == "yes" and key != "agrees_988"
    return Given(
        label=word(spoken.QUESTIONS, key),
        value=word(spoken.VALUES, value),
        kind="risk" if risk else "open" if value.startswith("not_") else "plain",
    )
