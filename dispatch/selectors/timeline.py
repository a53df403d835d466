"""A call's history in sentences: every kind of event has one, in one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Event
from dispatch.models.offer import REPLACES
from dispatch.selectors import flag, sentences, tries, words
from dispatch.selectors.decision import QUESTIONS, TELL, VALUES, Words, word
from dispatch.selectors.fields import NAMES, SOURCES
from dispatch.selectors.sentences import NOTE_KINDS, OUTCOMES, REASONS, SENTENCES

# What was changed, or what was shared with a partner.
TRAVELS = {**sentences.SHARED, **NAMES}
NO_LONGER: Words = {
    "location_verified": gettext_lazy("Place no longer verified"),
    "phone_verified": gettext_lazy("Number no longer verified"),
}
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
    events: Sequence[Event],
    opened_at: datetime,
    names: Mapping[str, str],
    verified: Mapping[str, bool] | None = None,
) -> tuple[Entry, ...]:
    """Newest first. ``names`` is person id → how colleagues read the name.

    ``verified`` is what is verified now: place, number; see ``_taken_away``.
    """
    gone = _taken_away(events, verified or {})
    if events:
        units = [event.unit for event in events if event.unit]
        words.know_lent(units, events[0].agency_id)
        names = {**names, **_teams(events)}
    return tuple(
        Entry(
            number=event.number,
            at=event.at,
            after=span((event.at - opened_at).total_seconds()),
            text=sentence(event, names, gone.get(event.number, ())),
            by=event.by_name or _("system"),
        )
        for event in events
    )


def _teams(events: Sequence[Event]) -> dict[str, str]:
    """Unit, and seat that one took → the unit's name, of all that is told of here."""
    named = {}
    for event in events:
        if event.unit is not None:
            name = words.whose(event.unit, event.agency_id)
            named[str(event.unit_id)] = name
            if event.kind == "OfferAccepted":
                named[str(event.body["seat"])] = name
    return named


def sentence(event: Event, names: Mapping[str, str], gone: Sequence[str] = ()) -> str:
    """What happened; ``gone`` is what an edit took the verification from."""
    if event.kind == "DetailsCorrected":
        return _changed(event, gone)
    if event.kind == "OfferMade" and REPLACES in _list(event.body.get("because")):
        return str(sentences.RELIEF) % _params(event, names)
    named = sentences.OF_UNIT.get(event.kind) if event.unit else None
    return str(named or SENTENCES[event.kind]) % _params(event, names)


def _changed(event: Event, gone: Sequence[str]) -> str:
    """What was edited; that something is verified, or no longer, needs no "Changed"."""
    fields = [str(one) for one in _list(event.body.get("fields"))]
    said = ", ".join(word(NO_LONGER if one in gone else TRAVELS, one) for one in fields)
    if set(fields) <= set(NO_LONGER):
        return said
    return str(SENTENCES[event.kind]) % {"fields": said}


def _taken_away(
    events: Sequence[Event], verified: Mapping[str, bool]
) -> dict[int, list[str]]:
    """Event number → what was no longer verified from then on.

    An event names what was changed and not its value. What is either yes or no is
    changed by each such event to the other, so that what is true now says them all.
    """
    holds, gone = dict(verified), {}
    for event in events:
        if event.kind != "DetailsCorrected":
            continue
        here = [one for one in _list(event.body.get("fields")) if one in holds]
        gone[event.number] = [str(one) for one in here if not holds[str(one)]]
        holds.update({str(one): not holds[str(one)] for one in here})
    return gone


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
    unit = words.whose(event.unit, event.agency_id) if event.unit else _("A team")
    other = _("The partner") if event.kind == "TransferConfirmed" else unit
    who = names.get(str(body.get("person")), other)
    return {
        "unit": unit,
        "who": who,
        "other": names.get(_other(body), _("another unit")),
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


def _other(body: Mapping[str, object]) -> str:
    """The unit that came instead, or the seat whose team is to be relieved."""
    return str(body.get("by_unit") or next(iter(_list(body.get("because"))[1:]), ""))


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
    after = body.get("after", "")
    return {
        "about": word(sentences.ALARMS, body.get("about", "")),
        "to": word(sentences.ALARM_TO, body.get("to", "")),
        "purpose": word(sentences.PURPOSES, body.get("purpose", "")),
        "channel": word(sentences.CHANNELS, body.get("channel") or after),
        "contact": word(sentences.CONTACTS, after),
        "transfer": word(sentences.TRANSFERS, after),
        "because": _aside(body),
        "between": word(sentences.BETWEEN, body.get("between", "")),
        "answer": word(sentences.ANSWERS, body.get("answer", "")),
        "result": word(REASONS, body.get("result", "")),
        "agreed": word(AGREED, body.get("agreed", "")),
        "subject": word(sentences.SUBJECTS, body.get("subject", "")),
        "code": word(REASONS, body.get("code", "")),
        "near": word(flag.NEAR, body.get("question", "")),
        "language": _plain(str(body.get("language", ""))),
        "tries": f", {of_tries}" if (of_tries := _tries(body)) else "",
        "skill": _plain(str(body.get("skill", ""))),
        "level": str(body.get("level", "")),
    }


def _aside(body: Mapping[str, object]) -> str:
    """The reason in brackets, unless the sentence says it already."""
    why = body.get("why", "")
    if not why or not isinstance(why, str):
        return ""
    reason = word(REASONS, why)
    said = word(sentences.TRANSFERS, body.get("after", ""))
    return "" if reason == said else f" ({reason})"


def _tries(body: Mapping[str, object]) -> str:
    """How often a lost caller was tried; older events do not say."""
    recorded, passed = (body.get(key) or 0 for key in ("recorded", "passed"))
    if not isinstance(recorded, int) or not isinstance(passed, int):
        return ""
    return tries.said(recorded, passed)


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
