"""Help that a person or a safety rule asked for stays, until a person lets it go."""

import pytest

from dispatch.actions import decision, offer, safety, scene, seat, triage, unit
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Call, Offer
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
    makers.on_scene(call)
    return car


def request(call, response):
    decision.request_team(
        call_id=call.pk, response=response, reason="more_help", by=CLOCK
    )


def decided_again(call, **answers):
    return makers.decide(makers.late(call, **answers or {"minor_alone": "yes"}))


def asked(call):
    rows = makers.events_of(call).filter(kind="TeamRequested")
    return [row.body["response"] for row in rows]


def test_police_asked_for_from_the_scene_keep_the_call_most_urgent(inside, call):
    scene.backup(seat_id=makers.seat_of(call, "crt").pk, response="police", by=CLOCK)

    assert decided_again(call).priority == 1
    seat.confirm_told(seat_id=makers.seat_of(call, "police").pk, by=CLOCK)
    assert decided_again(call, minor_alone="no").priority == 1


def test_once_a_person_lets_the_police_go_the_call_is_as_urgent_as_the_rules_say(
    inside, call
):
    usual = call.priority
    scene.backup(seat_id=makers.seat_of(call, "crt").pk, response="police", by=CLOCK)

    seat.withdraw(seat_id=makers.seat_of(call, "police").pk, why="not_needed", by=CLOCK)

    assert decided_again(call).priority == usual > 1


def test_a_crew_s_emergency_makes_its_call_most_urgent_and_it_stays_so(inside, call):
    safety.emergency(unit_id=inside.pk, by=CLOCK)
    assert makers.fresh(call).priority == 1

    assert decided_again(call).priority == 1


@pytest.mark.parametrize("kind", ["police", "ems", "fire", "cit", "cor"])
def test_what_a_person_asked_for_outlives_each_later_decision(centre, call, kind):
    request(call, kind)

    decided_again(call)
    decided_again(call, minor_alone="no", agrees_988="no")

    assert makers.seat_of(call, kind).state == "wanted"


def test_a_team_that_a_person_asked_for_is_wanted_on_when_nobody_can_be_had(
    centre, call
):
    request(call, "cor")
    call = makers.decide(call)

    wanted = makers.seat_of(call, "cor")
    assert (wanted.state, wanted.requested, wanted.give_up_at) == ("wanted", True, None)
    assert "SeatUnfilled" in makers.kinds(call)
    officers = makers.a_unit(centre, "cor")
    offer.make(call_id=call.pk, by=CLOCK)
    assert makers.ringing(call, "cor").unit == officers


@pytest.mark.parametrize("then", ["not_known", "not_asked"])
def test_police_that_a_safety_rule_sent_stay_until_the_danger_is_denied(call, then):
    decided_again(call, violence="yes")
    police = makers.seat_of(call, "police")
    assert (police.state, police.requested) == ("wanted", False)

    decided_again(call, violence=then)
    assert makers.fresh(police).state == "wanted"

    decided_again(call, violence="no")
    assert makers.fresh(police).state == "withdrawn"


def test_ems_that_a_safety_rule_sent_stay_as_well(call):
    decided_again(call, attempt="yes")

    decided_again(call, attempt="not_known")

    assert makers.seat_of(call, "ems").state == "wanted"


# A weapon or violence, said at triage, where an unarmed crew is or goes


@pytest.mark.parametrize("question", ["weapon", "violence"])
@pytest.mark.parametrize("where", ["acknowledged", "en_route", "on_scene"])
def test_backup_is_asked_for_in_the_moment_of_the_answer(centre, call, question, where):
    work = makers.accepted(call, "crt")
    for to in ["en_route", "on_scene"][
        : ["acknowledged", "en_route", "on_scene"].index(where)
    ]:
        unit.report(unit_id=work.unit_id, to=to, by=CLOCK)
    officers = makers.a_unit(centre, "cor")

    triage.record_answers(call_id=call.pk, answers={question: "yes"}, by=CLOCK)

    assert makers.fresh(call).decision_wanted_at
    assert asked(call) == ["cor", "police"]
    police, team = (makers.seat_of(call, kind) for kind in ("police", "cor"))
    assert (police.state, police.requested) == ("wanted", True)
    assert (team.requested, team.give_up_at) == (True, None)
    assert makers.ringing(call, "cor").unit == officers


def test_backup_waits_for_no_decision_and_no_decision_takes_it_back(inside, call):
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)
    makers.decide(call)

    decided_again(call, weapon="no")

    assert makers.seat_of(call, "police").state == "wanted"


@pytest.mark.parametrize(
    "answer", [{"weapon": "no"}, {"weapon": "not_known"}, {"minor_alone": "yes"}]
)
def test_no_backup_is_asked_for_without_a_danger_to_the_crew(inside, call, answer):
    triage.record_answers(call_id=call.pk, answers=answer, by=CLOCK)

    assert asked(call) == []


