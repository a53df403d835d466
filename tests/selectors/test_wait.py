"""How long calls wait, as staff read it; the estimate itself is tested in core."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.models import Call, Presence, Seat, Skill
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
    assert now.time == "Nobody can say how long"
    assert now.sure == "nobody of this kind is there"


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


def test_a_crew_whose_orders_lapsed_too_often_is_not_counted_on(centre):
    makers.a_unit(centre, "crt")
    before = line(centre, "crt")
    most = store.published(centre.pk)[1].queue.missed_offers
    for number in range(most):
        about = {"type": "trespass", "address": f"{number + 5} Elm Street"}
        call = makers.decided(makers.a_call(centre, **about))
        makers.ring_out(makers.ringing(call, "crt"))

    now = line(centre, "crt")

    assert (before.there, before.free, before.said) == (1, 1, "no wait")
    assert (now.there, now.free, now.new.median) == (0, 0, None)


def test_calls_wait_in_their_turn_and_each_has_its_estimate(centre):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre)))
    calls = [waiting(centre) for _ in range(3)]

    now = line(centre)

    assert [one.call for one in now.waiting] == [str(call.pk) for call in calls]
    medians = [one.wait.median for one in now.waiting]
    assert medians == sorted(medians)
    assert now.new.median >= medians[-1]


def test_a_call_raised_by_its_age_says_so_and_others_do_not(centre):
    raised, urgent = waiting(centre), waiting(centre)
    old = Now() - timedelta(seconds=301)
    for call, priority in [(raised, 4), (urgent, 2)]:
        Call.objects.filter(pk=call.pk).update(priority=priority)
        Seat.objects.filter(call=call, response="ccd").update(wanted_at=old)

    said = {one.call: (one.priority, one.raised) for one in line(centre).waiting}

    assert said[str(raised.pk)] == (2, "4, raised to 2 by its age")
    assert said[str(urgent.pk)] == (2, "")


def test_how_sure_it_is_stands_once_where_it_is_the_same_for_all(centre):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre)))
    for _ in range(2):
        waiting(centre)

    now = line(centre)

    assert now.sure == "not sure: no session was seen yet"
    assert [one.sure for one in now.waiting] == ["", ""]
    assert all(one.time.startswith("about ") for one in (now, *now.waiting))
    assert not any("sure" in one.time for one in (now, *now.waiting))


def test_how_sure_it_is_stands_beside_the_one_call_where_it_differs(centre):
    free = wait.Wait(median=0, low=0, high=0, sure="good", why="free")
    late = wait.Wait(median=90, low=60, high=None, sure="poor", why="long_held")

    assert wait.sureness(free) == ""
    assert wait.sureness(late, late) == ""
    assert wait.sureness(late, free) == "not sure: one session lasts unusually long"


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


def test_who_is_on_a_break_is_not_there_and_is_waited_for(centre):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre)))
    before = line(centre)
    person = makers.a_clinician(centre)
    Presence.objects.filter(user=person).update(state="break", since=Now())

    now = line(centre)

    assert (now.there, now.free) == (1, 0)
    assert 0 < now.new.median < before.new.median


def free_beside(person, centre, **required):
    """A call that asks for these skills, while this person is free; nobody is rung."""
    Presence.objects.filter(user=person).update(state="break")
    call = waiting(centre)
    call.seats.update(skills={"required": required, "preferred": {}})
    Presence.objects.filter(user=person).update(state="available")
    return line(centre)


def test_a_call_that_asks_for_a_skill_is_not_told_that_somebody_is_free(centre):
    now = free_beside(makers.a_clinician(centre), centre, spanish=1)
    (one,) = now.waiting

    assert now.free == 1
    assert 0 < one.wait.median <= 30
    assert one.wait.sure == "poor"


def test_who_has_the_skill_and_is_free_is_no_wait(centre):
    person = makers.a_clinician(centre)
    Skill(user=person, skill="spanish", level=2).save()

    assert free_beside(person, centre, spanish=2).waiting[0].said == "no wait"


@pytest.mark.parametrize(
    ("median", "low", "high", "said"),
    [
        (120, 110, 130, "about 2 min"),
        (20, 10, 25, "under a minute"),
        (20, 10, 200, "under a minute to 3 min"),
        (180, 20, 600, "about 3 min, under a minute to 10 min"),
    ],
)
def test_a_wait_is_said_once_where_all_of_it_is_the_same(median, low, high, said):
    one = wait.Wait(median=median, low=low, high=high, sure="good", why="enough_seen")

    assert wait.time(one) == said


def test_few_sessions_are_no_reason_to_be_sure():
    some = wait.Wait(median=90, low=60, high=120, sure="fair", why="few_seen")

    assert wait.sureness(some) == "fairly sure, but few sessions were seen yet"
