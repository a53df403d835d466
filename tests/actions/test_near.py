"""Danger at the same place: an open call's yes holds an unarmed team of another one back."""

import pytest

from dispatch import facts
from dispatch import near as nearby
from dispatch.actions import callers, contact, disposition, intake, offer, seat, triage
from dispatch.actions.intake import Details, Intake
from dispatch.errors import FloorForbids
from dispatch.events import CLOCK
from dispatch.management.commands import clock as rounds
from dispatch.models import Call, Caller, Event
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db
SAME = {"address": "1012 West Main Street", "phone": "", "type": "trespass"}
ELSEWHERE = {"address": "55 Elm Road", "phone": "", "type": "trespass"}


@pytest.fixture
def crt(centre):
    return makers.a_unit(centre, "crt", "CRT 1")


@pytest.fixture
def armed(centre):
    """An open call of which somebody said that there is a weapon."""
    return makers.late(makers.a_call(centre), weapon="yes")


def clock():
    """The clock's round, as far as it is about danger near by."""
    for pk in nearby.unheard():
        triage.hear_near(call_id=pk, by=CLOCK)
    assert nearby.unheard() == []


def known(call):
    """What a decision of this call would look up now."""
    _row, protocol = store.published(call.agency_id)
    return facts.known(call.agency_id, call, protocol, at=call.opened_at)


def near(call):
    told = Event.objects.filter(call=call, kind="DangerNear").order_by("number")
    return [(one.body["other"], one.body["question"]) for one in told]


@pytest.mark.parametrize("question", ["weapon", "violence", "threat"])
def test_a_second_call_at_the_place_sends_nobody_unarmed(centre, crt, question):
    first = makers.late(makers.a_call(centre), **{question: "yes"})
    makers.a_unit(centre, "cor")

    again = makers.decided(makers.a_call(centre, **SAME))

    assert again.hazard
    assert makers.any_ringing(again).unit.kind == "cor"
    assert near(again) == [(str(first.pk), question)]
    assert "SupervisorTold" in makers.kinds(again)
    with pytest.raises(FloorForbids):
        offer.send(call_id=again.pk, unit_id=crt.pk, by=CLOCK)


@pytest.mark.parametrize("value", ["no", "not_known", "not_asked"])
def test_only_a_yes_is_a_danger_to_others(centre, crt, value):
    makers.late(makers.a_call(centre), weapon=value, household="yes", medical="yes")

    again = makers.decided(makers.a_call(centre, **SAME))

    assert not again.hazard
    assert makers.any_ringing(again).unit == crt


def test_another_place_another_centre_and_a_simulated_call_say_nothing(centre, armed):
    assert makers.a_call(centre, **SAME).hazard
    assert not makers.a_call(centre, **ELSEWHERE).hazard
    assert not makers.a_call(makers.an_agency(), **SAME).hazard
    assert not makers.a_call(centre, **SAME, simulated="call").hazard


@pytest.mark.parametrize("played", [False, True])
def test_a_yes_that_comes_later_is_heard_by_no_call_that_is_not_as_real(centre, played):
    first = makers.a_call(centre, simulated="call" if played else "")
    other = makers.a_call(centre, **SAME, simulated="" if played else "call")

    makers.late(first, weapon="yes")

    assert nearby.unheard() == []
    assert near(other) == []
    assert not known(other).danger_near


def test_a_yes_that_comes_later_is_heard_by_no_call_of_another_centre(centre):
    first = makers.a_call(centre)
    other = makers.a_call(makers.an_agency(), **SAME)

    makers.late(first, weapon="yes")

    assert nearby.unheard() == []
    assert not known(other).danger_near


def test_a_street_alone_is_no_place(centre):
    makers.late(makers.a_call(centre, address="Main Street"), weapon="yes")

    assert not makers.a_call(centre, address="Main Street").hazard


def test_what_has_ended_says_nothing_more(centre, armed):
    intake.cancel(call_id=armed.pk, reason="no_help_wanted", by=CLOCK)

    assert not makers.a_call(centre, **SAME).hazard


