"""Each leg of the line: connect, hold, hang up, lose; silence, text, TTY, interpreters."""

from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick, reach
from dispatch.actions import handover, line
from dispatch.actions.base import action, coded, database_now, lock_call
from dispatch.actions.callback import (
    at_risk,
    came_back,
    clock,
    count_try,
    forget_order,
    give_up,
    lose,
    refuse_number,
    refuse_unnamed,
    refuse_unsafe,
    switch,
    watch,
    watch_text,
)
from dispatch.errors import Invalid, LostRace, Stale
from dispatch.events import Actor
from dispatch.models import Call, Contact, Transfer
from dispatch.models.contact import CALLERS, OTHERS
from dispatch.states import OPEN_CALL, ContactState
from routing import store

K = ContactState
WRITTEN = ("voice", "text", "tty", "rtt", "relay")
RELAYS = ("vrs", "ip", "captioned", "speech")
# A telephone interpreter's firm, or a colleague trained for it.
INTERPRETERS = ("professional", "staff")
NOT_AN_INTERPRETER = _(
    "A child, a relative or the other side never interprets: "
    "take a professional line or a trained colleague."
)
AT_RISK = _(
    "There is a risk, or nobody has asked yet: do not hang up. "
    "If you have decided so, say why."
)
HANG_UP_WHY = ("agreed_end", "with_team", "safe_now", "test_call", "other")
TTY = ("tty", "rtt", "voice", "silent")
# On these nobody speaks: who is on them types, and typing takes its time.
TYPED = ("tty", "rtt")
# What ran out → why nobody is on the leg, where it is not the same word.
LOST_BY = {"others_answer": "no_answer"}


@action
def reach_out(
    *,
    call_id: UUID,
    purpose: str,
    by: Actor,
    name: str = "",
    number: str = "",
    confirmed: str = "",
    reason: str = "",
) -> Contact:
    """Ring the clinician on call, or somebody who knows the person, beside the caller.

    ``confirmed``: the wish of another call that ``by`` was shown, set aside for
    ``reason``; see ``callback.refuse_number``.
    """
    call = _open(lock_call(call_id))
    if purpose not in OTHERS:
        raise Invalid(field="purpose", why=_("consult or collateral"))
    if not number.strip():
        raise Invalid(field="number", why=_("say which number"))
    wish = refuse_number(call, number, by, confirmed=confirmed, reason=reason)
    leg = line.begin(
        call,
        by,
        purpose=purpose,
        outgoing=True,
        name=name.strip(),
        number=number.strip(),
    )
    if wish:
        aside = events.WishSetAside(contact=leg.pk, wish=wish, reason=reason)
        journal.append(aside, call=call, by=by)
    line.expect(leg, "others_answer", clock(call, "others_answer"))
    return leg


@action
def ask_interpreter(
    *, call_id: UUID, language: str, by: Actor, interpreter: str = "professional"
) -> Contact:
    """An interpreter is rung for; one who is asked for already is not asked twice."""
    call = _open(lock_call(call_id))
    if interpreter not in INTERPRETERS:
        raise Invalid(NOT_AN_INTERPRETER, field="interpreter")
    coded("language", language)
    return _ring(call, language, by, professional=interpreter == "professional")


def _ring(call: Call, language: str, by: Actor, *, professional: bool) -> Contact:
    """An interpreter of this language, or the one who is asked for. Holds the call."""
    for leg in line.legs(call):
        same = leg.purpose == "interpreter" and leg.language == language
        if same and leg.state not in line.OVER:
            return leg
    leg = line.begin(
        call,
        by,
        purpose="interpreter",
        outgoing=True,
        language=language,
        number=_interpreters(call, language) if professional else "",
    )
    journal.append(
        events.InterpreterAsked(contact=leg.pk, language=language), call=call, by=by
    )
    line.expect(leg, "interpreter", clock(call, "interpreter"))
    return leg


@action
def interpreter_left(*, contact_id: UUID, by: Actor, another: bool = False) -> Contact:
    """The interpreter is not on the line any more; ``another`` is rung for at once.

    Answers with the leg that is rung now, else with the one that ended. Saying so
    twice is saying it once, and rings for nobody twice.
    """
    call, leg = line.lock_leg(contact_id)
    if leg.purpose != "interpreter":
        raise Invalid(field="contact", why=_("this is no interpreter's line"))
    if leg.state not in line.OVER:
        _over(call, leg, by, "interpreter_left")
    elif leg.why != "interpreter_left":
        raise LostRace
    if not another or call.state not in OPEN_CALL:
        return leg
    return _followed(call, leg) or _ring(
        call, leg.language, by, professional=bool(leg.number)
    )


