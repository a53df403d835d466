"""A crew in danger holds every other unarmed team of its call back, until it is clear."""

import pytest

from dispatch.actions import decision, intake, offer, safety, scene, seat, unit
from dispatch.actions.details import Details
from dispatch.errors import FloorForbids, Invalid
from dispatch.events import CLOCK
from dispatch.models import Call
from dispatch.selectors import crew
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre):
    makers.a_unit(centre, name="CRT 1")
    return makers.decided(makers.a_call(centre, type="trespass"))


@pytest.fixture
def there(call):
    """CRT 1 is on scene."""
    return makers.on_scene(call)


@pytest.fixture
def second(centre, call, there):
    """CRT 2 is on its way to help CRT 1."""
    makers.a_unit(centre, name="CRT 2")
    scene.backup(seat_id=there.seat_id, response="crt", by=CLOCK)
    works = makers.accepted(call, "crt")
    unit.report(unit_id=works.unit_id, to="en_route", by=CLOCK)
    return works


def crowd(works):
    safety.unsafe(unit_id=works.unit_id, why="crowd", by=CLOCK)


def other(works):
    safety.unsafe(unit_id=works.unit_id, why="other", by=CLOCK)


def medical(works):
    safety.unsafe(unit_id=works.unit_id, why="medical", by=CLOCK)


def emergency(works):
    safety.emergency(unit_id=works.unit_id, by=CLOCK)


dangers = pytest.mark.parametrize("danger", [crowd, other, medical, emergency])


def told(call):
    rows = makers.events_of(call).filter(kind="SupervisorTold")
    return [why for row in rows for why in row.body["why"]]


def enters(works):
    unit.report(unit_id=works.unit_id, to="on_scene", by=CLOCK)


@dangers
def test_a_second_unarmed_team_waits_near_by_at_once(call, there, second, danger):
    danger(there)

    assert makers.fresh(second).seat.mode == "staged"
    assert told(call).count("u1") == 1
    with pytest.raises(FloorForbids):
        enters(second)
    assert makers.fresh(call).decision_wanted_at


@pytest.mark.parametrize("danger", [crowd, other, emergency])
def test_no_third_unarmed_team_goes_by_any_press(centre, call, there, danger):
    danger(there)
    makers.decide(call)
    third = makers.a_unit(centre, name="CRT 3")

    for press in (
        lambda: offer.send(call_id=call.pk, unit_id=third.pk, by=CLOCK),
        lambda: scene.replace(seat_id=there.seat_id, unit_id=third.pk, by=CLOCK),
        lambda: scene.backup(seat_id=there.seat_id, response="crt", by=CLOCK),
        lambda: decision.request_team(
            call_id=call.pk, response="crt", reason="in_person", by=CLOCK
        ),
    ):
        with pytest.raises(FloorForbids):
            press()
    assert makers.fresh(third).state == "available"


def test_to_an_illness_where_a_crew_is_not_safe_a_third_goes_no_nearer_than_staged(
    centre, call, there
):
    medical(there)
    makers.decide(call)
    third = makers.a_unit(centre, name="CRT 3")

    sent = offer.send(call_id=call.pk, unit_id=third.pk, by=CLOCK)

    assert sent.seat.mode == "staged"


@dangers
def test_whoever_was_let_in_past_an_earlier_danger_waits_again_and_it_is_decided_anew(
    call, there, second, danger
):
    crowd(there)
    makers.decide(call)
    seat.clear_scene(seat_id=second.seat_id, by=CLOCK)
    assert makers.fresh(call).decision_wanted_at is None

    danger(there)

    assert makers.fresh(second).seat.mode == "staged"
    assert told(call).count("u1") == 2
    assert makers.fresh(call).decision_wanted_at


@dangers
def test_a_person_who_clears_the_scene_lets_the_team_in(call, there, second, danger):
    danger(there)
    makers.decide(call)

    seat.clear_scene(seat_id=second.seat_id, by=CLOCK)
    makers.decide(call)
    enters(second)

    assert makers.fresh(second).unit.state == "on_scene"


@pytest.mark.parametrize("danger", [crowd, emergency])
def test_once_a_person_takes_the_danger_back_unarmed_teams_go_again(
    centre, call, there, danger
):
    danger(there)
    makers.decide(call)
    intake.correct(call_id=call.pk, details=Details(hazard=False), by=CLOCK)
    makers.decide(call)
    third = makers.a_unit(centre, name="CRT 3")

    sent = offer.send(call_id=call.pk, unit_id=third.pk, by=CLOCK)

    assert sent.seat.mode == "now"


