"""What a safety rule asks for is let go by a named reason; what is barred is replaced."""

import pytest

from dispatch.actions import decision, intake, scene, seat, unit
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def violent(centre):
    """A safety rule wants police here."""
    return makers.decided(makers.a_call(centre), violence="yes")


def withdrawn(call, kind, why="not_needed"):
    row = makers.seat_of(call, kind)
    seat.withdraw(seat_id=row.pk, why=why, by=CLOCK)
    return makers.fresh(row).state == "withdrawn"


def told(call):
    rows = makers.events_of(call).filter(kind="SupervisorTold")
    return [why for row in rows for why in row.body["why"]]


def asked(call):
    rows = makers.events_of(call).filter(kind="TeamRequested")
    return [row.body["response"] for row in rows]


@pytest.mark.parametrize("why", ["not_needed", "not_safe", "another_unit", "other"])
def test_what_a_safety_rule_asks_for_is_not_just_let_go(violent, why):
    with pytest.raises(Invalid) as refused:
        withdrawn(violent, "police", why)

    assert "Safety rule S2 asks for this help." in str(refused.value)
    assert refused.value.params["rule"] == "S2"
    assert makers.seat_of(violent, "police").state == "wanted"
    assert "required_let_go" not in told(violent)


def test_police_who_were_told_are_not_just_let_go_either(violent):
    seat.confirm_told(seat_id=makers.seat_of(violent, "police").pk, by=CLOCK)

    with pytest.raises(Invalid):
        withdrawn(violent, "police")


@pytest.mark.parametrize("why", ["scene_safe", "supervisor_says"])
def test_a_person_may_answer_for_it_and_the_supervisor_is_told(violent, why):
    assert withdrawn(violent, "police", why)

    assert told(violent).count("required_let_go") == 1
    last = makers.events_of(violent).filter(kind="SeatWithdrawn").last()
    assert last.body["why"] == why


def test_once_its_danger_is_denied_it_is_let_go_like_anything_else(violent):
    seat.confirm_told(seat_id=makers.seat_of(violent, "police").pk, by=CLOCK)
    makers.late(violent, violence="no")

    assert withdrawn(violent, "police")

    assert "required_let_go" not in told(violent)


@pytest.mark.parametrize("answer", ["not_known", "not_asked"])
def test_not_known_and_not_asked_are_no_denial(violent, answer):
    makers.late(violent, violence=answer)

    with pytest.raises(Invalid):
        withdrawn(violent, "police")


def test_the_second_of_two_is_let_go_while_the_first_comes(violent):
    seat.confirm_told(seat_id=makers.seat_of(violent, "police").pk, by=CLOCK)
    decision.request_team(
        call_id=violent.pk, response="ems", reason="more_help", by=CLOCK
    )

    assert withdrawn(violent, "ems")


def test_what_no_safety_rule_wanted_needs_no_such_reason(centre):
    call = makers.decided(makers.a_call(centre, type="trespass"))
    decision.request_team(
        call_id=call.pk, response="police", reason="more_help", by=CLOCK
    )

    assert withdrawn(call, "police")


# Asked for by name, and then held back


@pytest.fixture
def backed_up(centre):
    """A co-response is there, and has asked for an unarmed team."""
    makers.a_unit(centre, "cor")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    decision.request_team(call_id=call.pk, response="cor", reason="more_help", by=CLOCK)
    makers.on_scene(call, "cor")
    scene.backup(seat_id=makers.seat_of(call, "cor").pk, response="crt", by=CLOCK)
    return call


def barred(call, **answers):
    return makers.decide(makers.late(call, **answers))


@pytest.mark.parametrize(
    "answer", [{"weapon": "yes"}, {"violence": "yes"}, {"weapon": "not_asked"}]
)
def test_a_barred_team_that_was_asked_for_has_armed_help_in_its_place(
    backed_up, answer
):
    call = barred(backed_up, **answer)

    lost = makers.seat_of(call, "crt")
    assert (lost.state, lost.why) == ("withdrawn", "held_back")
    police = makers.seat_of(call, "police")
    assert (police.state, police.requested) == ("wanted", True)
    assert asked(call)[-1] == "police"
    assert told(call).count("asked_held_back") == 1


def test_a_co_response_that_is_free_comes_rather_than_police(centre, backed_up):
    officers = makers.a_unit(centre, "cor")
    first = makers.seat_of(backed_up, "cor").assignments.get().unit_id
    unit.clear(unit_id=first, outcome="other", by=CLOCK)

    call = barred(backed_up, weapon="not_asked")

    assert asked(call) == ["cor", "crt", "cor"]
    assert makers.ringing(call, "cor").unit_id in {officers.pk, first}


def test_it_is_replaced_once_and_a_person_may_let_the_other_go(backed_up):
    call = barred(backed_up, weapon="not_asked")

    withdrawn(call, "police", "supervisor_says")
    barred(call, minor_alone="yes")

    assert makers.seat_of(call, "police").state == "withdrawn"
    assert told(call).count("asked_held_back") == 1


def test_a_team_that_only_the_decision_wanted_is_replaced_by_the_rules_alone(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))

    call = barred(call, weapon="not_asked")

    assert asked(call) == []
    assert "asked_held_back" not in told(call)


@pytest.mark.parametrize("danger", ["yes", "no"])
def test_a_call_that_ends_before_such_help_was_had_is_told_to_the_supervisor(
    violent, danger
):
    makers.late(violent, violence=danger)
    makers.decide(violent)

    intake.cancel(call_id=violent.pk, reason="caller_cancelled", by=CLOCK)

    assert ("required_let_go" in told(violent)) == (danger == "yes")
