"""Which unit: said in words, the unknown as unknown, and the old never as near."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.actions import loan, offer, outside, scene, unit
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from dispatch.models import Shift, Skill, Unit, UnitPosition
from dispatch.selectors import call as calls
from dispatch.selectors import candidates, crew, roster
from routing.core.facts import Point
from tests import makers

pytestmark = pytest.mark.django_db
HERE = (36.0, -78.9)


@pytest.fixture
def centre():
    return makers.an_agency()


def a_call(centre, **known):
    return makers.a_call(centre, **{"type": "trespass", "point": HERE} | known)


def placed(row, lat, *, ago=0):
    unit.report_position(unit_id=row.pk, lat=lat, lon=HERE[1])
    at = Now() - timedelta(seconds=ago)
    UnitPosition.objects.filter(unit=row).update(at=at)
    return row


def listed(call, travel=None, code="crt"):
    place = Point(lat=HERE[0], lon=HERE[1])
    fleet = candidates.ready(makers.fresh(call), place, database_now())
    kinds = candidates.kinds(fleet, travel or {})
    return next(one for one in kinds if one.code == code)


def test_the_nearest_is_first_and_the_other_says_how_much_farther(centre):
    placed(makers.a_unit(centre, name="Far"), 36.2)
    placed(makers.a_unit(centre, name="Near"), 36.02)

    near, far = listed(a_call(centre)).first

    assert (near.name, near.not_first) == ("Near", "")
    assert near.way.startswith("about ")
    assert "farther" in far.not_first


def test_a_stale_position_is_never_near(centre):
    placed(makers.a_unit(centre, name="Was here"), 36.0, ago=540)
    placed(makers.a_unit(centre, name="Far"), 36.2)

    far, stale = listed(a_call(centre)).first

    assert far.name == "Far"
    assert stale.stale
    assert stale.way == "last seen 9 min ago, was about 1 min away"
    assert stale.not_first == "its position is old"


def test_what_nobody_knows_is_said_to_be_unknown(centre):
    makers.a_unit(centre, name="Lost")

    (lost,) = listed(a_call(centre)).first

    assert lost.way == "position not known"
    assert "not known whether the crew is complete" in lost.why


def test_a_short_crew_is_said_and_comes_after_a_whole_one(centre):
    short = placed(makers.a_unit(centre, name="Short"), 36.0)
    whole = placed(makers.a_unit(centre, name="Whole"), 36.1)
    Unit.objects.filter(pk=short.pk).update(crew_wanted=3)
    Unit.objects.filter(pk=whole.pk).update(crew_wanted=1)

    first, second = listed(a_call(centre)).first

    assert (first.name, second.not_first) == ("Whole", "crew not complete")


def test_who_speaks_the_language_comes_before_who_is_nearer(centre):
    placed(makers.a_unit(centre, name="Near"), 36.0)
    able = placed(makers.a_unit(centre, name="Able"), 36.1)
    crew = Shift.objects.get(unit=able).user
    Skill.objects.create(user=crew, skill="spanish", level=2)
    call = makers.decided(a_call(centre, language="es"))
    # The automatic search has asked by the same order.
    assert makers.ringing(call, "crt").unit == able

    makers.a_unit(centre, name="Third")
    call = makers.decided(a_call(centre, language="es"))

    other = listed(call).first[0]
    assert "nobody aboard with: spanish" in other.why


def test_a_road_service_takes_the_place_of_the_straight_line(centre):
    river = placed(makers.a_unit(centre, name="Over the river"), 36.01)
    road = placed(makers.a_unit(centre, name="By the road"), 36.05)

    travel = {str(river.pk): 1500.0, str(road.pk): 240.0}
    first, second = listed(a_call(centre), travel).first

    assert (first.name, first.way) == ("By the road", "about 4 min")
    assert "by road" in first.why
    assert second.not_first == "about 21 min farther"


def test_the_road_service_is_asked_of_free_units_that_are_somewhere_the_nearest_first(
    centre,
):
    far = placed(makers.a_unit(centre), 36.2)
    near = placed(makers.a_unit(centre, kind="cor"), 36.02)
    makers.a_unit(centre)
    out = placed(makers.a_unit(centre), 36.0)
    unit.out_of_service(unit_id=out.pk, reason="vehicle", by=CLOCK)

    place = Point(lat=HERE[0], lon=HERE[1])
    fleet = candidates.ready(a_call(centre), place, database_now())

    assert [one for one, _point in fleet.starts] == [str(near.pk), str(far.pk)]


def test_where_the_road_service_knows_no_way_the_straight_line_is_said(centre):
    row = placed(makers.a_unit(centre), 36.05)

    (only,) = listed(a_call(centre), {str(row.pk): None}).first

    assert "estimated from the straight line" in only.why


def test_a_team_that_just_cleared_comes_after_a_rested_one_as_near(centre):
    tired = placed(makers.a_unit(centre, name="Tired"), 36.05)
    makers.cleared(makers.on_scene(makers.decided(a_call(centre))))
    placed(makers.a_unit(centre, name="Rested"), 36.05)
    placed(tired, 36.05)

    first, second = listed(a_call(centre)).first

    assert first.name == "Rested"
    assert second.not_first == "its last call ended 1 min ago"


def test_the_busy_are_listed_with_what_they_do_and_may_be_moved_before_they_arrive(
    centre,
):
    makers.a_unit(centre, name="Away")
    elsewhere = makers.decided(a_call(centre))
    work = makers.accepted(elsewhere, "crt")
    call = a_call(centre)

    (away,) = listed(call).busy
    assert (away.name, away.number) == ("Away", elsewhere.number)
    assert away.move == "Move Away here"
    unit.report(unit_id=work.unit_id, to="on_scene", by=CLOCK)

    assert listed(call).busy[0].move == ""
    assert listed(call).first == ()


def test_a_busy_unit_says_how_urgent_its_own_call_is_and_of_what_type(centre):
    makers.a_unit(centre, name="CRT 6")
    makers.accepted(makers.decided(makers.a_call(centre, type="welfare_check")), "crt")

    kind = listed(makers.decided(a_call(centre)))

    (busy,) = kind.busy
    leaves = busy.leaves
    assert (leaves.priority, leaves.label, leaves.type) == (3, "Soon", "Welfare check")
    assert busy.move == "Take CRT 6 from a more urgent call…"
    assert kind.not_free == "1 not free, 1 can be moved…"


@pytest.mark.parametrize(
    ("here", "press"),
    [
        ("welfare_check", "Take CRT 6 from a call as urgent…"),
        ("suicide_threat", "Move CRT 6 here"),
    ],
)
def test_the_press_says_what_the_unit_is_taken_from(centre, here, press):
    makers.a_unit(centre, name="CRT 6")
    makers.accepted(makers.decided(makers.a_call(centre, type="welfare_check")), "crt")

    (busy,) = listed(makers.decided(makers.a_call(centre, type=here))).busy

    assert busy.move == press


def test_who_is_with_a_person_cannot_be_sent(centre):
    makers.a_unit(centre)
    makers.on_scene(makers.decided(a_call(centre)))

    kind = listed(a_call(centre))

    assert kind.not_free == "1 cannot be sent…"


def test_a_unit_that_is_lent_is_not_moved_and_of_its_call_no_more_is_told(centre):
    borrower = makers.an_agency("next-door")
    loan.agree(agency_id=borrower.pk, neighbour_id=centre.pk, by=CLOCK)
    car, theirs = makers.a_unit(centre), makers.decided(a_call(borrower))
    made = loan.ask(call_id=theirs.pk, lender_id=centre.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)

    (busy,) = listed(a_call(centre)).busy

    assert (busy.move, busy.number, busy.leaves) == ("", theirs.number, None)


def test_an_emergency_is_counted_from_its_beginning(centre):
    car = makers.a_unit(centre)
    long_ago = database_now() - timedelta(minutes=40)
    called = database_now() - timedelta(minutes=1)
    Unit.objects.filter(pk=car.pk).update(state_since=long_ago, emergency_at=called)

    (busy,) = listed(a_call(centre)).busy

    assert (busy.doing, busy.since) == ("Emergency", called)


def test_sending_another_says_in_whose_place_it_goes(centre, client):
    first = placed(makers.a_unit(centre, name="CRT 1"), 36.0)
    call = makers.decided(a_call(centre))
    assert makers.ringing(call, "crt").unit == first
    makers.a_unit(centre, name="CRT 2")
    other = makers.an_agency()
    loan.agree(agency_id=centre.pk, neighbour_id=other.pk, by=CLOCK)
    client.force_login(makers.a_user(centre, "dispatcher"))

    assert listed(call).instead == "CRT 1"
    page = client.get(reverse("call", args=[call.pk])).content.decode()
    assert "Send CRT 2 instead of CRT 1" in page
    assert "it goes instead of CRT 1" in page

    offer.accept(offer_id=makers.ringing(call, "crt").pk, by=CLOCK)
    # CRT 1 keeps its place now; another one goes beside it.
    assert listed(call).instead == ""


def test_the_first_three_stand_open_and_the_rest_is_folded(centre):
    for _ in range(5):
        makers.a_unit(centre)

    kind = listed(a_call(centre))

    assert (len(kind.first), len(kind.rest)) == (3, 2)


def test_the_automatic_search_keeps_why_it_asked_this_one(centre):
    placed(makers.a_unit(centre), 36.05)

    ring = makers.ringing(makers.decided(a_call(centre)), "crt")

    assert ring.because == ["straight_line", "crew_unknown", "zone_unknown"]


def test_the_list_costs_the_same_however_many_units(
    centre, django_assert_max_num_queries
):
    call = a_call(centre)
    for _ in range(12):
        makers.a_unit(centre)
    listed(call)

    with django_assert_max_num_queries(5):
        listed(call)


def test_the_page_says_who_came_first_who_leads_and_who_released_whom(centre):
    makers.a_unit(centre, name="CRT 1")
    call = makers.decided(a_call(centre))
    work = makers.on_scene(call)
    police = scene.backup(seat_id=work.seat_id, response="police", by=CLOCK)
    outside.arrived(seat_id=police.pk, by=CLOCK)
    outside.released(seat_id=police.pk, why="scene_safe", who="CRT 1", by=CLOCK)

    said = calls.view(makers.fresh(call), "operations").scene

    assert [one.who for one in said.came] == ["CRT 1", "Police"]
    assert said.leads == "CRT 1"
    assert [(one.who, one.by) for one in said.released] == [("Police", "CRT 1")]


def test_a_kind_is_wanted_until_a_unit_is_sent_and_then_says_which(centre):
    call = makers.decided(a_call(centre))
    makers.override(call, "crt")
    assert (listed(call).wanted, listed(call).sent) == (True, ())

    car = makers.a_unit(centre, name="CRT 7")
    offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)
    assert (listed(call).wanted, listed(call).sent) == (False, ("CRT 7: Dispatched",))

    makers.accepted(call, "crt")
    assert listed(call).sent == ("CRT 7: Acknowledged",)
    assert listed(a_call(centre)).sent == ()


def test_a_crew_that_does_not_answer_is_last_and_it_is_said_why(centre):
    near = placed(makers.a_unit(centre, name="Near"), 36.02)
    for _number in range(2):
        ring = makers.ringing(makers.decided(a_call(centre)), "crt")
        assert ring.unit == near
        makers.ring_out(ring)
    placed(makers.a_unit(centre, name="Far"), 36.2)

    far, silent = listed(a_call(centre)).first

    assert (far.name, silent.name) == ("Far", "Near")
    said = "not answering: 2 orders in a row were not acknowledged"
    assert silent.not_first == said


def test_where_a_crew_does_not_answer_stands_beside_its_name(centre):
    car = makers.a_unit(centre)
    for _number in range(2):
        makers.ring_out(makers.ringing(makers.decided(a_call(centre)), "crt"))

    [card] = roster.units(centre.pk, "operations")

    assert (card["label"], card["act"]) == ("Not answering", True)
    assert "Not answering" in crew.crew(makers.fresh(car)).unit.label
