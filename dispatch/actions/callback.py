"""A caller who is lost: the call stays open, they are called back, a check is sent."""

from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, lookups, quick, reach, unheard
from dispatch.actions import line, transfer
from dispatch.actions.base import action, coded, database_now, move
from dispatch.actions.details import Details, correct_locked
from dispatch.actions.search import fill
from dispatch.actions.seat import OPEN_SEAT
from dispatch.actions.seating import open_for
from dispatch.actions.triage import DANGER, look_again
from dispatch.actions.weigh import Stand, mode_of, weighed
from dispatch.errors import Forbidden, Invalid, LostRace, Stale
from dispatch.events import Actor
from dispatch.models import Answer, Call, Caller, Contact, Seat
from dispatch.models.contact import CALLERS
from dispatch.models.unit import TEAMS
from dispatch.states import CallState, ContactState
from routing import store
from routing.core.protocol import Protocol

K = ContactState
RESULTS = ("reached", "no_answer", "busy", "voicemail_left", "answered_unsafe")
CHANNELS = ("voice", "text")
# Why a named person lets a lost caller be.
STOP_WHY = ("called_again", "safe_now", "with_team", "duplicate", "test_call", "other")
# Why a line that was open and silent is called back.
SILENT = ("still_silent", "silent_end")
# Somebody stands at the door.
IN_PERSON = ("crt", "cor", "cit", "police", "ems", "fire")
# Asked and answered no, each of them: else there is a risk, or nobody knows.
ASKED = DANGER | {"minor_alone"}
# Why somebody is rung against what they asked for on another call.
RING_WHY = ("risk_to_life", "asked_us_to_call", "other_number_now")
BEFORE = {
    "before_asked_not": _(
        "On another call, whoever has this number asked not to be contacted. To ring "
        "them all the same, confirm that you know it, and say why."
    ),
    "before_text_first": _(
        "On another call, whoever has this number asked for a text before a call. To "
        "ring them all the same, confirm that you know it, and say why."
    ),
}
UNSAFE = {
    "not_asked": _(
        "nobody has asked them whether that is safe: ask, and say it under Safe contact"
    ),
    "asked_not": _("they asked not to be contacted so"),
    "text_first": _("they asked for a text before a call"),
    "before_asked_not": _(
        "before, this number asked not to be contacted: ask anew, or confirm it, "
        "under Safe contact"
    ),
    "before_text_first": _(
        "before, this number asked for a text first: ask anew, or confirm it, "
        "under Safe contact"
    ),
}


def at_risk(call: Call) -> bool:
    """Not triaged, or a risk was said, or one was never ruled out. Holds the call."""
    if call.triaged_at is None or call.urgent or call.hazard:
        return True
    said = {one.question: one.value for one in quick.rows(Answer, call=call.pk)}
    if any(said.get(key) != "no" for key in ASKED):
        return True
    return call.type == "suicide_threat" or said.get("imminent") in {"yes", "not_known"}


def refuse_unsafe(
    call: Call, leg: Contact, channel: str, tried: int | None = None
) -> None:
    """Invalid where whoever is on this leg is not to be reached so. Holds the call.

    ``tried``: how often somebody tried them; a try whose time passed is none.
    """
    if tried is None:
        tried = unheard.tried([leg])[leg.pk].recorded
    if why := reach.of_leg(call, leg).unsafe(channel, tried):
        raise Invalid(field="channel", why=UNSAFE[why])


def refuse_number(
    call: Call, number: str, by: Actor, *, confirmed: str = "", reason: str = ""
) -> str:
    """The same before somebody else's number is rung, whatever for. Holds the call.

    What was asked on another call a named person may set aside, who was shown that wish
    and says why: answers with it, else with "".
    """
    found = reach.of_number(call, lookups.number(number))
    why = found.unsafe("voice")
    if not why:
        return ""
    if why not in BEFORE:
        raise Invalid(field="number", why=UNSAFE[why])
    if confirmed != found.before:
        raise Invalid(BEFORE[why], field="confirmed", wish=found.before)
    if reason not in RING_WHY:
        raise Invalid(field="reason", why=_("say why they are rung all the same"))
    refuse_unnamed(by)
    return confirmed


