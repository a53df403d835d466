"""A crew in danger at the same place: whoever goes next door is held back as well."""

import pytest

from dispatch import facts, near
from dispatch.actions import disposition, offer, safety, seat, triage, unit
from dispatch.errors import FloorForbids
from dispatch.events import CLOCK
from dispatch.models import Event
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db
FLAT = {"address": "1012 W Main St Apt 2", "phone": "", "type": "trespass"}
ELSEWHERE = {"address": "55 Elm Road", "phone": "", "type": "trespass"}
HELP, UNSAFE = "crew_emergency", "crew_unsafe"
PRESSES = pytest.mark.parametrize(
    ("press", "said"), [("emergency", HELP), ("crowd", UNSAFE), ("other", UNSAFE)]
)


def pressed(crew, press):
    if press == "emergency":
        safety.emergency(unit_id=crew.unit_id, by=CLOCK)
    else:
        safety.unsafe(unit_id=crew.unit_id, why=press, by=CLOCK)


def clock():
    """The clock's round, as far as it is about danger near by."""
    for pk in near.unheard():
        triage.hear_near(call_id=pk, by=CLOCK)
    assert near.unheard() == []


def told(call):
    heard = Event.objects.filter(call=call, kind="DangerNear").order_by("number")
    return [(one.body["other"], one.body["question"]) for one in heard]


def dangers(centre, call):
    """What a call that comes to this house now would be told of."""
    there = near.dangers(centre.pk, call.caller.building_lookup)
    return [one.question for one in there]


def danger_near(centre, call):
    _row, protocol = store.published(centre.pk)
    return facts.known(centre.pk, call, protocol, at=call.opened_at).danger_near


def sent(centre, **known):
    """An unarmed team goes there alone: nothing speaks against it."""
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, **known))
    return makers.accepted(call, "crt")


@pytest.fixture
def inside(centre):
    """A crew in a house of many flats."""
    makers.a_unit(centre, "crt")
    quiet = {"type": "trespass", "phone": ""}
    return makers.on_scene(makers.decided(makers.a_call(centre, **quiet)))


@PRESSES
def test_a_second_call_in_the_house_sends_nobody_unarmed(centre, inside, press, said):
    makers.a_unit(centre, "crt")
    pressed(inside, press)

    again = makers.decided(makers.a_call(centre, **FLAT))

    assert again.hazard
    assert makers.any_ringing(again) is None
    assert told(again) == [(str(inside.seat.call_id), said)]


@PRESSES
def test_a_team_that_was_sent_next_door_stages_and_does_not_go_in(
    centre, inside, press, said
):
    beside = sent(centre, **FLAT)
    pressed(inside, press)
    assert danger_near(centre, beside.seat.call)

    clock()
    unit.report(unit_id=beside.unit_id, to="en_route", by=CLOCK)

    assert makers.fresh(beside.seat).mode == "staged"
    assert told(beside.seat.call) == [(str(inside.seat.call_id), said)]
    with pytest.raises(FloorForbids):
        unit.report(unit_id=beside.unit_id, to="on_scene", by=CLOCK)


@PRESSES
def test_elsewhere_at_another_centre_and_simulated_nobody_hears_of_it(
    centre, inside, press, said
):
    others = [
        makers.a_call(centre, **ELSEWHERE),
        makers.a_call(centre, **FLAT, simulated="call"),
        makers.a_call(makers.an_agency(), **FLAT),
    ]
    pressed(inside, press)

    assert near.unheard() == []
    assert [danger_near(one.agency, one) for one in others] == [False] * 3
    assert dangers(centre, inside.seat.call) == [said]


def test_the_crew_s_own_call_is_not_told_of_itself(centre, inside):
    pressed(inside, "emergency")
    pressed(inside, "crowd")
    clock()

    assert told(inside.seat.call) == []


def test_an_emergency_that_is_over_says_nothing_more(centre, inside):
    pressed(inside, "emergency")
    safety.end_emergency(unit_id=inside.unit_id, by=CLOCK)

    assert dangers(centre, inside.seat.call) == []