def test_no_backup_is_asked_for_a_crew_that_only_rings(call, car):
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)

    assert asked(call) == []
    assert makers.fresh(car).state == "available"


def test_a_crew_that_is_not_safe_too_asks_for_the_same_backup_once(inside, call):
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)

    safety.unsafe(unit_id=inside.pk, why="weapon", by=CLOCK)

    assert asked(call) == ["police"]
    assert call.seats.filter(response="police").count() == 1


def test_backup_that_nobody_takes_is_looked_for_until_a_person_lets_it_go(
    centre, inside, call
):
    makers.a_unit(centre, "cor")
    safety.unsafe(unit_id=inside.pk, why="crowd", by=CLOCK)
    makers.decide(call)

    makers.ring_out(makers.ringing(call, "cor"))

    assert makers.seat_of(call, "cor").state == "wanted"


def test_who_declined_is_not_rung_anew_by_the_search_that_follows(centre, call):
    unwilling, other = (makers.a_unit(centre, "cor") for _ in range(2))
    request(call, "cor")
    call = makers.decide(call)
    for _ in range(2):
        ring = makers.ringing(call, "cor")
        offer.decline(offer_id=ring.pk, reason="unsafe", by=CLOCK)

    makers.decide(call)

    rings = Offer.objects.filter(seat__call=call, seat__response="cor")
    assert sorted(rings.values_list("unit", flat=True)) == sorted(
        [unwilling.pk, other.pk]
    )


# The emergency of a crew on no call


@pytest.fixture
def alone(car):
    """The call that the emergency of a crew on no call has opened; nobody decided it."""
    safety.emergency(unit_id=car.pk, by=CLOCK)
    return Call.objects.get()


def test_police_asked_for_during_an_emergency_are_asked_for_once(alone):
    crew = makers.seat_of(alone, "crt")

    scene.backup(seat_id=crew.pk, response="police", by=CLOCK)
    request(alone, "police")

    police = alone.seats.get(response="police")
    assert (alone.state, police.state) == ("new", "wanted")
    assert asked(alone) == ["police"]


def test_police_may_be_asked_for_again_once_they_were_told(alone):
    seat.confirm_told(seat_id=makers.seat_of(alone, "police").pk, by=CLOCK)

    scene.backup(seat_id=makers.seat_of(alone, "crt").pk, response="police", by=CLOCK)

    assert alone.seats.filter(response="police", state="wanted").count() == 1


@pytest.mark.parametrize("kind", ["police", "ems", "fire"])
def test_help_against_a_danger_waits_for_no_decision(centre, kind):
    call = makers.a_call(centre)

    request(call, kind)

    assert makers.seat_of(call, kind).requested
    assert makers.seat_of(makers.decided(call), kind).state == "wanted"


def test_after_its_end_no_call_asks_for_police(centre):
    call = makers.closed(makers.decided(makers.a_call(centre)))

    with pytest.raises(Invalid):
        request(call, "police")


# What the crew was before


def signed_on(car):
    crew = makers.a_user(car.agency, "responder")
    makers.signed_on(car, crew)
    return crew


@pytest.mark.parametrize("before", ["off_duty", "out_of_service", "available"])
def test_after_an_emergency_a_unit_is_what_it_was(centre, before):
    car = makers.a_unit(centre, crewed=False)
    if before != "off_duty":
        signed_on(car)
    if before == "out_of_service":
        unit.out_of_service(unit_id=car.pk, reason="meal", by=CLOCK)
    reason = makers.fresh(car).reason

    safety.emergency(unit_id=car.pk, by=CLOCK)
    safety.end_emergency(unit_id=car.pk, by=CLOCK)
    unit.clear(unit_id=car.pk, outcome="other", by=CLOCK)

    row = makers.fresh(car)
    assert (row.state, row.reason) == (before, reason)
    assert row.emergency_at is None


def test_a_unit_whose_crew_came_on_meanwhile_is_available(centre):
    car = makers.a_unit(centre, crewed=False)
    safety.emergency(unit_id=car.pk, by=CLOCK)
    signed_on(car)
    safety.end_emergency(unit_id=car.pk, by=CLOCK)

    unit.clear(unit_id=car.pk, outcome="other", by=CLOCK)

    assert makers.fresh(car).state == "available"


def test_a_unit_off_duty_after_its_emergency_is_asked_for_nothing(centre):
    car = makers.a_unit(centre, crewed=False)
    safety.emergency(unit_id=car.pk, by=CLOCK)
    safety.end_emergency(unit_id=car.pk, by=CLOCK)
    unit.clear(unit_id=car.pk, outcome="other", by=CLOCK)
    call = makers.decided(makers.a_call(centre, type="trespass"))

    offer.make(call_id=call.pk, by=CLOCK)

    assert makers.any_ringing(call) is None
