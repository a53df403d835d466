"""One leg announced again, or from elsewhere: nothing told is lost, and nothing is merged."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch import told
from dispatch.actions import arrival, contact, intake
from dispatch.actions.arrival import Arrival
from dispatch.actions.details import Details
from dispatch.events import CLOCK, Actor
from dispatch.models import Call, Caller, CallNote, Contact
from dispatch.selectors import alike, callers, fields
from tests import makers

pytestmark = pytest.mark.django_db
PHONE = Actor(kind="phone")
HERE = (35.99403, -78.89862)
# About 500 m and 2,800 m north.
NEAR = (35.99853, -78.89862)
FAR = (36.01903, -78.89862)


def arrives(centre, ref="a", number="919-555-0142", **known):
    said = {"channel": "voice"} | known
    return arrival.arrive(
        agency_id=centre.pk, arrival=Arrival(ref=ref, number=number, **said), by=PHONE
    )


def notes(call):
    return [note.text for note in CallNote.objects.filter(call=call)]


def test_a_place_that_comes_later_is_the_caller_s_place(centre):
    call = arrives(centre).call

    arrives(centre, address="44 Rebid Rd", point=HERE)

    caller = Caller.objects.get(call=call)
    assert (caller.address, caller.point) == ("44 Rebid Rd", "35.99403,-78.89862")
    assert caller.place_lookup
    assert notes(call) == []


def test_a_mast_s_place_gives_way_to_the_telephone_s_own(centre):
    call = arrives(centre, point=FAR, vague=3000).call

    arrives(centre, address="44 Rebid Rd", point=HERE, vague=15)

    caller = Caller.objects.get(call=call)
    assert (caller.address, caller.point) == ("44 Rebid Rd", "35.99403,-78.89862")


def test_a_vague_place_never_takes_the_place_of_another(centre):
    call = arrives(centre, point=HERE, vague=15).call

    arrives(centre, point=FAR, vague=3000)

    assert Caller.objects.get(call=call).point == "35.99403,-78.89862"


@pytest.mark.parametrize("over", [False, True])
def test_what_a_linked_call_s_telephone_tells_later_is_read_where_it_goes_on(
    centre, over
):
    """With the caller's own leg there; as a note where that line was over before."""
    linked = arrives(centre)
    if over:
        Contact.objects.filter(pk=linked.pk).update(state="completed")
    event = makers.a_call(centre, address="9 Elm St")
    intake.link_calls(call_id=linked.call_id, duplicate_of=event.pk, by=CLOCK)

    for _again in range(2):
        arrives(centre, address="44 Rebid Rd", point=HERE)

    legs = Contact.objects.filter(call=event).order_by("pk")[1:]
    found = notes(event) if over else [told.of(leg).where for leg in legs]
    assert [one.count("44 Rebid Rd") for one in found] == [1]


def test_a_number_that_comes_later_is_the_caller_s_number(centre):
    call = arrives(centre, number="", channel="text").call

    arrives(centre, channel="text")

    caller = Caller.objects.get(call=call)
    assert caller.phone == "919-555-0142"
    assert caller.phone_lookup


def test_another_place_is_kept_beside_what_a_person_wrote(centre):
    call = arrives(centre, address="1012 W Main St", point=HERE).call
    verified = Details(address="1014 W Main St", location_verified=True)
    intake.correct(call_id=call.pk, details=verified, by=CLOCK)

    for _again in range(2):
        arrives(centre, address="44 Rebid Rd", point=FAR)

    assert Caller.objects.get(call=call).address == "1014 W Main St"
    (note,) = notes(call)
    assert "44 Rebid Rd" in note
    assert "36.01903, -78.89862" in note


def test_another_number_is_kept_beside(centre):
    call = arrives(centre).call

    for _again in range(2):
        arrives(centre, number="919-555-0199")

    assert Caller.objects.get(call=call).phone == "919-555-0142"
    (note,) = notes(call)
    assert "919-555-0199" in note


def test_the_same_place_again_writes_nothing(centre):
    call = arrives(centre, address="1012 W Main St", point=HERE).call
    before = makers.events_of(call).count()

    arrives(centre, address="1012 w main street", point=(35.99404, -78.89863))

    assert makers.events_of(call).count() == before


