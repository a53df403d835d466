"""Seats: looked for in time, staged until cleared, told and done."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import offer, safety, seat, staff, unit
from dispatch.errors import FloorForbids, Invalid
from dispatch.events import CLOCK
from dispatch.models import Offer, Seat
from dispatch.selectors import due
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


def rings_for(offer_row):
    return (offer_row.expires_at - offer_row.made_at).total_seconds()


def over(call, response):
    """The time of the whole search has passed, and the sweep looks."""
    Seat.objects.filter(call=call, response=response, state="wanted").update(
        give_up_at=Now() - timedelta(seconds=1)
    )
    offer.make(call_id=call.pk, by=CLOCK)


def test_a_clinician_rings_twenty_seconds_and_the_search_is_over_after_sixty(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    wanted = makers.seat_of(call, "ccd")

    assert rings_for(makers.ringing(call)) == 20
    assert (wanted.give_up_at - wanted.wanted_at).total_seconds() == 60


def test_no_ring_outlasts_the_search(centre):
    makers.a_clinician(centre)
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    Seat.objects.filter(call=call).update(give_up_at=Now() + timedelta(seconds=5))

    makers.ring_out(makers.ringing(call))

    assert rings_for(makers.ringing(call)) < 6


def test_the_next_clinician_rings_and_after_the_whole_time_the_fallback_goes(centre):
    for _ in range(3):
        makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre))
    first = makers.ringing(call)
    makers.ring_out(first)
    second = makers.ringing(call)
    assert second.person != first.person

    offer.decline(offer_id=second.pk, reason="language", by=CLOCK)
    Offer.objects.filter(seat__call=call, state="pending").update(expires_at=Now())
    over(call, "ccd")
    makers.ring_out(makers.ringing(call))
    makers.decide(call)

    assert makers.seat_of(call, "ccd").why == "timed_out"
    assert makers.ringing(call, "crt")


def test_when_everybody_was_asked_nobody_waits_for_the_time_to_run_out(centre):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre))

    offer.decline(offer_id=makers.ringing(call).pk, reason="language", by=CLOCK)
    makers.decide(call)

    assert makers.ringing(call, "crt")


def test_who_only_wants_to_talk_and_agrees_falls_to_988(centre):
    makers.a_clinician(centre)
    talk = makers.a_call(centre, type="counselling")
    call = makers.decided(talk, agrees_988="yes")

    assert makers.seat_of(call, "988").state == "wanted"
    seat.confirm_told(seat_id=makers.seat_of(call, "988").pk, by=CLOCK)

    assert makers.fresh(call).state == "working"
    assert makers.fresh(call).service == "served"


def test_a_team_that_does_not_acknowledge_is_followed_by_the_next_and_the_next_kind(
    centre,
):
    makers.a_unit(centre)
    makers.a_unit(centre)
    armed = makers.a_unit(centre, "cor")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    first = makers.ringing(call, "crt")
    makers.ring_out(first)
    second = makers.ringing(call, "crt")
    makers.ring_out(second)
    makers.decide(call)

    assert first.unit != second.unit
    assert makers.ringing(call, "cor").unit == armed
    assert makers.fresh(first.unit).state == "available"


@pytest.mark.parametrize("kind", ["ccd", "crt"])
def test_a_waiting_call_is_offered_by_the_sweep_when_somebody_comes_free(centre, kind):
    wants = {"ccd": "counselling", "crt": "trespass"}[kind]
    call = makers.decided(makers.a_call(centre, type=wants))
    if kind == "crt":
        makers.override(call, "crt")
    assert list(due.waiting_calls()) == []
    free = makers.a_clinician(centre) if kind == "ccd" else makers.a_unit(centre)

    for pk in due.waiting_calls(centre.pk):
        offer.make(call_id=pk, by=CLOCK)

    ring = makers.ringing(call, kind)
    assert free in (ring.person, ring.unit)
    assert list(due.waiting_calls()) == []


def absent_after(centre, seconds):
    clocks = makers.shipped().get("clocks", {}) | {"absent_after": seconds}
    store.publish(centre.pk, makers.open_all_day() | {"clocks": clocks})


@pytest.mark.parametrize("whose", [True, False])
def test_the_sweep_counts_nobody_whose_page_is_silent(centre, whose):
    other = makers.an_agency()
    absent_after(other, 120)
    calls = [
        makers.decided(makers.a_call(each, type="counselling"))
        for each in (centre, other)
    ]
    for each in (centre, other):
        makers.silent(makers.a_clinician(each))

    if whose:
        assert list(due.waiting_calls(centre.pk)) == []
        assert list(due.waiting_calls(other.pk)) == [calls[1].pk]
    else:
        assert list(due.waiting_calls()) == [calls[1].pk]
    offer.make(call_id=calls[1].pk, by=CLOCK)
    assert makers.ringing(calls[1])


def test_the_sweep_counts_nobody_for_whom_an_older_offer_still_rings(centre):
    clinician = makers.a_clinician(centre)
    rings = makers.decided(makers.a_call(centre, type="counselling"))
    makers.decided(makers.a_call(centre, type="counselling"))
    for to in ("offline", "available"):
        staff.set_presence(user_id=clinician.pk, to=to, by=makers.by(clinician))

    assert makers.ringing(rings).person == clinician
    assert makers.presence(clinician) == "available"
    assert list(due.waiting_calls(centre.pk)) == []


def test_the_sweep_asks_for_no_more_calls_than_there_are_people_free(centre):
    waiting = [
        makers.decided(makers.a_call(centre, type="counselling")) for _ in range(3)
    ]
    makers.a_clinician(centre)

    swept = []
    for pk in due.waiting_calls(centre.pk):
        swept.append(offer.make(call_id=pk, by=CLOCK).pk)

    assert swept == [waiting[0].pk]


def test_a_call_that_waits_for_a_decision_is_not_swept(centre):
    call = makers.decided(makers.a_call(centre, type="counselling"))

    makers.late(call, weapon="yes")

    assert list(due.waiting_calls()) == []


def test_a_team_told_to_stage_cannot_report_on_scene_until_the_scene_is_clear(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    rolling = makers.accepted(call, "crt")
    makers.decide(makers.late(call, weapon="yes"))
    staged = makers.seat_of(call, "crt")
    assert staged.mode == "staged"

    with pytest.raises(FloorForbids):
        unit.report(unit_id=rolling.unit_id, to="on_scene", by=CLOCK)
    unit.report(unit_id=rolling.unit_id, to="staged", by=CLOCK)
    seat.clear_scene(seat_id=staged.pk, by=CLOCK)
    seat.clear_scene(seat_id=staged.pk, by=CLOCK)
    unit.report(unit_id=rolling.unit_id, to="on_scene", by=CLOCK)

    assert makers.fresh(rolling.unit).state == "on_scene"
    assert makers.kinds(call).count("SceneCleared") == 1


def test_a_cleared_team_stages_again_only_for_something_new(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")
    makers.decide(makers.late(call, weapon="yes"))
    staged = makers.seat_of(call, "crt")
    seat.clear_scene(seat_id=staged.pk, by=CLOCK)
    Seat.objects.filter(pk=staged.pk).update(confirmed_at=Now() - timedelta(minutes=1))

    makers.decide(makers.late(call, violence="yes"))

    assert makers.fresh(staged).mode == "staged"


def test_an_armed_team_goes_on_where_an_unarmed_one_stages(centre):
    makers.a_unit(centre, "cor")
    call = makers.decided(makers.a_call(centre), weapon="yes")
    rolling = makers.accepted(call, "cor")

    for to in ("en_route", "on_scene"):
        unit.report(unit_id=rolling.unit_id, to=to, by=CLOCK)

    assert makers.fresh(rolling.unit).state == "on_scene"


def test_an_outside_service_is_told_once_and_is_done_when_the_call_closes(centre):
    call = makers.decided(makers.a_call(centre), attempt="yes")
    told = makers.seat_of(call, "ems")

    seat.confirm_told(seat_id=told.pk, by=CLOCK)
    seat.confirm_told(seat_id=told.pk, by=CLOCK)
    makers.closed(call, "handed_to_ems")

    assert makers.kinds(call).count("SeatConfirmed") == 1
    assert makers.fresh(told).state == "done"


def test_our_own_teams_answer_for_themselves(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))

    with pytest.raises(Invalid):
        seat.confirm_told(seat_id=makers.seat_of(call, "crt").pk, by=CLOCK)


def test_withdrawing_twice_is_withdrawing_once(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    wanted = makers.seat_of(call, "crt")

    seat.withdraw(seat_id=wanted.pk, why="not_needed", by=CLOCK)
    seat.withdraw(seat_id=wanted.pk, why="not_needed", by=CLOCK)

    assert makers.kinds(call).count("SeatWithdrawn") == 1


PATH = ("en_route", "on_scene", "transporting", "at_destination")


def reported(call, car, to):
    """A team that took the call and is there by now."""
    makers.accepted(call, "crt")
    for step in PATH[: PATH.index(to) + 1] if to else ():
        unit.report(unit_id=car.pk, to=step, by=CLOCK)


@pytest.mark.parametrize("to", ["", "en_route"])
def test_a_team_on_its_way_is_let_go_by_name(centre, to):
    car = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    reported(call, car, to)

    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)

    assert makers.fresh(car).state == "available"


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("on_scene", "CRT 1 is on scene: let it clear first."),
        ("transporting", "CRT 1 is transporting: let it clear first."),
        ("at_destination", "CRT 1 is at the destination: let it clear first."),
    ],
)
def test_a_team_with_the_person_is_not_withdrawn_over_its_head(centre, to, said):
    car = makers.a_unit(centre, name="CRT 1")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    reported(call, car, to)
    wanted = makers.seat_of(call, "crt")

    with pytest.raises(Invalid) as refused:
        seat.withdraw(seat_id=wanted.pk, why="not_needed", by=CLOCK)

    assert str(refused.value) == said
    assert refused.value.params["field"] == "call"
    assert makers.fresh(car).state == to
    assert makers.fresh(wanted).state == "filled"


def test_a_crew_in_need_of_help_is_not_withdrawn_before_that_is_over(centre):
    car = makers.a_unit(centre, name="CRT 1")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    reported(call, car, "en_route")
    wanted = makers.seat_of(call, "crt")
    safety.emergency(unit_id=car.pk, by=CLOCK)

    with pytest.raises(Invalid) as refused:
        seat.withdraw(seat_id=wanted.pk, why="not_needed", by=CLOCK)

    assert str(refused.value) == "CRT 1 needs help now: end that emergency first."
    safety.end_emergency(unit_id=car.pk, by=CLOCK)
    seat.withdraw(seat_id=wanted.pk, why="not_needed", by=CLOCK)
    assert makers.fresh(car).state == "available"
