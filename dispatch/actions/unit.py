"""What a crew reports: sign on, status, position, clear."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, planned, quick
from dispatch.actions.base import (
    action,
    coded,
    database_now,
    lock_call,
    lock_presence,
    lock_unit,
    move,
)
from dispatch.actions.disposition import record, settle
from dispatch.actions.scene import handed_over, lead_by_default
from dispatch.actions.seat import done, end_assignment, someone_free
from dispatch.actions.takers import unit_heard
from dispatch.errors import (
    FloorForbids,
    Forbidden,
    IllegalMove,
    Invalid,
    NotFound,
    Stale,
)
from dispatch.events import Actor
from dispatch.models import (
    Assignment,
    Call,
    Event,
    Offer,
    Role,
    Shift,
    Unit,
    User,
)
from dispatch.states import BUSY_UNIT, MOVING_UNIT, OfferState, UnitState
from routing import store
from routing.core.facts import Point
from routing.core.geo import exchanged

REPORTED = MOVING_UNIT - {UnitState.ACKNOWLEDGED}
# The clock of a phone may be fast: a measured time is never kept as of the future.
POSITION = """
    INSERT INTO dispatch_unitposition AS last (unit_id, lat, lon, accuracy_m, source, at)
    VALUES (%(unit)s::uuid, %(lat)s::float8, %(lon)s::float8, %(accuracy)s::float8,
      %(source)s::varchar, LEAST(%(at)s::timestamptz, statement_timestamp()))
    ON CONFLICT (unit_id) DO UPDATE SET lat = EXCLUDED.lat, lon = EXCLUDED.lon,
      accuracy_m = EXCLUDED.accuracy_m, source = EXCLUDED.source, at = EXCLUDED.at
    WHERE last.at < EXCLUDED.at - interval '2 seconds'
"""
STILL_OUT = _(
    "End the emergency of %(who)s first: dispatch does that with the crew. Then clear."
)
TIMES = {UnitState.EN_ROUTE: "en_route_at", UnitState.ON_SCENE: "on_scene_at"}


@action
def sign_on(*, unit_id: UUID, by: Actor) -> Unit:
    """This person is on this unit now; with the first of the crew it may be sent."""
    assert by.id
    unit = lock_unit(unit_id)
    # One person signing on to two units at once takes turns with themselves, and with
    # whoever takes the role from them just now.
    lock_presence(by.id)
    if not User.objects.filter(pk=by.id, is_active=True, role=Role.RESPONDER).exists():
        raise Forbidden
    open_shift = Shift.objects.filter(user=by.id, ended_at=None).first()
    if open_shift is not None and open_shift.unit_id != unit.pk:
        raise Invalid(field="unit", why=_("sign off from the other unit first"))
    if open_shift is not None:
        return unit
    Shift.objects.create(user_id=by.id, unit=unit)
    unit_heard(unit)
    if unit.state == UnitState.OFF_DUTY:
        move(unit, UnitState.AVAILABLE, reason="")
        someone_free(unit)
    journal.append(events.UnitSignedOn(crew=(str(by.id),)), unit=unit, by=by)
    return unit


@action
def sign_off(*, unit_id: UUID, by: Actor) -> Unit:
    """This person leaves; with the last of the crew the unit goes off duty."""
    assert by.id
    unit = lock_unit(unit_id)
    if why := crew_needed(unit):
        raise Invalid(field="unit", why=why)
    end_shift(unit, by.id, by)
    return unit


def crew_needed(unit: Unit) -> str:
    """Why nobody leaves this unit now; empty when they may. The caller holds it."""
    if unit.state in BUSY_UNIT:
        return _("clear the call first")
    if unit.emergency_at is not None:
        return _("its emergency is still open")
    return ""


def end_shift(unit: Unit, user_id: UUID, by: Actor) -> None:
    """Off the unit, and with the last it goes off duty. Holds a unit that may lose them."""
    crew = Shift.objects.filter(unit=unit, ended_at=None)
    crew.filter(user=user_id).update(ended_at=Now())
    if unit.state != UnitState.OFF_DUTY and not crew.exists():
        move(unit, UnitState.OFF_DUTY)
        journal.append(events.UnitSignedOff(), unit=unit, by=by)


@action
def out_of_service(*, unit_id: UUID, reason: str, by: Actor) -> Unit:
    """Not to be sent for a while, and why."""
    unit = lock_unit(unit_id)
    if unit.state == UnitState.OUT_OF_SERVICE:
        return unit
    coded("reason", reason)
    if unit.state != UnitState.AVAILABLE:
        raise IllegalMove(from_state=unit.state, to_state="out_of_service")
    move(unit, UnitState.OUT_OF_SERVICE, reason=reason)
    journal.append(events.UnitOutOfService(reason=reason), unit=unit, by=by)
    return unit


@action
def in_service(*, unit_id: UUID, by: Actor) -> Unit:
    unit = lock_unit(unit_id)
    if unit.state == UnitState.AVAILABLE:
        return unit
    if unit.state != UnitState.OUT_OF_SERVICE:
        raise IllegalMove(from_state=unit.state, to_state="available")
    move(unit, UnitState.AVAILABLE, reason="")
    unit_heard(unit)
    someone_free(unit)
    journal.append(
        events.UnitMoved(before="out_of_service", after="available"), unit=unit, by=by
    )
    return unit


@action
def report(*, unit_id: UUID, to: str, by: Actor) -> Unit:
    """One press per status. Saying it twice is saying it once."""
    call, assignment, unit = _lock_assigned(unit_id)
    if to not in {state.value for state in REPORTED}:
        raise Invalid(field="to", why=_("en_route, staged, on_scene and so on"))
    state = UnitState(to)
    if unit.state == state:
        return unit
    _refuse_entering(assignment, unit, state)
    before = unit.state
    move(unit, state, **_check_time(unit, state))
    column = TIMES.get(state)
    if column and getattr(assignment, column) is None:
        setattr(assignment, column, database_now())
        assignment.save(update_fields=[column])
    journal.append(
        events.UnitMoved(before=before, after=state.value), call=call, unit=unit, by=by
    )
    if state == UnitState.ON_SCENE:
        lead_by_default(call, assignment.seat, unit, by)
    return unit


def _refuse_entering(assignment: Assignment, unit: Unit, to: UnitState) -> None:
    """A staged unarmed team waits until the scene is cleared: the server enforces it."""
    staged = assignment.seat.mode == "staged" and unit.kind == "crt"
    if staged and to == UnitState.ON_SCENE:
        raise FloorForbids(why=_("stage until dispatch says that the scene is clear"))


def _check_time(unit: Unit, to: UnitState) -> dict[str, object]:
    """On scene arms the safety check; leaving ends it."""
    if to != UnitState.ON_SCENE:
        return {"check_due_at": None, "check_late": False}
    _row, protocol = store.published(unit.agency_id)
    first = timedelta(seconds=protocol.clocks["safety_check_first"])
    return {"check_due_at": database_now() + first, "check_late": False}


def report_position(
    *,
    unit_id: UUID,
    lat: float,
    lon: float,
    accuracy_m: float | None = None,
    source: str = "console",
    at: datetime | None = None,
) -> None:
    """Where the unit is. A row of its own: no event, no lock on the unit.

    Invalid for 0, 0, and where lat and lon are exchanged, if the protocol says where the
    centre is.

    ``at``: when it was measured, None = now. Never kept as of the future; what is older
    than the last one, or less than two seconds newer, is left.
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Invalid(field="position", why=_("degrees of latitude and longitude"))
    if lat == 0 and lon == 0:
        raise Invalid(
            field="position", why=_("0, 0 is what a device says without a place")
        )
    _refuse_exchanged(unit_id, Point(lat=lat, lon=lon))
    said = {"unit": unit_id, "lat": lat, "lon": lon, "at": at}
    planned.ask(POSITION, said | {"accuracy": accuracy_m, "source": source})


