"""The line as the call's page shows it: each leg, what is due on it, the next press."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import quick, reach, unheard
from dispatch.models import Call, Caller, Contact
from dispatch.models.contact import CALLERS, OTHERS
from dispatch.reach import Reach
from dispatch.related import attach
from dispatch.selectors import fields, press, sentences, tries
from dispatch.selectors.decision import Words, word
from dispatch.selectors.press import CALLING_BACK, Press
from dispatch.states import OPEN_CALL, ContactState
from dispatch.unheard import Tried
from routing.core.protocol import Protocol

K = ContactState
# Of a number of the protocol: which language it is for.
SPEAKS: Words = {**fields.LANGUAGES, "any": gettext_lazy("any language")}
# On the page: of the legs that want something so many, and of the quiet ones the
# newest; the rest is folded away. Assumption: what fits beside the answers.
MOST, NEWEST = 8, 3
# First what cannot wait, then who is there, then who is rung.
ORDER = (*CALLING_BACK, K.OPEN_LINE, K.HOLDING, K.CONNECTED, K.ANSWERED, K.RINGING)
# What a caller's line may become; a text is asked about before ours, and not theirs.
THEIRS = "they_text"
WRITTEN: Words = {
    "voice": fields.CAME_IN["voice"],
    THEIRS: gettext_lazy("text: they write to us"),
    **fields.CAME_IN,
}
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
    "untyped": gettext_lazy("Nobody types. Write to them"),
    "untyped_again": gettext_lazy("Still nothing typed. Write to them now"),
    "silent_end": gettext_lazy("Silent, and nobody asked. It becomes a call-back"),
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
# A line that fell silent and was lost: nobody heard them go.
SILENT = ("still_silent", "silent_end")
# Of a caller who was lost: reached on this leg, on another, or not any more.
MAY_HAVE_MOVED = ("came_back", "called_again", *unheard.FOR_GOOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """``due_at`` None with words in ``due``: it is late. ``number`` as dialled, or "".

    ``known``: whether this was recorded by hand, or what the telephone system says.
    ``ours``: who of ours is on it, as somebody said; "" while nobody did. ``rule``: how
    a caller may be reached. ``tried``: how often they were called back, in words.
    ``way``: the channel, or the kind of relay, as it is chosen. ``stop``: of a caller,
    what the press says that ends the leg for good; of a lost one it hangs nobody up.
    """

    id: UUID
    who: str
    name: str
    number: str
    channel: str
    way: str
    state: str
    known: str
    ours: str
    since: datetime
    rule: str
    due: str
    due_at: datetime | None
    caller: bool
    lost: bool
    urgent: bool
    late: bool
    tries: int
    tried: str
    first: Press | None
    others: tuple[Press, ...]
    more: tuple[Press, ...]
    stop: str


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
    # In words, where no caller is heard: one is to be called back, or none can be.
    lost: str
    gone: str
    # Since when no caller is heard and one was lost; None while somebody is there.
    nobody_since: datetime | None
    # When the last caller's line ended, however it ended; None while one runs.
    none_since: datetime | None
    # Whether somebody said of a caller's leg who of ours is on it.
    held: bool
    calling_back: bool


def line(call: Call, protocol: Protocol) -> Line | None:
    """The legs that are not over; None for a call that has ended.

    One query, one more where somebody said who of ours is on a leg, and one more where
    a caller was called back.
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
    lost = [row for row in rows if row.state in CALLING_BACK]
    tried = unheard.tried(lost)
    ours = [row for row in every if row.purpose in CALLERS]
    away = unheard.lost_now(ours)
    return Line(
        legs=tuple(
            _leg(row, call, most, reached.get(row.pk), tried.get(row.pk))
            for row in shown
        ),
        folded=tuple(
            _leg(row, call, most, reached.get(row.pk), tried.get(row.pk))
            for row in folded
        ),
        folded_wanting=sum(map(_wants, folded)),
        in_vain=_in_vain(every),
        speak=tuple(
            (word(SPEAKS, code), number)
            for code, number in sorted(protocol.interpreters.items())
        ),
        rule=_rule(first, caller),
        no_contact=first is not None and bool(first.unsafe("voice", tried=1)),
        place_asked=any(map(_was_lost, ours)) and not call.location_verified,
        written=tuple((code, str(label)) for code, label in WRITTEN.items()),
        relays=tuple((code, str(label)) for code, label in RELAYS.items()),
        calling_back=bool(lost),
        nobody_since=_nobody_since(ours),
        none_since=unheard.none_since(ours),
        held=any(row.person_id for row in ours),
        lost=_lost(away, call, most, reached, tried) if away else "",
        gone=_gone_for_good(ours, call) if unheard.gone_for_good(ours) else "",
    )


