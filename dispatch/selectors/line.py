"""The line as the call's page shows it: each leg, what is due on it, the next press."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import quick, reach
from dispatch.models import Call, Caller, Contact
from dispatch.models.contact import CALLERS
from dispatch.reach import Reach
from dispatch.related import attach
from dispatch.selectors import fields, sentences
from dispatch.selectors.decision import Words, word
from dispatch.states import OPEN_CALL, ContactState
from routing.core.protocol import Protocol

K = ContactState
# Of a number of the protocol: which language it is for.
SPEAKS: Words = {**fields.LANGUAGES, "any": gettext_lazy("any language")}
CALLING_BACK = (K.CALLBACK_DUE, K.CALLBACK_ATTEMPTED)
# Whom we ring beside the caller.
OTHERS = ("consult", "collateral")
# On the page: of the legs that want something so many, and of the quiet ones the
# newest; the rest is folded away. Assumption: what fits beside the answers.
MOST, NEWEST = 8, 3
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
    "others_answer": gettext_lazy("Ringing; given up"),
    "session_over": gettext_lazy("The session has ended. Say who holds the line"),
}
# How far the telephone system has come with a leg, by its own word.
CARRIED: Words = {
    "rings": gettext_lazy("telephone: ringing"),
    "in": gettext_lazy("telephone: on the line"),
    "held": gettext_lazy("telephone: on hold"),
    "out": gettext_lazy("telephone: has left"),
    "wanted": gettext_lazy("telephone: to be dialled"),
}
BY_HAND = ("", "by_hand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One button: what it says, what it does, with which result."""

    label: str
    do: str
    result: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """``due_at`` None with words in ``due``: it is late. ``number`` as dialled, or "".

    ``known``: whether this was recorded by hand, or what the telephone system says.
    ``ours``: who of ours is on it, as somebody said; "" while nobody did. ``rule``: how
    a caller may be reached.
    """

    id: UUID
    who: str
    name: str
    number: str
    channel: str
    state: str
    known: str
    ours: str
    since: datetime
    rule: str
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
class InVain:
    """Somebody beside the caller who did not answer, or an interpreter who is gone.

    ``do`` rings again; ``language`` is an interpreter's, ``interpreter`` of which kind.
    """

    who: str
    name: str
    number: str
    at: datetime
    how: str
    do: str
    language: str
    interpreter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``rule`` is the safe-contact preference in words, for whoever would dial.

    ``folded`` are the legs that can wait, or for which there is no room. ``speak`` are
    the interpreters' lines, language and number.
    """

    legs: tuple[Leg, ...]
    folded: tuple[Leg, ...]
    folded_wanting: int
    in_vain: tuple[InVain, ...]
    speak: tuple[tuple[str, str], ...]
    rule: str
    no_contact: bool
    place_asked: bool
    written: tuple[tuple[str, str], ...]
    relays: tuple[tuple[str, str], ...]


def line(call: Call, protocol: Protocol) -> Line | None:
    """The legs that are not over; None for a call that has ended.

    One query, and one more where somebody said who of ours is on a leg.
    """
    if call.state not in OPEN_CALL:
        return None
    caller = call.caller
    every = quick.rows(Contact, order=["id"], call=call.pk)
    rows = [row for row in every if row.state in ORDER]
    attach(rows, "person")
    rows.sort(key=lambda row: ORDER.index(K(row.state)))
    most = int(protocol.clocks["callback_attempts"])
    shown, folded = _fold(rows)
    reached = reach.each(call, caller, every)
    first = reached.get(every[0].pk) if every else None
    lost = any(row.state in CALLING_BACK for row in rows)
    return Line(
        legs=tuple(_leg(row, call, most, reached.get(row.pk)) for row in shown),
        folded=tuple(_leg(row, call, most, reached.get(row.pk)) for row in folded),
        folded_wanting=sum(map(_wants, folded)),
        in_vain=_in_vain(every),
        speak=tuple(
            (word(SPEAKS, code), number)
            for code, number in sorted(protocol.interpreters.items())
        ),
        rule=_rule(first, caller),
        no_contact=first is not None and bool(first.unsafe("voice", tried=1)),
        place_asked=lost and not call.location_verified,
        written=tuple(
            (code, str(sentences.CHANNELS[code]))
            for code in ("voice", "text", "tty", "rtt")
        ),
        relays=tuple((code, str(label)) for code, label in RELAYS.items()),
    )


def _fold(rows: Sequence[Contact]) -> tuple[list[Contact], list[Contact]]:
    """What the page shows, and what it folds away; both in the order of the rows."""
    wanting = [row for row in rows if _wants(row)][:MOST]
    quiet = sorted((row for row in rows if not _wants(row)), key=lambda row: row.pk)
    kept = {row.pk for row in (*wanting, *quiet[-NEWEST:])}
    shown = [row for row in rows if row.pk in kept]
    return shown, [row for row in rows if row.pk not in kept]


def _wants(row: Contact) -> bool:
    """Somebody is to do something here, or it is not a caller who is simply there."""
    quiet = row.state == K.CONNECTED and row.purpose in CALLERS
    return not quiet or bool(row.due)


def _in_vain(every: Sequence[Contact]) -> tuple[InVain, ...]:
    """Whom nobody could reach or who is gone, unless they were rung again since."""
    last = {_same(row): row for row in every if row.purpose in (*OTHERS, "interpreter")}
    return tuple(
        InVain(
            who=_who(row),
            name=row.name,
            number=row.number,
            at=row.ended_at,
            how=_gone(row),
            do=row.purpose,
            language=row.language,
            interpreter="professional" if row.number else "staff",
        )
        for row in last.values()
        if row.state == K.COMPLETED and row.ended_at and _gone(row)
    )


def _same(row: Contact) -> tuple[str, str]:
    interprets = row.purpose == "interpreter"
    return row.purpose, row.language if interprets else row.number


def _gone(row: Contact) -> str:
    """Why somebody is to ring again; "" for whoever was let go."""
    if row.why == "no_answer":
        return _("nobody answered")
    left = row.purpose == "interpreter" and row.why in {"interpreter_left", "lost"}
    return _("has left") if left else ""


def _rule(said: Reach | None, caller: Caller) -> str:
    """How they may be reached; what was said on another call is asked again."""
    if said is not None and said.before:
        before = word(fields.SAFE_CONTACT, said.before)
        return _("Asked before: %(rule)s. Please ask anew.") % {"rule": before}
    wish = said.strictest if said is not None else caller.safe_contact
    return word(fields.SAFE_CONTACT, wish)


def _leg(row: Contact, call: Call, most: int, said: Reach | None) -> Leg:
    caller = call.caller
    is_caller = row.purpose in CALLERS
    number = row.number or (caller.phone if is_caller else "")
    said = said or Reach(said=(caller.safe_contact,))
    first, others = _presses(row, said)
    if ring := _ring(row, call, number, said):
        first, others = ring, (first, *others) if first else others
    return Leg(
        id=row.pk,
        who=_who(row),
        name=row.name,
        number=number,
        channel=_channel(row),
        state=word(sentences.CONTACTS, row.state),
        known=_known(row),
        ours=_ours(row),
        since=row.since,
        rule=_rule(said, caller) if is_caller else "",
        due=_due(row, said, number, most),
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


def _ring(row: Contact, call: Call, number: str, said: Reach) -> Press | None:
    """Ring a lost caller back: the telephone does it, or one of ours says that they do."""
    if row.state not in CALLING_BACK or not number:
        return None
    if said.unsafe("voice", row.tries):
        return None
    if settings.PHONE == "manual" or call.simulated or row.carrier == "by_hand":
        if row.person_id is not None:
            return None
        return Press(label=_("Ring back: I am dialling"), do="mine")
    if row.carrier in {"wanted", "dial", "rings", "in"}:
        return None
    return Press(label=_("Ring back"), do="ring")


def _known(row: Contact) -> str:
    if row.carrier in BY_HAND:
        return _("recorded by hand")
    if row.carrier in CARRIED:
        return word(CARRIED, row.carrier)
    return _("telephone: asked, not known whether done")


def _ours(row: Contact) -> str:
    """Who holds the line; unknown after a session, until somebody says so."""
    if row.person is None:
        return _("who holds it is not known") if row.due == "session_over" else ""
    if row.state in CALLING_BACK:
        return _("%(who)s rings them") % {"who": row.person}
    return _("%(who)s holds it") % {"who": row.person}


def _who(row: Contact) -> str:
    who = word(sentences.PURPOSES, row.purpose)
    return f"{who}, {row.language.replace('_', ' ')}" if row.language else who


def _channel(row: Contact) -> str:
    said = word(sentences.CHANNELS, row.channel)
    return f"{said}, {word(RELAYS, row.relay)}" if row.relay else said


def _due(row: Contact, said: Reach, number: str, most: int) -> str:
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
    if said.unsafe("voice", row.tries) == "text_first":
        return _("Text first, %(number)s, try %(n)s of %(most)s") % params
    return _("Call back now: %(number)s, try %(n)s of %(most)s") % params


def _presses(row: Contact, said: Reach) -> tuple[Press | None, tuple[Press, ...]]:
    match row.state:
        case K.CALLBACK_DUE | K.CALLBACK_ATTEMPTED:
            return _callback(row, said)
        case K.OPEN_LINE:
            return Press(label=_("It is a TTY"), do="tty", result="tty"), (
                Press(label=_("They speak"), do="tty", result="voice"),
                Press(label=_("Still silent"), do="tty", result="silent"),
            )
        case K.HOLDING:
            return Press(label=_("Back to them"), do="connect"), ()
        case K.RINGING | K.ANSWERED:
            return Press(label=_("On the line now"), do="connect"), ()
        case K.CONNECTED if row.due == "session_over":
            return Press(label=_("I hold the line"), do="mine"), ()
        case K.CONNECTED if row.channel == "text":
            return Press(label=_("They wrote, or I did"), do="heard"), ()
    return None, ()


def _callback(row: Contact, said: Reach) -> tuple[Press | None, tuple[Press, ...]]:
    """What may come of a try, in the ways that the person allows, and in no other."""
    ways = [way for way in ("voice", "text") if not said.unsafe(way, row.tries)]
    if not ways:
        return None, ()
    presses: list[Press] = []
    if "voice" in ways:
        presses += _results("voice", ("reached", "no_answer", "busy"))
        if not said.unsafe("voicemail", row.tries):
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
    if row.purpose == "interpreter" and row.state != K.RINGING:
        presses.append(Press(label=_("Interpreter left"), do="left"))
        presses.append(Press(label=_("Left: bring another"), do="another"))
    elif not caller:
        presses.append(Press(label=_("Over"), do="hang_up"))
    return tuple(presses)
