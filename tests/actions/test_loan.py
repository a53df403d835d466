"""Neighbours: one asks, the other lends or declines; the share ends with the loan."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from dispatch import access, wrong
from dispatch.actions import alarm, loan, offer, safety, seat, unit
from dispatch.errors import FloorForbids, Invalid, LostRace, NotFound, NotFree
from dispatch.events import CLOCK
from dispatch.models import Alarm, Event, Feed, Loan, Offer, Seat, Unit
from routing import store
from tests import makers


@pytest.fixture
def ours(db):
    return makers.an_agency("ours")


@pytest.fixture
def next_door(ours):
    other = makers.an_agency("next-door")
    loan.agree(agency_id=ours.pk, neighbour_id=other.pk, by=CLOCK)
    return other


@pytest.fixture
def call(ours):
    return makers.decided(makers.a_call(ours, type="trespass"))


def asked(call, lender, response="crt"):
    return loan.ask(call_id=call.pk, lender_id=lender.pk, response=response, by=CLOCK)


def lent(call, lender, car=None):
    car = car or makers.a_unit(lender)
    made = asked(call, lender)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    return makers.fresh(made), car


def crew_of(car):
    return car.shifts.get(ended_at=None).user


def gone(made):
    Loan.objects.filter(pk=made.pk).update(ends_at=Now() - timedelta(seconds=1))
    loan.expire(loan_id=made.pk, by=CLOCK)
    return makers.fresh(made)


def test_a_neighbour_lends_a_unit_and_it_is_offered_the_call(call, next_door):
    made, car = lent(call, next_door)

    assert (made.state, made.unit_id) == ("lent", car.pk)
    assert makers.ringing(call, "crt").unit_id == car.pk
    assert {"LoanAsked", "LoanAnswered", "OfferMade"} <= set(makers.kinds(call))


def test_the_lender_hears_of_it_in_its_own_log_without_the_call(call, next_door):
    before = Feed.objects.get(agency=next_door).number
    lent(call, next_door)

    heard = Event.objects.filter(agency=next_door, number__gt=before)
    kinds = set(heard.values_list("kind", flat=True))
    assert {"LoanAsked", "LoanAnswered", "OfferMade"} <= kinds
    assert not heard.exclude(call=None).exists()


def test_only_a_neighbour_is_asked(call):
    with pytest.raises(Invalid):
        asked(call, makers.an_agency("far-away"))


def test_neighbours_agree_once_on_both_sides_and_may_end_it(ours, call, next_door):
    pair = {"agency_id": next_door.pk, "neighbour_id": ours.pk, "by": CLOCK}
    loan.agree(**pair)
    said = Event.objects.filter(kind="NeighboursAgreed")
    assert {one.agency_id for one in said} == {ours.pk, next_door.pk}
    assert said.all().count() == 2

    loan.agree(**pair, ended=True)

    assert said.all().count() == 4
    with pytest.raises(Invalid):
        asked(call, next_door)


def test_a_centre_is_not_its_own_neighbour(ours):
    with pytest.raises(Invalid):
        loan.agree(agency_id=ours.pk, neighbour_id=ours.pk, by=CLOCK)


def test_an_operator_makes_neighbours_with_a_command(ours, capsys):
    other = makers.an_agency("beside")
    call_command("add_neighbour", agency="ours", neighbour="beside")

    assert list(ours.neighbours.all()) == [other]
    with pytest.raises(CommandError):
        call_command("add_neighbour", agency="ours", neighbour="ours")


def test_asking_twice_is_asking_once(call, next_door):
    assert asked(call, next_door).pk == asked(call, next_door).pk


def test_a_unit_lent_is_not_offered_at_home(call, next_door):
    _made, car = lent(call, next_door)
    home = makers.decided(makers.a_call(next_door, type="trespass"))

    assert not Offer.objects.filter(seat__call=home, unit=car).exists()
    with pytest.raises(NotFree):
        offer.send(call_id=home.pk, unit_id=car.pk, by=CLOCK)


def test_the_floor_of_the_borrower_holds_for_a_lent_unit(ours, next_door):
    call = makers.decided(makers.a_call(ours, type="trespass"))
    made, car = asked(call, next_door), makers.a_unit(next_door)
    makers.late(call, weapon="yes")

    with pytest.raises(FloorForbids):
        loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)

    assert makers.fresh(car).state == "available"
    assert makers.fresh(made).state == "asked"


def test_what_the_floor_holds_back_is_not_asked_for(ours, next_door):
    call = makers.decided(makers.a_call(ours, type="trespass"), weapon="yes")

    with pytest.raises(FloorForbids):
        asked(call, next_door)


def test_a_unit_that_is_not_free_is_not_lent(call, next_door):
    made, car = asked(call, next_door), makers.a_unit(next_door)
    makers.off(car)

    with pytest.raises(NotFree):
        loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)


def test_nobody_lends_what_is_not_theirs(ours, call, next_door):
    made = asked(call, next_door)
    car = makers.a_unit(ours, kind="crt", crewed=False)

    with pytest.raises(Invalid):
        loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)


def test_an_unanswered_request_ends(call, next_door):
    made = asked(call, next_door)
    assert loan.expire(loan_id=made.pk, by=CLOCK).state == "asked"

    assert gone(made).reason == "no_answer"

    with pytest.raises(LostRace):
        loan.lend(loan_id=made.pk, unit_id=makers.a_unit(next_door).pk, by=CLOCK)


def test_a_neighbour_declines_and_says_why(call, next_door):
    made = loan.decline(
        loan_id=asked(call, next_door).pk, reason="no_capacity", by=CLOCK
    )

    assert (made.state, made.reason) == ("declined", "no_capacity")
    assert loan.decline(loan_id=made.pk, reason="other", by=CLOCK).reason == (
        "no_capacity"
    )


def test_the_share_ends_with_the_loan(call, next_door):
    made, car = lent(call, next_door)
    dispatcher = makers.a_user(next_door, "dispatcher")
    assert access.loan_to(dispatcher, made.pk) == made
    makers.cleared(makers.on_scene(call))

    assert makers.fresh(made).state == "ended"
    assert makers.fresh(car).state == "available"
    with pytest.raises(NotFound):
        access.loan_to(dispatcher, made.pk)
    with pytest.raises(NotFound):
        access.call_for(crew_of(car), call.pk, "call.note")


@pytest.mark.parametrize(
    "shared", [asked, lambda *both: lent(*both)[0]], ids=["asked", "lent"]
)
def test_what_is_shared_is_out_of_sight_in_time_whether_the_clock_ran_or_not(
    call, next_door, shared
):
    made = shared(call, next_door)
    dispatcher = makers.a_user(next_door, "dispatcher")
    assert access.loan_to(dispatcher, made.pk) == made

    Loan.objects.filter(pk=made.pk).update(ends_at=Now())

    with pytest.raises(NotFound):
        access.loan_to(dispatcher, made.pk)


def test_the_floor_next_door_never_opens_the_call_itself(call, next_door):
    lent(call, next_door)

    for role in ("dispatcher", "supervisor", "clinician"):
        with pytest.raises(NotFound):
            access.call_for(makers.a_user(next_door, role), call.pk, "call.see")


def test_the_lent_crew_reaches_its_call_and_another_crew_does_not(call, next_door):
    _made, car = lent(call, next_door)
    ring = makers.ringing(call, "crt")
    other = crew_of(makers.a_unit(next_door))

    assert access.offer_for(crew_of(car), ring.pk) == ring
    assert access.call_for(crew_of(car), call.pk, "call.note") == call
    with pytest.raises(NotFound):
        access.call_for(crew_of(car), call.pk, "call.see")
    with pytest.raises(NotFound):
        access.offer_for(other, ring.pk)
    with pytest.raises(NotFound):
        access.call_for(other, call.pk, "call.note")


def test_a_lent_unit_that_declines_is_home_again(call, next_door):
    made, car = lent(call, next_door)

    offer.decline(offer_id=makers.ringing(call, "crt").pk, reason="too_far", by=CLOCK)

    assert makers.fresh(made).state == "ended"
    assert makers.fresh(car).state == "available"


def test_a_place_that_is_withdrawn_ends_the_loan(call, next_door):
    made, _car = lent(call, next_door)
    work = makers.accepted(call, "crt")

    seat.withdraw(seat_id=work.seat_id, why="not_needed", by=CLOCK)

    assert makers.fresh(made).state == "ended"


@pytest.mark.parametrize("answered", [False, True])
def test_the_lender_calls_its_unit_back_and_help_is_wanted_anew(
    call, next_door, answered
):
    made, car = lent(call, next_door)
    if answered:
        makers.accepted(call, "crt")

    loan.call_back(loan_id=made.pk, by=CLOCK)

    assert makers.fresh(made).reason == "called_back"
    assert makers.fresh(car).state == "available"
    assert Seat.objects.filter(call=call, response="crt", state="wanted").exists()


@pytest.mark.parametrize("answered", [False, True])
def test_the_borrower_ends_it_and_the_place_is_gone(call, next_door, answered):
    made, car = lent(call, next_door)
    if answered:
        makers.accepted(call, "crt")

    loan.end(loan_id=made.pk, why="not_needed", by=CLOCK)

    assert makers.fresh(car).state == "available"
    assert not Seat.objects.filter(
        call=call, response="crt", state__in=["wanted", "filled"]
    ).exists()


def test_nobody_calls_back_a_crew_that_is_with_the_person(call, next_door):
    made, _car = lent(call, next_door)
    makers.on_scene(call)

    for act in (
        lambda: loan.call_back(loan_id=made.pk, by=CLOCK),
        lambda: loan.end(loan_id=made.pk, why="not_needed", by=CLOCK),
    ):
        with pytest.raises(Invalid):
            act()
    assert gone(made).state == "lent"


def test_a_crew_in_an_emergency_is_not_let_go(call, next_door):
    made, car = lent(call, next_door)
    safety.emergency(unit_id=car.pk, by=CLOCK)

    with pytest.raises(Invalid):
        loan.call_back(loan_id=made.pk, by=CLOCK)


def rang_out(call):
    makers.ring_out(makers.ringing(call, "crt"))


def withdrawn(call):
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)


def held_back(call):
    makers.late(call, weapon="yes")


def declined(call):
    ring = makers.ringing(call, "crt")
    offer.decline(offer_id=ring.pk, reason="too_far", by=CLOCK)


@pytest.mark.parametrize("goes", [rang_out, withdrawn, held_back, declined])
def test_a_loan_goes_on_until_the_emergency_is_over(ours, call, next_door, goes):
    made, car = lent(call, next_door)
    safety.emergency(unit_id=car.pk, by=CLOCK)
    floor = makers.a_user(ours, "dispatcher")

    goes(call)

    assert makers.fresh(car).state == "available"
    assert gone(made).state == "lent"
    with pytest.raises(Invalid):
        unit.sign_off(unit_id=car.pk, by=makers.by(crew_of(car)))
    with pytest.raises(Invalid):
        loan.end(loan_id=made.pk, why="not_needed", by=CLOCK)
    assert access.unit_watched(floor, car.pk, "unit.dispatch") == car
    _row, protocol = store.published(ours.pk)
    raised = [one for one in wrong.sweep(ours.pk, protocol) if one.about == "emergency"]
    assert [(one.unit, one.call) for one in raised] == [(car.pk, call.pk)]

    safety.end_emergency(unit_id=car.pk, by=makers.by(floor))

    assert makers.fresh(made).state == "ended"
    assert "CrewEmergency" in makers.kinds(call)
    with pytest.raises(NotFound):
        access.unit_watched(floor, car.pk, "unit.dispatch")


def test_a_crew_out_of_service_in_an_emergency_goes_home_with_its_end(call, next_door):
    made, car = lent(call, next_door)
    safety.emergency(unit_id=car.pk, by=CLOCK)
    rang_out(call)
    unit.out_of_service(unit_id=car.pk, reason="vehicle", by=CLOCK)

    safety.end_emergency(unit_id=car.pk, by=CLOCK)

    assert makers.fresh(made).state == "ended"


def test_an_emergency_of_a_lent_unit_is_known_on_both_sides(ours, call, next_door):
    _made, car = lent(call, next_door)
    makers.accepted(call, "crt")
    safety.emergency(unit_id=car.pk, by=CLOCK)

    for agency in (ours, next_door):
        assert Event.objects.filter(agency=agency, kind="CrewEmergency").count() == 1
    _row, protocol = store.published(next_door.pk)
    for found in wrong.sweep(next_door.pk, protocol):
        alarm.see_to(found, by=CLOCK)
    raised = Alarm.objects.get(agency=next_door, about="emergency")
    assert (raised.unit_id, raised.call_id) == (car.pk, None)


def test_the_floor_whose_call_it_is_raises_the_emergency_of_a_lent_unit(
    ours, call, next_door
):
    _made, car = lent(call, next_door)
    floor = makers.a_user(ours, "dispatcher")
    spare = makers.a_unit(next_door)

    assert access.unit_in_need(floor, car.pk) == car
    with pytest.raises(NotFound):
        access.unit_in_need(floor, spare.pk)
    with pytest.raises(NotFound):
        access.unit_in_need(makers.a_user(makers.an_agency(), "dispatcher"), car.pk)


def test_the_call_keeps_the_number_of_its_own_log(ours, call, next_door):
    _made, car = lent(call, next_door)
    makers.accepted(call, "crt")
    unit.report(unit_id=car.pk, to="en_route", by=CLOCK)

    last = Event.objects.filter(agency=ours, call=call).latest("number")
    assert makers.fresh(call).head == last.number
    assert Unit.objects.get(pk=car.pk).state == "en_route"