def test_a_leg_that_joins_keeps_its_own_place_and_shows_it(centre):
    call = arrives(centre).call

    arrives(centre, ref="b", address="44 Rebid Rd", point=NEAR)

    (further,) = callers.further(call, numbers=True)
    assert further.said == "44 Rebid Rd"
    assert further.point == "35.99853, -78.89862"


def test_a_leg_that_joined_is_told_its_place_and_number_later(centre):
    call = arrives(centre, number="", point=HERE).call
    arrives(centre, ref="b", number="", point=HERE)

    arrives(centre, ref="b", number="919-555-0199", address="9 Late Ln", point=NEAR)

    (further,) = callers.further(call, numbers=True)
    assert further.said == "9 Late Ln"
    assert further.number == "919-555-0199"
    assert Contact.objects.get(pk=further.id).number_lookup


def test_one_number_from_two_places_is_two_calls_which_a_person_may_link(centre):
    first = arrives(centre, address="1 First St", point=HERE).call
    other = arrives(centre, ref="b", address="900 Second Ave", point=FAR).call

    assert first != other
    other = Call.objects.get(pk=other.pk)
    (likely,) = alike.likely(
        fields.stored(other), agency_id=centre.pk, at=other.opened_at, call=other
    )
    assert likely.id == first.pk
    assert any("m away" in said for said in likely.against)


def test_a_place_that_is_only_roughly_known_contradicts_nothing(centre):
    call = arrives(centre, point=HERE).call

    assert arrives(centre, ref="b", point=FAR, vague=3000).call == call


def test_a_third_leg_is_compared_with_every_place_of_the_call(centre):
    call = arrives(centre).call
    arrives(centre, ref="b", point=HERE)

    assert arrives(centre, ref="c", point=NEAR).call == call
    assert arrives(centre, ref="d", point=FAR).call != call


@pytest.mark.parametrize("known", [{}, {"number": "", "point": HERE}])
def test_nobody_real_joins_a_simulated_call(centre, known):
    played = makers.a_call(centre, simulated="call", point=HERE)

    assert arrives(centre, **known).call_id != played.pk


@pytest.mark.parametrize(
    ("address", "joins"),
    [("1012 West Main Street", True), ("9 Foster St", False), ("", True)],
)
def test_without_a_point_another_street_is_another_place(centre, address, joins):
    call = makers.a_call(centre, address="1012 W Main St")

    leg = arrives(centre, ref="b", address=address)

    assert (leg.call_id == call.pk) is joins


def test_what_is_said_after_the_end_is_a_note_once_and_no_call(centre):
    leg = arrives(centre, address="1012 W Main St")
    call = leg.call
    contact.connect(contact_id=leg.pk, by=CLOCK)
    intake.cancel(call_id=call.pk, reason="other", by=CLOCK)
    before = makers.events_of(call).count()

    arrives(centre, address="1012 W Main St")
    assert makers.events_of(call).count() == before

    for _twice in range(2):
        again = arrives(centre, address="44 Rebid Rd", number="919-555-0199")
        assert again.pk == leg.pk

    said = {note.text for note in CallNote.objects.filter(call=call)}
    assert said == {
        "The telephone system says another number: 919-555-0199",
        "The telephone system says another place: 44 Rebid Rd",
    }
    assert makers.fresh(call).state == "cancelled"
    assert makers.fresh(call).caller.address == "1012 W Main St"


def test_the_calls_of_one_number_are_compared_in_one_statement(centre):
    """A switchboard's: the centre's row is locked while they are compared."""
    arrives(centre, ref="first", point=(35.9, -79.0))
    asked = []
    for ref, lon in (("one", -78.9), ("two", -78.8), ("three", -78.7)):
        makers.a_call(centre, phone="919-555-0142", point=(36.2, lon))
        with CaptureQueriesContext(connection) as seen:
            leg = arrives(centre, ref=ref, point=(35.9, lon))
        assert leg.call.contacts.get().pk == leg.pk
        asked.append(len(seen))

    assert len(set(asked)) == 1
