"""Crews in need, their colleagues and the clock pressing at the same moment."""

from datetime import timedelta
from functools import partial

from django.db.models.functions import Now

from dispatch.actions import safety, triage, unit
from dispatch.errors import FloorForbids, Invalid
from dispatch.events import CLOCK
from dispatch.models import Call, Event, Shift, Unit
from tests import makers


def inside(centre):
    """A crew on scene whose check is over since a moment."""
    car = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)
    late = Now() - timedelta(seconds=1)
    Unit.objects.filter(pk=car.pk).update(check_due_at=late)
    return call, car


def kinds(kind):
    return Event.objects.filter(kind=kind).count()


def test_two_of_a_crew_without_a_call_press_emergency_and_one_call_is_opened(
    centre, at_once
):
    car = makers.a_unit(centre)

    at_once(*[partial(safety.emergency, unit_id=car.pk, by=CLOCK)] * 4)

    assert Call.objects.count() == 1
    assert kinds("CrewEmergency") == 1


def test_an_emergency_sent_twice_with_one_key_is_one(centre, at_once):
    _call, car = inside(centre)
    crew = makers.by(makers.a_user(centre, "responder"), "one-press")

    at_once(*[partial(safety.emergency, unit_id=car.pk, by=crew)] * 3)

    assert kinds("CrewEmergency") == 1


def test_safe_against_overdue_ends_safe_whoever_is_first(centre, at_once):
    _call, car = inside(centre)

    at_once(
        partial(safety.confirm_safe, unit_id=car.pk, by=CLOCK),
        partial(safety.check_overdue, unit_id=car.pk, by=CLOCK),
    )

    assert not makers.fresh(car).check_late
    assert kinds("CrewSafe") == 1


def test_the_clock_s_emergency_and_the_crew_s_are_one(centre, at_once):
    _call, car = inside(centre)
    long_ago = Now() - timedelta(hours=1)
    Unit.objects.filter(pk=car.pk).update(check_late=True, check_escalated_at=long_ago)

    at_once(
        partial(safety.emergency, unit_id=car.pk, by=CLOCK),
        partial(safety.check_unanswered, unit_id=car.pk, by=CLOCK),
    )

    assert makers.fresh(car).emergency_at
    assert kinds("CrewEmergency") == 1


def test_an_emergency_is_heard_though_a_colleague_signs_off(centre, at_once):
    car = makers.a_unit(centre)
    crew = makers.by(Shift.objects.get(unit=car).user)

    at_once(
        partial(safety.emergency, unit_id=car.pk, by=crew),
        partial(unit.sign_off, unit_id=car.pk, by=crew),
        losing=Invalid,
    )

    assert makers.fresh(car).emergency_at
    assert Call.objects.get().seats.filter(response="police", state="wanted").exists()


def test_a_weapon_and_the_crew_going_in_at_once_leave_nobody_inside_untold(
    centre, at_once
):
    car = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")
    unit.report(unit_id=car.pk, to="en_route", by=CLOCK)

    at_once(
        partial(unit.report, unit_id=car.pk, to="on_scene", by=CLOCK),
        partial(
            triage.record_answers, call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK
        ),
        losing=FloorForbids,
    )

    assert makers.seat_of(call, "crt").mode == "staged"
    row = makers.fresh(car)
    if row.state == "on_scene":
        assert row.check_due_at - row.state_since <= timedelta(seconds=40)
