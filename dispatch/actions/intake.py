"""Open a call, correct it, note, link, set aside, own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, lookups, quick, told
from dispatch.actions import caution
from dispatch.actions.base import action, coded, database_now, lock_call, move
from dispatch.actions.callback import watch_text
from dispatch.actions.counted import refuse_with_person
from dispatch.actions.details import (
    CALLERS,
    check_contact,
    check_language,
    correct_locked,
)
from dispatch.actions.details import Details as Details
from dispatch.actions.line import end_all, refuse_while_lost
from dispatch.actions.linking import hand_on, refuse_link
from dispatch.actions.numbering import next_number
from dispatch.actions.search import fill
from dispatch.actions.seat import unserved, withdraw_all
from dispatch.actions.transfer import brought_is_ours
from dispatch.actions.triage import carry_over, look_again
from dispatch.actions.whose import own_locked
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Agency, Call, Caller, CallNote, Contact
from dispatch.states import CallState, ContactState

SOURCES = ("911", "988", "officer", "partner")
# Set aside: why its seats are withdrawn, and why nobody served it.
ASIDE = {
    CallState.CANCELLED: ("cancelled", "cancelled"),
    CallState.RETURNED: ("returned", "other"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is known when a call is opened. Everything may be missing but the source.

    ``point`` is (latitude, longitude) in degrees, WGS 84. ``simulated`` says in words
    which parts are not real, comma-separated; empty for a real call.
    """

    source: str = "911"
    type: str = ""
    source_wording: str = ""
    source_ref: str = ""
    simulated: str = ""
    caller_kind: str = ""
    urgent: bool = False
    hazard: bool = False
    priority: int = 3
    offence: Mapping[str, object] | None = None
    location_verified: bool = False
    inside: bool | None = None
    zone: str = ""
    name: str = ""
    phone: str = ""
    phone_verified: bool = False
    address: str = ""
    said: str = ""
    person_name: str = ""
    point: tuple[float, float] | None = None
    safe_contact: str = "not_asked"
    language: str = ""
    channel: str = "voice"
    opened_at: datetime | None = None


@action
def open_call(*, agency_id: UUID, intake: Intake, by: Actor) -> Call:
    """A new call with its number. The dispatcher who opens it owns it."""
    return open_once(agency_id, intake, by)


def open_once(agency_id: UUID, intake: Intake, by: Actor) -> Call:
    _check(intake)
    agency = quick.find(Agency, id=agency_id)
    assert agency is not None
    return _already_here(agency, intake.source_ref) or open_new(agency, intake, by)


def open_new(
    agency: Agency,
    intake: Intake,
    by: Actor,
    *,
    line: ContactState = ContactState.CONNECTED,
    leg_ref: str = "",
    leg: Contact | None = None,
) -> Call:
    """A new call with its caller and their leg; ``line`` is how far that leg has come.

    A ``leg`` that is there already, of another call, comes with its caller as it is.
    """
    opened_at = intake.opened_at or database_now()
    owner = by.id if by.kind in {"user", "simulator"} else None
    call = Call(
        agency=agency,
        source=intake.source,
        type=intake.type,
        source_wording=intake.source_wording[:120],
        source_ref=intake.source_ref,
        simulated=intake.simulated,
        caller_kind=intake.caller_kind,
        urgent=intake.urgent,
        hazard=intake.hazard,
        priority=intake.priority,
        offence=dict(intake.offence) if intake.offence else None,
        location_verified=intake.location_verified,
        inside=intake.inside,
        zone=intake.zone,
        opened_at=opened_at,
        opened_by=str(by),
        owner_id=owner,
        owner_since=opened_at if owner else None,
    )
    caller = Caller(
        call=call,
        phone_lookup=lookups.number(intake.phone),
        phone_verified=intake.phone_verified,
        place_lookup=lookups.place(intake.address),
        building_lookup=lookups.building(intake.address),
        person_lookup=lookups.person_of(
            intake.caller_kind, intake.name, intake.person_name
        ),
        safe_contact=intake.safe_contact,
        language=intake.language,
        name=intake.name,
        phone=intake.phone,
        address=intake.address,
        said=intake.said,
        person_name=intake.person_name,
        point=told.stored(intake.point),
    )
    flags = caution.in_force(agency.pk, caller)
    there = caution.dangers(call, caller)
    call.hazard = call.hazard or bool(there) or any(flag.hazard for flag in flags)
    quick.add(caller)
    if leg is not None:
        quick.write(leg, {"call_id": call.pk})
    else:
        _first_leg(call, intake, line, leg_ref)
    # Last, for nobody else of this agency gets a number until we commit.
    call.number = next_number(agency, opened_at)
    quick.add(call)
    journal.append(
        events.CallOpened(
            source=call.source, type=call.type or None, simulated=call.simulated
        ),
        call=call,
        by=by,
    )
    caution.say(call, flags, there, by)
    return call


