"""Who is asked for a waiting call, who is not, and what becomes of rings left alone."""

from datetime import timedelta

from django.db.models.functions import Now

from dispatch.actions import offer, staff
from dispatch.events import CLOCK
from dispatch.models import Call, Caller, Offer, PlannedShift, Presence, Seat, Skill
from dispatch.selectors import due
from routing import store
from tests import makers


def rules(centre, **queue):
    """This centre's calls wait by these settings from now on."""
    document = makers.open_all_day()
    document = document | {"queue": document["queue"] | queue}
    store.publish(centre.pk, document | {"version": f"test-{sorted(queue)}"})


def a_crisis(centre, **known):
    return makers.decided(makers.a_call(centre, **known))


def rings(call):
    """For whom this call rings now."""
    waiting = Offer.objects.filter(seat__call=call, state="pending")
    return {offer.person for offer in waiting}


def idle_since(person, **ago):
    Presence.objects.filter(user=person).update(since=Now() - timedelta(**ago))


def wanted_since(call, **ago):
    Seat.objects.filter(call=call).update(
        wanted_at=Now() - timedelta(**ago), give_up_at=Now() + timedelta(minutes=5)
    )


def look_again(call):
    offer.make(call_id=call.pk, by=CLOCK)


def speaks_spanish(call):
    Caller.objects.filter(call=call).update(language="es")


def test_the_longest_idle_is_asked_first(centre):
    rested, just_free = makers.a_clinician(centre), makers.a_clinician(centre)
    idle_since(rested, minutes=20)
    idle_since(just_free, minutes=1)

    assert rings(a_crisis(centre)) == {rested}


def test_who_knows_the_person_is_asked_before_the_longest_idle(centre):
    knows = makers.a_clinician(centre)
    before = makers.with_clinician(a_crisis(centre, phone="919-555-0177"))
    makers.ended(before)
    staff.set_presence(user_id=knows.pk, to="available", by=makers.by(knows))
    longer = makers.a_clinician(centre)
    idle_since(longer, hours=1)

    again = a_crisis(centre, phone="919-555-0177")

    assert rings(again) == {knows}
    assert makers.ringing(again).because == ["knows"]


def test_who_knows_the_person_is_asked_alone_for_a_moment_and_then_others_are(centre):
    rules(centre, sticky=5)
    knows = makers.a_clinician(centre)
    makers.ended(makers.with_clinician(a_crisis(centre, phone="919-555-0177")))
    staff.end_wrap_up(user_id=knows.pk, by=CLOCK)
    other = makers.a_clinician(centre)

    again = a_crisis(centre, phone="919-555-0177")
    ring = makers.ringing(again)
    assert (ring.expires_at - ring.made_at).total_seconds() == 5
    makers.ring_out(ring)

    assert rings(again) == {other}
    assert Presence.objects.get(user=knows).missed == 0


def test_a_stranger_to_the_number_is_not_taken_for_one_who_knows(centre):
    makers.a_clinician(centre)
    before = makers.with_clinician(a_crisis(centre, phone="919-555-0177"))
    makers.ended(before)
    staff.end_wrap_up(user_id=before.person_id, by=CLOCK)
    longer = makers.a_clinician(centre)
    idle_since(longer, hours=1)

    assert rings(a_crisis(centre, phone="919-555-0100")) == {longer}


def test_a_required_language_keeps_others_away_until_its_time_is_over(centre):
    other = makers.a_clinician(centre)
    call = makers.a_call(centre)
    speaks_spanish(call)

    call = makers.decided(call)
    assert rings(call) == set()
    wanted_since(call, seconds=31)
    look_again(call)

    assert rings(call) == {other}
    assert makers.ringing(call).because == ["lacks.spanish"]


def test_who_speaks_the_language_is_asked_at_once(centre):
    makers.a_clinician(centre)
    speaks = makers.a_clinician(centre)
    Skill.objects.create(user=speaks, skill="spanish", level=2)
    call = makers.a_call(centre)
    speaks_spanish(call)

    assert rings(makers.decided(call)) == {speaks}


def test_rings_left_alone_make_a_person_unavailable_and_no_more_calls_ring(centre):
    absent_minded = makers.a_clinician(centre)
    for _ in range(2):
        call = a_crisis(centre)
        makers.ring_out(makers.ringing(call))

    row = Presence.objects.get(user=absent_minded)
    assert (row.state, row.reason) == ("unavailable", "missed_offers")
    assert rings(a_crisis(centre)) == set()


def test_an_answer_between_two_missed_rings_counts_anew(centre):
    person = makers.a_clinician(centre)
    makers.ring_out(makers.ringing(a_crisis(centre)))
    declined = makers.ringing(a_crisis(centre))
    offer.decline(offer_id=declined.pk, reason="language", by=makers.by(person))

    makers.ring_out(makers.ringing(a_crisis(centre)))

    assert makers.presence(person) == "available"


def test_who_takes_a_call_has_missed_none(centre):
    person = makers.a_clinician(centre)
    makers.ring_out(makers.ringing(a_crisis(centre)))
    assert Presence.objects.get(user=person).missed == 1

    makers.accepted(a_crisis(centre))

    assert Presence.objects.get(user=person).missed == 0


