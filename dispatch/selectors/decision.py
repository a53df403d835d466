"""A decision in words: who goes and how, why, what is held back, what would change it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dispatch.selectors import words
from routing.core import explain
from routing.core.decide import decide
from routing.core.facts import Answer, CallFacts, Response
from routing.core.protocol import Protocol

Line = Mapping[str, object]
Words = Mapping[str, object]
Found = Sequence[Mapping[str, object]]

OURS = ("ccd", "crt", "cor", "cn")
QUESTIONS: Words = {
    "attempt": gettext_lazy("Attempt"),
    "medical": gettext_lazy("Medical"),
    "violence": gettext_lazy("Violence now"),
    "household": gettext_lazy("Household"),
    "weapon": gettext_lazy("Weapon"),
    "crime": gettext_lazy("Other crime"),
    "threat": gettext_lazy("Threats"),
    "minor_alone": gettext_lazy("Alone, under 18"),
    "imminent": gettext_lazy("Imminent risk"),
    "agrees_988": gettext_lazy("Agrees to 988"),
    "location": gettext_lazy("Place"),
    "caller": gettext_lazy("Who is calling"),
}
VALUES: Words = {
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
    "not_known": gettext_lazy("Caller doesn't know"),
    "not_asked": gettext_lazy("Not asked"),
}
HOW: Words = {
    "now": gettext_lazy("now"),
    "staged": gettext_lazy("staged: waits near by until the scene is safe"),
    "phone": gettext_lazy("stays on the line"),
    "then": gettext_lazy("then, if somebody should go"),
}
FLAGS: Words = {
    "advocate_offer": gettext_lazy("Offer an advocate."),
    "youth_skill": gettext_lazy("Somebody who works with young people is wanted."),
    "guardian": gettext_lazy("Seek a guardian."),
    "familiar_neighbour": gettext_lazy("A familiar neighbour: look for a plan."),
    "diversion_offer": gettext_lazy("Diversion can be offered to the officer."),
    "confirm_contact": gettext_lazy("Tell 988 when responders made contact."),
    "officer_on_scene": gettext_lazy("An officer is on scene."),
    "follow_up_offer": gettext_lazy("Offer a follow-up."),
}
TELL: Words = {
    "supervisor": gettext_lazy("The supervisor is told."),
    "crew_emergency": gettext_lazy("The supervisor is told."),
    "check_escalated": gettext_lazy("The supervisor is told: a crew does not answer."),
    "check_unanswered": gettext_lazy(
        "The supervisor is told: no answer for too long, treated as an emergency."
    ),
    "crew_unsafe": gettext_lazy("The supervisor is told: a crew is not safe."),
    "u1": gettext_lazy("The supervisor is told: danger became known late."),
    "asked_held_back": gettext_lazy(
        "The supervisor is told: help that was asked for is not safe there. Armed help"
        " is looked for instead."
    ),
    "required_let_go": gettext_lazy(
        "The supervisor is told: help that a safety rule asks for was let go."
    ),
}
ELIGIBILITY: Words = {
    "not_triaged": gettext_lazy("Not triaged yet"),
    "eligible": gettext_lazy("Meant for HEART"),
    "ineligible": gettext_lazy("Not meant for HEART"),
}
OVERRIDE_REASONS: Words = {
    "officer_asks": gettext_lazy("Officer on scene asks"),
    "crew_knows_person": gettext_lazy("Crew knows the person"),
    "judged_less_safe": gettext_lazy("I judge it less safe"),
    "supervisor_says": gettext_lazy("Supervisor says so"),
    "unit_nearer": gettext_lazy("Another unit is nearer"),
    "other": gettext_lazy("Another reason"),
}
# Why a kind cannot be had, beside its own name.
MISSING: Words = {
    "G1.no_unit": gettext_lazy("None is free."),
    "G1.off_hours": gettext_lazy("Not at this hour."),
    "G1.out_of_area": gettext_lazy("The place is outside the area."),
}
# Only keeps 988 out of a call where nobody speaks of 988: the core has no sentence.
NOT_AGREED = "T1.not_agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """One help that goes, how it goes, and whether somebody is there for it."""

    code: str
    label: str
    mode: str
    how: str
    shape: str = "open"
    standing: str = ""
    act: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A sentence and the rule that says it."""

    rule: str
    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A help that does not go, and why not."""

    code: str
    label: str
    rule: str
    why: str
    forbidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """What one answer would make of the call."""

    question: str
    answer: str
    digit: str
    text: str
    # The same help as now: said only where the question is still open.
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InWords:
    title: str
    going: tuple[Going, ...]
    reasons: tuple[Reason, ...]
    open: tuple[Reason, ...]
    held: tuple[Held, ...]
    notes: tuple[str, ...]
    eligibility: str
    not_served: str
    priority: int
    rule: str
    protocol: str


def in_words(
    line: Line, findings: Found, protocol: Protocol, here: Collection[str] = ()
) -> InWords:
    """A decision's own line and findings, as a person reads them.

    ``here``: the kinds that ring or are at work by now, in the words of a seat. That
    none of them was free is no reason any more.
    """
    going = tuple(_going(line, protocol))
    named = {one.code for one in going}
    spoken = [
        found
        for found in findings
        if found["code"] != NOT_AGREED and not _found_since(found, here)
    ]
    numbers = {question.key: question.number for question in protocol.questions}
    open_: list[Reason] = []
    said: list[Reason] = []
    for found in spoken:
        reason = _reason(found, numbers)
        (open_ if _asks(str(found["code"])) else said).append(reason)
    return InWords(
        title=_joined(going),
        going=going,
        reasons=tuple(dict.fromkeys(said)),
        open=tuple(sorted(dict.fromkeys(open_), key=lambda one: one.number or 0)),
        held=tuple(_held(line, findings, protocol, named)),
        notes=_notes(line),
        eligibility=word(ELIGIBILITY, line["eligibility"]),
        not_served=_not_served(line["not_served"]),
        priority=int(str(line["priority"])),
        rule=str(line["rule"]),
        protocol=str(line["protocol"]),
    )


def _found_since(found: Mapping[str, object], here: Collection[str]) -> bool:
    """Whether it says that a kind cannot be had that rings or is at work by now."""
    if found["code"] not in {"G1.no_unit", "G1.next"}:
        return False
    return words.response(_params(found)["response"]) in here


def _going(line: Line, protocol: Protocol) -> Iterable[Going]:
    """Everyone who goes, the first response first."""
    modes = {str(line["response"]): "now"}
    for entry in _entries(line):
        modes[entry["response"]] = entry["mode"]
    for code, mode in modes.items():
        yield Going(
            code=code,
            label=label(code, protocol),
            mode=mode,
            how=word(HOW, mode),
        )


def planned_next(going: Iterable[Going], had: Collection[str]) -> tuple[Going, ...]:
    """Who goes after the first, if somebody should go, and was not asked for yet.

    ``had``: the kinds that the call has or had, in the words of a seat.
    """
    return tuple(
        one
        for one in going
        if one.mode == "then" and words.response(one.code) not in had
    )


def _entries(line: Line) -> list[dict[str, str]]:
    also = line["also"]
    assert isinstance(also, list)
    return also


def _not_served(code: object) -> str:
    return _(words.NOT_SERVED[str(code)]) if code else ""


def _joined(going: Sequence[Going]) -> str:
    """Clinician by phone now, and Community Response Team staged."""
    short: Words = {
        "now": _("%(who)s now"),
        "staged": _("%(who)s staged"),
        "phone": _("%(who)s on the line"),
        "then": _("then %(who)s"),
    }
    parts = [word(short, one.mode) % {"who": one.label} for one in going]
    return _(", and ").join(parts) if len(parts) < 3 else ", ".join(parts)


def _asks(code: str) -> bool:
    return code.endswith("_not_asked") or code == "L0.not_verified"


def _reason(found: Mapping[str, object], numbers: Mapping[str, int]) -> Reason:
    code = str(found["code"])
    rule, _dot, rest = code.partition(".")
    return Reason(
        rule=rule,
        text=sentence(code, _params(found)),
        number=numbers.get(rest.removesuffix("_not_asked")),
    )


def _params(found: Mapping[str, object]) -> dict[str, str]:
    params = found["params"]
    assert isinstance(params, Mapping)
    return dict(params)


def sentence(code: str, params: Mapping[str, str]) -> str:
    if code == NOT_AGREED:
        return _("They have not agreed to 988.")
    return explain.sentence(code, params, _language())


def _language() -> str:
    """The reader's; English where none is active, as in a command."""
    return get_language() or "en"