def _was_lost(row: Contact) -> bool:
    """This caller was lost and may have moved since, reached again or not."""
    return row.state in CALLING_BACK or row.why in MAY_HAVE_MOVED


def _nobody_since(callers: Sequence[Contact]) -> datetime | None:
    if unheard.lost_now(callers) or unheard.gone_for_good(callers):
        return max(row.since for row in callers)
    return None


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


def _leg(
    row: Contact, call: Call, most: int, said: Reach | None, tried: Tried | None
) -> Leg:
    caller = call.caller
    is_caller = row.purpose in CALLERS
    number = row.number or (caller.phone if is_caller else "")
    said = said or Reach(said=(caller.safe_contact,))
    tried = tried or Tried(recorded=0, passed=0)
    first, others = press.of_leg(row, said, tried.recorded)
    if ring := press.ring(row, call, number, said, tried.recorded):
        first, others = ring, (first, *others) if first else others
    return Leg(
        id=row.pk,
        who=_who(row),
        name=row.name,
        number=number,
        channel=_channel(row),
        way=row.relay or row.channel,
        state=word(sentences.CONTACTS, row.state),
        known=_known(row),
        ours=_ours(row),
        since=row.since,
        rule=_rule(said, caller) if is_caller else "",
        due=_due(row, said, number, most, tried.recorded),
        due_at=row.due_at,
        caller=is_caller,
        lost=row.state in CALLING_BACK,
        urgent=row.state in (*CALLING_BACK, K.OPEN_LINE),
        late=bool(row.due) and row.due_at is None,
        tries=row.tries,
        tried=tries.said(tried.recorded, tried.passed),
        first=first,
        others=others,
        more=press.more(row),
        stop=_stop(row) if is_caller else "",
    )


def _stop(row: Contact) -> str:
    if row.state in CALLING_BACK:
        return _("Decide: no call-back")
    # Whoever is there may not be able to speak.
    return (
        _("Hang up; nobody calls back") if row.state == K.OPEN_LINE else _("We hang up")
    )


def _lost(
    row: Contact,
    call: Call,
    most: int,
    reached: Mapping[UUID, Reach],
    tried: Mapping[UUID, Tried],
) -> str:
    """What is to be done for the caller whom nobody hears now."""
    leg = _leg(row, call, most, reached.get(row.pk), tried.get(row.pk))
    return leg.due or leg.state


def _gone_for_good(callers: Sequence[Contact], call: Call) -> str:
    """Why nobody is tried any more, and what still could be."""
    last = [row for row in callers if row.why in unheard.FOR_GOOD][-1]
    if last.why == "asked_not":
        return _("They asked not to be contacted: do not call or text.")
    if last.why == "answered_unsafe":
        return _("Somebody else answered, not safe to speak: do not call again.")
    made = unheard.tried([last])[last.pk]
    params = {
        "tries": tries.said(made.recorded, made.passed),
        "number": last.number or call.caller.phone or _("number not known"),
    }
    return _("%(tries)s. Somebody may still call %(number)s.") % params


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
    return f"{who}, {word(SPEAKS, row.language)}" if row.language else who


def _channel(row: Contact) -> str:
    said = word(sentences.CHANNELS, row.channel)
    return f"{said}, {word(RELAYS, row.relay)}" if row.relay else said


def _due(row: Contact, said: Reach, number: str, most: int, recorded: int) -> str:
    """The next thing in words; empty where nothing is due. ``recorded`` tries were made."""
    if row.due not in {"callback", "callback_again"}:
        return word(NEXT, row.due) if row.due else ""
    silent = _("Silent call. ") if row.why in SILENT else ""
    return silent + _callback(row, said, number, most, recorded)


def _callback(row: Contact, said: Reach, number: str, most: int, recorded: int) -> str:
    """Which way they are to be reached first; nobody is sent to dial against a wish."""
    params = {
        "number": number or _("number not known"),
        "n": row.tries + 1,
        "most": most,
    }
    later, why = row.due == "callback_again", said.unsafe("voice", recorded)
    if why.endswith("text_first"):
        text = _("Next, text first") if later else _("Text first")
    elif why:
        return _("Asked not to be contacted: do not call or text")
    else:
        text = ""
    if text:
        return text + _(", %(number)s, try %(n)s of %(most)s") % params
    if later:
        return _("Next call-back: %(number)s, try %(n)s of %(most)s") % params
    return _("Call back now: %(number)s, try %(n)s of %(most)s") % params