def _followed(call: Call, leg: Contact) -> Contact | None:
    """Who was rung for after this interpreter, whatever became of them."""
    after = (one for one in line.legs(call) if one.pk > leg.pk)
    same = ("interpreter", leg.language)
    return next((one for one in after if (one.purpose, one.language) == same), None)


def _interpreters(call: Call, language: str) -> str:
    """The number of the line that interprets this language; "" where none is known."""
    lines = store.published(call.agency_id)[1].interpreters
    return lines.get(language) or lines.get("any", "")


@action
def connect(*, contact_id: UUID, by: Actor) -> Contact:
    """They can be heard: answered, back from hold, or a lost caller who rang again."""
    call, leg = line.lock_leg(contact_id)
    connect_locked(call, leg, by)
    return leg


def connect_locked(call: Call, leg: Contact, by: Actor) -> None:
    """Saying so twice is saying it once. Holds both."""
    if leg.state == K.CONNECTED:
        return
    first = leg.state in {K.RINGING, K.ANSWERED}
    if leg.state not in line.CALLING_BACK:
        line.step(call, leg, K.CONNECTED, by)
    came_back(call, leg, by)
    watch_text(call, leg)
    if first and leg.purpose == "interpreter":
        joined = events.InterpreterConnected(contact=leg.pk)
        journal.append(joined, call=call, by=by)


@action
def mine(*, contact_id: UUID, by: Actor) -> Contact:
    """This person is on it for us: holds the line, or is just ringing a lost caller back.

    A call-back gets its time anew. Saying so twice is saying it once.
    """
    call, leg = line.lock_leg(contact_id)
    refuse_unnamed(by)
    assert by.id
    if leg.state not in (*line.LIVE, *line.CALLING_BACK):
        raise LostRace
    if leg.person_id == by.id:
        return leg
    if leg.state in line.CALLING_BACK:
        refuse_unsafe(call, leg, "voice")
        forget_order(leg)
        line.step(call, leg, K.CALLBACK_DUE, by)
        line.expect(leg, "callback", clock(call, "callback_within"))
    line.held(call, leg, by.id, by)
    if not leg.due:
        watch(call, leg)
    return leg


@action
def hold(*, contact_id: UUID, by: Actor) -> Contact:
    """They wait and hear nothing; a clock counts how long."""
    call, leg = line.lock_leg(contact_id)
    if leg.state != K.HOLDING:
        line.step(call, leg, K.HOLDING, by)
        watch(call, leg)
    return leg


@action
def hang_up(
    *,
    contact_id: UUID,
    by: Actor,
    reason: str = "",
    decided: bool = False,
    seen: int | None = None,
) -> Contact:
    """We end this leg. A caller at risk only where a named person has decided so."""
    call, leg = line.lock_leg(contact_id)
    if seen is not None and call.version != seen:
        raise Stale
    if leg.state in line.OVER:
        return leg
    if leg.state in line.LOST:
        raise LostRace
    if leg.purpose in CALLERS and (leg.state == K.OPEN_LINE or at_risk(call)):
        if not decided:
            raise Invalid(AT_RISK, field="line")
        coded("reason", reason)
        refuse_unnamed(by)
    if _partner_gone(call, leg, by):
        return leg
    _over(call, leg, by, reason)
    return leg


def _over(call: Call, leg: Contact, by: Actor, why: str) -> None:
    """This leg ends, from whichever state. Holds both."""
    if leg.state == K.OPEN_LINE:
        line.step(call, leg, K.DISCONNECTED, by, why=why)
    line.step(call, leg, K.COMPLETED, by, why=why)


@action
def lost(*, contact_id: UUID, by: Actor) -> Contact:
    """The line went dead, or they hung up. It never closes the call."""
    call, leg = line.lock_leg(contact_id)
    if not _partner_gone(call, leg, by):
        lose(call, leg, by)
    return leg


def _partner_gone(call: Call, leg: Contact, by: Actor) -> bool:
    """Whether the line to a partner ended under a transfer: then the next is named."""
    if leg.purpose != "partner":
        return False
    going = quick.rows(
        Transfer, lock="NO KEY UPDATE", order=["id"], call=call.pk, partner_leg=leg.pk
    )
    under_way = [one for one in going if one.state in handover.WITH_PARTNER]
    for one in under_way:
        handover.lost_locked(call, one, "line_lost", by)
    return bool(under_way)


