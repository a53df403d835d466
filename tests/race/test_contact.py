"""Several hands on one leg: each try counts once, and a lost caller is never two."""

from functools import partial

import pytest

from dispatch.actions import arrival, callback, contact, intake
from dispatch.actions.arrival import Arrival
from dispatch.errors import IllegalMove, Invalid, LostRace
from dispatch.events import CLOCK, Actor
from dispatch.models import Call, Contact, Event, Seat
from tests import makers

ROUNDS = 10


@pytest.fixture
def by(centre):
    return makers.by(makers.a_user(centre, "dispatcher"))


def leg_of(call):
    return Contact.objects.get(call=call)


def test_one_try_is_counted_once_whoever_presses(centre, by, at_once):
    for _ in range(ROUNDS):
        leg = leg_of(makers.a_call(centre))
        contact.lost(contact_id=leg.pk, by=CLOCK)
        try_ = partial(callback.tried, contact_id=leg.pk, number=1, by=by)

        at_once(
            *[partial(try_, result="no_answer")] * 3,
            *[partial(try_, result="reached")] * 3,
            losing=LostRace,
        )

        assert makers.fresh(leg).tries == 1
        tried = Event.objects.filter(kind="CallbackTried", body__contact=str(leg.pk))
        assert tried.count() == 1


def test_a_call_ends_or_its_caller_is_lost_and_never_both(centre, by, at_once):
    for _ in range(ROUNDS):
        call = makers.a_call(centre)
        leg = leg_of(call)

        at_once(
            partial(contact.lost, contact_id=leg.pk, by=by),
            partial(intake.cancel, call_id=call.pk, reason="other", by=by),
            losing=(Invalid, IllegalMove),
        )

        leg, call = makers.fresh(leg), makers.fresh(call)
        assert (call.state, leg.state) in {
            ("cancelled", "completed"),
            ("new", "callback_due"),
        }


def test_the_last_try_sends_one_check(centre, by, at_once):
    for _ in range(ROUNDS):
        call = makers.a_call(centre)
        leg = leg_of(call)
        contact.lost(contact_id=leg.pk, by=CLOCK)
        give_up = partial(
            callback.tried, contact_id=leg.pk, result="answered_unsafe", by=by
        )

        at_once(*[give_up] * 4, losing=LostRace)

        assert Seat.objects.filter(call=call).count() == 1


def test_one_announcement_sent_many_times_is_one_leg(centre, at_once):
    phone = Actor(kind="phone")
    for n in range(ROUNDS):
        said = Arrival(ref=str(n), channel="voice", number=f"919-555-01{n:02d}")

        at_once(
            *[partial(arrival.arrive, agency_id=centre.pk, arrival=said, by=phone)] * 6
        )

    assert Contact.objects.count() == Call.objects.count() == ROUNDS
