"""Notes as they are read: a person's words as they are, a partner's message in ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Call, CallNote
from dispatch.selectors.decision import QUESTIONS, Words, word
from dispatch.selectors.words import ANSWER

LABELS: Words = {
    "place": gettext_lazy("Place: %(text)s"),
    "point": gettext_lazy("Point: %(text)s"),
    "number": gettext_lazy("Number: %(text)s"),
    "person": gettext_lazy("Person: %(text)s"),
    "counsellor": gettext_lazy("Counsellor: %(text)s"),
    "said": gettext_lazy("Said: %(text)s"),
}

MOST = 3  # on a phone, above what else it shows
# Controls that turn the order of the words around them.
TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    at: datetime
    by: str
    text: str
    radio: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest first; ``more`` when older ones stand on the call's page only."""

    notes: tuple[Note, ...]
    more: bool


def newest(call: Call) -> Newest:
    """What a crew has time to read. One query, however many there are."""
    rows = CallNote.objects.filter(call=call).order_by("-at", "-pk")[: MOST + 1]
    found = tuple(read(one) for one in rows)
    return Newest(notes=found[:MOST], more=len(found) > MOST)


def read(note: CallNote) -> Note:
    radio = note.kind == "radio"
    return Note(at=note.at, by=note.by_name, text=text(note), radio=radio)


def plain(given: str) -> str:
    """A partner's words on one line, so that none of them can look like ours."""
    lines = (line.strip() for line in given.splitlines())
    return " / ".join(filter(None, lines)).translate(TURNS)


def text(note: CallNote) -> str:
    """What stands in a note, in the reader's language where it was kept as codes."""
    said = _coded(note)
    return note.text if said is None else "\n".join(_lines(said))


def _coded(note: CallNote) -> Mapping[str, object] | None:
    """The codes of a partner's message; None for the words that a person wrote."""
    if not note.by.startswith("partner"):
        return None
    try:
        said = json.loads(note.text)
    except ValueError:
        return None
    return said if isinstance(said, dict) and "code" in said else None


def _lines(said: Mapping[str, object]) -> list[str]:
    again = [_("988 sent this call again.")] if said["code"] == "sent_again" else []
    answers = _("988: accepts help: %(willing)s; asks for a team: %(wants_team)s.") % {
        key: _(ANSWER[str(said[key])]) for key in ("willing", "wants_team")
    }
    return [*again, *_opened(said), *_told(said), *_denied(said), answers]


def _told(said: Mapping[str, object]) -> list[str]:
    told = said.get("told")
    assert told is None or isinstance(told, dict)
    return [
        word(LABELS, key) % {"text": plain(str(given))}
        for key, given in (told or {}).items()
    ]


def _opened(said: Mapping[str, object]) -> list[str]:
    line = _("The call had ended; opened again by yes to: %(names)s")
    return _naming(line, said.get("opened_by"))


def _denied(said: Mapping[str, object]) -> list[str]:
    line = _("Now no, and yes stands until somebody asks: %(names)s")
    return _naming(line, said.get("denied"))


def _naming(line: str, keys: object) -> list[str]:
    """The sentence with these questions by name; none where there are none."""
    if not isinstance(keys, list) or not keys:
        return []
    return [line % {"names": ", ".join(word(QUESTIONS, str(key)) for key in keys)}]
