"""The seats of a call in words: who has each help, and who rings for it."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from dispatch.actions import disposition, handover, offer
from dispatch.events import CLOCK
from dispatch.models import Call, Offer
from dispatch.selectors import call as calls
from dispatch.selectors import seat as seats
from routing import store
from tests import makers
from tests.actions import partners

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


@pytest.mark.parametrize(
    ("kind", "there"),
    [("crt", False), ("cor", True)],
    ids=["near by", "with an officer"],
)
def test_only_an_unarmed_crew_with_the_person_is_said_to_have_to_leave(kind, there):
    centre = makers.an_agency()
    car = makers.a_unit(centre, kind)
    call = makers.triaged(makers.a_call(centre, type="welfare_check"))
    offer.send(call_id=call.pk, unit_id=car.pk, by=CLOCK)
    if there:
        makers.on_scene(call, kind)
    else:
        makers.accepted(call, kind)
    call.seats.update(mode="staged")
    _row, protocol = store.published(centre.pk)

    (team,) = seats.seats(makers.fresh(call), protocol)

    assert not team.mark.act
    assert team.how.startswith("staged")


def two_at_once(centre):
    document = makers.open_all_day()
    queue = document["queue"] | {"ring_at_once": 2, "missed_offers": 9}
    store.publish(centre.pk, document | {"queue": queue, "version": "test-two"})


def asked_in_vain(call):
    """Everybody rung for it lets it ring; decided again, if it wants that."""
    for ring in Offer.objects.filter(seat__call=call, state="pending"):
        makers.ring_out(ring)
    return makers.decide(call)


def rung_again(call):
    """The time in which nobody is rung again is over."""
    ago = timedelta(seconds=61)
    Offer.objects.filter(seat__call=call).update(ended_at=F("ended_at") - ago)
    offer.make(call_id=call.pk, by=CLOCK)
    return makers.fresh(call)


@pytest.fixture
def waits():
    """A call that only clinicians may take; both were rung once and did not answer."""
    centre = makers.an_agency()
    two_at_once(centre)
    for name in ("Q.One", "Q.Cee"):
        makers.a_clinician(centre, name)
    return asked_in_vain(makers.decided(makers.a_call(centre, type="counselling")))


def shown(call):
    """The page of a call, and the seat that it looks for."""
    page = calls.view(call, "full")
    return page, page.seats[0]


def test_who_was_asked_before_stands_there_once_with_a_count(waits):
    call = waits
    for _round in range(2):
        call = asked_in_vain(rung_again(call))

    _page, seat = shown(call)

    assert sorted(seat.asked) == [
        "Q.Cee: no answer, 2 times",
        "Q.One: no answer, 2 times",
    ]


def test_a_call_that_waits_says_when_it_rings_again(waits):
    _page, seat = shown(waits)
    last = Offer.objects.filter(seat__call=waits).order_by("ended_at").first()

    assert seat.mark.label == "Nobody took it: waits"
    assert seat.again_at == last.ended_at + timedelta(seconds=60)


def test_while_help_is_sought_nobody_says_that_the_call_is_not_served(waits):
    before, _seat = shown(waits)
    page, seat = shown(rung_again(waits))

    assert before.head.service == page.head.service == "Help is being looked for"
    assert set(seat.who.split(", ")) == {"Q.One", "Q.Cee"}
    assert seat.again_at is None


def test_that_none_is_free_is_no_reason_while_somebody_rings(waits):
    before, _seat = shown(waits)
    page, _seat = shown(rung_again(waits))

    assert any("none is free" in one.text for one in before.decision.words.reasons)
    assert not any("none is free" in one.text for one in page.decision.words.reasons)
    assert not any("Next in order" in one.text for one in page.decision.words.reasons)


def test_a_call_that_went_to_others_still_says_that_it_is_not_served():
    call = makers.decided(makers.a_call(makers.an_agency()))

    page, _seat = shown(call)

    assert page.head.service == "Not served: nobody was free"


def test_a_seat_that_waits_says_what_is_asked_for_first_and_until_when():
    centre = makers.an_agency()
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, type="counselling", language="es"))
    stored = makers.seat_of(call, "ccd")
    _row, protocol = store.published(centre.pk)

    (shown,) = seats.seats(call, protocol)

    assert shown.skilled == "Speaks Spanish"
    assert shown.skilled_until - stored.wanted_at == timedelta(seconds=30)


def with_988(step):
    """A call whose caller is handed to 988 as far as ``step``; who does it; the steps."""
    centre = makers.an_agency()
    dispatcher = makers.a_user(centre, "dispatcher")
    call = partners.a_counselling_call(centre, dispatcher)
    lifeline = partners.a_partner(centre)
    one = partners.walked(call, lifeline, dispatcher, step)
    return call, one, makers.by(dispatcher)


def steps_of_988(call):
    _row, protocol = store.published(call.agency_id)
    (seen,) = [
        one for one in seats.seats(makers.fresh(call), protocol) if one.kind == "988"
    ]
    return {step.label: step.at for step in seen.steps}


def test_what_988_did_keeps_its_times_once_the_call_is_closed():
    call, _one, who = with_988("released")
    before = steps_of_988(call)
    disposition.close(call_id=call.pk, outcomes=["moved_to_988"], by=who)
    Call.objects.filter(pk=call.pk).update(state_since=Now() + timedelta(hours=1))

    assert None not in before.values()
    assert steps_of_988(call) == before


def test_what_988_did_keeps_its_times_once_the_transfer_failed():
    call, one, who = with_988("accepted")
    before = steps_of_988(call)
    handover.lost(transfer_id=one.pk, by=who)

    told = steps_of_988(call)["Told"]
    assert abs(told - before["Told"]) < timedelta(seconds=1)
