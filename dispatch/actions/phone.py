"""The telephone service and the legs: what it should do next, what it did, what it says.

What a leg should do is said by its own state; ``Contact.carrier`` is how far the
service has come with it. Nothing is sent twice, and nothing is sent in here: a worker
asks what is next, sends it with no transaction open, and records what came of it.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick, reach, unheard
from dispatch.actions import callback, contact, handover, line
from dispatch.actions.base import action, database_now
from dispatch.actions.targets import patience_of
from dispatch.errors import Invalid, LostRace
from dispatch.events import Actor
from dispatch.models import Call, Caller, Contact, Event, Transfer
from dispatch.models.contact import CALLERS, OTHERS, SPOKEN, STAYS
from dispatch.states import OPEN_CALL, ContactState, TransferState

K = ContactState
# The service has this leg in the conference, as far as was heard or asked for.
INSIDE = ("in", "held", "join", "hold", "resume")
# What a verb has come to when the service says yes.
DONE = {
    "dial": "rings",
    "join": "in",
    "hold": "held",
    "resume": "in",
    "leave": "out",
    "hang_up": "out",
}
HEARD = {"connected": "in", "holding": "held"}
# What is heard while this was asked for and not answered: only that it came true counts.
AWAITS = {
    "join": "in",
    "hold": "held",
    "resume": "in",
    "leave": "out",
    "hang_up": "out",
}
# Whom somebody may have told not to be rung; partners and interpreters have not.
ASKED = (*CALLERS, *OTHERS)
ENDS = ("left", "completed", "failed", "no_answer", "busy")
BY_HAND = _("The telephone dials nobody here. Ring them yourself, and say that you do.")


def wish(call: Call, leg: Contact) -> str:
    """The verb that brings the service to where this leg is, or "". Holds both.

    A simulated call never rings a real telephone.
    """
    if call.simulated or leg.channel not in SPOKEN:
        return ""
    if leg.state in line.OVER or leg.state == K.CALLBACK_ATTEMPTED:
        return "" if _stays(leg) else _ending(leg)
    if leg.state in line.LOST:
        return "dial" if leg.carrier == "wanted" else ""
    return _live(leg)


def _ending(leg: Contact) -> str:
    if leg.carrier == "rings":
        return "hang_up"
    return "leave" if leg.carrier in INSIDE else ""


def _stays(leg: Contact) -> bool:
    """Nobody is cut off by a transfer that worked, and no caller by our paperwork.

    Nor is the interpreter of such a caller, once they are there.
    """
    if leg.purpose in CALLERS:
        return leg.why in STAYS
    if leg.purpose == "interpreter":
        return leg.why in STAYS and leg.carrier != "rings"
    both = [TransferState.CONFIRMED, TransferState.RELEASED]
    found = quick.rows(Transfer, call=leg.call_id, partner_leg=leg.pk, state=both)
    return bool(found)


def _live(leg: Contact) -> str:
    if leg.carrier == "in" and leg.state == K.HOLDING:
        return "hold"
    if leg.carrier == "held" and leg.state == K.CONNECTED:
        return "resume"
    if leg.carrier or leg.state not in line.LIVE:
        return ""
    if leg.outgoing:
        return "dial" if leg.state == K.RINGING and leg.number else ""
    return "join" if leg.carrier_ref and _conferenced(leg) else ""


def _conferenced(leg: Contact) -> bool:
    state = TransferState.CONFERENCED
    return bool(quick.rows(Transfer, call=leg.call_id, caller_leg=leg.pk, state=state))


@action
def asked(*, contact_id: UUID, by: Actor) -> Contact | None:
    """What is to be sent now, as ``carrier`` of the leg; None: nothing.

    From now on it is unknown whether it was done, until somebody says so: whoever
    comes second, or after a crash, is given nothing to send.
    """
    call, leg = line.lock_leg(contact_id)
    verb = wish(call, leg)
    if not verb:
        return None
    if why := _lapsed(call, leg) or _unsafe(call, leg, verb):
        _fail(call, leg, verb, why, by)
        return None
    quick.write(leg, {"carrier": verb})
    return leg


def _lapsed(call: Call, leg: Contact) -> str:
    """Past this nobody expects it to ring any more: a person may have dialled already."""
    ordered = leg.since
    if leg.state in line.LOST:
        # The order set this clock; a lost caller's state may be much older.
        back = timedelta(seconds=callback.clock(call, "callback_within"))
        ordered = leg.due_at - back if leg.due_at else leg.since
    elif leg.state != K.RINGING:
        return ""
    within = timedelta(seconds=callback.clock(call, "dial_within"))
    return "phone_late" if ordered < database_now() - within else ""


def _unsafe(call: Call, leg: Contact, verb: str) -> str:
    """What was said of safe contact since the order holds for it. Holds both."""
    if verb != "dial" or leg.purpose not in ASKED:
        return ""
    tried = unheard.tried([leg])[leg.pk].recorded
    found = reach.of_leg(call, leg)
    refused = found.unsafe("voice", tried)
    if refused in callback.BEFORE and _set_aside(leg, found.before):
        return ""
    return "phone_unsafe" if refused else ""


def _set_aside(leg: Contact, wish: str) -> bool:
    """Whether a person was shown this wish of another call, and said why they are rung."""
    said = Event.objects.filter(call=leg.call_id, kind="WishSetAside")
    return said.filter(body__contact=str(leg.pk), body__wish=wish).exists()


def number_of(leg: Contact) -> str:
    """Whom this leg rings: its own number, or the first caller's; "" for neither."""
    if leg.number or leg.purpose not in CALLERS:
        return str(leg.number)
    caller = quick.find(Caller, call=leg.call_id)
    return str(caller.phone) if caller is not None else ""