def lose(call: Call, leg: Contact, by: Actor, why: str = "lost") -> None:
    """Nobody is on this leg any more. Twice is once; what is over stays so.

    A caller's leg is to be called back: the place is asked for again, and a transfer
    waits. A call that somebody said has ended ends the leg as well, unless they cannot
    have meant it. Holds both.
    """
    if leg.state in line.LOST or leg.state in line.OVER:
        return
    if leg.state == K.WRAPPING:
        line.step(call, leg, K.COMPLETED, by)
        return
    to = K.ABANDONED if leg.state == K.RINGING else K.DISCONNECTED
    resolved = leg.purpose in CALLERS and call.state == CallState.RESOLVED
    unsaid = resolved and line.unsaid(call, leg)
    line.step(call, leg, to, by, why=why)
    if unsaid:
        move(call, CallState.WORKING)
    if leg.purpose not in CALLERS or call.state not in WORKED_ON:
        line.step(call, leg, K.COMPLETED, by, why=why)
        return
    look_again(call, correct_locked(call, Details(location_verified=False), by), by)
    transfer.caller_lost(call, leg, by)
    if reach.of_leg(call, leg).never:
        give_up(call, leg, "asked_not", by)
        return
    line.step(call, leg, K.CALLBACK_DUE, by)
    # The screen says of a silent call that nobody heard them go. Tries count anew.
    quick.write(leg, {"why": why if why in SILENT else "", "tries": 0})
    line.expect(leg, "callback", clock(call, "callback_within"))


WORKED_ON = (CallState.NEW, CallState.TRIAGING, CallState.DECIDED, CallState.WORKING)


def clock(call: Call, name: str) -> float:
    """Seconds, or a count, as the agency's protocol says."""
    return store.published(call.agency_id)[1].clocks[name]


def came_back(call: Call, leg: Contact, by: Actor, *, who: UUID | None = None) -> None:
    """A lost caller is on this leg: theirs, or another from the same number. Holds both.

    On the line of ``who``, else of whoever says so: not of the clinician of before.
    """
    if leg.purpose not in CALLERS:
        return
    if back := leg.state in line.CALLING_BACK:
        # The place stays to be asked for, however they came back.
        quick.write(leg, {"why": "came_back"})
        line.step(call, leg, K.CONNECTED, by)
        transfer.caller_back(call, leg, leg, by)
    for other in _same_caller(call, leg):
        if other.state in line.CALLING_BACK:
            _stopped(call, other, "called_again", by)
        elif other.state in line.OVER and other.why in unheard.FOR_GOOD:
            # Given up, and here after all.
            quick.write(other, {"why": "called_again"})
        else:
            continue
        transfer.caller_back(call, other, leg, by)
        back = True
    if back:
        line.held(call, leg, who or line.who_presses(by), by)


def _same_caller(call: Call, leg: Contact) -> list[Contact]:
    """The other legs from this leg's number; none where nobody knows that number."""
    callers = line.callers(call)
    others = [one for one in callers if one.pk != leg.pk]
    if not others:
        return []
    caller = quick.find(Caller, call=call.pk)
    first = caller.phone_lookup if caller else ""

    def number(one: Contact) -> str:
        theirs = one.pk == callers[0].pk or one.outgoing
        return one.number_lookup or (first if theirs else "")

    known = number(leg)
    return [one for one in others if known and number(one) == known]


@action
def tried(
    *,
    contact_id: UUID,
    result: str,
    by: Actor,
    channel: str = "voice",
    number: int | None = None,
) -> Contact:
    """Somebody called or texted a lost caller; ``number``: which try they saw it was.

    LostRace where a colleague has made that try.
    """
    call, leg = line.lock_leg(contact_id)
    if result not in RESULTS:
        raise Invalid(field="result", why=_("choose what came of it"))
    if channel not in CHANNELS:
        raise Invalid(field="channel", why=_("voice or text"))
    if leg.state not in line.CALLING_BACK or number not in {None, leg.tries + 1}:
        raise LostRace
    refuse_unsafe(call, leg, channel)
    if result == "voicemail_left":
        refuse_unsafe(call, leg, "voicemail")
    count_try(call, leg, result, by)
    if leg.state == K.CONNECTED and leg.channel in {"voice", "text"} - {channel}:
        switch(call, leg, channel, by)
    return leg


def switch(call: Call, leg: Contact, channel: str, by: Actor) -> None:
    """The leg is spoken or written on in another way now. Holds both."""
    before = leg.channel
    if before == channel:
        return
    quick.write(leg, {"channel": channel})
    journal.append(
        events.ChannelChanged(contact=leg.pk, before=before, after=channel),
        call=call,
        by=by,
    )
    watch_text(call, leg)


def watch(call: Call, leg: Contact) -> None:
    """Of whoever waits or writes a clock runs; first somebody says who holds them."""
    if leg.state == K.HOLDING and not leg.due:
        line.expect(leg, "on_hold", clock(call, "on_hold"))
    watch_text(call, leg)


def watch_text(call: Call, leg: Contact) -> None:
    """Whoever writes falls silent without a sound: a clock listens for it."""
    if leg.due == "session_over":
        return  # first somebody says who holds it
    if leg.channel == "text" and leg.state == K.CONNECTED:
        line.expect(leg, "text_quiet", clock(call, "text_quiet"))
    elif leg.due.startswith("text_"):
        quick.write(leg, {"due": "", "due_at": None})


