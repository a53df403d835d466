"""Several teams on one call: nobody is let go too early, and everybody knows who leads."""

import pytest

from dispatch.actions import decision, loan, offer, outside, safety, scene, seat, unit
from dispatch.errors import FloorForbids, Invalid, NotFree
from dispatch.events import CLOCK
from dispatch.models import Event, Offer, Seat
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(centre):
    return makers.a_unit(centre, name="CRT 1")


def a_call(centre, **known):
    return makers.decided(makers.a_call(centre, **{"type": "trespass"} | known))


def a_worse_call(centre):
    """More urgent than the others, and a team like theirs may go."""
    return a_call(centre, type="welfare_check")


def both_there(centre):
    """Two teams at one place; the second came at the first's request."""
    call = a_call(centre)
    there = makers.on_scene(call)
    makers.a_unit(centre, name="CRT 2")
    more = scene.backup(seat_id=there.seat_id, response="crt", by=CLOCK)
    second = makers.on_scene(call)
    assert second.seat_id == more.pk
    return call, there, second


def leading(call):
    return list(Seat.objects.filter(call=call, lead=True).values_list("pk", flat=True))


def taking_the_place_of(work, car):
    scene.replace(seat_id=work.seat_id, unit_id=car.pk, by=CLOCK)
    return Offer.objects.get(unit=car, state="pending")


def test_the_first_on_scene_leads_when_nobody_is_named(centre, first):
    call, there, _second = both_there(centre)

    assert leading(call) == [there.seat_id]
    assert makers.kinds(call).count("LeadNamed") == 1


def test_a_dispatcher_names_who_leads_and_nobody_leads_beside(centre, first):
    call, there, second = both_there(centre)

    scene.lead(seat_id=second.seat_id, by=CLOCK)
    scene.lead(seat_id=second.seat_id, by=CLOCK)

    assert leading(call) == [second.seat_id]
    said = Event.objects.filter(call=call, kind="LeadNamed").latest("number").body
    assert said == {"seat": str(second.seat_id), "before": str(there.seat_id)}
    assert makers.kinds(call).count("LeadNamed") == 2


def test_nobody_leads_who_is_not_on_the_call(centre, first):
    call = a_call(centre)

    with pytest.raises(Invalid):
        scene.lead(seat_id=makers.seat_of(call, "crt").pk, by=CLOCK)


def test_the_old_team_is_released_only_when_the_new_one_has_acknowledged(centre, first):
    call = a_call(centre)
    work = makers.accepted(call, "crt")
    second = makers.a_unit(centre)

    ring = taking_the_place_of(work, second)
    assert makers.fresh(first).state == "acknowledged"
    offer.accept(offer_id=ring.pk, by=CLOCK)

    assert makers.fresh(first).state == "available"
    assert makers.fresh(work.seat).state == "withdrawn"
    assert makers.fresh(second).state == "acknowledged"
    assert Event.objects.get(call=call, kind="UnitReplaced").unit == first


def test_when_the_new_team_declines_the_old_one_stays_until_another_takes_it(
    centre, first
):
    work = makers.accepted(a_call(centre), "crt")
    ring = taking_the_place_of(work, makers.a_unit(centre))
    third = makers.a_unit(centre)

    offer.decline(offer_id=ring.pk, reason="too_far", by=CLOCK)
    assert makers.fresh(first).state == "acknowledged"
    again = Offer.objects.get(unit=third, state="pending")
    offer.accept(offer_id=again.pk, by=CLOCK)

    assert makers.fresh(first).state == "available"


def test_a_team_with_the_person_hands_over_there_and_is_not_let_go_by_a_press(
    centre, first
):
    call = a_call(centre)
    work = makers.on_scene(call)
    ring = taking_the_place_of(work, makers.a_unit(centre))

    offer.accept(offer_id=ring.pk, by=CLOCK)

    assert makers.fresh(first).state == "on_scene"
    assert makers.fresh(first).check_due_at is not None
    assert leading(call) == [work.seat_id]
    assert "UnitReplaced" not in makers.kinds(call)


def test_a_team_is_replaced_once_it_has_handed_over_and_cleared(centre, first):
    call = a_call(centre)
    work = makers.on_scene(call)
    second = makers.a_unit(centre)
    ring = taking_the_place_of(work, second)
    offer.accept(offer_id=ring.pk, by=CLOCK)

    unit.clear(unit_id=first.pk, outcome="resolved_on_scene", by=CLOCK)

    replaced = Event.objects.get(call=call, kind="UnitReplaced")
    assert (replaced.unit, replaced.body["by_unit"]) == (first, str(second.pk))
    assert leading(call) == [ring.seat_id]


def test_a_team_that_clears_while_nobody_has_come_for_it_is_not_replaced(centre, first):
    call = a_call(centre)
    work = makers.on_scene(call)
    taking_the_place_of(work, makers.a_unit(centre))

    unit.clear(unit_id=first.pk, outcome="resolved_on_scene", by=CLOCK)

    assert "UnitReplaced" not in makers.kinds(call)