@action
def placed(
    *, contact_id: UUID, verb: str, ring: int, carrier_ref: str, by: Actor
) -> Contact:
    """The service did it. What it has told of the leg meanwhile stands.

    Of an earlier ``ring`` than the one that was ordered last it is nothing any more.
    """
    _call, leg = line.lock_leg(contact_id)
    if leg.rings != ring:
        return leg
    if carrier_ref and not leg.carrier_ref:
        quick.write(leg, {"carrier_ref": carrier_ref})
    if leg.carrier == verb:
        quick.write(leg, {"carrier": DONE[verb]})
    return leg


@action
def failed(*, contact_id: UUID, verb: str, ring: int, why: str, by: Actor) -> Contact:
    """It was not done, or nobody knows (``phone_unknown``). The leg stays as it is.

    A person does it at the desk phone and says so, as without the service.
    """
    call, leg = line.lock_leg(contact_id)
    if leg.carrier == verb and leg.rings == ring:
        _fail(call, leg, verb, why, by)
    return leg


def _fail(call: Call, leg: Contact, verb: str, why: str, by: Actor) -> None:
    if why == "phone_gone" and AWAITS.get(verb) == "out":
        quick.write(leg, {"carrier": "out"})  # it has left by itself
        return
    if why != "phone_unknown":
        quick.write(leg, {"carrier": "by_hand"})
    said = events.PhoneFailed(contact=leg.pk, verb=verb, why=why)
    journal.append(said, call=call, by=by)


@action
def call_back(*, contact_id: UUID, by: Actor) -> Contact:
    """The service rings a lost caller; who answered, a person says. Twice is once."""
    call, leg = line.lock_leg(contact_id)
    if leg.state not in line.CALLING_BACK or call.state not in OPEN_CALL:
        raise LostRace
    if settings.PHONE == "manual" or call.simulated:
        # Nobody would dial, and the clock of who does would begin anew.
        raise Invalid(BY_HAND, field="telephone")
    if leg.carrier in {"wanted", "dial", "rings", "in"}:
        return leg
    callback.refuse_unsafe(call, leg, "voice")
    if not number_of(leg):
        raise Invalid(field="number", why=_("nobody knows their number"))
    line.step(call, leg, K.CALLBACK_DUE, by)
    line.expect(leg, "callback", callback.clock(call, "callback_within"))
    fresh = {"carrier_ref": "", "carrier_step": 0, "carrier_room_step": 0}
    quick.write(leg, {"carrier": "wanted", "rings": leg.rings + 1, **fresh})
    if by.kind in {"user", "simulator"}:
        quick.write(leg, {"person_id": by.id})
    line.changed(leg.pk)
    return leg