def _refuse_exchanged(unit_id: UUID, here: Point) -> None:
    """Invalid for a place that is near the centre only with its two numbers turned."""
    unit = quick.find(Unit, id=unit_id)
    if unit is None:
        raise NotFound
    _row, protocol = store.published(unit.agency_id)
    if protocol.centre is not None and exchanged(here, protocol.centre):
        raise Invalid(field="lat", why=_("lat and lon are exchanged"))


@action
def clear(
    *,
    unit_id: UUID,
    outcome: str,
    by: Actor,
    person_reached: bool | None = None,
    followup_consent: str = "not_asked",
) -> Unit:
    """The crew is done here, says how it ended, and may be sent again.

    Not while it calls for help: the police and EMS that come are for this crew.
    """
    call, assignment, unit = _lock_assigned(unit_id)
    if unit.emergency_at is not None:
        raise Invalid(STILL_OUT, field="unit", who=unit.name)
    seat = assignment.seat
    end_assignment(assignment, by)
    handed_over(call, seat, unit, by)
    done(call, seat, by)
    record(
        call,
        [outcome],
        by,
        person_reached=person_reached,
        followup_consent=followup_consent,
    )
    journal.append(events.UnitCleared(outcome=outcome), call=call, unit=unit, by=by)
    settle(call, by)
    unit.refresh_from_db()
    return unit


@action
def seen_off(*, unit_id: UUID, offer_id: UUID, by: Actor) -> Unit:
    """The crew knows that it was taken off what this offer put to it. Twice is once."""
    offers = Offer.objects.select_related("seat").filter(unit=unit_id)
    offer = offers.filter(pk=offer_id).first()
    if offer is None:
        raise NotFound
    call = lock_call(offer.seat.call_id)
    unit = lock_unit(unit_id)
    works = Assignment.objects.filter(offer=offer_id, ended_at=None)
    if offer.state == OfferState.PENDING or works.exists():
        raise Stale
    known = Event.objects.filter(unit=unit_id, kind="TakenOffSeen")
    if not known.filter(body__offer=str(offer_id)).exists():
        journal.append(events.TakenOffSeen(offer=offer_id), call=call, unit=unit, by=by)
        unit_heard(unit)
        if unit.state == UnitState.AVAILABLE:
            someone_free(unit)
    return unit


def _lock_assigned(unit_id: UUID) -> tuple[Call, Assignment, Unit]:
    """Call, then unit; the assignment is looked up first and checked again."""
    found = (
        Assignment.objects.filter(unit=unit_id, ended_at=None)
        .values_list("seat__call", flat=True)
        .first()
    )
    if found is None:
        raise Invalid(field="unit", why=_("this unit is on no call"))
    call = lock_call(found)
    assignment = (
        Assignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("seat")
        .filter(unit=unit_id, ended_at=None, seat__call=call)
        .first()
    )
    if assignment is None:
        raise Invalid(field="unit", why=_("this unit is on no call"))
    return call, assignment, lock_unit(unit_id)
