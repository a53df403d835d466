"""The legs of a call's line: begin one, move it, find the caller's. Callers hold the call."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import elsewhere, events, journal, lookups, nudge, quick, unheard
from dispatch.actions.base import database_now, move
from dispatch.errors import Invalid, NotFound
from dispatch.events import Actor
from dispatch.models import (
    Assignment,
    Call,
    Contact,
    Disposition,
    Event,
    Partner,
    Transfer,
)
from dispatch.models.contact import CALLERS
from dispatch.states import ContactState
from dispatch.told import Account, columns

# Nobody is on a leg in these, and none comes back on it.
OVER = (ContactState.COMPLETED,)
# Somebody can be heard, or could be at any moment.
LIVE = (
    ContactState.RINGING,
    ContactState.ANSWERED,
    ContactState.CONNECTED,
    ContactState.HOLDING,
    ContactState.OPEN_LINE,
)
# It rings, or was picked up and nobody has said that they hear somebody.
UNHEARD = (ContactState.RINGING, ContactState.ANSWERED)
# Somebody was spoken with, and is on it still.
HEARD = (ContactState.CONNECTED, ContactState.HOLDING, ContactState.OPEN_LINE)
# Nobody is on it, and nobody has decided that this may stay so.
CALLING_BACK = (ContactState.CALLBACK_DUE, ContactState.CALLBACK_ATTEMPTED)
LOST = (ContactState.ABANDONED, ContactState.DISCONNECTED, *CALLING_BACK)
STILL_LOST = _("A caller was lost. Call them back, or say why nobody does.")
STILL_SILENT = _("A line is open and silent. Ask it as TTY, or say why nobody does.")
STILL_RINGS = _(
    "Caller %(number)s of this call rings. Press 'On the line now', or 'We hang up' with "
    "a reason; then end the call."
)
STILL_UNSAID = _(
    "A session is over, and nobody has said who holds caller %(number)s. Press 'I hold "
    "the line', or 'We hang up' with a reason; then end the call."
)
SESSION_LOST = _(
    "The caller is lost, and a call-back (try %(number)s of %(most)s) is due. Reach "
    "them, or say on the line why nobody calls back; then end the session."
)


def begin(
    call: Call,
    by: Actor,
    *,
    purpose: str,
    channel: str = "voice",
    outgoing: bool = False,
    state: ContactState = ContactState.RINGING,
    name: str = "",
    number: str = "",
    account: Account | None = None,
    person_id: UUID | None = None,
    partner: Partner | None = None,
    language: str = "",
    relay: str = "",
) -> Contact:
    """One more leg on the call's line."""
    leg = Contact(
        call=call,
        purpose=purpose,
        channel=channel,
        outgoing=outgoing,
        state=state.value,
        number_lookup=lookups.number(number),
        person_id=person_id,
        partner=partner,
        language=language,
        relay=relay,
        name=name,
        number=number,
        **columns(account or Account()),
    )
    quick.add(leg)
    changed(leg.pk)
    journal.append(
        events.ContactAdded(contact=leg.pk, purpose=purpose, channel=channel),
        call=call,
        by=by,
    )
    return leg


def step(
    call: Call, leg: Contact, to: ContactState, by: Actor, *, why: str = ""
) -> None:
    """Move a locked leg; the clock that ran on it stops. Standing still says nothing.

    Whom a session left to nobody is held by the person who goes back to them; a clock or
    the telephone leaves it open who does.
    """
    before = leg.state
    if before == to:
        return
    also: dict[str, object] = {"due": "", "due_at": None}
    if leg.due == "session_over" and to in HEARD:
        held(call, leg, who_presses(by), by)
        also = {}
    if leg.person_id is not None and to in LOST:
        also["person_id"] = None  # nobody holds a line that is lost
    if to in OVER:
        also |= {"ended_at": Now(), "why": why}
    move(leg, to, **also)
    changed(leg.pk)
    journal.append(
        events.ContactMoved(contact=leg.pk, before=before, after=to.value, why=why),
        call=call,
        by=by,
    )
    if to in OVER and leg.purpose in CALLERS:
        _nobody_to_interpret_for(call, by, why)