@action
def heard(
    *,
    contact_id: UUID,
    said: str,
    series: str,
    number: int | None,
    carrier_ref: str,
    ring: int | None,
    by: Actor,
) -> Contact:
    """The service tells of a leg; late, repeated or another line's is nothing.

    ``said`` is a word of ``interop.legs.Heard``; ``number`` counts up in its series,
    ``call`` or ``conference``; None: it gave none. ``ring``: which ring of the leg it
    is about, while the service's name for that is not known; None: nobody can say.
    """
    call, leg = _lock_named(contact_id, carrier_ref)
    step = "carrier_step" if series == "call" else "carrier_room_step"
    if number is not None and number < getattr(leg, step):
        return leg
    if leg.carrier_ref != carrier_ref and (leg.carrier_ref or leg.rings != ring):
        return leg
    if number is not None:
        quick.write(leg, {step: number + 1})
    over = leg.carrier == "out"
    # What went on from another call is steered by hand there until it ends.
    if leg.pk == contact_id or said in ENDS:
        _keep(leg, said, carrier_ref)
    if over:
        return leg
    if said in ENDS:
        _gone(call, leg, said, by)
    elif said in {"answered", "connected"} and leg.state in {K.RINGING, K.ANSWERED}:
        contact.connect_locked(call, leg, by)
        _picked_up(call, leg)
    line.changed(leg.pk)
    return leg


def _lock_named(contact_id: UUID, carrier_ref: str) -> tuple[Call, Contact]:
    """The leg that the service knows by this name, wherever it went on; else this one."""
    while True:
        known = quick.find(Contact, carrier_ref=carrier_ref)
        call, leg = line.lock_leg(known.pk if known else contact_id)
        # Else it went on with another call while we waited for this one.
        if known is None or leg.carrier_ref == carrier_ref:
            return call, leg


def _keep(leg: Contact, said: str, carrier_ref: str) -> None:
    """How far the service has come with it, by its own word."""
    if not leg.carrier_ref:
        quick.write(leg, {"carrier_ref": carrier_ref})
    to = "out" if said in ENDS else HEARD.get(said, "rings")
    if to != "out":
        awaited = AWAITS.get(leg.carrier, to)
        settled = to == "rings" and leg.carrier in INSIDE
        if leg.carrier == "out" or to != awaited or settled:
            return
    quick.write(leg, {"carrier": to})


def _picked_up(call: Call, leg: Contact) -> None:
    """At the partner's somebody is asked now: the clock of the answer begins anew."""
    for one in _handed(call, leg):
        if one.state == TransferState.OFFERED:
            until = database_now() + patience_of(call, one)
            quick.write(one, {"due_at": until})


def _gone(call: Call, leg: Contact, said: str, by: Actor) -> None:
    """The other side is not on the leg any more, or never came."""
    if leg.state in line.LOST:
        # A person may have said already what came of this ring.
        if leg.state == K.CALLBACK_DUE and said in {"busy", "no_answer"}:
            callback.count_try(call, leg, said, by)
        return
    if leg.state in line.OVER:
        return
    unheard = leg.state == K.RINGING
    why = said if said in {"busy", "no_answer"} else "line_lost"
    if unheard and why == "line_lost":
        why = "no_answer"
    for one in _handed(call, leg):
        _partner_gone(call, one, why, by)
    callback.lose(call, leg, by, why=why if unheard else "lost")


def _partner_gone(call: Call, one: Transfer, why: str, by: Actor) -> None:
    if one.state not in handover.WITH_PARTNER:
        return
    if why == "busy":
        handover.decline_locked(call, one, why, by)
    else:
        handover.lost_locked(call, one, why, by)


def _handed(call: Call, leg: Contact) -> list[Transfer]:
    if leg.purpose != "partner":
        return []
    return quick.rows(
        Transfer, lock="NO KEY UPDATE", order=["id"], call=call.pk, partner_leg=leg.pk
    )
