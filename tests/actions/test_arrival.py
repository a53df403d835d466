"""What the telephone system announces: one leg once, on the call it belongs to."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import arrival, callback, callers, contact, intake
from dispatch.actions.arrival import Arrival
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK, Actor
from dispatch.models import Call, Contact, Event
from tests import makers
from tests.actions import partners

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


# Whose number it is, and on which call they are now


@pytest.fixture
def other(centre):
    return makers.a_call(centre, phone="919-555-0188", address="99 Oak Ave")


def linked(call, other):
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)


def test_who_is_parted_from_a_linked_call_rings_again_on_their_own(centre):
    call = makers.a_call(centre)
    younger = makers.a_call(centre, phone="919-555-0188", address="99 Oak Ave")
    linked(call, younger)
    callers.unlink(call_id=call.pk, reason="linked_by_mistake", by=CLOCK)
    back = call.contacts.get(state="connected")
    contact.lost(contact_id=back.pk, by=CLOCK)

    again = arrives(centre)

    assert again.call_id == call.pk
    contact.connect(contact_id=again.pk, by=CLOCK)
    assert makers.fresh(back).why == "called_again"


def over(call):
    """Its own caller's line has ended as it should."""
    leg = Contact.objects.filter(call=call).earliest("pk")
    who = makers.by(makers.a_user(call.agency, "dispatcher"))
    contact.hang_up(contact_id=leg.pk, decided=True, reason="agreed_end", by=who)


def test_who_rings_again_about_a_linked_call_is_heard_where_it_goes_on(centre, other):
    call = makers.a_call(centre)
    over(call)
    linked(call, other)
    third = makers.a_call(centre, phone="919-555-0166", address="99 Oak Ave")
    linked(other, third)

    assert arrives(centre).call_id == third.pk


@pytest.mark.parametrize("why", ["old", "ended", "elsewhere"])
def test_a_linked_call_leads_nowhere(centre, other, why):
    call = makers.a_call(centre)
    over(call)
    linked(call, other)
    if why == "old":
        Call.objects.filter(pk=call.pk).update(opened_at=Now() - timedelta(minutes=31))
    if why == "ended":
        intake.cancel(call_id=other.pk, reason="other", by=CLOCK)
    known = {"address": "9 Foster St"} if why == "elsewhere" else {}

    assert arrives(centre, **known).call_id not in {call.pk, other.pk}


@pytest.mark.parametrize("purpose", ["consult", "collateral"])
def test_who_knows_the_person_belongs_to_the_call_and_who_was_only_asked_does_not(
    centre, purpose
):
    call = makers.a_call(centre)
    who = makers.by(makers.a_user(centre, "dispatcher"))
    contact.reach_out(call_id=call.pk, purpose=purpose, number="919-555-0111", by=who)

    leg = arrives(centre, number="919-555-0111")

    assert (leg.call_id == call.pk) is (purpose == "collateral")


def test_a_partner_who_rings_in_is_not_on_the_call_that_was_handed_to_them(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    partner = partners.a_partner(centre)
    call = partners.a_counselling_call(centre, dispatcher)
    partners.walked(call, partner, dispatcher, "released")

    assert arrives(centre, number=partner.phone).call_id != call.pk


# An upgrade: a process of the version before wrote the one name there was


def written_before(leg, ref):
    Contact.objects.filter(pk=leg.pk).update(source_ref="", carrier_ref=ref)


@pytest.mark.parametrize("ended", [False, True])
def test_a_leg_that_the_version_before_wrote_is_known_by_its_name(centre, ended):
    leg = arrives(centre)
    contact.connect(contact_id=leg.pk, by=CLOCK)
    if ended:
        intake.cancel(call_id=leg.call_id, reason="other", by=CLOCK)
    written_before(leg, leg.source_ref)

    assert arrives(centre).pk == leg.pk


def test_a_caller_whom_the_version_before_added_is_known_by_their_name(centre):
    call = makers.a_call(centre)
    known = Intake(name="Ada", phone="919-555-0177", source_ref="C-1")
    leg = callers.attach(call_id=call.pk, intake=known, by=CLOCK)
    written_before(leg, "C-1")

    assert callers.attach(call_id=call.pk, intake=known, by=CLOCK).pk == leg.pk
