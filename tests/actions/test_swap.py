"""Swaps: both shifts change hands or neither, once, and nobody is booked twice."""

import pytest

from dispatch.actions import swap
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.models import Event, PlannedShift, ShiftSwap
from tests import makers
from tests.actions.rosters import answer, ask, moved, planned, two, whose

pytestmark = pytest.mark.django_db


def test_a_shift_offered_to_a_colleague_is_theirs_when_they_say_yes(centre):
    giver, taker = two(centre)
    shift = planned(centre, giver)
    asked = ask(shift, giver, to=taker.pk)
    assert ask(shift, giver, to=taker.pk) == asked

    for _ in range(2):
        answer(asked, taker)

    assert whose(shift) == taker
    said = Event.objects.get(kind="ShiftTaken").body
    assert (said["person"], said["before"]) == (str(taker.pk), str(giver.pk))


@pytest.mark.parametrize("start", [2, 14, 6])
def test_two_shifts_change_hands_together(centre, start):
    """Also where they begin at the same time, or overlap each other."""
    giver, taker = two(centre)
    mine, theirs = planned(centre, giver), planned(centre, taker, start=start)
    moved(theirs, starts_at=start)
    PlannedShift.objects.filter(pk=theirs.pk, starts_at__lt=mine.ends_at).update(
        starts_at=mine.starts_at
    )

    answer(ask(mine, giver, instead=theirs.pk), taker)

    assert (whose(mine), whose(theirs)) == (taker, giver)


def test_a_swap_that_would_book_somebody_twice_changes_nothing(centre):
    giver, taker = two(centre)
    mine, theirs = planned(centre, giver), planned(centre, taker, start=14)
    asked = ask(mine, giver, instead=theirs.pk)
    planned(centre, giver, start=20)

    with pytest.raises(Invalid):
        answer(asked, taker)

    assert (whose(mine), whose(theirs)) == (giver, taker)
    assert makers.fresh(asked).state == "asked"


def test_a_swap_is_refused_to_who_has_another_role_by_then(centre):
    giver, taker = two(centre)
    asked = ask(planned(centre, giver), giver, to=taker.pk)
    type(taker).objects.filter(pk=taker.pk).update(role="navigator")

    with pytest.raises(Invalid):
        answer(asked, taker)


def test_a_shift_that_has_begun_stays_with_whom_it_is(centre):
    giver, taker = two(centre)
    shift = planned(centre, giver)
    asked = ask(shift, giver)
    moved(shift, starts_at=-1)

    with pytest.raises(Invalid):
        answer(asked, taker)
    with pytest.raises(Invalid):
        ask(shift, giver, to=taker.pk)


def test_offered_to_all_the_first_has_it_and_the_others_are_told(centre):
    giver, taker = two(centre)
    late = makers.a_user(centre, "clinician")
    asked = ask(planned(centre, giver), giver)

    with pytest.raises(Invalid):
        answer(asked, late, take=False)
    answer(asked, taker)

    with pytest.raises(LostRace):
        answer(asked, late)
    assert makers.fresh(asked).to == taker


def test_only_who_was_asked_answers_and_only_who_asked_takes_it_back(centre):
    giver, taker = two(centre)
    stranger = makers.a_user(centre, "clinician")
    asked = ask(planned(centre, giver), giver, to=taker.pk)

    for who in (stranger, giver):
        with pytest.raises(NotFound):
            answer(asked, who)
    for who in (stranger, taker):
        with pytest.raises(NotFound):
            swap.withdraw_swap(swap_id=asked.pk, by=makers.by(who))
    with pytest.raises(NotFound):
        ask(asked.shift, taker)
    for _ in range(2):
        swap.withdraw_swap(swap_id=asked.pk, by=makers.by(giver))

    with pytest.raises(LostRace):
        answer(asked, taker)


def test_a_no_leaves_the_shift_and_it_may_be_offered_again(centre):
    giver, taker = two(centre)
    shift = planned(centre, giver)
    answer(ask(shift, giver, to=taker.pk), taker, take=False)

    again = ask(shift, giver)

    assert whose(shift) == giver
    states = ShiftSwap.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["refused", "asked"]
    with pytest.raises(Invalid):
        ask(shift, giver, to=taker.pk)
    assert makers.fresh(again).to is None


def test_what_else_was_asked_about_swapped_shifts_is_over(centre):
    giver, taker = two(centre)
    other = makers.a_user(centre, "clinician")
    mine, theirs = planned(centre, giver), planned(centre, taker, start=14)
    third = ask(planned(centre, other, start=30), other, instead=theirs.pk)

    answer(ask(mine, giver, instead=theirs.pk), taker)

    assert makers.fresh(third).state == "withdrawn"