def _first_leg(call: Call, intake: Intake, line: ContactState, leg_ref: str) -> None:
    leg = Contact(
        call=call, channel=intake.channel, state=line.value, source_ref=leg_ref
    )
    quick.add(leg)
    if leg.channel == "text":
        watch_text(call, leg)


@action
def correct(
    *, call_id: UUID, details: Details, by: Actor, seen: int | None = None
) -> Call:
    """Change what is known of the call; saying the same again records nothing.

    What bears on safety asks for a new decision, as a late answer does.
    """
    call = lock_call(call_id, seen)
    look_again(call, correct_locked(call, details, by), by)
    return call


@action
def add_note(*, call_id: UUID, text: str, by: Actor, kind: str = "note") -> CallNote:
    """Append a note or a line of radio traffic. Notes are never changed."""
    return note_locked(lock_call(call_id), text, by, kind)


def note_locked(call: Call, text: str, by: Actor, kind: str = "note") -> CallNote:
    if not text.strip():
        raise Invalid(field="text", why=_("write a few words"))
    note = CallNote(call=call, kind=kind, by=str(by), by_name=by.name[:40])
    note.text = text.strip()
    quick.add(note)
    journal.append(events.NoteAdded(note=note.pk, kind=kind), call=call, by=by)
    return note


@action
def take(*, call_id: UUID, by: Actor, seen: int | None = None) -> Call:
    """This person owns the call from now on; a partner that brought it hears so."""
    call = lock_call(call_id, seen)
    if call.owner_id != by.id:
        own_locked(call, by.id, by)
    brought_is_ours(call, by.id, by)
    return call


@action
def link_calls(
    *, call_id: UUID, duplicate_of: UUID, by: Actor, seen: int | None = None
) -> Call:
    """The call is the same event as another; that one goes on alone."""
    # Two calls: lock in the order of their ids, so that two linkers never cross.
    for pk in sorted([call_id, duplicate_of]):
        lock_call(pk)
    call = lock_call(call_id, seen)
    if call.state == CallState.DUPLICATE:
        return call
    other = Call.objects.get(pk=duplicate_of)
    if other.agency_id != call.agency_id or other.pk == call.pk:
        raise Invalid(field="duplicate_of", why=_("name another call of this centre"))
    if other.state == CallState.DUPLICATE:
        raise Invalid(field="duplicate_of", why=_("that call is itself a duplicate"))
    refuse_link(call, other)
    carry_over(call, other, by)
    brought = hand_on(call, other, by)
    withdraw_all(call, "duplicate", by)
    if brought:
        fill(other, by)
    move(
        call,
        CallState.DUPLICATE,
        duplicate_of=other,
        closed_at=Now(),
        decision_wanted_at=None,
    )
    journal.append(events.CallsLinked(duplicate_of=other.pk), call=call, by=by)
    linked = events.OtherLinked(other=call.pk, seats=brought)
    journal.append(linked, call=other, by=by)
    return call


@action
def cancel(*, call_id: UUID, reason: str, by: Actor, seen: int | None = None) -> Call:
    """A named person decides that no help is wanted after all, and says why."""
    call = lock_call(call_id, seen)
    _set_aside(call, CallState.CANCELLED, events.CallCancelled(reason=reason), by)
    return call


@action
def return_to_911(
    *, call_id: UUID, reason: str, by: Actor, seen: int | None = None
) -> Call:
    """Hand the call back to the centre's ordinary dispatch."""
    call = lock_call(call_id, seen)
    _set_aside(call, CallState.RETURNED, events.CallReturned(reason=reason), by)
    return call


def _set_aside(
    call: Call,
    to: CallState,
    said: events.CallCancelled | events.CallReturned,
    by: Actor,
) -> None:
    """Let go whoever has not come yet, and end the call; the second time does nothing.

    Whoever is with the person ends that first: a team that vanished from the board
    would stand at a door alone. The caller holds the call.
    """
    if call.state == to:
        return
    coded("reason", said.reason)
    refuse_while_lost(call)
    refuse_with_person(call)
    why, not_served = ASIDE[to]
    withdraw_all(call, why, by)
    unserved(call, not_served)
    end_all(call, by)
    move(call, to, closed_at=Now(), decision_wanted_at=None)
    journal.append(said, call=call, by=by)


def _already_here(agency: Agency, source_ref: str) -> Call | None:
    if not source_ref:
        return None
    # Two feeds that bring the same event take turns.
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    return Call.objects.filter(agency=agency, source_ref=source_ref).first()


def _check(intake: Intake) -> None:
    if intake.source not in SOURCES:
        raise Invalid(field="source", why=_("911, 988, officer or partner"))
    check_caller(intake)
    if intake.priority not in {1, 2, 3, 4}:
        raise Invalid(field="priority", why=_("1 to 4"))


def check_caller(intake: Intake) -> None:
    """What is said of the caller must be of the lists, whichever call they join."""
    if intake.caller_kind not in CALLERS:
        raise Invalid(field="caller", why=_("person, with_person or third_party"))
    check_contact(intake.safe_contact)
    check_language(intake.language)
