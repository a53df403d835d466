"""The lines of a linked call: they go on with the other call, and come back once unlinked."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick, told
from dispatch.actions import line
from dispatch.actions.callback import came_back
from dispatch.actions.transfer import open_transfers
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Call, Caller, Contact, Event
from dispatch.models.contact import CALLERS
from dispatch.states import ContactState

HANDED_OVER = _(
    "This caller is just being handed over. "
    "Record who has them, or keep the caller, then open a call of their own."
)
WHY = "went_on"
# The telephone service has the leg under its own name in its own call's conference.
CARRIED = ("rings", "in", "held", "dial", "join", "hold", "resume", "wanted")
# Their names go with them: what the service and other systems say of them is told there.
NAMED = ("carrier_ref", "carrier_step", "carrier_room_step", "source_ref")
TAKEN = ("due", "due_at", "began_at", *NAMED)


def go_on(call: Call, other: Call, by: Actor) -> None:
    """Whoever is on the call's line is on the other's from now on. Holds both.

    Each is a leg there, as of one more caller: held, lost and called back like one.
    """
    for leg in _living(line.legs(call)):
        _carry(call, leg, other, by)


def come_back(call: Call, other: Call, by: Actor) -> None:
    """Whoever went on from the call and is still on the other has it again. Holds both.

    Invalid while one of them is just handed over.
    """
    ours = _went_on(call)
    found = [leg for leg in _living(line.legs(other)) if leg.pk in ours]
    refuse_handed_over(other, found)
    for leg in found:
        _carry(other, leg, call, by)


def refuse_handed_over(call: Call, legs: Sequence[Contact]) -> None:
    """Invalid while a transfer that is not over names one of these. Holds the call."""
    handed = {one.caller_leg_id for one in open_transfers(call)}
    if any(leg.pk in handed for leg in legs):
        raise Invalid(HANDED_OVER, field="contact")


def _living(legs: Sequence[Contact]) -> list[Contact]:
    """Callers and whoever helps them, interpreters first: these end with the callers."""
    over = (*line.OVER, ContactState.WRAPPING)
    found = [leg for leg in legs if leg.purpose != "partner" and leg.state not in over]
    return sorted(found, key=lambda leg: leg.purpose in CALLERS)


def _carry(call: Call, leg: Contact, other: Call, by: Actor) -> None:
    """A new leg there, for the oldest is the first caller's; this one is over."""
    before = {name: getattr(leg, name) for name in TAKEN}
    state = ContactState(leg.state)
    name, number, account = _caller(call, leg)
    by_hand = leg.carrier == "by_hand" or leg.carrier in CARRIED
    person = leg.person_id
    if state == ContactState.OPEN_LINE:
        line.step(call, leg, ContactState.DISCONNECTED, by, why=WHY)
    line.step(call, leg, ContactState.COMPLETED, by, why=WHY)
    # The service hangs nobody up for it; what it says of it is told by a person.
    quick.write(leg, {"carrier_ref": "", "carrier": "out" if leg.carrier else ""})
    fresh = line.begin(
        other,
        by,
        purpose=leg.purpose,
        channel=leg.channel,
        outgoing=leg.outgoing,
        state=state,
        name=name,
        number=number,
        account=account,
        person_id=person,
        language=leg.language,
        relay=leg.relay,
    )
    quick.write(fresh, {**before, "carrier": "by_hand" if by_hand else ""})
    went = events.LineWentOn(contact=leg.pk, other=other.pk, leg=fresh.pk)
    journal.append(went, call=call, by=by)
    if leg.purpose in CALLERS:
        _one_more(other, fresh, by)


def _one_more(other: Call, leg: Contact, by: Actor) -> None:
    count = sum(one.purpose in CALLERS for one in line.legs(other))
    attached = events.CallerAttached(contact=leg.pk, count=count)
    journal.append(attached, call=other, by=by)
    if leg.state in line.HEARD:
        came_back(other, leg, by, who=leg.person_id)


def _caller(call: Call, leg: Contact) -> tuple[str, str, told.Account]:
    """Name, number and account; the first caller's stand with the call."""
    first = next((one.pk for one in line.callers(call)), None)
    caller = quick.find(Caller, call=call.pk) if leg.pk == first else None
    if caller is None:
        return leg.name, leg.number, told.of(leg)
    said = (caller.said, caller.person_name)
    account = told.Account(
        where=caller.address,
        words="\n".join(part.strip() for part in said if part.strip()),
        point=caller.point,
        safe_contact=caller.safe_contact,
    )
    return leg.name or caller.name, leg.number or caller.phone, account


def _went_on(call: Call) -> set[UUID]:
    """The legs on which those of the call went on, however often it was linked on."""
    found: set[UUID] = set()
    seen: set[UUID] = set()
    todo = [call.pk]
    while todo:
        here = todo.pop()
        seen.add(here)
        for one in Event.objects.filter(call=here, kind="LineWentOn"):
            if here == call.pk or UUID(one.body["contact"]) in found:
                found.add(UUID(one.body["leg"]))
                todo += {UUID(one.body["other"])} - seen
    return found