def test_a_crew_that_is_only_asked_to_go_there_says_nothing_of_that_house(centre):
    car = makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, **FLAT))
    assert makers.ringing(call, "crt").unit == car

    safety.emergency(unit_id=car.pk, by=CLOCK)

    assert dangers(centre, call) == []


def test_an_emergency_elsewhere_of_a_crew_that_was_here_is_no_danger_here(
    centre, inside
):
    stays = sent(centre, type="trespass", phone="").seat.call
    makers.cleared(inside)
    makers.accepted(makers.decided(makers.a_call(centre, **ELSEWHERE)), "crt")

    safety.emergency(unit_id=inside.unit_id, by=CLOCK)

    assert dangers(centre, stays) == []


@pytest.fixture
def asked(inside):
    """Weapons and violence were asked about: a scene may be cleared."""
    makers.late(inside.seat.call, weapon="no", violence="no")
    return inside


def test_that_it_is_not_safe_holds_until_the_scene_is_cleared_for_that_team(
    centre, asked
):
    pressed(asked, "crowd")
    assert dangers(centre, asked.seat.call) == [UNSAFE]

    seat.clear_scene(seat_id=asked.seat_id, by=CLOCK)

    assert dangers(centre, asked.seat.call) == []
    pressed(asked, "other")
    assert dangers(centre, asked.seat.call) == [UNSAFE]


def joined(centre, asked):
    """Another unarmed team of the same call, sent by hand."""
    return joins(makers.a_unit(centre, "crt"), asked)


def joins(car, asked):
    ring = offer.send(call_id=asked.seat.call_id, unit_id=car.pk, by=CLOCK)
    return offer.accept(offer_id=ring.pk, by=CLOCK)


def test_that_another_may_enter_ends_it_only_if_said_after_the_crew_left(centre, asked):
    other, third = joined(centre, asked), joined(centre, asked)
    pressed(asked, "crowd")
    seat.clear_scene(seat_id=other.seat_id, by=CLOCK)
    makers.cleared(asked)
    assert dangers(centre, asked.seat.call) == [UNSAFE]

    seat.clear_scene(seat_id=third.seat_id, by=CLOCK)

    assert dangers(centre, asked.seat.call) == []


def test_a_crew_that_comes_back_does_not_bring_its_word_back(centre, asked):
    other = joined(centre, asked)
    crew = joins(makers.a_unit(centre, "cor"), asked)
    pressed(crew, "crowd")
    makers.cleared(crew)
    seat.clear_scene(seat_id=other.seat_id, by=CLOCK)

    joins(crew.unit, asked)

    assert dangers(centre, asked.seat.call) == []


def test_what_a_crew_said_that_has_left_holds_until_the_scene_is_cleared(centre, asked):
    other = joined(centre, asked)
    pressed(asked, "crowd")
    makers.cleared(asked)
    assert dangers(centre, asked.seat.call) == [UNSAFE]

    seat.clear_scene(seat_id=other.seat_id, by=CLOCK)

    assert dangers(centre, asked.seat.call) == []


def test_a_second_word_is_news_where_the_scene_was_cleared(centre, asked):
    beside = sent(centre, **FLAT)
    pressed(asked, "crowd")
    clock()
    seat.clear_scene(seat_id=beside.seat_id, by=CLOCK)
    assert makers.fresh(beside.seat).mode == "now"

    pressed(asked, "crowd")
    clock()

    assert makers.fresh(beside.seat).mode == "staged"
    assert [what for _call, what in told(beside.seat.call)] == [UNSAFE, UNSAFE]


def test_what_was_said_before_the_call_was_opened_again_is_over(centre, inside):
    call = inside.seat.call
    pressed(inside, "crowd")
    makers.cleared(inside)
    assert dangers(centre, call) == [UNSAFE]
    makers.closed(makers.decide(call))
    assert dangers(centre, call) == []

    disposition.reopen(call_id=call.pk, reason="new_information", by=CLOCK)

    assert dangers(centre, call) == []


def test_each_of_the_two_is_said_once_however_often_it_is_pressed(centre, inside):
    pressed(inside, "emergency")
    pressed(inside, "crowd")
    pressed(inside, "other")

    again = makers.a_call(centre, **FLAT)

    assert sorted(what for _call, what in told(again)) == [HELP, UNSAFE]
