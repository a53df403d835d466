"""Safety of crews: nobody is forgotten inside, and a press for help is always heard."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import safety, seat, triage, unit
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.models import Call, Event, Unit, UnitPosition
from dispatch.selectors import board, crew, due
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(centre):
    return makers.a_unit(centre, name="CRT 2")


@pytest.fixture
def call(centre, car):
    return makers.decided(makers.a_call(centre, type="trespass"))


@pytest.fixture
def inside(call, car):
    """The crew is on scene, and its safety check is armed."""
    makers.on_scene(call)
    return car


def ago(row, **columns):
    """As if these seconds had passed since."""
    times = {name: Now() - timedelta(seconds=age) for name, age in columns.items()}
    Unit.objects.filter(pk=row.pk).update(**times)


def minute_by_minute(row):
    """The check is due, then late, escalated and an emergency: the clock alone."""
    for column, age in (
        ("check_due_at", 61),
        ("check_due_at", 61),
        ("check_escalated_at", 121),
    ):
        ago(row, **{column: age})
        clock.round_(sealing=False)


def told(call):
    rows = makers.events_of(call).filter(kind="SupervisorTold")
    return [why for row in rows for why in row.body["why"]]


def test_a_check_that_nobody_answers_ends_as_an_emergency_by_the_clock(inside, call):
    minute_by_minute(inside)

    row = makers.fresh(inside)
    assert row.emergency_at
    kinds = [one for one in makers.kinds(call) if one.startswith("Crew")]
    assert kinds == ["CrewCheckLate", "CrewCheckEscalated", "CrewEmergency"]
    assert told(call) == ["check_escalated", "check_unanswered", "u1"]
    assert makers.seat_of(call, "police").requested
    assert makers.seat_of(call, "ems").requested
    assert crew.crew(row).leave == ("Nobody has heard from you. Go out if you can.",)
    clock.round_(sealing=False)
    assert makers.kinds(call).count("CrewEmergency") == 1


@pytest.mark.parametrize(
    ("late", "escalated"), [(False, None), (True, None), (True, 30)]
)
def test_an_answer_at_any_stage_begins_the_check_anew(inside, late, escalated):
    ago(inside, check_due_at=500)
    Unit.objects.filter(pk=inside.pk).update(check_late=late)
    if escalated:
        ago(inside, check_escalated_at=escalated)

    safety.confirm_safe(unit_id=inside.pk, by_radio=True, by=CLOCK)

    row = makers.fresh(inside)
    assert (row.check_late, row.check_escalated_at) == (False, None)
    assert row.check_due_at > row.state_since
    assert (due.checks(), due.late_checks(), due.unanswered_checks()) == ([], [], [])


@pytest.mark.parametrize("act", [safety.escalate_check, safety.check_unanswered])
def test_no_step_comes_before_its_time(inside, call, act):
    Unit.objects.filter(pk=inside.pk).update(check_late=True)
    ago(inside, check_due_at=50)
    if act is safety.check_unanswered:
        ago(inside, check_escalated_at=110)

    act(unit_id=inside.pk, by=CLOCK)

    assert not told(call)
    assert makers.fresh(inside).emergency_at is None


def test_a_second_silence_goes_to_the_supervisor_again(inside, call):
    minute_by_minute(inside)
    safety.end_emergency(unit_id=inside.pk, by=CLOCK)

    minute_by_minute(inside)

    assert told(call).count("check_escalated") == 2
    assert makers.kinds(call).count("CrewCheckEscalated") == 2


def test_an_answer_after_the_emergency_does_not_end_it(inside, call):
    minute_by_minute(inside)

    safety.confirm_safe(unit_id=inside.pk, by=CLOCK)

    assert makers.fresh(inside).emergency_at
    assert not makers.fresh(inside).check_late


def test_an_emergency_that_the_floor_ends_does_not_come_back_by_itself(inside, call):
    minute_by_minute(inside)

    safety.end_emergency(unit_id=inside.pk, by=CLOCK)
    clock.round_(sealing=False)

    assert makers.fresh(inside).emergency_at is None
    assert makers.fresh(inside).check_due_at


def test_a_crew_on_no_call_that_needs_help_gets_one_where_it_was_last_seen(centre, car):
    unit.report_position(unit_id=car.pk, lat=35.99, lon=-78.9)
    UnitPosition.objects.update(at=Now() - timedelta(seconds=40))

    safety.emergency(unit_id=car.pk, by=CLOCK)
    safety.emergency(unit_id=car.pk, by=CLOCK)

    call = Call.objects.get()
    assert (call.priority, call.urgent, call.type, call.owner_id) == (1, True, "", None)
    assert call.opened_by == f"unit:{car.pk}"
    assert call.caller.point == "35.99000,-78.90000"
    assert call.caller.said.startswith("Position of CRT 2, 40 s old")
    assert {makers.seat_of(call, kind).state for kind in ("police", "ems")} == {
        "wanted"
    }
    assert makers.seat_of(call, "crt").assignments.get().unit == car
    (card,) = board.cards(centre.pk, "operations")
    assert (card["lane"], card["state"]["code"]) == (True, "crew_emergency")


def test_a_crew_whose_position_nobody_knows_still_gets_its_call(car):
    safety.emergency(unit_id=car.pk, by=CLOCK)

    caller = Call.objects.get().caller
    assert caller.point == ""
    assert caller.said == "CRT 2 has reported no position: ask by radio"


@pytest.mark.parametrize("state", ["off_duty", "out_of_service"])
def test_a_crew_that_is_not_on_duty_is_heard_as_well(centre, state):
    car = makers.a_unit(centre, crewed=False)
    if state == "out_of_service":
        crewed = makers.a_user(centre, "responder")
        unit.sign_on(unit_id=car.pk, by=makers.by(crewed))
        unit.out_of_service(unit_id=car.pk, reason="meal", by=CLOCK)

    safety.emergency(unit_id=car.pk, by=CLOCK)
    safety.end_emergency(unit_id=car.pk, by=CLOCK)
    unit.clear(unit_id=car.pk, outcome="other", by=CLOCK)

    assert makers.kinds(Call.objects.get()).count("CrewEmergency") == 2
    assert makers.fresh(car).emergency_at is None


def test_a_crew_on_a_call_says_where_it_is_and_how_old_that_is(inside, call):
    unit.report_position(unit_id=inside.pk, lat=35.99, lon=-78.9)
    UnitPosition.objects.update(at=Now() - timedelta(minutes=5))

    safety.emergency(unit_id=inside.pk, by=CLOCK)

    text = call.notes.get().text
    assert text == "Position of CRT 2, 5 min old 35.99000, -78.90000"


def weapon(call):
    """Nobody decides anything after this: neither a worker nor the clock runs."""
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)


def test_a_late_weapon_lets_an_unarmed_ring_go_at_once(call, car):
    ring = makers.ringing(call, "crt")

    weapon(call)

    assert (makers.fresh(ring).state, makers.fresh(car).state) == (
        "withdrawn",
        "available",
    )
    assert told(call) == ["u1"]


def test_a_late_weapon_stages_an_unarmed_crew_on_its_way_at_once(call, car):
    makers.accepted(call, "crt")
    unit.report(unit_id=car.pk, to="en_route", by=CLOCK)

    weapon(call)

    assert makers.seat_of(call, "crt").mode == "staged"
    assert told(call) == ["u1"]
    assert crew.crew(makers.fresh(car)).leave == ()


def test_a_late_weapon_tells_an_unarmed_crew_inside_to_leave_and_why(inside, call):
    weapon(call)

    shown = crew.crew(makers.fresh(inside))
    assert shown.leave == ("A weapon is said to be there",)
    assert makers.fresh(inside).check_due_at < quarter_hour(inside)
    assert makers.fresh(inside).check_due_at - now() <= timedelta(seconds=30)
    unit.report(unit_id=inside.pk, to="staged", by=CLOCK)
    assert crew.crew(makers.fresh(inside)).leave == ()
    assert makers.fresh(inside).check_due_at is None


def quarter_hour(row):
    return makers.fresh(row).state_since + timedelta(minutes=9)


def now():
    return Unit.objects.annotate(now=Now()).values_list("now", flat=True).first()


def test_an_order_to_leave_that_nobody_answers_becomes_a_late_check(inside, call):
    weapon(call)
    ago(inside, check_due_at=0)

    clock.round_(sealing=False)

    assert makers.fresh(inside).check_late


def test_we_are_safe_is_no_answer_to_leave_now(inside, call):
    weapon(call)

    safety.confirm_safe(unit_id=inside.pk, by=CLOCK)

    assert makers.fresh(inside).check_due_at - now() <= timedelta(seconds=30)
    assert crew.crew(makers.fresh(inside)).leave


def test_a_scene_that_is_clear_again_takes_the_order_back(inside, call):
    weapon(call)
    triage.record_answers(call_id=call.pk, answers={"violence": "no"}, by=CLOCK)

    seat.clear_scene(seat_id=makers.seat_of(call, "crt").pk, by=CLOCK)

    assert crew.crew(makers.fresh(inside)).leave == ()


def test_backup_is_wanted_with_the_next_decision_and_the_order_stays(inside, call):
    weapon(call)

    makers.decide(call)

    assert makers.seat_of(call, "police").state == "wanted"
    assert crew.crew(makers.fresh(inside)).leave


def test_good_news_tells_no_supervisor(inside, call):
    triage.record_answers(call_id=call.pk, answers={"weapon": "no"}, by=CLOCK)

    assert told(call) == []
    assert makers.seat_of(call, "crt").mode == "now"


@pytest.mark.parametrize(
    ("why", "question", "helps"),
    [
        ("weapon", "weapon", ["cor", "police"]),
        ("violence", "violence", ["cor", "police"]),
        ("medical", "medical", ["ems"]),
        ("crowd", "", ["cor"]),
        ("other", "", ["cor"]),
    ],
)
def test_a_crew_that_is_not_safe_stages_and_help_is_asked_for(
    inside, call, why, question, helps
):
    makers.a_unit(call.agency, "cor")

    safety.unsafe(unit_id=inside.pk, why=why, by=CLOCK)

    assert Event.objects.get(kind="CrewUnsafe").body == {"why": why}
    assert crew.crew(makers.fresh(inside)).leave == ("You said that it is not safe",)
    asked = makers.events_of(call).filter(kind="TeamRequested")
    assert [row.body["response"] for row in asked] == helps
    assert {makers.seat_of(call, kind).state for kind in helps} == {"wanted"}
    assert "crew_unsafe" in told(call)
    known = dict(call.answers.values_list("question", "value"))
    assert known.get(question, "yes") == "yes"
    assert makers.fresh(call).decision_wanted_at
    assert makers.kinds(call).count("StagingOrdered") == 1


def test_where_no_co_response_can_be_had_police_come(inside, call):
    safety.unsafe(unit_id=inside.pk, why="crowd", by=CLOCK)

    assert makers.seat_of(call, "police").requested


@pytest.mark.parametrize("why", ["", "armed"])
def test_why_it_is_not_safe_is_one_of_the_list(inside, why):
    with pytest.raises(Invalid):
        safety.unsafe(unit_id=inside.pk, why=why, by=CLOCK)


def test_a_crew_on_no_call_says_emergency_and_not_unsafe(car):
    with pytest.raises(Invalid):
        safety.unsafe(unit_id=car.pk, why="crowd", by=CLOCK)
