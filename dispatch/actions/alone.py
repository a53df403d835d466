"""A crew that needs help where no call is: one is opened, with its last position."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from dispatch import events, journal, quick
from dispatch.actions.base import move
from dispatch.actions.before import because
from dispatch.actions.intake import Intake, open_new
from dispatch.events import Actor
from dispatch.models import (
    Agency,
    Assignment,
    Call,
    CallNote,
    Offer,
    Seat,
    Unit,
    UnitPosition,
)
from dispatch.states import ContactState, OfferState, SeatState, UnitState

# On the way from anywhere to being where the help is wanted.
TO_SCENE = (
    UnitState.AVAILABLE,
    UnitState.DISPATCHED,
    UnitState.ACKNOWLEDGED,
    UnitState.ON_SCENE,
)
# An age in seconds up to here, then in minutes.
IN_SECONDS = timedelta(minutes=2)


def open_for_crew(unit: Unit, now: datetime, check_due: datetime) -> Call:
    """A call of the crew itself, which is on it. Holds the unit, which is on none."""
    agency = quick.find(Agency, id=unit.agency_id)
    assert agency is not None
    seen = quick.find(UnitPosition, unit=unit.pk)
    crew = Actor(kind="unit", id=unit.pk, name=unit.name)
    intake = Intake(
        urgent=True,
        hazard=True,
        priority=1,
        caller_kind="with_person",
        simulated="crew" if unit.simulated else "",
        address=_("Position of %(unit)s") % {"unit": unit.name} if seen else "",
        said=_where(unit, seen, now),
        point=(seen.lat, seen.lon) if seen else None,
    )
    # Said over the console: nobody is on a telephone.
    call = open_new(agency, intake, crew, line=ContactState.COMPLETED)
    _put_on(call, unit, now, check_due, crew)
    return call


def say_where(call: Call, unit: Unit, now: datetime, by: Actor) -> None:
    """On a call: a note of where the crew itself is. The caller holds both."""
    seen = quick.find(UnitPosition, unit=unit.pk)
    note = CallNote(call=call, kind="note", by=str(by), by_name=by.name[:40])
    note.text = _where(unit, seen, now)
    if seen:
        note.text += f" {seen.lat:.5f}, {seen.lon:.5f}"
    quick.add(note)
    journal.append(events.NoteAdded(note=note.pk, kind="note"), call=call, by=by)


def _where(unit: Unit, seen: UnitPosition | None, now: datetime) -> str:
    """Where it was last heard of, and how old that is: never taken for where it is."""
    if seen is None:
        said = _("%(unit)s has reported no position: ask by radio")
        return said % {"unit": unit.name}
    age = max(now - seen.at, timedelta())
    if age < IN_SECONDS:
        said, count = _("Position of %(unit)s, %(age)d s old"), age.seconds
    else:
        said = _("Position of %(unit)s, %(age)d min old")
        count = age // timedelta(minutes=1)
    return said % {"unit": unit.name, "age": count}


def _put_on(
    call: Call, unit: Unit, now: datetime, check_due: datetime, crew: Actor
) -> None:
    """The crew is on its own call, so that the call shows it. Holds both."""
    seat = Seat(call=call, response=unit.kind, wanted_at=now)
    quick.add(seat)
    offer = Offer(seat=seat, unit=unit, expires_at=now, because=because(unit))
    quick.add(offer)
    move(offer, OfferState.ACCEPTED, ended_at=now)
    move(seat, SeatState.FILLED)
    quick.add(Assignment(seat=seat, offer=offer, unit=unit, on_scene_at=now))
    before = unit.state
    for state in TO_SCENE:
        if unit.state != state:
            move(unit, state)
    quick.write(unit, {"check_due_at": check_due, "check_late": False})
    opened = events.SeatOpened(seat=seat.pk, response=seat.response, mode=seat.mode)
    journal.append(opened, call=call, by=crew)
    moved = events.UnitMoved(before=before, after=unit.state)
    journal.append(moved, call=call, unit=unit, by=crew)
