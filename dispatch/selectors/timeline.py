"""A call's history in sentences: every kind of event has one, in one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dispatch.models import Event
from dispatch.selectors import sentences, words
from dispatch.selectors.decision import QUESTIONS, TELL, VALUES, word
from dispatch.selectors.fields import NAMES, SOURCES
from dispatch.selectors.sentences import NOTE_KINDS, OUTCOMES, REASONS, SENTENCES

# What was changed, or what was shared with a partner.
TRAVELS = {**sentences.SHARED, **NAMES}
AGREED = {**VALUES, **sentences.AGREED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history: its number, when, what, who."""

    number: int
    at: datetime
    after: str
    text: str
    by: str


def entries(
    events: Sequence[Event], opened_at: datetime, names: Mapping[str, str]
) -> tuple[Entry, ...]:
    """Newest first. ``names`` is person id → how colleagues read the name."""
    return tuple(
        Entry(
            number=event.number,
            at=event.at,
            after=span((event.at - opened_at).total_seconds()),
            text=sentence(event, names),
            by=event.by_name or _("system"),
        )
        for event in events
    )


def sentence(event: Event, names: Mapping[str, str]) -> str:
    return str(SENTENCES[event.kind]) % _params(event, names)


def people(events: Sequence[Event]) -> set[str]:
    """The ids of everybody these events speak of."""
    said = (event.body.get(key) for event in events for key in ("person", "owner"))
    return {str(one) for one in said if one}


def span(seconds: float) -> str:
    """m:ss up to the hour, then h:mm:ss."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def _params(event: Event, names: Mapping[str, str]) -> dict[str, str]:
    """Every word that a sentence may ask for; what the event lacks is empty."""
    body = event.body
    unit = event.unit.name if event.unit else _("A team")
    other = _("The partner") if event.kind == "TransferConfirmed" else unit
    who = names.get(str(body.get("person")), other)
    return {
        "unit": unit,
        "who": who,
        "owner": names.get(str(body.get("owner")), _("nobody")),
        "source": word(SOURCES, body.get("source", "")),
        "response": words.response(str(body.get("response", ""))),
        "mode": _mode(body),
        "rule": str(body.get("rule", "")),
        "protocol": str(body.get("protocol", "")),
        "reason": word(REASONS, body.get("reason", "")),
        "why": ", ".join(_because(one) for one in _list(body.get("why"))),
        "told": " ".join(word(TELL, one) for one in _list(body.get("why"))),
        "fields": ", ".join(word(TRAVELS, one) for one in _list(body.get("fields"))),
        "answers": _answers(body.get("answers")),
        "open": str(len(_list(body.get("open_questions")))),
        "outcomes": ", ".join(
            word(OUTCOMES, one) for one in _list(body.get("outcomes"))
        ),
        "outcome": word(OUTCOMES, body.get("outcome", "")),
        "note_kind": word(NOTE_KINDS, body.get("kind", "note")),
        **_states(body),
        **_lines(body),
        "role": _plain(str(body.get("after") or _("none, may not sign in"))),
        "number": str(body.get("number", "")),
        "count": str(body.get("count", "")),
        "name": str(body.get("name", "")),
    }


def _states(body: Mapping[str, object]) -> dict[str, str]:
    after = str(body.get("after", ""))
    return {
        "after": words.unit(after)[0] if after in words.UNIT else _plain(after),
        "presence": (
            words.presence(after)[0] if after in words.PRESENCE else _plain(after)
        ),
        "by_radio": _(", said by radio") if body.get("by_radio") else "",
        "cleared": _(" is over") if body.get("cleared") else "",
        "reached": _("reached") if body.get("reached") else _("not reached"),
    }


def _lines(body: Mapping[str, object]) -> dict[str, str]:
    """Words of alarms, lines, transfers, flags and shifts."""
    after, why = body.get("after", ""), body.get("why", "")
    return {
        "about": word(sentences.ALARMS, body.get("about", "")),
        "to": word(sentences.ALARM_TO, body.get("to", "")),
        "purpose": word(sentences.PURPOSES, body.get("purpose", "")),
        "channel": word(sentences.CHANNELS, body.get("channel") or after),
        "contact": word(sentences.CONTACTS, after),
        "transfer": word(sentences.TRANSFERS, after),
        "because": f" ({word(REASONS, why)})" if why and isinstance(why, str) else "",
        "between": word(sentences.BETWEEN, body.get("between", "")),
        "answer": word(sentences.ANSWERS, body.get("answer", "")),
        "result": word(REASONS, body.get("result", "")),
        "agreed": word(AGREED, body.get("agreed", "")),
        "subject": word(sentences.SUBJECTS, body.get("subject", "")),
        "code": word(REASONS, body.get("code", "")),
        "language": _plain(str(body.get("language", ""))),
        "skill": _plain(str(body.get("skill", ""))),
        "level": str(body.get("level", "")),
    }


def _because(code: object) -> str:
    """A reason's word; of a finding's code, the rule."""
    return str(code).partition(".")[0] if "." in str(code) else word(REASONS, code)


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _mode(body: Mapping[str, object]) -> str:
    return _(words.MODE[str(body["mode"])]) if body.get("mode") else ""


def _answers(answers: object) -> str:
    if not isinstance(answers, Mapping):
        return ""
    groups: dict[str, list[str]] = {}
    for key, to in answers.items():
        groups.setdefault(word(VALUES, to), []).append(word(QUESTIONS, key))
    said = (f"{to}: {', '.join(names)}" for to, names in groups.items())
    return "; ".join(said)


def _list(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    return [value] if value else []
