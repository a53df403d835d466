"""Who is offered no call: away, off shift, busy with notes or a ring, full, in need."""

import pytest

from dispatch import quick
from dispatch.actions import offer, safety, staff, takers
from dispatch.errors import NotFree
from dispatch.events import CLOCK
from dispatch.models import Presence, Unit
from dispatch.planned import uuids
from dispatch.selectors import due
from routing import store
from tests import makers
from tests.actions.rosters import moved, planned

pytestmark = pytest.mark.django_db

AWAY = ["break", "offline", "wrap_up", "unavailable"]


@pytest.fixture
def person(centre):
    return makers.a_clinician(centre)


def a_call(centre):
    """One that waits for a clinician whoever is there."""
    return makers.decided(makers.a_call(centre, type="counselling"))


def leave(person, state):
    """As people and the clock come to be in this state."""
    if state == "wrap_up":
        makers.ended(makers.with_clinician(a_call(person.agency)))
    elif state == "unavailable":
        for _ in range(2):
            makers.ring_out(makers.ringing(a_call(person.agency)))
    else:
        why = "meal" if state == "break" else ""
        by = makers.by(person)
        staff.set_presence(user_id=person.pk, to=state, reason=why, by=by)
    assert makers.presence(person) == state


def rules(centre, **queue):
    """This centre's calls wait by these settings from now on."""
    document = makers.open_all_day()
    waits = document["queue"] | queue
    store.publish(centre.pk, document | {"queue": waits, "version": "other"})


def taken(*people):
    """Whom an offer could be put to, of those who were found to be free."""
    ids = uuids([one.pk for one in people])
    found = quick.picked(Presence, takers.FIRST, {"ids": ids})
    return [presence.user for presence in found]


@pytest.mark.parametrize("state", AWAY)
def test_nobody_who_is_away_or_writes_notes_is_offered_a_call(person, state):
    leave(person, state)
    call = a_call(person.agency)

    offer.make(call_id=call.pk, by=CLOCK)

    assert makers.any_ringing(call) is None
    assert makers.seat_of(call, "ccd").state == "wanted"
    assert call.pk not in due.waiting_calls(person.agency_id)


def test_nobody_of_another_role_is_offered_a_clinician_s_call(centre):
    call = a_call(centre)
    makers.somebody_free(centre, "navigator")

    offer.make(call_id=call.pk, by=CLOCK)

    assert makers.any_ringing(call) is None


@pytest.mark.parametrize("state", AWAY)
def test_who_left_after_being_found_free_is_passed_over(centre, person, state):
    second = makers.somebody_free(centre, "navigator")
    assert taken(person, second) == [person]

    leave(person, state)

    assert taken(person, second) == [second]


def test_whom_another_call_rings_since_they_were_found_free_is_passed_over(
    centre, person
):
    """Who may hold two calls stays engaged while the second rings."""
    rules(centre, capacity=2)
    makers.with_clinician(a_call(centre))
    assert taken(person) == [person]

    second = a_call(centre)

    assert makers.ringing(second).person == person
    assert taken(person) == []


def test_who_holds_as_many_calls_as_they_may_is_no_reason_to_look_again(centre, person):
    rules(centre, capacity=2)
    for _number in range(2):
        makers.with_clinician(a_call(centre))

    third = a_call(centre)

    assert makers.any_ringing(third) is None
    assert makers.seat_of(third, "ccd").state == "wanted"
    assert list(due.waiting_calls(centre.pk)) == []


def test_a_call_that_ended_makes_room_for_another(centre, person):
    rules(centre, capacity=2)
    makers.with_clinician(a_call(centre))
    makers.ended(makers.with_clinician(a_call(centre)))

    assert makers.ringing(a_call(centre)).person == person


def test_a_colleague_s_shift_lets_nobody_else_be_asked(centre, person):
    theirs = planned(centre, makers.a_user(centre, "clinician"))
    moved(theirs, starts_at=-1, ends_at=1)
    rules(centre, roster=True)

    assert makers.any_ringing(a_call(centre)) is None


@pytest.fixture
def car(centre):
    return makers.a_unit(centre)


def for_a_team(centre):
    return makers.decided(makers.a_call(centre, type="trespass"))


def in_need(car):
    """It called for help while a call rang, and is on none since that ended."""
    ring = makers.ringing(for_a_team(car.agency), "crt")
    safety.emergency(unit_id=car.pk, by=CLOCK)
    offer.decline(offer_id=ring.pk, reason="too_far", by=CLOCK)
    assert makers.fresh(car).state == "available"


def test_a_crew_in_need_is_sent_to_no_other_call(centre, car):
    in_need(car)

    other = for_a_team(centre)

    assert makers.any_ringing(other) is None
    assert other.pk not in due.waiting_calls(centre.pk)
    with pytest.raises(NotFree):
        offer.send(call_id=other.pk, unit_id=car.pk, by=CLOCK)


@pytest.mark.parametrize("becomes", [in_need, makers.off], ids=["in need", "off"])
def test_a_team_that_is_not_free_since_it_was_found_so_is_passed_over(
    centre, car, becomes
):
    becomes(car)
    second = makers.a_unit(centre)

    found = {"ids": uuids([car.pk, second.pk])}

    assert quick.picked(Unit, takers.FIRST_UNIT, found) == [second]