def test_a_yes_that_comes_later_lets_the_team_go_that_rings_elsewhere(centre, crt):
    first = makers.a_call(centre)
    second = makers.decided(makers.a_call(centre, **SAME))
    ring = makers.ringing(second, "crt")

    makers.late(first, weapon="yes")
    clock()

    assert makers.fresh(ring).state == "withdrawn"
    assert makers.fresh(second).hazard
    assert makers.fresh(second).decision_wanted_at is not None
    assert near(second) == [(str(first.pk), "weapon")]


def test_a_yes_that_comes_later_stages_the_team_that_rolls(centre, crt):
    first = makers.a_call(centre)
    second = makers.decided(makers.a_call(centre, **SAME))
    work = makers.accepted(second, "crt")

    makers.late(first, violence="yes")
    clock()

    assert makers.fresh(work.seat).mode == "staged"
    assert {"StagingOrdered", "SupervisorTold"} <= set(makers.kinds(second))


def test_a_call_that_turns_out_to_be_at_the_place_brings_its_danger(centre, crt):
    first = makers.late(makers.a_call(centre, **ELSEWHERE), weapon="yes")
    work = makers.accepted(makers.decided(makers.a_call(centre, **SAME)), "crt")

    intake.correct(call_id=first.pk, details=Details(address=SAME["address"]), by=CLOCK)
    clock()

    assert makers.fresh(work.seat).mode == "staged"


def test_a_scene_that_was_cleared_is_staged_again_by_another_danger(centre, crt):
    first = makers.a_call(centre)
    second = makers.decided(makers.a_call(centre, **SAME))
    work = makers.accepted(second, "crt")
    makers.late(first, threat="yes")
    clock()
    seat.clear_scene(seat_id=work.seat_id, by=CLOCK)
    assert makers.fresh(work.seat).mode == "now"

    makers.late(first, weapon="yes")
    clock()

    assert makers.fresh(work.seat).mode == "staged"
    assert [question for _other, question in near(second)] == ["threat", "weapon"]


def test_it_is_said_once(centre, armed):
    second = makers.a_call(centre, **SAME)

    intake.correct(call_id=second.pk, details=Details(zone="District 4"), by=CLOCK)
    makers.late(armed, attempt="yes")
    clock()

    assert near(second) == [(str(armed.pk), "weapon")]


def test_a_form_that_was_open_longer_does_not_take_it_back_and_the_end_of_it_does(
    centre, armed
):
    second = makers.a_call(centre, **SAME)
    intake.correct(call_id=second.pk, details=Details(hazard=False), by=CLOCK)
    assert makers.fresh(second).hazard

    makers.late(armed, weapon="no")
    assert makers.fresh(second).hazard
    intake.correct(call_id=second.pk, details=Details(hazard=False), by=CLOCK)
    assert not makers.fresh(second).hazard


def test_two_that_were_opened_in_the_same_moment_are_told_when_they_are_decided(
    centre, crt, armed
):
    second = makers.a_call(centre, **SAME)
    Call.objects.filter(pk=second.pk).update(hazard=False)

    seen = known(makers.fresh(second))
    decided = makers.decided(second)

    assert seen.danger_near
    assert makers.any_ringing(decided) is None
    assert not known(armed).danger_near


def test_a_further_caller_at_another_place_brings_its_danger_with_them(centre, armed):
    call = makers.a_call(centre, **ELSEWHERE)
    said = Intake(address="1012 W Main St", caller_kind="third_party")

    callers.attach(call_id=call.pk, intake=said, by=CLOCK)

    assert makers.fresh(call).hazard
    assert near(call) == [(str(armed.pk), "weapon")]


@pytest.fixture
def cleared(centre, crt):
    """A team on its way into a scene that was cleared, though next door is a weapon."""
    first = makers.a_call(centre)
    work = makers.accepted(makers.decided(makers.a_call(centre, **SAME)), "crt")
    makers.late(first, weapon="yes")
    clock()
    seat.clear_scene(seat_id=work.seat_id, by=CLOCK)
    assert makers.fresh(work.seat).mode == "now"
    return first, work.seat