@action
def silent(*, contact_id: UUID, by: Actor) -> Contact:
    """The line is open and nobody speaks: it may be a TTY, or somebody who cannot.

    On a line for typing nobody types. Of a text it begins the last clock: write again.
    """
    call, leg = line.lock_leg(contact_id)
    if leg.channel == "text":
        waits = leg.due in {"text_again", "session_over"}
        if leg.state == K.CONNECTED and not waits:
            line.expect(leg, "text_again", clock(call, "text_quiet"))
    elif leg.state != K.OPEN_LINE:
        line.step(call, leg, K.OPEN_LINE, by)
        due = "untyped" if leg.channel in TYPED else "silence"
        line.expect(leg, due, clock(call, "silence"))
    return leg


@action
def queried_tty(*, contact_id: UUID, result: str, by: Actor) -> Contact:
    """The silent line was asked in writing: it types, it speaks, or it is still silent."""
    call, leg = line.lock_leg(contact_id)
    if result not in TTY:
        raise Invalid(field="result", why=_("tty, rtt, voice or silent"))
    if leg.state != K.OPEN_LINE:
        raise LostRace
    if result == "silent":
        lose(call, leg, by, why="still_silent")
        return leg
    line.step(call, leg, K.CONNECTED, by)
    switch(call, leg, result, by)
    return leg


@action
def change_channel(
    *,
    contact_id: UUID,
    channel: str,
    by: Actor,
    relay: str = "",
    theirs: bool = False,
) -> Contact:
    """Speak, write or relay from now on; ``relay`` says which kind of relay it is.

    Whether a text is safe is asked before ours; not where it is ``theirs``, to us.
    """
    call, leg = line.lock_leg(contact_id)
    if channel not in WRITTEN:
        raise Invalid(field="channel", why=_("voice, text, tty, rtt or relay"))
    if channel == "relay" and relay not in RELAYS:
        raise Invalid(field="relay", why=_("vrs, ip, captioned or speech"))
    if leg.state in line.OVER:
        raise LostRace
    ours = leg.purpose in CALLERS and not theirs
    if channel == "text" and ours and leg.channel != "text":
        refuse_unsafe(call, leg, "text", tried=1)
    quick.write(leg, {"relay": relay if channel == "relay" else ""})
    switch(call, leg, channel, by)
    return leg


@action
def heard(*, contact_id: UUID, by: Actor) -> Contact:
    """Somebody wrote on this text leg; the clock of its silence begins anew."""
    call, leg = line.lock_leg(contact_id)
    watch_text(call, leg)
    return leg


@action
def due(*, contact_id: UUID, by: Actor) -> Contact:
    """The clock of this leg ran out: what follows for it, once. Nothing closes the call."""
    call, leg = line.lock_leg(contact_id)
    if leg.due_at is None or leg.due_at > database_now():
        return leg
    if call.state not in OPEN_CALL:
        quick.write(leg, {"due_at": None})
        return leg
    match leg.due:
        case "callback":
            _not_made(call, leg, by)
        case "callback_again":
            line.step(call, leg, K.CALLBACK_DUE, by)
            line.expect(leg, "callback", clock(call, "callback_within"))
        case "silence" | "untyped" | "tty" | "untyped_again":
            _still_silent(call, leg, by)
        case "text_quiet":
            _late(call, leg, by)
            line.expect(leg, "text_again", clock(call, "text_quiet"))
        case "silent_end" | "text_again" | "others_answer":
            lose(call, leg, by, why=LOST_BY.get(leg.due, leg.due))
        case _:
            # What was due stays on the screen, as late, until somebody does it.
            _late(call, leg, by)
            quick.write(leg, {"due_at": None})
    return leg


def _still_silent(call: Call, leg: Contact, by: Actor) -> None:
    """Nobody asked a silent line: said as late twice, then it ends as a silent call.

    It is never over by itself: from then on it is called back, and a check goes out.
    """
    _late(call, leg, by)
    within = clock(call, "callback_within")
    if leg.due == "silence":
        line.expect(leg, "tty", within)
    elif leg.due == "untyped":
        line.expect(leg, "untyped_again", clock(call, "text_quiet"))
    else:
        line.expect(leg, "silent_end", within)


def _not_made(call: Call, leg: Contact, by: Actor) -> None:
    """Nobody called back in time. It counts, so that a check goes in the end."""
    if reach.of_leg(call, leg).never:
        give_up(call, leg, "asked_not", by)
        return
    count_try(call, leg, "not_made", by)


def _late(call: Call, leg: Contact, by: Actor) -> None:
    late = events.ContactLate(contact=leg.pk, why=leg.due)
    journal.append(late, call=call, by=by)


def _open(call: Call) -> Call:
    if call.state not in OPEN_CALL:
        raise Invalid(field="call", why=_("it is closed; reopen it first"))
    return call
