"""The line as the call's page shows it: each leg, what is due on it, the next press."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import quick
from dispatch.models import Call, Caller, Contact
from dispatch.selectors import fields, sentences
from dispatch.selectors.decision import Words, word
from dispatch.states import OPEN_CALL, ContactState, unsafe
from routing.core.protocol import Protocol

K = ContactState
CALLERS = ("caller", "callback")
CALLING_BACK = (K.CALLBACK_DUE, K.CALLBACK_ATTEMPTED)
# First what cannot wait, then who is there, then who is rung.
ORDER = (*CALLING_BACK, K.OPEN_LINE, K.HOLDING, K.CONNECTED, K.ANSWERED, K.RINGING)
RELAYS: Words = {
    "vrs": gettext_lazy("video relay"),
    "ip": gettext_lazy("IP relay"),
    "captioned": gettext_lazy("captioned telephone"),
    "speech": gettext_lazy("speech to speech"),
}
# What is due on a leg → what somebody is to do now.
NEXT: Words = {
    "silence": gettext_lazy("Nobody speaks. Ask as TTY"),
    "tty": gettext_lazy("Still silent. Ask as TTY now"),
    "on_hold": gettext_lazy("On hold. Go back to them"),
    "text_quiet": gettext_lazy("By text. Answer them"),
    "text_again": gettext_lazy("Quiet by text. Write again now"),
    "interpreter": gettext_lazy("The interpreter is to join"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One button: what it says, what it does, with which result."""

    label: str
    do: str
    result: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """``due_at`` None with words in ``due``: it is late. ``number`` as dialled, or ""."""

    id: UUID
    who: str
    name: str
    number: str
    channel: str
    state: str
    since: datetime
    due: str
    due_at: datetime | None
    caller: bool
    urgent: bool
    late: bool
    tries: int
    first: Press | None
    others: tuple[Press, ...]
    more: tuple[Press, ...]
    stop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``rule`` is the safe-contact preference in words, for whoever would dial."""

    legs: tuple[Leg, ...]
    rule: str
    no_contact: bool
    place_asked: bool
    written: tuple[tuple[str, str], ...]
    relays: tuple[tuple[str, str], ...]


def line(call: Call, protocol: Protocol) -> Line | None:
    """The legs that are not over; None for a call that has ended. One query."""
    if call.state not in OPEN_CALL:
        return None
    caller = call.caller
    rows = [
        row
        for row in quick.rows(Contact, order=["id"], call=call.pk)
        if row.state in ORDER
    ]
    rows.sort(key=lambda row: ORDER.index(K(row.state)))
    most = int(protocol.clocks["callback_attempts"])
    legs = tuple(_leg(row, caller, most) for row in rows)
    lost = any(row.state in CALLING_BACK for row in rows)
    return Line(
        legs=legs,
        rule=word(fields.SAFE_CONTACT, caller.safe_contact),
        no_contact=caller.safe_contact == "none",
        place_asked=lost and not call.location_verified,
        written=tuple(
            (code, str(sentences.CHANNELS[code]))
            for code in ("voice", "text", "tty", "rtt")
        ),
        relays=tuple((code, str(label)) for code, label in RELAYS.items()),
    )


def _leg(row: Contact, caller: Caller, most: int) -> Leg:
    is_caller = row.purpose in CALLERS
    number = row.number or (caller.phone if is_caller else "")
    first, others = _presses(row, caller)
    return Leg(
        id=row.pk,
        who=_who(row),
        name=row.name,
        number=number,
        channel=_channel(row),
        state=word(sentences.CONTACTS, row.state),
        since=row.since,
        due=_due(row, caller, number, most),
        due_at=row.due_at,
        caller=is_caller,
        urgent=row.state in (*CALLING_BACK, K.OPEN_LINE),
        late=bool(row.due) and row.due_at is None,
        tries=row.tries,
        first=first,
        others=others,
        more=_more(row),
        stop=is_caller,
    )


def _who(row: Contact) -> str:
    who = word(sentences.PURPOSES, row.purpose)
    return f"{who}, {row.language.replace('_', ' ')}" if row.language else who


def _channel(row: Contact) -> str:
    said = word(sentences.CHANNELS, row.channel)
    return f"{said}, {word(RELAYS, row.relay)}" if row.relay else said


def _due(row: Contact, caller: Caller, number: str, most: int) -> str:
    """The next thing in words; empty where nothing is due."""
    if row.due not in {"callback", "callback_again"}:
        return word(NEXT, row.due) if row.due else ""
    params = {
        "number": number or _("number not known"),
        "n": row.tries + 1,
        "most": most,
    }
    if row.due == "callback_again":
        return _("Next call-back, %(number)s, try %(n)s of %(most)s") % params
    if unsafe(caller.safe_contact, "voice", row.tries) == "text_first":
        return _("Text first, %(number)s, try %(n)s of %(most)s") % params
    return _("Call back now: %(number)s, try %(n)s of %(most)s") % params


def _presses(row: Contact, caller: Caller) -> tuple[Press | None, tuple[Press, ...]]:
    match row.state:
        case K.CALLBACK_DUE | K.CALLBACK_ATTEMPTED:
            return _callback(row, caller)
        case K.OPEN_LINE:
            return Press(label=_("It is a TTY"), do="tty", result="tty"), (
                Press(label=_("They speak"), do="tty", result="voice"),
                Press(label=_("Still silent"), do="tty", result="silent"),
            )
        case K.HOLDING:
            return Press(label=_("Back to them"), do="connect"), ()
        case K.RINGING | K.ANSWERED:
            return Press(label=_("On the line now"), do="connect"), ()
        case K.CONNECTED if row.channel == "text":
            return Press(label=_("They wrote, or I did"), do="heard"), ()
    return None, ()


def _callback(row: Contact, caller: Caller) -> tuple[Press | None, tuple[Press, ...]]:
    """What may come of a try, in the ways that the person allows, and in no other."""
    said, tried = caller.safe_contact, row.tries
    ways = [way for way in ("voice", "text") if not unsafe(said, way, tried)]
    if not ways:
        return None, ()
    presses: list[Press] = []
    if "voice" in ways:
        presses += _results("voice", ("reached", "no_answer", "busy"))
        if not unsafe(said, "voicemail", tried):
            presses += _results("voice", ("voicemail_left",))
        presses += _results("voice", ("answered_unsafe",))
    if "text" in ways:
        presses += _results("text", ("reached", "no_answer"))
    return presses[0], tuple(presses[1:])


RESULTS: dict[tuple[str, str], object] = {
    ("voice", "reached"): gettext_lazy("Reached them"),
    ("voice", "no_answer"): gettext_lazy("No answer"),
    ("voice", "busy"): gettext_lazy("Busy"),
    ("voice", "voicemail_left"): gettext_lazy("Left a message"),
    ("voice", "answered_unsafe"): gettext_lazy("Somebody else answered, not safe"),
    ("text", "reached"): gettext_lazy("They answered a text"),
    ("text", "no_answer"): gettext_lazy("Sent a text, no answer yet"),
}


def _results(channel: str, results: Sequence[str]) -> list[Press]:
    return [
        Press(
            label=str(RESULTS[channel, result]),
            do="tried",
            result=result,
            channel=channel,
        )
        for result in results
    ]


def _more(row: Contact) -> tuple[Press, ...]:
    """What is pressed less often; the page folds it away."""
    caller = row.purpose in CALLERS
    presses = []
    if row.state == K.CONNECTED:
        presses.append(Press(label=_("Hold"), do="hold"))
    if caller and row.state in (K.CONNECTED, K.ANSWERED, K.RINGING):
        presses.append(Press(label=_("Nobody speaks"), do="silent"))
    if row.state in CALLING_BACK:
        presses.append(Press(label=_("They rang again"), do="connect"))
    elif caller:
        presses.append(Press(label=_("Line lost"), do="lost"))
    if not caller:
        presses.append(Press(label=_("Over"), do="hang_up"))
    return tuple(presses)
