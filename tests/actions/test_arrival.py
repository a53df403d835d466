"""What the telephone system announces: one leg once, on the call it belongs to."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import arrival, callback, contact, intake
from dispatch.actions.arrival import Arrival
from dispatch.events import CLOCK, Actor
from dispatch.models import Call, Contact, Event
from tests import makers

pytestmark = pytest.mark.django_db
PHONE = Actor(kind="phone")
HERE = (35.99403, -78.89862)


def arrives(centre, ref="a", number="919-555-0142", **known):
    said = {"channel": "voice"} | known
    return arrival.arrive(
        agency_id=centre.pk, arrival=Arrival(ref=ref, number=number, **said), by=PHONE
    )


def test_an_unknown_number_is_a_new_call_that_nobody_owns_yet(centre):
    leg = arrives(centre, channel="rtt", address="1012 W Main St", point=HERE)

    call = leg.call
    assert (call.source, call.owner_id, call.location_verified) == ("911", None, False)
    assert (leg.state, leg.channel) == ("ringing", "rtt")
    assert (call.caller.phone, call.caller.address) == (
        "919-555-0142",
        "1012 W Main St",
    )


def test_the_same_announcement_twice_is_one_leg(centre):
    assert arrives(centre) == arrives(centre, address="elsewhere")
    assert Contact.objects.count() == Call.objects.count() == 1


def test_the_same_number_joins_its_open_call(centre):
    call = makers.a_call(centre)

    leg = arrives(centre, number="(919) 555-0142")

    assert leg.call_id == call.pk
    assert Event.objects.get(kind="CallerAttached").body["count"] == 2


@pytest.mark.parametrize("why", ["old", "ended", "foreign", "other number"])
def test_another_event_stays_a_call_of_its_own(centre, why):
    call = makers.a_call(makers.an_agency() if why == "foreign" else centre)
    if why == "old":
        Call.objects.update(opened_at=Now() - timedelta(minutes=31))
    if why == "ended":
        intake.cancel(call_id=call.pk, reason="other", by=CLOCK)
    number = "919-555-0199" if why == "other number" else "919-555-0142"

    assert arrives(centre, number=number).call_id != call.pk


@pytest.mark.parametrize(
    ("known", "joins"),
    [
        ({"number": "", "point": HERE}, True),
        ({"number": "", "point": (35.99503, -78.89862)}, False),
        ({"number": "919-555-0199", "point": HERE}, False),
    ],
    ids=["no number, same place", "111 m away", "another number next door"],
)
def test_a_place_joins_only_where_no_number_says_otherwise(centre, known, joins):
    call = makers.a_call(centre, point=HERE)

    assert (arrives(centre, **known).call_id == call.pk) is joins


def test_a_lost_caller_who_rings_in_is_reached(centre):
    call = makers.a_call(centre)
    first = Contact.objects.get(call=call)
    contact.lost(contact_id=first.pk, by=CLOCK)

    again = arrives(centre)
    assert makers.fresh(first).state == "callback_due"
    contact.connect(contact_id=again.pk, by=CLOCK)

    assert makers.fresh(first).why == "called_again"
    assert callback.at_risk(call)


def test_no_number_and_no_name_of_the_leg_is_in_the_log(centre):
    leg = arrives(centre, ref="tel:9195550142")

    said = str(list(Event.objects.values_list("body", flat=True))) + leg.carrier_ref
    assert "5550142" not in said
