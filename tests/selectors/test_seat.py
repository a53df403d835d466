"""The seats of a call in words: who has each help, and who rings for it."""

import pytest

from dispatch.actions import offer
from dispatch.selectors import seat as seats
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


def test_all_who_ring_together_are_named_until_one_has_it():
    centre = makers.an_agency()
    document = makers.open_all_day()
    queue = document["queue"] | {"ring_at_once": 2}
    store.publish(centre.pk, document | {"queue": queue, "version": "test-two"})
    names = {makers.a_clinician(centre).short_name for _number in range(2)}
    call = makers.decided(makers.a_call(centre))
    _row, protocol = store.published(centre.pk)

    (ringing,) = seats.seats(call, protocol)
    first = call.seats.get().offers.order_by("pk")[0]
    offer.accept(offer_id=first.pk, by=makers.by(first.person))
    (taken,) = seats.seats(makers.fresh(call), protocol)

    assert set(ringing.who.split(", ")) == names
    assert ringing.mark.label == "Ringing"
    assert taken.who == first.person.short_name


def test_a_crew_that_must_leave_does_not_wait_near_by():
    centre = makers.an_agency()
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, type="welfare_check"))
    makers.on_scene(call)
    makers.late(call, weapon="yes")
    _row, protocol = store.published(centre.pk)

    found = seats.seats(makers.fresh(call), protocol)
    (team,) = [one for one in found if one.who.startswith("CRT")]

    assert (team.mark.label, team.mark.act) == ("Must leave: scene not safe", True)
    assert team.how == ""
