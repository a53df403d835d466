"""The legs of a call's line: begin one, move it, find the caller's. Callers hold the call."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from dispatch import events, journal, lookups, quick
from dispatch.actions.base import database_now, move
from dispatch.events import Actor
from dispatch.models import Call, Contact, Partner
from dispatch.states import ContactState

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
# The person in need or whoever asks for help on their behalf is on these.
CALLERS = ("caller", "callback")


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
    said: str = "",
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
        said=said,
    )
    quick.add(leg)
    journal.append(
        events.ContactAdded(contact=leg.pk, purpose=purpose, channel=channel),
        call=call,
        by=by,
    )
    return leg


def step(
    call: Call, leg: Contact, to: ContactState, by: Actor, *, why: str = ""
) -> None:
    """Move a locked leg; the clock that ran on it stops. Standing still says nothing."""
    before = leg.state
    if before == to:
        return
    also: dict[str, object] = {"due": "", "due_at": None}
    if to in OVER:
        also |= {"ended_at": Now(), "why": why}
    move(leg, to, **also)
    journal.append(
        events.ContactMoved(contact=leg.pk, before=before, after=to.value, why=why),
        call=call,
        by=by,
    )


def expect(leg: Contact, what: str, within: float) -> None:
    """Start the one clock of this leg: ``what`` is due in so many seconds."""
    at = database_now() + timedelta(seconds=within)
    quick.write(leg, {"due": what, "due_at": at})


def legs(call: Call) -> list[Contact]:
    """All legs, the oldest first, locked."""
    return quick.rows(Contact, order=["id"], lock="NO KEY UPDATE", call=call.pk)


def caller_leg(call: Call) -> Contact | None:
    """The newest leg with a caller on it or to be called back on; None without one."""
    found = [leg for leg in legs(call) if leg.purpose in CALLERS]
    open_ = [leg for leg in found if leg.state not in OVER]
    return open_[-1] if open_ else None