def test_a_danger_that_was_taken_back_and_is_said_again_is_news(cleared):
    first, team = cleared
    makers.late(first, weapon="no")
    makers.late(first, weapon="yes")
    clock()

    assert makers.fresh(team).mode == "staged"


def opened_again(call):
    intake.cancel(call_id=call.pk, reason="no_help_wanted", by=CLOCK)
    disposition.reopen(call_id=call.pk, reason="new_information", by=CLOCK)


def linked_and_unlinked(call):
    other = makers.a_call(call.agency, **ELSEWHERE)
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)
    callers.unlink(call_id=call.pk, reason="another_event", by=CLOCK)


@pytest.mark.parametrize("again", [opened_again, linked_and_unlinked])
def test_a_danger_counts_anew_when_its_call_is_open_again(cleared, again):
    first, team = cleared
    again(first)
    clock()

    assert makers.fresh(team).mode == "staged"


def test_a_flat_hides_no_danger_of_the_house(centre, crt, armed):
    makers.a_unit(centre, "cor")

    flat = makers.decided(
        makers.a_call(centre, **SAME | {"address": "1012 W Main St Apt 4"})
    )

    assert flat.hazard
    assert makers.any_ringing(flat).unit.kind == "cor"
    assert not makers.a_call(
        centre, **SAME | {"address": "1014 W Main St Apt 4"}
    ).hazard


def test_a_call_whose_help_is_over_is_left_alone(centre, crt):
    first = makers.a_call(centre)
    second = makers.decided(makers.a_call(centre, **SAME))
    makers.cleared(makers.on_scene(second))
    assert makers.fresh(second).state == "resolved"

    makers.late(first, weapon="yes")
    clock()

    assert makers.fresh(second).state == "resolved"
    assert near(second) == []


def test_who_said_the_same_there_is_told_nothing_until_they_take_it_back(centre, armed):
    second = makers.late(makers.a_call(centre, **ELSEWHERE), weapon="yes")
    intake.correct(
        call_id=second.pk, details=Details(address=SAME["address"]), by=CLOCK
    )
    told = near(second)
    makers.late(armed, weapon="no")
    makers.late(armed, weapon="yes")
    clock()
    assert near(second) == told

    makers.late(second, weapon="no")
    clock()
    assert len(near(second)) == len(told) + 1


def test_a_further_caller_at_an_armed_place_stages_a_team_whose_scene_was_cleared(
    centre, cleared
):
    _first, team = cleared
    makers.late(makers.a_call(centre, **ELSEWHERE), violence="yes")
    said = Intake(address=ELSEWHERE["address"], caller_kind="third_party")

    callers.attach(call_id=team.call_id, intake=said, by=CLOCK)

    assert makers.fresh(team).mode == "staged"


def test_a_lost_caller_brings_what_nobody_has_heard_yet(centre, crt):
    first = makers.a_call(centre)
    second = makers.decided(makers.a_call(centre, **SAME | {"phone": "919-555-0163"}))
    work = makers.accepted(second, "crt")
    makers.late(first, weapon="yes")

    contact.lost(contact_id=second.contacts.get().pk, by=CLOCK)

    assert makers.fresh(work.seat).mode == "staged"


def test_what_a_version_before_wrote_gets_its_building_from_the_clock(centre):
    first = makers.a_call(centre)
    flat = makers.a_call(centre, **SAME | {"address": "1012 W Main St Apt 4"})
    away = makers.a_call(centre, **SAME)
    intake.cancel(call_id=away.pk, reason="no_help_wanted", by=CLOCK)
    Caller.objects.update(building_lookup="")
    makers.late(first, weapon="yes")

    rounds.round_(sealing=False)

    assert near(flat) == [(str(first.pk), "weapon")]
    assert nearby.unplaced() == []
    assert makers.fresh(away.caller).building_lookup == ""
    disposition.reopen(call_id=away.pk, reason="new_information", by=CLOCK)
    rounds.round_(sealing=False)
    assert near(away) == [(str(first.pk), "weapon")]