def test_who_calls_for_help_on_the_way_keeps_the_call_when_replaced(centre, first):
    work = makers.accepted(a_call(centre), "crt")
    ring = taking_the_place_of(work, makers.a_unit(centre, "cor"))
    safety.emergency(unit_id=first.pk, by=CLOCK)

    offer.accept(offer_id=ring.pk, by=CLOCK)

    assert makers.fresh(first).state == "acknowledged"


def test_asking_the_same_unit_twice_to_replace_is_asking_once(centre, first):
    work = makers.accepted(a_call(centre), "crt")
    second = makers.a_unit(centre)

    for _twice in range(2):
        scene.replace(seat_id=work.seat_id, unit_id=second.pk, by=CLOCK)

    assert Offer.objects.filter(unit=second).count() == 1
    with pytest.raises(NotFree):
        scene.replace(seat_id=work.seat_id, unit_id=first.pk, by=CLOCK)


def test_the_lead_passes_to_the_team_that_relieves_it(centre, first):
    call = a_call(centre)
    work = makers.accepted(call, "crt")
    scene.lead(seat_id=work.seat_id, by=CLOCK)

    ring = taking_the_place_of(work, makers.a_unit(centre))
    offer.accept(offer_id=ring.pk, by=CLOCK)

    assert leading(call) == [ring.seat_id]


def test_backup_is_one_team_more_and_pressed_twice_still_one(centre, first):
    call = a_call(centre)
    work = makers.on_scene(call)
    second = makers.a_unit(centre)

    for _twice in range(2):
        scene.backup(seat_id=work.seat_id, response="crt", by=CLOCK)

    assert makers.ringing(call, "crt").unit == second
    assert Seat.objects.filter(call=call, response="crt").count() == 2


def test_no_unarmed_backup_where_the_safety_rules_hold_it_back(centre, first):
    call = a_call(centre)
    work = makers.on_scene(call)
    makers.late(call, weapon="yes")

    with pytest.raises(FloorForbids):
        scene.backup(seat_id=work.seat_id, response="crt", by=CLOCK)


def test_police_asked_for_from_the_scene_make_the_call_most_urgent(centre, first):
    call = a_call(centre)
    work = makers.on_scene(call)
    assert makers.fresh(call).priority > 1

    scene.backup(seat_id=work.seat_id, response="police", by=CLOCK)

    assert makers.fresh(call).priority == 1
    assert makers.seat_of(call, "police").state == "wanted"


def test_a_team_is_moved_to_a_call_that_needs_it_more_and_its_own_looks_anew(
    centre, first
):
    left = a_call(centre)
    makers.accepted(left, "crt")
    worse = a_worse_call(centre)
    second = makers.a_unit(centre)

    scene.reassign(unit_id=first.pk, call_id=worse.pk, why="more_urgent", by=CLOCK)

    assert makers.ringing(worse, "crt").unit == first
    assert makers.ringing(left, "crt").unit == second
    assert Event.objects.get(call=left, kind="UnitReassigned").unit == first


def test_a_team_that_has_not_answered_yet_is_moved_as_well(centre, first):
    left, worse = a_call(centre), a_worse_call(centre)
    assert makers.ringing(left, "crt").unit == first
    second = makers.a_unit(centre)

    scene.reassign(unit_id=first.pk, call_id=worse.pk, why="more_urgent", by=CLOCK)

    assert makers.ringing(worse, "crt").unit == first
    assert makers.ringing(left, "crt").unit == second


def test_a_call_left_without_any_team_is_decided_anew(centre, first):
    left = a_call(centre)
    makers.accepted(left, "crt")
    worse = a_worse_call(centre)

    scene.reassign(unit_id=first.pk, call_id=worse.pk, why="more_urgent", by=CLOCK)

    assert makers.seat_of(left, "crt").state == "unfilled"
    assert makers.fresh(left).decision_wanted_at is not None


def test_a_team_with_the_person_is_moved_nowhere(centre, first):
    left, worse = a_call(centre), a_worse_call(centre)
    makers.on_scene(left)

    with pytest.raises(Invalid):
        scene.reassign(unit_id=first.pk, call_id=worse.pk, why="more_urgent", by=CLOCK)

    assert makers.fresh(first).state == "on_scene"


def test_a_team_leaves_a_more_urgent_call_only_for_who_was_shown_it(centre, first):
    worse = a_worse_call(centre)
    makers.accepted(worse, "crt")
    call = a_call(centre)
    said = {"unit_id": first.pk, "call_id": call.pk, "by": CLOCK}

    with pytest.raises(Invalid) as refused:
        scene.reassign(**said, why="nearer")
    assert makers.fresh(first).state == "acknowledged"
    assert str(refused.value) == (
        f"CRT 1 is on {worse.number}, priority 3; this call has priority 4."
        " Ask a second time, and say why."
    )
    shown = refused.value.params["leaves"]
    scene.reassign(**said, why="nearer", confirmed=shown)

    assert makers.ringing(call, "crt").unit == first


