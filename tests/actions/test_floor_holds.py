"""No way around the safety floor: old decisions, late answers, staged orders, links."""

import pytest

from dispatch.actions import (
    decision,
    disposition,
    intake,
    offer,
    safety,
    seat,
    triage,
    unit,
)
from dispatch.actions.intake import Details
from dispatch.errors import FloorForbids, Invalid, Stale
from dispatch.events import CLOCK
from dispatch.models import Seat
from tests import makers

pytestmark = pytest.mark.django_db


def sent_before_the_decision(centre, team):
    """All answers are no, and the dispatcher does not wait for the decision."""
    call = makers.a_call(centre, type="trespass")
    triage.record_answers(call_id=call.pk, answers=makers.SAFE, by=CLOCK)
    offer.send(call_id=call.pk, unit_id=team.pk, by=CLOCK)
    return call


def reopened_with_a_weapon(centre):
    """A harmless call was closed; called again, there is a weapon now."""
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.closed(call)
    disposition.reopen(call_id=call.pk, reason="called_again", by=CLOCK)
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)
    return call


def test_a_team_is_not_asked_for_on_the_word_of_an_old_decision(centre):
    makers.a_unit(centre)
    call = reopened_with_a_weapon(centre)
    with pytest.raises(FloorForbids):
        decision.request_team(
            call_id=call.pk, response="crt", reason="more_help", by=CLOCK
        )
    assert makers.any_ringing(call) is None


def test_an_old_decision_is_not_overridden_to_a_team(centre):
    makers.a_unit(centre)
    call = reopened_with_a_weapon(centre)
    with pytest.raises(FloorForbids):
        makers.override(call, "crt")
    assert makers.any_ringing(call) is None


@pytest.mark.parametrize(
    "late",
    [{"weapon": "yes"}, {"weapon": "not_asked"}, {"violence": "not_asked"}],
    ids=["weapon", "weapon_not_asked", "violence_not_asked"],
)
def test_an_unarmed_team_stops_ringing_the_moment_the_floor_forbids_it(centre, late):
    team = makers.a_unit(centre)
    call = sent_before_the_decision(centre, team)
    makers.late(call, **late)
    assert makers.any_ringing(call) is None
    assert makers.fresh(team).state == "available"


@pytest.mark.parametrize("question", ["weapon", "violence"])
def test_an_answer_taken_back_stages_the_team_on_its_way(centre, question):
    team = makers.a_unit(centre)
    call = sent_before_the_decision(centre, team)
    makers.accepted(call, "crt")
    makers.late(call, **{question: "not_asked"})
    with pytest.raises(FloorForbids):
        unit.report(unit_id=team.pk, to="on_scene", by=CLOCK)


def test_an_answer_not_known_stages_the_team_on_its_way(centre):
    makers.a_clinician(centre)
    team = makers.a_unit(centre)
    call = sent_before_the_decision(centre, team)
    makers.accepted(call, "crt")
    makers.late(call, weapon="not_known")
    assert makers.seat_of(call, "crt").mode == "staged"


def test_a_hazard_seen_later_stops_the_ringing(centre):
    team = makers.a_unit(centre)
    call = sent_before_the_decision(centre, team)
    intake.correct(call_id=call.pk, details=Details(hazard=True), by=CLOCK)
    assert makers.any_ringing(call) is None


def test_a_team_asked_for_beside_a_danger_to_life_stages(centre):
    """The decision named no team because none was free; then one is asked for."""
    call = makers.decided(makers.a_call(centre, type="trespass"), attempt="yes")
    makers.a_unit(centre)
    decision.request_team(call_id=call.pk, response="crt", reason="more_help", by=CLOCK)
    assert makers.seat_of(call, "crt").mode == "staged"


def test_a_dispatcher_who_orders_staging_gets_it(centre):
    """Also where a seat without that order already waits for a team."""
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    waiting = makers.seat_of(call, "crt")
    assert (waiting.state, waiting.mode) == ("wanted", "now")
    second = makers.a_unit(centre)
    offer.send(call_id=call.pk, unit_id=second.pk, mode="staged", by=CLOCK)
    assert makers.seat_of(call, "crt").mode == "staged"


def test_a_scene_is_not_cleared_from_a_page_that_does_not_show_the_weapon(centre):
    team = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"), attempt="yes")
    makers.accepted(call, "crt")
    seen = makers.fresh(call).version
    makers.late(call, weapon="yes")
    staged = makers.seat_of(call, "crt")
    with pytest.raises(Stale):
        seat.clear_scene(seat_id=staged.pk, seen=seen, by=CLOCK)
    with pytest.raises(FloorForbids):
        unit.report(unit_id=team.pk, to="on_scene", by=CLOCK)


@pytest.mark.parametrize("question", ["weapon", "violence"])
def test_a_scene_is_not_cleared_while_nobody_has_asked(centre, question):
    team = makers.a_unit(centre)
    call = sent_before_the_decision(centre, team)
    makers.accepted(call, "crt")
    makers.late(call, **{question: "not_asked"})
    with pytest.raises(FloorForbids):
        seat.clear_scene(seat_id=makers.seat_of(call, "crt").pk, by=CLOCK)


def test_an_override_leaves_the_help_that_a_crew_in_danger_called_for(centre):
    team = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)
    safety.emergency(unit_id=team.pk, by=CLOCK)
    makers.override(makers.decide(call), "cor", "judged_less_safe")
    wanted = Seat.objects.filter(call=call, state="wanted")
    assert {"police", "ems"} <= set(wanted.values_list("response", flat=True))


def test_an_override_replaces_the_one_before(centre):
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.override(call, "police")
    makers.override(call, "cit")
    wanted = Seat.objects.filter(call=call, state="wanted")
    assert "police" not in wanted.values_list("response", flat=True)


def test_a_danger_told_on_a_duplicate_reaches_the_call_that_goes_on(centre):
    team = makers.a_unit(centre)
    goes_on = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(goes_on, "crt")
    twin = makers.a_call(centre, type="trespass", hazard=True)
    makers.late(twin, weapon="yes", attempt="yes", crime="no")
    intake.link_calls(call_id=twin.pk, duplicate_of=goes_on.pk, by=CLOCK)
    goes_on = makers.fresh(goes_on)
    answers = dict(goes_on.answers.values_list("question", "value"))
    assert (answers["weapon"], answers["attempt"]) == ("yes", "yes")
    assert goes_on.hazard
    with pytest.raises(FloorForbids):
        unit.report(unit_id=team.pk, to="on_scene", by=CLOCK)
    makers.decide(goes_on)
    wanted = Seat.objects.filter(call=goes_on, state="wanted")
    assert "ems" in wanted.values_list("response", flat=True)


def test_a_call_is_not_linked_to_one_that_has_ended(centre):
    over = makers.closed(makers.decided(makers.a_call(centre)))
    again = makers.a_call(centre)
    with pytest.raises(Invalid):
        intake.link_calls(call_id=again.pk, duplicate_of=over.pk, by=CLOCK)


def test_a_call_does_not_vanish_under_a_team_on_scene(centre):
    """Linked or set aside, the team would be free with nobody watching over it."""
    makers.a_unit(centre)
    other = makers.a_call(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)
    with pytest.raises(Invalid):
        intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)