def _nobody_to_interpret_for(call: Call, by: Actor, why: str) -> None:
    """An interpreter's leg ends with the last caller's. Holds the call."""
    every = [leg for leg in legs(call) if leg.state not in OVER]
    if any(leg.purpose in CALLERS for leg in every):
        return
    for leg in every:
        if leg.purpose == "interpreter":
            step(call, leg, ContactState.COMPLETED, by, why=why)


def changed(contact_id: UUID) -> None:
    """The telephone service may have something to do for this leg."""
    transaction.on_commit(lambda: nudge.phone(contact_id), robust=True)


def expect(leg: Contact, what: str, within: float) -> None:
    """Start the one clock of this leg: ``what`` is due in so many seconds."""
    at = database_now() + timedelta(seconds=within)
    quick.write(leg, {"due": what, "due_at": at})


def held(call: Call, leg: Contact, person_id: UUID | None, by: Actor) -> None:
    """This person of ours is on it; a clock is nobody. Twice is once. Holds both.

    Nobody is asked any more who holds it since a session.
    """
    if person_id is None or leg.person_id == person_id:
        return
    said = {"due": "", "due_at": None} if leg.due == "session_over" else {}
    quick.write(leg, {"person_id": person_id, **said})
    journal.append(events.LineHeld(contact=leg.pk, person=person_id), call=call, by=by)


def back_with(call: Call, session: Assignment, by: Actor) -> bool:
    """This clinician has the caller whom a colleague was said to hold; whether one was.

    Holds the call.
    """
    found = callers(call)
    if all(leg.person_id in {None, session.person_id} for leg in found):
        return False
    at = elsewhere.of_call(call.pk).get(session.seat_id)
    for leg in found:
        if at is not None and leg.pk == at.leg:
            held(call, leg, session.person_id, by)
    return at is not None


def who_presses(by: Actor) -> UUID | None:
    """The person of ours who acts; None for a clock, a partner or a machine."""
    return by.id if by.kind in {"user", "simulator"} else None


def legs(call: Call) -> list[Contact]:
    """All legs, the oldest first, locked."""
    return quick.rows(Contact, order=["id"], lock="NO KEY UPDATE", call=call.pk)


def callers(call: Call) -> list[Contact]:
    """Those of the legs that a caller is or was on, locked."""
    return [leg for leg in legs(call) if leg.purpose in CALLERS]


def caller_leg(call: Call) -> Contact | None:
    """The first caller who can be heard, else the first to be called back; or None.

    Whoever called later about the same event is not who is handed over.
    """
    found = callers(call)
    heard = [leg for leg in found if leg.state in LIVE]
    open_ = heard or [leg for leg in found if leg.state not in OVER]
    return open_[0] if open_ else None


def session_over(
    call: Call, session: Assignment, within: float, by: Actor, *, over: bool
) -> None:
    """Our clinician is done with their caller: that leg is over, if they say so.

    Else nobody knows who holds it: somebody is to say so ``within`` seconds, and of
    each caller where several are heard and nobody knows whom this clinician had. A
    silent leg goes on being asked. Holds the call.
    """
    found = callers(call)
    heard = [leg for leg in found if leg.state in HEARD]
    theirs = [leg for leg in _theirs(found, session) if leg.state in HEARD]
    if over and len(theirs) == 1:
        if theirs[0].state == ContactState.CONNECTED:
            step(call, theirs[0], ContactState.COMPLETED, by, why="session_over")
        return
    for leg in theirs or [leg for leg in heard if leg.person_id is None]:
        if leg.state != ContactState.OPEN_LINE:
            quick.write(leg, {"person_id": None})
            expect(leg, "session_over", within)


def _theirs(found: Sequence[Contact], session: Assignment) -> list[Contact]:
    """Whom this clinician had: whom they said they hold, else who was handed to them.

    Else the only caller there is. Nobody whom somebody else is said to hold.
    """
    open_ = [leg for leg in found if leg.state not in OVER]
    handed = {one.caller_leg_id for one in quick.rows(Transfer, seat=session.seat_id)}
    held = [leg for leg in open_ if leg.person_id == session.person_id]
    free = [leg for leg in open_ if leg.person_id is None]
    given = [leg for leg in free if leg.pk in handed]
    return held or given or (free if len(open_) == 1 else [])