def test_a_call_as_urgent_is_left_by_no_single_press_either(centre, first):
    makers.accepted(a_call(centre), "crt")

    with pytest.raises(Invalid) as refused:
        scene.reassign(
            unit_id=first.pk, call_id=a_call(centre).pk, why="other", by=CLOCK
        )

    assert "leaves" in refused.value.params


def test_what_was_confirmed_holds_for_that_call_and_as_urgent_as_it_was(centre, first):
    left, call = a_call(centre), a_call(centre)
    work = makers.accepted(left, "crt")
    said = {"unit_id": first.pk, "call_id": call.pk, "why": "nearer", "by": CLOCK}
    with pytest.raises(Invalid) as refused:
        scene.reassign(**said)

    scene.backup(seat_id=work.seat_id, response="police", by=CLOCK)

    with pytest.raises(Invalid, match="priority 1"):
        scene.reassign(**said, confirmed=refused.value.params["leaves"])


def test_nobody_is_told_of_a_more_urgent_call_that_is_not(centre, first):
    makers.accepted(a_worse_call(centre), "crt")
    said = {"unit_id": first.pk, "call_id": a_call(centre).pk, "by": CLOCK}
    with pytest.raises(Invalid) as refused:
        scene.reassign(**said, why="nearer")

    with pytest.raises(Invalid):
        scene.reassign(
            **said, why="more_urgent", confirmed=refused.value.params["leaves"]
        )

    assert makers.fresh(first).state == "acknowledged"


@pytest.mark.parametrize(
    ("why", "kept"),
    [("more_urgent", "more_urgent"), ("nearer", "nearer"), ("other", "moved")],
)
def test_the_place_that_was_left_keeps_why(centre, first, why, kept):
    left = a_call(centre)
    work = makers.accepted(left, "crt")

    scene.reassign(unit_id=first.pk, call_id=a_worse_call(centre).pk, why=why, by=CLOCK)

    assert makers.fresh(work.seat).why == kept


def test_no_team_is_moved_to_where_the_safety_rules_hold_it_back(centre, first):
    left = a_call(centre)
    makers.accepted(left, "crt")
    armed = makers.decided(makers.a_call(centre, type="trespass"), weapon="yes")

    with pytest.raises(FloorForbids):
        scene.reassign(unit_id=first.pk, call_id=armed.pk, why="more_urgent", by=CLOCK)

    assert makers.fresh(first).state == "acknowledged"


def police(call):
    decision.request_team(
        call_id=call.pk, response="police", reason="more_help", by=CLOCK
    )
    return makers.seat_of(call, "police")


def test_when_police_came_and_who_released_them_is_kept(centre, first):
    call = a_call(centre)
    place = police(call)
    seat.confirm_told(seat_id=place.pk, by=CLOCK)

    for _twice in range(2):
        outside.arrived(seat_id=place.pk, by=CLOCK)
        outside.released(seat_id=place.pk, why="not_needed", who="CRT 1", by=CLOCK)

    gone = makers.fresh(place)
    assert (gone.state, gone.released_by) == ("done", "CRT 1")
    assert gone.arrived_at <= gone.released_at
    kinds = makers.kinds(call)
    assert (kinds.count("OutsideArrived"), kinds.count("OutsideReleased")) == (1, 1)


def test_who_is_there_knew_of_it_whoever_told_them(centre, first):
    place = police(a_call(centre))

    outside.arrived(seat_id=place.pk, by=CLOCK)

    assert makers.fresh(place).confirmed_at is not None


def test_nobody_is_released_who_was_never_told(centre, first):
    place = police(a_call(centre))

    with pytest.raises(Invalid):
        outside.released(seat_id=place.pk, why="not_needed", by=CLOCK)


def test_our_own_team_is_not_an_outside_service(centre, first):
    work = makers.on_scene(a_call(centre))

    with pytest.raises(Invalid):
        outside.arrived(seat_id=work.seat_id, by=CLOCK)


def test_a_cleared_team_was_on_a_call_just_now(centre, first):
    makers.cleared(makers.on_scene(a_call(centre)))

    rested = makers.fresh(first)
    assert rested.last_call_ended_at is not None
    unit.out_of_service(unit_id=first.pk, reason="fuel", by=CLOCK)


@pytest.mark.parametrize("answered", [False, True])
def test_a_lent_unit_is_called_back_and_not_moved_by_its_own_floor(centre, answered):
    lender = makers.an_agency()
    loan.agree(agency_id=centre.pk, neighbour_id=lender.pk, by=CLOCK)
    call, car = a_call(centre), makers.a_unit(lender, name="CRT 9")
    made = loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    if answered:
        makers.accepted(call, "crt")
    own = makers.decided(makers.a_call(lender, type="trespass"))
    before = makers.kinds(call)

    with pytest.raises(Invalid) as refused:
        scene.reassign(unit_id=car.pk, call_id=own.pk, why="more_urgent", by=CLOCK)

    assert str(refused.value) == "CRT 9 is lent to a neighbour: call it back first."
    assert (makers.fresh(made).state, makers.kinds(call)) == ("lent", before)