def test_the_end_of_an_emergency_alone_lets_nobody_in(there, second):
    emergency(there)

    safety.end_emergency(unit_id=there.unit_id, by=CLOCK)

    with pytest.raises(FloorForbids):
        enters(second)


def test_no_crew_clears_while_it_calls_for_help(call, there):
    emergency(there)

    with pytest.raises(Invalid) as refused:
        makers.cleared(there)

    assert str(refused.value) == (
        "End the emergency of CRT 1 first: dispatch does that with the crew. Then clear."
    )
    assert makers.seat_of(call, "police").state == "wanted"
    safety.end_emergency(unit_id=there.unit_id, by=CLOCK)
    makers.cleared(there)
    assert makers.fresh(there.unit).state == "available"


def cancelled(call, other):
    intake.cancel(call_id=call.pk, reason="caller", by=CLOCK)


def returned(call, other):
    intake.return_to_911(call_id=call.pk, reason="caller", by=CLOCK)


def linked(call, other):
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)


@pytest.mark.parametrize("ends", [cancelled, returned, linked])
def test_help_for_a_crew_that_was_only_asked_to_go_is_not_lost(centre, call, ends):
    other = makers.a_call(centre, address="7 Oak St", phone="919-555-0177")
    ring = makers.ringing(call, "crt")
    safety.emergency(unit_id=ring.unit_id, by=CLOCK)
    makers.ring_out(ring)

    with pytest.raises(Invalid):
        ends(call, other)

    assert makers.seat_of(call, "police").state == "wanted"
    safety.end_emergency(unit_id=ring.unit_id, by=CLOCK)
    ends(call, other)
    assert makers.seat_of(call, "police").state != "wanted"


def test_an_armed_team_in_danger_holds_unarmed_ones_back_as_well(centre, call, second):
    makers.a_unit(centre, "cor", name="CoR 1")
    decision.request_team(call_id=call.pk, response="cor", reason="in_person", by=CLOCK)
    armed = makers.accepted(call, "cor")

    emergency(armed)

    assert makers.fresh(second).seat.mode == "staged"


def test_a_crew_that_calls_for_help_inside_is_told_to_go_out_and_left_in_peace(there):
    due = makers.fresh(there.unit).check_due_at

    emergency(there)

    row = makers.fresh(there.unit)
    assert crew.crew(row).leave == ("You called for help. Go out if you can.",)
    assert row.check_due_at == due


def test_a_crew_that_is_only_asked_to_go_says_nothing_of_that_scene(call):
    ring = makers.ringing(call, "crt")

    safety.emergency(unit_id=ring.unit_id, by=CLOCK)

    assert makers.fresh(ring).state == "pending"
    assert not makers.fresh(call).hazard
    assert makers.seat_of(call, "police").state == "wanted"


def test_a_crew_alone_that_needs_help_gets_no_unarmed_team(centre):
    car = makers.a_unit(centre, name="CRT 1")

    safety.emergency(unit_id=car.pk, by=CLOCK)

    call = makers.decided(Call.objects.get())
    third = makers.a_unit(centre, name="CRT 3")
    with pytest.raises(FloorForbids):
        offer.send(call_id=call.pk, unit_id=third.pk, by=CLOCK)


def test_a_team_inside_is_told_to_leave_and_why(there, second):
    enters(second)

    other(there)

    shown = crew.crew(makers.fresh(second.unit))
    assert shown.leave == ("Another team says that it is not safe",)


def test_the_page_of_each_other_crew_says_whose_danger_it_is(there, second):
    crowd(there)
    emergency(there)

    shown = crew.crew(makers.fresh(second.unit))

    assert shown.at.hazards[:2] == (
        "CRT 1: emergency. Nobody has taken it yet.",
        "CRT 1 says that it is not safe: a crowd",
    )
    own = crew.crew(makers.fresh(there.unit))
    assert not any("CRT 1" in one for one in own.at.hazards)


def test_what_a_crew_said_is_over_once_the_scene_is_clear(call, there, second):
    other(there)
    assert "CRT 1 says that it is not safe" in hazards(second)

    makers.decide(call)
    seat.clear_scene(seat_id=second.seat_id, by=CLOCK)

    assert "CRT 1 says that it is not safe" not in hazards(second)


def test_an_emergency_stays_on_the_page_of_the_others_until_it_ends(
    call, there, second
):
    emergency(there)
    makers.decide(call)
    seat.clear_scene(seat_id=second.seat_id, by=CLOCK)
    assert "CRT 1: emergency. Nobody has taken it yet." in hazards(second)

    safety.end_emergency(unit_id=there.unit_id, by=CLOCK)

    assert "CRT 1: emergency. Nobody has taken it yet." not in hazards(second)


def hazards(works):
    return crew.crew(makers.fresh(works.unit)).at.hazards
