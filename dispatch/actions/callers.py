"""Several callers about one event: add one to a call, part one from it, unlink a call."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, lookups, quick, told
from dispatch.actions import caution, line
from dispatch.actions.base import action, coded, lock_call, move
from dispatch.actions.callback import came_back, watch_text
from dispatch.actions.details import Details, check_contact
from dispatch.actions.ending import untell_contact
from dispatch.actions.going_on import come_back, refuse_handed_over
from dispatch.actions.intake import Intake, check_caller, open_new
from dispatch.actions.linking import lock_event, want_again
from dispatch.actions.triage import look_again, tell_on, want_decision
from dispatch.actions.weigh import refuse_closed
from dispatch.errors import Invalid, LostRace
from dispatch.events import Actor
from dispatch.models import Agency, Call, Caller, Contact, Event
from dispatch.models.contact import CALLERS
from dispatch.states import NOT_ASKED, OPEN_CALL, CallState, ContactState

UNLINK_WHY = ("another_event", "linked_by_mistake", "new_information", "other")
NOT_FURTHER = _("Of the first caller it is said with the call's other details.")
FIRST = _("This is the call's first caller: open a call for the other event instead.")


@action
def attach(
    *,
    call_id: UUID,
    intake: Intake,
    by: Actor,
    answers: Mapping[str, str] | None = None,
    note: str = "",
) -> Contact:
    """One more caller about this event, with their own name, number and words.

    They are on the line of whoever adds them. A yes to danger that they give holds for
    the call. Their no changes nothing: two who look at one thing see different parts. Another system's event that was
    added to this call already answers with its leg; danger that it tells now holds too.
    """
    call = lock_call(call_id)
    ref = reference(call.agency_id, intake.source_ref)
    known = _added_before(call, ref, intake.source_ref) if ref else None
    if known is not None:
        if call.state in OPEN_CALL:
            _tell(call, intake, answers or {}, by)
        return known
    refuse_closed(call)
    check_caller(intake)
    leg = line.begin(
        call,
        by,
        purpose="caller",
        channel=intake.channel,
        state=ContactState.CONNECTED,
        name=intake.name,
        number=intake.phone,
        account=_account(intake, note),
        person_id=line.who_presses(by),
        language=intake.language,
    )
    if ref or intake.opened_at:
        at = intake.opened_at or leg.began_at
        quick.write(leg, {"source_ref": ref, "began_at": at})
    # The legs that were there, and this one.
    count = sum(one.purpose in CALLERS for one in line.legs(call))
    attached = events.CallerAttached(contact=leg.pk, count=count)
    journal.append(attached, call=call, by=by)
    came_back(call, leg, by)
    watch_text(call, leg)
    _tell(call, intake, answers or {}, by)
    return leg


def reference(agency_id: UUID, source_ref: str) -> str:
    """What is kept of another system's name of a caller; "" for none.

    Apart from the names of announced lines: a telephone and a program may count alike.
    """
    if not source_ref:
        return ""
    return hashlib.sha256(f"caller:{agency_id}:{source_ref}".encode()).hexdigest()


def _added_before(call: Call, ref: str, source_ref: str) -> Contact | None:
    """Who was added to this call under this name, on whichever call they are now.

    On another call the same name is somebody else. Holds the call.
    """
    added = Event.objects.filter(call=call, kind="CallerAttached")
    known = quick.rows(Contact, order=["id"], source_ref=ref)
    # Processes of the version before write it as it came, through an upgrade.
    for leg in [*known, *quick.rows(Contact, carrier_ref=source_ref)]:
        if added.filter(body__contact=str(leg.pk)).exists():
            return leg
    return None


def _account(intake: Intake, note: str) -> told.Account:
    """All that this caller said, and how they may be reached."""
    said = (intake.said, intake.person_name, note)
    return told.Account(
        where=intake.address,
        words="\n".join(part.strip() for part in said if part.strip()),
        point=told.stored(intake.point),
        safe_contact=intake.safe_contact,
    )


def _tell(call: Call, intake: Intake, answers: Mapping[str, str], by: Actor) -> None:
    """What this caller knows of danger, and what is on file where they say it is."""
    of_them = Caller(
        phone_lookup=lookups.number(intake.phone),
        place_lookup=lookups.place(intake.address),
        building_lookup=lookups.building(intake.address),
        person_lookup=lookups.person_of(
            intake.caller_kind, intake.name, intake.person_name
        ),
    )
    flags = caution.in_force(call.agency_id, of_them)
    there = caution.dangers(call, of_them)
    hazard = intake.hazard or bool(there) or any(flag.hazard for flag in flags)
    details = None
    if hazard or intake.urgent:
        details = Details(hazard=hazard or None, urgent=intake.urgent or None)
    tell_on(call, answers, details, by)
    if caution.say(call, flags, there, by):
        look_again(call, frozenset({"hazard"}), by)


@action
def split(*, contact_id: UUID, by: Actor) -> Call:
    """This caller speaks of another event: a call of its own, with their leg as it is.

    What they said goes with them, and how they may be reached. Nothing is known yet of
    type and danger, so that call is asked anew; a yes to danger stays with the call
    that it was told to.
    """
    call, leg = line.lock_leg(contact_id)
    callers = [one for one in line.legs(call) if one.purpose in CALLERS]
    if leg.purpose not in CALLERS:
        raise Invalid(field="contact", why=_("only a caller has a call of their own"))
    if callers[0].pk == leg.pk:
        raise Invalid(FIRST, field="contact")
    refuse_handed_over(call, [leg])
    agency = quick.find(Agency, id=call.agency_id)
    assert agency is not None
    account = told.of(leg)
    known = Intake(
        name=leg.name,
        phone=leg.number,
        address=account.where,
        point=told.degrees(account.point),
        said=account.words,
        safe_contact=account.safe_contact,
        language=leg.language,
        channel=leg.channel,
        simulated=call.simulated,
    )
    to = open_new(agency, known, by, leg=leg)
    # Theirs is the first caller's now: there it is corrected, so it stands only there.
    quick.write(leg, {"safe_contact": NOT_ASKED})
    journal.append(events.ContactSplit(contact=leg.pk, to=to.pk), call=call, by=by)
    return to


@action
def prefer(*, contact_id: UUID, safe_contact: str, by: Actor) -> Contact:
    """A further caller said how they may be reached; the first caller's is a detail."""
    call, leg = line.lock_leg(contact_id)
    check_contact(safe_contact)
    callers = [one for one in line.legs(call) if one.purpose in CALLERS]
    if leg.pk not in {one.pk for one in callers[1:]}:
        raise Invalid(NOT_FURTHER, field="contact")
    if leg.safe_contact != safe_contact:
        quick.write(leg, {"safe_contact": safe_contact})
        preferred = events.ContactPreferred(contact=leg.pk)
        journal.append(preferred, call=call, by=by)
    return leg


@action
def unlink(*, call_id: UUID, reason: str, by: Actor, seen: int | None = None) -> Call:
    """An event of its own after all: it is open again, and help is wanted anew.

    What it told the other call of danger stays there too. Twice is once.
    """
    _call, other = lock_event(call_id)
    call = lock_call(call_id, seen)
    if call.duplicate_of_id is None and call.state in {
        CallState.TRIAGING,
        CallState.DECIDED,
        CallState.WORKING,
    }:
        return call
    if call.state != CallState.DUPLICATE:
        raise LostRace
    assert call.duplicate_of_id
    before = call.duplicate_of_id
    coded("reason", reason)
    move(call, CallState.TRIAGING, duplicate_of=None, closed_at=None)
    come_back(call, other, by)
    want_again(call, by)
    unlinked = events.CallsUnlinked(duplicate_of=before, reason=reason)
    journal.append(unlinked, call=call, by=by)
    journal.append(events.OtherUnlinked(other=call.pk), call=other, by=by)
    untell_contact(call)
    if call.triaged_at is not None:
        # It had been decided before it was linked: what it wanted was let go with it.
        want_decision(call)
    return call
