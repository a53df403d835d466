"""Two clocks and many hands at one alarm: raised once, taken by one."""

from datetime import timedelta
from functools import partial

from django.db.models.functions import Now

from dispatch import wrong
from dispatch.actions import alarm, forgotten, safety
from dispatch.errors import LostRace
from dispatch.events import CLOCK
from dispatch.models import Alarm, Assignment, Call, Event, Offer, Seat
from routing import store
from tests import makers


def found(centre):
    _row, protocol = store.published(centre.pk)
    return wrong.sweep(centre.pk, protocol)


def ownerless(centre):
    call = makers.a_call(centre)
    Call.objects.filter(pk=call.pk).update(opened_at=Now() - timedelta(seconds=40))
    return call


def raised(about):
    rows = Event.objects.filter(kind="AlarmRaised", body__about=about)
    return rows.count(), Alarm.objects.filter(about=about).count()


def test_two_clocks_at_once_raise_one_alarm(centre, at_once):
    ownerless(centre)
    (each,) = found(centre)

    at_once(*[partial(alarm.raise_, found=each, by=CLOCK)] * 6)

    assert raised("unowned") == (1, 1)


def test_two_clocks_raise_one_alarm_of_a_crew_without_a_call(centre, at_once):
    car = makers.a_unit(centre)
    safety.emergency(unit_id=car.pk, by=CLOCK)
    (each,) = found(centre)

    at_once(*[partial(alarm.raise_, found=each, by=CLOCK)] * 6)

    assert raised("emergency") == (1, 1)


def test_one_of_many_takes_it_and_the_others_are_told(centre, at_once):
    ownerless(centre)
    row = alarm.raise_(found=found(centre)[0], by=CLOCK)
    floor = [makers.a_user(centre, "dispatcher") for _ in range(6)]

    told = at_once(
        *[partial(alarm.take, alarm_id=row.pk, by=makers.by(one)) for one in floor],
        losing=LostRace,
    )

    assert sum(isinstance(one, LostRace) for one in told) == 5
    assert makers.fresh(row).owner in floor


def test_taken_while_it_is_passed_on_it_stays_taken(centre, at_once):
    dispatcher = makers.a_user(centre, "dispatcher")
    makers.here(dispatcher)
    for _ in range(5):
        call = ownerless(centre)
        (each,) = [one for one in found(centre) if one.call == call.pk]
        row = alarm.raise_(found=each, by=CLOCK)
        Alarm.objects.filter(pk=row.pk).update(passes_at=Now() - timedelta(seconds=1))

        at_once(
            partial(alarm.take, alarm_id=row.pk, by=makers.by(dispatcher)),
            partial(alarm.pass_on, alarm_id=row.pk, by=CLOCK),
        )

        row.refresh_from_db()
        assert (row.state, row.owner) == ("taken", dispatcher)


def test_what_is_forgotten_is_given_back_once(centre, at_once):
    gone = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, makers.a_user(centre, "dispatcher")))
    assignment = makers.accepted(call)
    long_ago = Now() - timedelta(seconds=90)
    Assignment.objects.filter(pk=assignment.pk).update(accepted_at=long_ago)
    makers.silent(gone)
    makers.a_clinician(centre)

    at_once(*[partial(forgotten.give_back, assignment_id=assignment.pk, by=CLOCK)] * 4)

    assert Seat.objects.filter(call=call, response="ccd").count() == 2
    assert Offer.objects.filter(seat__call=call, state="pending").count() == 1
