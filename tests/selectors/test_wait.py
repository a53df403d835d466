"""How long calls wait, as staff read it; the estimate itself is tested in core."""

import pytest
from django.db.models.functions import Now

from dispatch.models import Presence
from dispatch.selectors import wait
from routing import store
from tests import makers


@pytest.fixture
def centre(db):
    wait._recent.cache_clear()
    return makers.an_agency()


def line(centre, kind="ccd"):
    found = wait.lines(centre.pk, store.published(centre.pk)[1])
    return next(one for one in found if one.kind == kind)


def waiting(centre):
    """A call that wants a clinician and nobody is asked for."""
    call = makers.decided(makers.a_call(centre))
    makers.override(call, "ccd")
    return call


def test_nobody_there_is_said_and_is_never_no_wait(centre):
    now = line(centre)

    assert now.there == 0
    assert now.new.median is None
    assert "nobody of this kind is there" in now.said


def test_somebody_free_is_no_wait(centre):
    makers.a_clinician(centre)

    now = line(centre)

    assert (now.there, now.free) == (1, 1)
    assert now.said == "no wait"


def test_a_session_under_way_is_waited_for(centre):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre)))

    now = line(centre)

    assert now.free == 0
    assert now.new.median > 0
    assert now.new.low <= now.new.median <= now.new.high
    assert "not sure: no session was seen yet" in now.said


def test_who_is_silent_is_not_counted_on(centre):
    makers.silent(makers.a_clinician(centre))

    assert line(centre).there == 0


def test_calls_wait_in_their_turn_and_each_has_its_estimate(centre):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre)))
    calls = [waiting(centre) for _ in range(3)]

    now = line(centre)

    assert [one.call for one in now.waiting] == [str(call.pk) for call in calls]
    medians = [one.wait.median for one in now.waiting]
    assert medians == sorted(medians)
    assert now.new.median >= medians[-1]


def test_a_wrap_up_has_only_its_own_time_left(centre):
    person = makers.a_clinician(centre)
    makers.ended(makers.with_clinician(makers.decided(makers.a_call(centre))))
    assert makers.presence(person) == "wrap_up"

    now = line(centre)

    assert now.free == 0
    assert 0 < now.new.median <= 120


def test_sessions_of_the_centre_are_what_it_rests_on(centre):
    person = makers.a_clinician(centre)
    for _ in range(3):
        makers.ended(makers.with_clinician(makers.decided(makers.a_call(centre))))
        Presence.objects.filter(user=person).update(state="available", since=Now())

    assert len(wait._recent(centre.pk, 0)["ccd"].lasted) == 3


def test_a_look_costs_two_statements_and_a_third_once_a_minute(
    centre, django_assert_num_queries
):
    for _ in range(4):
        makers.a_clinician(centre)
    for _ in range(6):
        waiting(centre)
    protocol = store.published(centre.pk)[1]
    wait.lines(centre.pk, protocol)

    with django_assert_num_queries(3):
        wait.lines(centre.pk, protocol)


def test_who_is_put_before_a_call_is_counted_until_it_has_risen(centre):
    """An emergency always, an urgent one for a while."""
    recent = wait.Recent(lasted=(), hourly={1: 0.5, 2: 3.0, 3: 4.0})

    assert wait._always(3, recent) == wait._always(2, recent) == 0.5
    assert wait._always(1, recent) == 0
    assert wait._at_first(3, 100, recent, (120, 300)) == ((3.0, 20),)
    assert wait._at_first(4, 0, recent, (120, 300)) == ((3.0, 300), (4.0, 120))
    assert wait._at_first(2, 0, recent, (120, 300)) == ()