def _held(
    line: Line, findings: Found, protocol: Protocol, named: set[str]
) -> Iterable[Held]:
    """Every kind that does not go: the rules that hold it back, or that none asks it."""
    params = {str(found["code"]): _params(found) for found in findings}
    excluded = line["excluded"]
    assert isinstance(excluded, Mapping)
    for kind in Response:
        if kind.value in named:
            continue
        codes = [str(code) for code in excluded.get(kind.value, [])]
        yield Held(
            code=kind.value,
            label=label(kind.value, protocol),
            rule=codes[0].partition(".")[0] if codes else "",
            why=_why(codes, params),
            forbidden=any(code.startswith(("S", "L")) for code in codes),
        )


def _why(codes: Sequence[str], params: Mapping[str, Mapping[str, str]]) -> str:
    if not codes:
        return _("No rule asks for it.")
    said = [
        str(MISSING[code]) if code in MISSING else sentence(code, params.get(code, {}))
        for code in codes
    ]
    return " ".join(dict.fromkeys(said))


def _notes(line: Line) -> tuple[str, ...]:
    tell, flags = line["tell"], line["flags"]
    assert isinstance(tell, list)
    assert isinstance(flags, list)
    said = [word(TELL, one) for one in tell] + [word(FLAGS, one) for one in flags]
    return tuple(dict.fromkeys(said))


def what_if(known: CallFacts, protocol: Protocol) -> tuple[If, ...]:
    """What other answers would send: open questions first, in the order of the page."""
    language = _language()
    current = explain.summary(decide(known, protocol), language)
    numbers = {question.key: question.number for question in protocol.questions}
    changes = sorted(
        (one for one in explain.changes(known, protocol, language) if one.matters),
        key=lambda one: (one.now != Answer.NOT_ASKED, numbers.get(one.key, 99)),
    )
    return tuple(
        If(
            question=word(QUESTIONS, change.key),
            answer=word(VALUES, str(answer)),
            digit=str(digit),
            text=text,
            same=text == current,
        )
        for change in changes
        for digit, (answer, text) in enumerate(change.lines, start=1)
        if answer != change.now
    )


def label(code: str, protocol: Protocol) -> str:
    """What the agency calls this kind of help."""
    if code not in {kind.value for kind in Response}:
        return code
    return protocol.responses.get(Response(code), code)


def word(words: Words, code: object) -> str:
    """The word for a code; a code that nobody gave a word shows as itself."""
    return str(words.get(str(code), str(code).replace("_", " ")))
