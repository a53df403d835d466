"""Many hands at one offer: one wins, the others are told, nobody is asked twice."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now

from dispatch.actions import decision, intake, offer, seat, triage
from dispatch.errors import IllegalMove, Invalid, LostRace, NotFree
from dispatch.events import CLOCK, ROUTER
from dispatch.models import Assignment, Decision, Heartbeat, Offer, Presence
from dispatch.selectors import due
from tests import makers

ROUNDS = 20


@pytest.fixture
def clinicians(centre):
    return [makers.a_clinician(centre) for _ in range(2)]


def everybody_free():
    Presence.objects.update(state="available")
    # A slow machine must not make them look absent.
    Heartbeat.objects.update(at=Now())


def test_one_offer_ends_once_and_a_seat_is_taken_once(centre, clinicians, at_once):
    for _ in range(ROUNDS):
        everybody_free()
        call = makers.decided(makers.a_call(centre))
        ring = makers.ringing(call)
        # The deadline falls into the middle of the crowd.
        Offer.objects.filter(pk=ring.pk).update(
            expires_at=Now() + timedelta(milliseconds=8)
        )
        accept = partial(offer.accept, offer_id=ring.pk, by=makers.by(ring.person))
        expire = partial(offer.expire, offer_id=ring.pk, by=CLOCK)

        told = at_once(*[accept] * 8, *[expire] * 8, losing=LostRace)

        ended = makers.fresh(ring).state
        taken = Offer.objects.filter(seat__call=call, state="accepted").count()
        won = [one for one in told if isinstance(one, Assignment)]
        assert taken == len(set(won)) == (1 if ended == "accepted" else 0)
        assert ended in {"accepted", "expired", "pending"}
        intake.cancel(call_id=call.pk, reason="over", by=CLOCK)


def test_whoever_is_first_at_an_offer_the_rows_agree(centre, clinicians, at_once):
    for _ in range(ROUNDS):
        everybody_free()
        call = makers.decided(makers.a_call(centre))
        ring = makers.ringing(call)
        by = makers.by(ring.person)

        at_once(
            partial(offer.accept, offer_id=ring.pk, by=by),
            partial(offer.decline, offer_id=ring.pk, reason="language", by=by),
            partial(seat.withdraw, seat_id=ring.seat_id, why="x", by=CLOCK),
            partial(intake.cancel, call_id=call.pk, reason="x", by=CLOCK),
            losing=(LostRace, IllegalMove),
        )

        assert makers.fresh(call).state == "cancelled"
        assert not Assignment.objects.filter(seat__call=call, ended_at=None).exists()
        assert not Offer.objects.filter(seat__call=call, state="pending").exists()
        assert makers.presence(ring.person) in {"available", "wrap_up"}


def test_a_person_never_has_two_ringing_offers(centre, clinicians, at_once):
    calls = [makers.triaged(makers.a_call(centre)) for _ in range(8)]

    at_once(*[partial(decision.decide, call_id=c.pk, by=ROUTER) for c in calls])

    ringing = Offer.objects.filter(state="pending").values_list("person", flat=True)
    assert sorted(ringing) == sorted(one.pk for one in clinicians)


def test_worker_page_and_clock_decide_a_call_once(centre, clinicians, at_once):
    call = makers.triaged(makers.a_call(centre))

    at_once(*[partial(decision.decide, call_id=call.pk, by=ROUTER)] * 6)

    assert Decision.objects.filter(call=call).count() == 1
    assert Offer.objects.filter(seat__call=call).count() == 1


def test_two_dispatchers_do_not_send_the_same_unit(centre, at_once):
    car = makers.a_unit(centre)
    calls = [makers.triaged(makers.a_call(centre, type="noise")) for _ in range(2)]
    send = [
        partial(offer.send, call_id=call.pk, unit_id=car.pk, by=CLOCK) for call in calls
    ]

    told = at_once(*send, losing=NotFree)

    assert sorted(type(one).__name__ for one in told) == ["NotFree", "Offer"]
    assert Offer.objects.filter(unit=car, state="pending").count() == 1


def test_a_hand_and_the_router_do_not_send_the_same_unit(centre, at_once):
    for _ in range(5):
        car = makers.a_unit(centre)
        by_hand = makers.triaged(makers.a_call(centre, type="noise"))
        by_rule = makers.triaged(makers.a_call(centre, type="trespass"))

        at_once(
            partial(offer.send, call_id=by_hand.pk, unit_id=car.pk, by=CLOCK),
            partial(decision.decide, call_id=by_rule.pk, by=ROUTER),
            losing=NotFree,
        )

        assert Offer.objects.filter(unit=car, state="pending").count() == 1
        for call in (by_hand, by_rule):
            intake.cancel(call_id=call.pk, reason="over", by=CLOCK)
        makers.off(car)


def test_two_sweeps_offer_a_waiting_call_once(centre, at_once):
    calls = [
        makers.decided(makers.a_call(centre, type="counselling")) for _ in range(3)
    ]
    assert list(due.waiting_calls()) == []
    free = makers.a_clinician(centre)
    assert len(list(due.waiting_calls())) == 3

    at_once(*[partial(offer.make, call_id=c.pk, by=CLOCK) for c in calls * 3])

    assert Offer.objects.get(state="pending").person == free


def test_danger_and_a_team_that_sets_off_never_pass_each_other_by(centre, at_once):
    for _ in range(5):
        car = makers.a_unit(centre)
        call = makers.decided(makers.a_call(centre, type="trespass"))
        ring = makers.ringing(call, "crt")

        at_once(
            partial(offer.accept, offer_id=ring.pk, by=CLOCK),
            partial(
                triage.record_answers,
                call_id=call.pk,
                answers={"weapon": "yes"},
                by=CLOCK,
            ),
            losing=(LostRace, Invalid),
        )

        # Who had set off stages; who was only asked is let go. Nobody goes in.
        seat = makers.seat_of(call, "crt")
        assert seat.mode == "staged" or seat.state == "withdrawn"
        intake.cancel(call_id=call.pk, reason="over", by=CLOCK)
        makers.off(car)
