"""Crews: one press per status, checked on while on scene, heard in an emergency."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import account, offer, safety, unit
from dispatch.errors import IllegalMove, Invalid, NotFree
from dispatch.events import CLOCK
from dispatch.models import Event, Offer, Shift, Unit, UnitPosition
from dispatch.selectors import due, roster
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(centre):
    return makers.a_unit(centre)


def unwanted_person(centre):
    return makers.decided(makers.a_call(centre, type="trespass"))


def test_a_status_said_twice_is_said_once(centre, car):
    call = unwanted_person(centre)
    makers.accepted(call, "crt")

    unit.report(unit_id=car.pk, to="en_route", by=CLOCK)
    unit.report(unit_id=car.pk, to="en_route", by=CLOCK)

    assert makers.kinds(call).count("UnitMoved") == 1


def test_the_first_time_on_scene_is_the_one_that_counts(centre, car):
    work = makers.on_scene(unwanted_person(centre))
    first = work.on_scene_at

    for to in ("staged", "on_scene"):
        unit.report(unit_id=car.pk, to=to, by=CLOCK)

    assert makers.fresh(work).on_scene_at == first


@pytest.mark.parametrize("to", ["available", "dispatched", "flying", "acknowledged"])
def test_a_crew_reports_only_what_a_crew_can_know(centre, car, to):
    makers.accepted(unwanted_person(centre), "crt")

    with pytest.raises(Invalid):
        unit.report(unit_id=car.pk, to=to, by=CLOCK)


def test_nobody_arrives_without_having_acknowledged(centre, car):
    unwanted_person(centre)

    with pytest.raises(Invalid):
        unit.report(unit_id=car.pk, to="on_scene", by=CLOCK)


def test_on_scene_a_safety_check_is_armed_and_leaving_ends_it(centre, car):
    makers.on_scene(unwanted_person(centre))
    armed = makers.fresh(car)
    assert armed.check_due_at is not None

    unit.report(unit_id=car.pk, to="transporting", by=CLOCK)

    assert makers.fresh(car).check_due_at is None


def test_a_safety_check_is_late_only_when_it_is_late_and_once(centre, car):
    call = unwanted_person(centre)
    makers.on_scene(call)
    safety.check_overdue(unit_id=car.pk, by=CLOCK)
    assert not makers.fresh(car).check_late
    Unit.objects.filter(pk=car.pk).update(check_due_at=Now() - timedelta(seconds=1))
    assert due.checks() == [car.pk]

    safety.check_overdue(unit_id=car.pk, by=CLOCK)
    safety.check_overdue(unit_id=car.pk, by=CLOCK)

    assert makers.fresh(car).check_late
    assert makers.kinds(call).count("CrewCheckLate") == 1
    assert due.checks() == []


def test_a_crew_that_answers_is_asked_again_later(centre, car):
    makers.on_scene(unwanted_person(centre))
    Unit.objects.filter(pk=car.pk).update(check_due_at=Now(), check_late=True)

    safety.confirm_safe(unit_id=car.pk, by_radio=True, by=CLOCK)

    asked = makers.fresh(car)
    assert not asked.check_late
    assert asked.check_due_at > makers.fresh(asked).state_since
    assert Event.objects.get(kind="CrewSafe", unit=car.pk).body == {"by_radio": True}


def test_an_emergency_wants_police_and_ems_and_tells_the_supervisor(centre, car):
    call = unwanted_person(centre)
    makers.on_scene(call)

    safety.emergency(unit_id=car.pk, by=CLOCK)
    safety.emergency(unit_id=car.pk, by=CLOCK)

    assert makers.seat_of(call, "police").state == "wanted"
    assert makers.seat_of(call, "ems").state == "wanted"
    assert makers.kinds(call).count("CrewEmergency") == 1
    assert "SupervisorTold" in makers.kinds(call)


def test_a_crew_on_its_way_to_saying_yes_gets_help_on_that_call_too(centre, car):
    call = unwanted_person(centre)
    assert makers.ringing(call, "crt").unit == car

    safety.emergency(unit_id=car.pk, by=CLOCK)

    assert makers.seat_of(call, "police").state == "wanted"


def test_a_crew_that_called_for_help_neither_signs_off_nor_leaves_the_board(centre):
    car = makers.a_unit(centre)
    crew = Shift.objects.get(unit=car).user
    safety.emergency(unit_id=car.pk, by=CLOCK)

    with pytest.raises(Invalid):
        unit.sign_off(unit_id=car.pk, by=makers.by(crew))
    account.change(user_id=crew.pk, active=False, by=CLOCK)

    (shown,) = roster.units(centre.pk, "operations")
    assert (shown["emergency"], shown["gone"]) == (True, False)


def test_help_for_a_crew_outlives_a_new_decision(centre, car):
    call = unwanted_person(centre)
    makers.on_scene(call)
    safety.emergency(unit_id=car.pk, by=CLOCK)

    makers.decide(makers.late(call, minor_alone="yes"))

    assert makers.seat_of(call, "police").state == "wanted"


def test_a_crew_that_called_for_help_is_sent_nowhere_until_it_is_over(centre, car):
    safety.emergency(unit_id=car.pk, by=CLOCK)
    call = unwanted_person(centre)
    assert not Offer.objects.filter(seat__call=call).exists()
    with pytest.raises(NotFree):
        offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)

    safety.end_emergency(unit_id=car.pk, by=CLOCK)
    unit.clear(unit_id=car.pk, outcome="other", by=CLOCK)
    offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)

    assert makers.ringing(call, "crt").unit == car


def test_clearing_frees_the_unit_and_resolves_the_call_nobody_is_at_any_more(
    centre, car
):
    call = unwanted_person(centre)
    makers.cleared(makers.on_scene(call))

    assert makers.fresh(car).state == "available"
    assert makers.fresh(call).state == "resolved"
    assert makers.seat_of(call, "crt").state == "done"


def test_clearing_leaves_a_call_where_a_clinician_still_listens(centre, car):
    makers.a_clinician(centre)
    call = makers.decided(
        makers.a_call(centre, type="suicide_threat", caller_kind="third_party")
    )
    makers.with_clinician(call)
    makers.cleared(makers.on_scene(call))

    assert makers.fresh(call).state == "working"


def test_a_unit_on_no_call_clears_nothing(car):
    with pytest.raises(Invalid):
        unit.clear(unit_id=car.pk, outcome="other", by=CLOCK)


def test_how_it_ended_is_one_of_the_codes_and_else_nothing_ends(centre, car):
    work = makers.on_scene(unwanted_person(centre))

    with pytest.raises(Invalid):
        makers.cleared(work, outcome="fine")

    assert makers.fresh(car).state == "on_scene"


def test_the_last_of_the_crew_takes_the_unit_off_duty(centre):
    car = makers.a_unit(centre, crewed=False)
    two = [makers.a_user(centre, "responder") for _ in range(2)]
    for one in two:
        unit.sign_on(unit_id=car.pk, by=makers.by(one))

    unit.sign_off(unit_id=car.pk, by=makers.by(two[0]))
    assert makers.fresh(car).state == "available"
    unit.sign_off(unit_id=car.pk, by=makers.by(two[1]))

    assert makers.fresh(car).state == "off_duty"


def test_nobody_is_on_two_units(centre, car):
    crew = makers.a_user(centre, "responder")
    unit.sign_on(unit_id=car.pk, by=makers.by(crew))

    with pytest.raises(Invalid):
        unit.sign_on(unit_id=makers.a_unit(centre).pk, by=makers.by(crew))


def test_a_crew_does_not_go_home_from_a_call_nor_from_one_that_is_put_to_it(centre):
    car = makers.a_unit(centre, crewed=False)
    crew = makers.a_user(centre, "responder")
    unit.sign_on(unit_id=car.pk, by=makers.by(crew))
    call = unwanted_person(centre)

    with pytest.raises(Invalid):
        unit.sign_off(unit_id=car.pk, by=makers.by(crew))
    makers.accepted(call, "crt")
    with pytest.raises(Invalid):
        unit.sign_off(unit_id=car.pk, by=makers.by(crew))


def test_a_unit_at_work_neither_goes_out_of_service_nor_comes_back_into_it(centre, car):
    makers.on_scene(unwanted_person(centre))

    with pytest.raises(IllegalMove):
        unit.out_of_service(unit_id=car.pk, reason="fuel", by=CLOCK)
    with pytest.raises(IllegalMove):
        unit.in_service(unit_id=car.pk, by=CLOCK)


def test_out_of_service_says_why_is_not_sent_and_a_colleague_does_not_end_it(
    centre, car
):
    with pytest.raises(Invalid):
        unit.out_of_service(unit_id=car.pk, reason="", by=CLOCK)
    unit.out_of_service(unit_id=car.pk, reason="fuel", by=CLOCK)
    unit.sign_on(unit_id=car.pk, by=makers.by(makers.a_user(centre, "responder")))
    unwanted_person(centre)

    assert makers.fresh(car).state == "out_of_service"
    assert not Offer.objects.exists()
    assert unit.in_service(unit_id=car.pk, by=CLOCK).state == "available"


def test_a_position_leaves_no_event(car):
    before = Event.objects.count()

    unit.report_position(unit_id=car.pk, lat=36.0, lon=-78.9)

    assert UnitPosition.objects.get(unit=car).lat == 36.0
    assert Event.objects.count() == before


def test_a_position_off_the_earth_is_refused(car):
    with pytest.raises(Invalid):
        unit.report_position(unit_id=car.pk, lat=136.0, lon=-78.9)


def test_a_device_without_a_place_is_nowhere(car):
    with pytest.raises(Invalid):
        unit.report_position(unit_id=car.pk, lat=0.0, lon=-0.0)
    assert not UnitPosition.objects.filter(unit=car).exists()

    unit.report_position(unit_id=car.pk, lat=0.0, lon=-78.9)
    assert UnitPosition.objects.get(unit=car).lon == -78.9


def test_a_position_that_is_too_old_does_not_make_a_team_the_nearest(centre):
    gone, here = makers.a_unit(centre), makers.a_unit(centre)
    unit.report_position(unit_id=gone.pk, lat=36.00, lon=-78.9)
    unit.report_position(unit_id=here.pk, lat=36.20, lon=-78.9)
    UnitPosition.objects.filter(unit=gone).update(at=Now() - timedelta(minutes=3))

    call = makers.decided(makers.a_call(centre, type="trespass", point=(36.0, -78.9)))

    assert makers.ringing(call, "crt").unit == here


def test_the_nearest_team_is_asked_first(centre):
    far, near = makers.a_unit(centre), makers.a_unit(centre)
    unit.report_position(unit_id=far.pk, lat=36.20, lon=-78.9)
    unit.report_position(unit_id=near.pk, lat=36.01, lon=-78.9)

    call = makers.decided(makers.a_call(centre, type="trespass", point=(36.0, -78.9)))

    assert makers.ringing(call, "crt").unit == near