def lock_leg(contact_id: UUID) -> tuple[Call, Contact]:
    """The leg's call first, then the leg, locked until commit; NotFound."""
    found = quick.locked_with(Contact, contact_id, "call")
    if found is None:
        raise NotFound
    call, leg = found
    assert isinstance(call, Call)
    assert isinstance(leg, Contact)
    return call, leg


def refuse_while_lost(call: Call, *, goes_on: bool = False) -> None:
    """Invalid while a caller is lost or silent and nobody decided what becomes of it.

    No call ends over somebody who may lie there and cannot speak; nor over one who
    rings or of whom nobody has said since a session who holds them, unless their line
    ``goes_on`` with another call. Holds the call.
    """
    found = callers(call)
    states = {leg.state for leg in found}
    if states.intersection(LOST):
        raise Invalid(STILL_LOST, field="line")
    if ContactState.OPEN_LINE in states:
        raise Invalid(STILL_SILENT, field="line")
    for number, leg in enumerate([] if goes_on else found, start=1):
        if leg.state in UNHEARD and not leg.outgoing:
            raise Invalid(STILL_RINGS, field="line", number=number)
        if leg.due == "session_over":
            raise Invalid(STILL_UNSAID, field="line", number=number)


def unsaid(call: Call, leg: Contact) -> bool:
    """Whether an ended call says nothing of this leg. Holds both.

    Nobody has said who holds it since a session or since the call resolved by itself,
    it is silent, or it rang, was answered or came back only after the end.
    """
    if leg.due == "session_over" or leg.state == ContactState.OPEN_LINE:
        return True
    return leg.since > call.state_since or _resolved_by_itself(call, leg)


def _resolved_by_itself(call: Call, leg: Contact) -> bool:
    """Whether no person ended the call, nor has said since how, or that they hold this."""
    log = Event.objects.filter(call=call)
    last = log.filter(kind="CallResolved").order_by("-number").first()
    if last is None or not last.body.get("by_itself"):
        return False
    said = Disposition.objects.filter(call=call).order_by("-at", "-pk").first()
    if said is not None and str(said.pk) != last.body["disposition"]:
        return False
    had = log.filter(kind="LineHeld", body__contact=str(leg.pk))
    return not had.filter(number__gt=last.number).exists()


def lost_now(call: Call) -> Contact | None:
    """The caller whom nobody hears and somebody is to call back. Holds the call."""
    return unheard.lost_now(callers(call))


def refuse_session_over_lost(call: Call, session: Assignment, most: int) -> None:
    """Invalid while it is open what becomes of the session's own caller. Holds the call.

    ``most``: how many call-backs there are. Somebody else's lost line holds nobody up;
    of whom nobody knows whose they are, only where nobody is heard.
    """
    found = callers(call)
    theirs = _theirs(found, session) or found
    if {leg.state for leg in theirs}.intersection(HEARD) == {ContactState.OPEN_LINE}:
        raise Invalid(STILL_SILENT, field="line")
    if leg := unheard.lost_now(theirs):
        number = min(leg.tries + 1, most)
        raise Invalid(SESSION_LOST, field="line", number=number, most=most)


def gone_for_good(call: Call) -> bool:
    """Whether no caller is on the call's line, and none can be reached. Holds the call."""
    callers = quick.rows(Contact, order=["id"], call=call.pk, purpose=list(CALLERS))
    return unheard.gone_for_good(callers)


def end_all(call: Call, by: Actor) -> None:
    """The call is over, and so is every leg that still ran. Holds the call."""
    every = legs(call)
    # A caller's end is an interpreter's: those who end by themselves go first.
    for leg in sorted(every, key=lambda one: one.purpose in CALLERS):
        if leg.state not in OVER:
            step(call, leg, ContactState.COMPLETED, by, why="call_over")
