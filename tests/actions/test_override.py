"""An override replaces an answer, and never takes away what somebody asked for."""

import pytest

from dispatch.actions import decision, safety, scene, seat
from dispatch.events import CLOCK
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)
    return call


def crew_asks(call, response):
    return scene.backup(
        seat_id=makers.seat_of(call, "crt").pk, response=response, by=CLOCK
    )


def overridden(call, response):
    makers.override(makers.fresh(call), response, "judged_less_safe")


@pytest.mark.parametrize("kind", ["cor", "cit", "police", "ems"])
def test_backup_that_a_crew_asked_for_survives_an_override(call, kind):
    asked = crew_asks(call, kind)

    overridden(call, "fire")

    assert makers.fresh(asked).state == "wanted"


def test_an_unarmed_team_that_a_crew_asked_for_survives_as_well(call):
    asked = crew_asks(call, "crt")

    overridden(call, "police")

    assert makers.fresh(asked).state == "wanted"


@pytest.mark.parametrize("then", ["not_known", "not_asked"])
@pytest.mark.parametrize("chosen", ["cor", "ems", "cit"])
def test_police_that_a_safety_rule_sent_outlive_an_override(centre, then, chosen):
    makers.a_unit(centre, "cor")
    call = makers.decided(makers.a_call(centre), violence="yes")
    makers.decide(makers.late(call, violence=then))

    overridden(call, chosen)

    assert makers.seat_of(call, "police").state == "wanted"


def test_police_whose_danger_is_denied_go_with_an_override(centre):
    makers.a_unit(centre, "cor")
    call = makers.decided(makers.a_call(centre), violence="yes")
    makers.decide(makers.late(call, violence="no"))

    overridden(call, "cor")

    assert makers.seat_of(call, "police").state == "withdrawn"


@pytest.mark.parametrize("kind", ["ccd", "cor"])
def test_a_team_that_a_dispatcher_asked_for_survives_an_override(call, kind):
    decision.request_team(call_id=call.pk, response=kind, reason="more_help", by=CLOCK)
    makers.decide(call)

    overridden(call, "police")

    assert makers.seat_of(call, kind).state == "wanted"


@pytest.mark.parametrize("how", ["backup", "not_safe", "emergency"])
def test_what_an_override_chose_and_a_crew_then_asked_for_survives_the_next(call, how):
    kind = "cor" if how == "backup" else "police"
    overridden(call, kind)
    if how == "backup":
        crew_asks(call, kind)
    else:
        car = makers.seat_of(call, "crt").assignments.get().unit
        if how == "not_safe":
            safety.unsafe(unit_id=car.pk, why="crowd", by=CLOCK)
        else:
            safety.emergency(unit_id=car.pk, by=CLOCK)
        makers.decide(call)

    overridden(call, "cit")

    assert makers.seat_of(call, kind).state == "wanted"


@pytest.mark.parametrize("kind", ["cor", "police"])
def test_what_only_an_override_chose_the_next_replaces_also_after_a_new_decision(
    call, kind
):
    overridden(call, kind)
    makers.decide(makers.late(call, minor_alone="yes"))
    assert makers.seat_of(call, kind).state == "wanted"

    overridden(call, "cit")

    assert makers.seat_of(call, kind).state == "withdrawn"


def test_a_person_still_lets_go_by_name_what_somebody_asked_for(call):
    asked = crew_asks(call, "cor")

    seat.withdraw(seat_id=asked.pk, why="not_needed", by=CLOCK)
    overridden(call, "police")

    assert makers.fresh(asked).state == "withdrawn"


def test_a_clinician_whom_only_the_decision_wanted_goes_with_an_override(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    overridden(call, "cor")

    assert makers.seat_of(call, "ccd").state == "withdrawn"