def test_who_comes_back_after_missed_rings_is_asked_again(centre):
    person = makers.a_clinician(centre)
    for _ in range(2):
        makers.ring_out(makers.ringing(a_crisis(centre)))

    staff.set_presence(user_id=person.pk, to="available", by=makers.by(person))

    assert rings(a_crisis(centre)) == {person}
    assert Presence.objects.get(user=person).missed == 0


def test_one_call_at_a_time_unless_the_centre_allows_two(centre):
    person = makers.a_clinician(centre)
    makers.with_clinician(a_crisis(centre))
    assert rings(a_crisis(centre)) == set()

    rules(centre, capacity=2)
    second = a_crisis(centre)
    assert rings(second) == {person}
    makers.accepted(second)

    assert makers.presence(person) == "engaged"
    assert rings(a_crisis(centre)) == set()


def test_who_holds_two_calls_wraps_up_after_the_last(centre):
    rules(centre, capacity=2)
    person = makers.a_clinician(centre)
    first = makers.with_clinician(a_crisis(centre))
    second = makers.with_clinician(a_crisis(centre))

    makers.ended(first)
    assert makers.presence(person) == "engaged"
    makers.ended(second)

    assert makers.presence(person) == "wrap_up"


def test_the_clock_leaves_a_second_ring_of_somebody_engaged_alone(centre):
    rules(centre, capacity=2)
    makers.a_clinician(centre)
    makers.with_clinician(a_crisis(centre))
    second = makers.ringing(a_crisis(centre))

    assert second.pk not in due.silent_offers()
    offer.drop(offer_id=second.pk, by=CLOCK)

    assert makers.fresh(second).state == "pending"


def test_several_ring_together_where_the_centre_wants_it_and_one_wins(centre):
    rules(centre, ring_at_once=2)
    people = {makers.a_clinician(centre) for _ in range(3)}
    call = a_crisis(centre)
    first, second = Offer.objects.filter(seat__call=call, state="pending")
    assert {first.person, second.person} < people

    offer.accept(offer_id=first.pk, by=makers.by(first.person))

    assert makers.fresh(second).state == "withdrawn"
    assert makers.fresh(second).reason == "taken"
    assert "OfferWithdrawn" in makers.kinds(call)
    assert makers.presence(second.person) == "available"
    assert makers.presence(first.person) == "engaged"


def test_of_several_who_ring_one_decline_makes_room_for_the_next(centre):
    rules(centre, ring_at_once=2)
    people = {makers.a_clinician(centre) for _ in range(3)}
    call = a_crisis(centre)
    first = Offer.objects.filter(seat__call=call, state="pending").first()

    offer.decline(offer_id=first.pk, reason="language", by=makers.by(first.person))

    assert rings(call) == people - {first.person}


def test_nobody_off_shift_is_asked_where_the_centre_keeps_a_roster(centre):
    person = makers.a_clinician(centre)
    rules(centre, roster=True)
    assert rings(a_crisis(centre)) == set()

    shift = PlannedShift.objects.create(
        agency=centre,
        role="clinician",
        user=person,
        starts_at=Now() - timedelta(hours=1),
        ends_at=Now() + timedelta(hours=1),
        dropped_at=Now(),
    )
    assert rings(a_crisis(centre)) == set()

    PlannedShift.objects.filter(pk=shift.pk).update(dropped_at=None)
    assert rings(a_crisis(centre)) == {person}


def test_who_still_has_a_call_after_the_shift_is_asked_for_no_second(centre):
    person = makers.a_clinician(centre)
    shift = PlannedShift.objects.create(
        agency=centre,
        role="clinician",
        user=person,
        starts_at=Now() - timedelta(hours=1),
        ends_at=Now() + timedelta(hours=1),
    )
    rules(centre, roster=True, capacity=2)
    makers.accepted(a_crisis(centre))
    PlannedShift.objects.filter(pk=shift.pk).update(ends_at=Now())

    assert rings(a_crisis(centre)) == set()


def test_a_call_that_waits_longer_rises_and_an_emergency_stays_ahead(centre):
    """The clock asks for the most urgent first; waiting counts, and danger more."""
    calls = {}
    for name, priority, waited in [
        ("routine, long", 4, 400),
        ("urgent, long", 2, 400),
        ("soon, new", 3, 0),
        ("urgent, new", 2, 0),
        ("emergency, new", 1, 0),
    ]:
        call = a_crisis(centre)
        makers.override(call, "ccd")
        Call.objects.filter(pk=call.pk).update(priority=priority)
        Seat.objects.filter(call=call, response="ccd").update(
            wanted_at=Now() - timedelta(seconds=waited)
        )
        calls[call.pk] = name
    makers.a_clinician(centre)

    order = [calls[pk] for pk in due.waiting_calls(centre.pk) if pk in calls]

    assert order == [
        "emergency, new",
        "routine, long",
        "urgent, long",
        "urgent, new",
        "soon, new",
    ]


def test_of_two_that_came_at_the_same_moment_the_lower_id_goes_first(centre):
    calls = [a_crisis(centre) for _ in range(2)]
    for call in calls:
        makers.override(call, "ccd")
    Call.objects.filter(agency=centre).update(opened_at=Now(), priority=3)
    makers.a_clinician(centre)

    assert list(due.waiting_calls(centre.pk)) == sorted(call.pk for call in calls)