def forget_order(leg: Contact) -> None:
    """A person may dial: a ring that was ordered and not begun is not made any more.

    Nor is one waited for of which nobody knows whether it was made.
    """
    if leg.carrier in {"wanted", "dial"}:
        quick.write(leg, {"carrier": "by_hand"})


def count_try(call: Call, leg: Contact, result: str, by: Actor) -> None:
    """One more try: reached, again later, or the last one was made. Holds both."""
    quick.write(leg, {"tries": leg.tries + 1})
    forget_order(leg)
    journal.append(
        events.CallbackTried(contact=leg.pk, number=leg.tries, result=result),
        call=call,
        by=by,
    )
    if result == "reached":
        came_back(call, leg, by)
        watch_text(call, leg)
        return
    if leg.state == K.CALLBACK_DUE:
        line.step(call, leg, K.CALLBACK_ATTEMPTED, by, why=result)
    if result == "answered_unsafe" or leg.tries >= clock(call, "callback_attempts"):
        used_up = "tries_used" if result != "answered_unsafe" else result
        give_up(call, leg, used_up, by, passed=result == "not_made")
        return
    line.expect(leg, "callback_again", clock(call, "callback_again"))


@action
def stop(
    *, contact_id: UUID, reason: str, by: Actor, seen: int | None = None
) -> Contact:
    """A named person decides that nobody calls back, and that no check is sent for it.

    Who waited for this caller is let go, or has them on the line they came back on.
    """
    call, leg = line.lock_leg(contact_id)
    if seen is not None and call.version != seen:
        raise Stale
    if leg.state in line.OVER:
        return leg
    coded("reason", reason)
    refuse_unnamed(by)
    if leg.state == K.OPEN_LINE:
        line.step(call, leg, K.DISCONNECTED, by, why=reason)
    if leg.state not in line.LOST:
        raise LostRace
    _stopped(call, leg, reason, by)
    heard = [one for one in line.callers(call) if one.state in unheard.HEARD]
    if reason == "called_again" and heard:
        same = [one for one in heard if one in _same_caller(call, leg)]
        back = (same or heard)[-1]
        transfer.caller_back(call, leg, back, by)
        if back.person_id is None:
            line.held(call, back, line.who_presses(by), by)
    elif leg.purpose in CALLERS:
        transfer.caller_gone(call, leg, by, decide=False)
    return leg


def refuse_unnamed(by: Actor) -> None:
    """No clock and no worker decides that a lost caller is left alone."""
    if by.kind not in {"user", "simulator"}:
        raise Forbidden


def _stopped(
    call: Call, leg: Contact, why: str, by: Actor, *, passed: bool = False
) -> None:
    """No more call-backs. ``passed``: of the last try only its time, in this action."""
    made = unheard.tried([leg])[leg.pk]
    line.step(call, leg, K.COMPLETED, by, why=why)
    ended = events.CallbackEnded(
        contact=leg.pk,
        why=why,
        recorded=made.recorded - passed,
        passed=made.passed + passed,
    )
    journal.append(ended, call=call, by=by)


def give_up(
    call: Call, leg: Contact, why: str, by: Actor, *, passed: bool = False
) -> None:
    """No further try; where a risk is not ruled out, somebody goes and looks.

    Nobody is rung or kept for a line that is over.
    """
    _stopped(call, leg, why, by, passed=passed)
    transfer.caller_gone(call, leg, by)
    fill(call, by)
    if at_risk(call):
        send_check(call, "not_reached_again" if leg.tries else "caller_lost", by)


def send_check(call: Call, why: str, by: Actor) -> None:
    """Somebody goes to the lost caller, as far as the rules let them. Holds the call.

    Who is on the way already is enough. The seat never gives up: only a person lets it
    go.
    """
    if quick.rows(Seat, call=call.pk, response=list(IN_PERSON), state=OPEN_SEAT):
        return
    _row, protocol = store.published(call.agency_id)
    stand = weighed(call, protocol, database_now())
    for kind in checkers(stand, protocol):
        journal.append(
            events.TeamRequested(response=kind, reason=why), call=call, by=by
        )
        mode = mode_of(stand, kind)
        open_for(
            call,
            kind,
            mode,
            protocol,
            by,
            wishes=stand.wishes,
            waits=True,
            requested=True,
        )
    fill(call, by)


def checkers(stand: Stand, protocol: Protocol) -> list[str]:
    """Who looks: what the rules send in person; else a team they allow; else police."""
    line_ = stand.line
    going = [line_["response"], *(entry["response"] for entry in line_["also"])]
    if sent := [kind for kind in dict.fromkeys(going) if kind in IN_PERSON]:
        return sent
    if free := [kind for kind in TEAMS if kind not in line_["excluded"]]:
        return free[:1]
    fallback = str(protocol.fallback)
    return [fallback if fallback in IN_PERSON else "police"]
