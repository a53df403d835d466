"""The intake and triage screen: its questions and the live recommendation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import facts
from dispatch.errors import Invalid
from dispatch.models import Call
from dispatch.selectors import decision as spoken
from dispatch.selectors import words as shared
from dispatch.selectors.decision import Going, If, InWords, Words
from dispatch.selectors.fields import (
    CALLERS,
    CAME_IN,
    INSIDE,
    LANGUAGES,
    SAFE_CONTACT,
    SOURCES,
    Typed,
    offence,
)
from routing import store
from routing.core import explain
from routing.core.decide import decide
from routing.core.facts import ANSWERS, CallFacts, FactsError
from routing.core.protocol import Protocol, Question

Pairs = tuple[tuple[str, str], ...]

RED = ("attempt", "medical", "violence")
GROUPS: Words = {
    "safety": gettext_lazy("Safety questions"),
    "what is happening": gettext_lazy("What is happening"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    label: str
    digit: int
    kind: str
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question with its four answers."""

    key: str
    number: int
    wording: str
    say: str
    choices: tuple[Choice, ...]
    must: bool
    at: datetime | None = None
    conflict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    label: str
    note: str
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be decided now. Nothing of it is stored."""

    words: InWords
    going: tuple[Going, ...]
    changes: tuple[If, ...]
    more_changes: tuple[If, ...]
    red: tuple[tuple[str, str], ...]
    answered: int
    asked: int
    at: datetime
    accept: str
    priority_label: str
    choices: tuple[spoken.Held, ...]
    reasons: Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    groups: tuple[Group, ...]
    types: Pairs
    sources: Pairs
    channels: Pairs
    callers: Pairs
    insides: Pairs
    contacts: Pairs
    languages: Pairs
    preview: Preview


def known(
    typed: Typed,
    *,
    agency_id: UUID,
    protocol: Protocol,
    at: datetime,
    call: Call | None,
) -> CallFacts:
    """The facts that these fields would give a decision at this moment."""
    inside = {"yes": True, "no": False}
    seen = facts.known(agency_id, call, protocol, at=at)
    line = {
        "id": str(call.pk) if call else "preview",
        "at": at.isoformat(),
        "source": typed["source"],
        "type": typed["type"] or None,
        "caller": typed["caller_kind"] or None,
        **{key: typed[key] for key in ANSWERS},
        "urgent": typed["urgent"] == "yes",
        "hazard": typed["hazard"] == "yes",
        "location": {
            "verified": typed["location_verified"] == "yes",
            "inside": inside.get(typed["inside"]),
            "zone": typed["zone"] or None,
        },
        "history": seen.history if call else None,
        "available": seen.available,
        "offence": offence(typed),
        "language": typed["language"] or None,
    }
    try:
        return facts.read(line)
    except FactsError as error:
        raise Invalid(field=error.key, why=error.sentence) from error


def screen(
    typed: Typed, *, agency_id: UUID, at: datetime, call: Call | None = None
) -> Screen:
    _row, protocol = store.published(agency_id)
    seen = preview(typed, agency_id=agency_id, at=at, call=call)
    times: dict[str, datetime] = {}
    if call is not None:
        times = dict(call.answers.values_list("question", "at"))
    must = {reason.number for reason in seen.words.open}
    return Screen(
        groups=_groups(typed, protocol, times, must),
        types=tuple((code, known.label) for code, known in protocol.types.items()),
        sources=_pairs(SOURCES),
        channels=_pairs(CAME_IN),
        callers=_pairs(CALLERS),
        insides=_pairs(INSIDE),
        contacts=_pairs(SAFE_CONTACT),
        languages=_pairs(LANGUAGES),
        preview=seen,
    )


def preview(
    typed: Typed, *, agency_id: UUID, at: datetime, call: Call | None = None
) -> Preview:
    """The pure decision over what is typed; reads who is free and writes nothing."""
    _row, protocol = store.published(agency_id)
    seen = known(typed, agency_id=agency_id, protocol=protocol, at=at, call=call)
    made = decide(seen, protocol)
    words = spoken.in_words(explain.line(made), explain.findings(made), protocol)
    free = {str(kind): number for kind, number in seen.available.items()}
    changes = spoken.what_if(seen, protocol)
    asked = [one for one in protocol.questions if one.group == "safety"]
    first = [one for one in changes if one.question == changes[0].question]
    later = [one for one in changes[len(first) :] if not one.same]
    return Preview(
        words=words,
        going=tuple(_standing(one, free) for one in words.going),
        changes=tuple(first),
        more_changes=tuple(later),
        red=_red(typed, words),
        answered=sum(typed[one.key] != "not_asked" for one in asked),
        asked=len(asked),
        at=at,
        accept=_accept(words.going),
        priority_label=shared.priority(words.priority),
        choices=words.held,
        reasons=_pairs(spoken.OVERRIDE_REASONS),
    )


def _standing(one: Going, free: Mapping[str, int]) -> Going:
    """Whether somebody of the kind can be had now."""
    if one.code not in spoken.OURS:
        return replace(one, shape="dash", standing=_("you tell them"))
    number = free.get(one.code, 0)
    if number == 0:
        return replace(one, shape="ring", standing=_("nobody free"), act=True)
    return replace(one, shape="ok", standing=_("%(n)s free") % {"n": number})


def _accept(going: tuple[Going, ...]) -> str:
    """What pressing the button will do, in a few words."""
    verbs: Words = {
        "ccd": _("ring a clinician"),
        "crt": _("send %(who)s"),
        "cor": _("send %(who)s"),
        "cn": _("give it to a navigator"),
        "988": _("connect to 988"),
    }
    staged = _("%(what)s, staged")
    said = []
    for one in going:
        if one.mode == "then":
            continue
        verb = str(verbs.get(one.code, _("tell %(who)s")))
        what = verb % {"who": one.label}
        said.append(staged % {"what": what} if one.mode == "staged" else what)
    return _("Accept: %(what)s") % {"what": "; ".join(said)}


def _red(typed: Typed, words: InWords) -> tuple[tuple[str, str], ...]:
    """What must not be overlooked: the answer, and what its rule says."""
    rules = {"attempt": "S1", "medical": "S1", "violence": "S2"}
    said = {reason.rule: reason.text for reason in reversed(words.reasons)}
    return tuple(
        (spoken.word(spoken.QUESTIONS, key), said.get(rules[key], ""))
        for key in RED
        if typed[key] == "yes"
    )


def _groups(
    typed: Typed,
    protocol: Protocol,
    times: Mapping[str, datetime],
    must: set[int | None],
) -> tuple[Group, ...]:
    groups = []
    for name in dict.fromkeys(one.group for one in protocol.questions):
        asked = [one for one in protocol.questions if one.group == name]
        note = _("Yes always means a risk.") if name == "safety" else ""
        groups.append(
            Group(
                label=spoken.word(GROUPS, name),
                note=note,
                questions=tuple(_asked(one, typed, times, must) for one in asked),
            )
        )
    return tuple(groups)


def _asked(
    question: Question,
    typed: Typed,
    times: Mapping[str, datetime],
    must: set[int | None],
) -> Asked:
    kinds = {
        "yes": "risk"
        if question.group == "safety" or question.key == "imminent"
        else "plain",
        "not_known": "unknown",
        "not_asked": "unasked",
    }
    return Asked(
        key=question.key,
        number=question.number,
        wording=question.wording,
        say=question.say,
        choices=tuple(
            Choice(
                value=value,
                label=str(label),
                digit=digit,
                kind=kinds.get(value, "plain"),
                checked=typed[question.key] == value,
            )
            for digit, (value, label) in enumerate(spoken.VALUES.items(), start=1)
        ),
        must=question.number in must,
        at=times.get(question.key),
    )


def _pairs(words: Words) -> Pairs:
    return tuple((code, str(label)) for code, label in words.items())
