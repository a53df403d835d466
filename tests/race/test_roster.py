"""Several at one shift, or one at several, in the same moment."""

from datetime import timedelta
from functools import partial

from dispatch.actions import roster, swap
from dispatch.actions.base import database_now
from dispatch.errors import DispatchError, Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Event, PlannedShift
from tests import makers

HOUR = timedelta(hours=1)


def plan(centre, user=None, start=2, hours=8):
    now = database_now()
    return roster.plan(
        agency_id=centre.pk,
        role="clinician",
        user_id=user and user.pk,
        starts_at=now + start * HOUR,
        ends_at=now + (start + hours) * HOUR,
        by=CLOCK,
    )


def taking(shift, user):
    return partial(roster.take, shift_id=shift.pk, user_id=user.pk, by=makers.by(user))


def yes(asked, user):
    return partial(swap.answer_swap, swap_id=asked.pk, take=True, by=makers.by(user))


def test_one_of_six_has_the_open_shift_and_the_others_are_told(centre, at_once):
    people = [makers.a_user(centre, "clinician") for _ in range(6)]
    for _ in range(5):
        shift = plan(centre)

        told = at_once(*[taking(shift, one) for one in people], losing=LostRace)

        assert sum(isinstance(one, LostRace) for one in told) == 5
        roster.drop(shift_id=shift.pk, why="other", by=CLOCK)
    assert Event.objects.filter(kind="ShiftTaken").count() == 5


def test_nobody_takes_two_shifts_of_one_time(centre, at_once):
    for _ in range(5):
        user = makers.a_user(centre, "clinician")
        several = [plan(centre, start=2 + 0.5 * n) for n in range(4)]

        told = at_once(*[taking(one, user) for one in several], losing=Invalid)

        assert sum(isinstance(one, Invalid) for one in told) == 3
        assert PlannedShift.objects.filter(user=user).count() == 1


def test_one_colleague_has_what_was_offered_to_all(centre, at_once):
    giver, *people = [makers.a_user(centre, "clinician") for _ in range(6)]
    shift = plan(centre, giver)
    asked = swap.ask_swap(shift_id=shift.pk, by=makers.by(giver))

    told = at_once(*[yes(asked, one) for one in people], losing=LostRace)

    assert sum(isinstance(one, LostRace) for one in told) == 4
    assert makers.fresh(shift).user == makers.fresh(asked).to


def test_two_swaps_of_the_same_two_shifts_never_wait_for_each_other(centre, at_once):
    """Each answers the other's offer: one exchange, and nobody holds both or neither."""
    for n in range(5):
        one, two = [makers.a_user(centre, "clinician") for _ in range(2)]
        first, second = plan(centre, one), plan(centre, two, start=12 + n)
        asked = swap.ask_swap(shift_id=first.pk, instead=second.pk, by=makers.by(one))
        back = swap.ask_swap(shift_id=second.pk, instead=first.pk, by=makers.by(two))

        told = at_once(yes(asked, two), yes(back, one), losing=DispatchError)

        assert sum(isinstance(each, LostRace) for each in told) == 1
        owners = {makers.fresh(each).user for each in (first, second)}
        assert owners == {one, two}
        assert makers.fresh(first).user == two


def test_a_swap_and_a_plan_at_one_time_book_nobody_twice(centre, at_once):
    for _ in range(5):
        giver, taker = [makers.a_user(centre, "clinician") for _ in range(2)]
        shift = plan(centre, giver)
        asked = swap.ask_swap(shift_id=shift.pk, to=taker.pk, by=makers.by(giver))

        told = at_once(
            yes(asked, taker), partial(plan, centre, taker, start=4), losing=Invalid
        )

        assert sum(isinstance(one, Invalid) for one in told) == 1
        assert PlannedShift.objects.filter(user=taker).count() == 1
