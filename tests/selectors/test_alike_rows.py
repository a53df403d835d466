"""Which open calls are offered as the same event: read from rows, at a fixed price."""

from datetime import timedelta

import pytest

from dispatch.actions import callers, intake, triage
from dispatch.actions.base import database_now
from dispatch.actions.intake import Details, Intake
from dispatch.events import CLOCK
from dispatch.models import Call, Contact
from dispatch.selectors import alike, fields
from tests import makers
from tests.core import made_accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


def shown(agency, *, call=None, note="", apart=frozenset(), at=None, **said):
    typed = {**fields.blank(), "address": "1012 W Main St", **said}
    return alike.likely(
        typed,
        agency_id=agency.pk,
        at=at or database_now(),
        call=call,
        note=note,
        apart=apart,
    )


def neighbour(agency, **known):
    said = {"caller_kind": "third_party", "phone": ""} | known
    return makers.a_call(agency, **said)


def test_a_call_that_ended_is_of_another_centre_or_is_hours_old_is_not_offered(centre):
    makers.closed(makers.decided(neighbour(centre)))
    neighbour(makers.an_agency())
    neighbour(centre, opened_at=database_now() - timedelta(hours=5))

    assert shown(centre, type="mental_health_crisis") == ()


def test_a_call_is_not_offered_to_itself(centre):
    call = neighbour(centre)

    assert shown(centre, call=call, type=call.type) == ()


def test_at_most_three_are_shown_and_none_that_was_set_apart(centre):
    calls = [neighbour(centre) for _number in range(5)]
    first = shown(centre)

    then = shown(centre, apart=frozenset(str(one.id) for one in first))

    assert len(first) == 3
    assert {one.id for one in (*first, *then)} == {call.pk for call in calls}


def test_the_words_of_notes_and_of_further_callers_count(centre):
    call = neighbour(centre, address="")
    said = "red beard barefoot walking between cars"
    intake.add_note(call_id=call.pk, text=said, by=CLOCK)
    other = neighbour(centre, address="")
    known = Intake(phone="919-555-0188", said="lady with blue umbrella shouting")
    callers.attach(call_id=other.pk, intake=known, by=CLOCK)

    by_note = shown(centre, address="", note=said, type=call.type)
    by_number = shown(centre, address="", phone="(919) 555-0188")

    assert [one.id for one in by_note] == [call.pk]
    assert [(one.id, one.contacts) for one in by_number] == [(other.pk, 2)]


def test_what_changes_on_an_open_call_is_compared_as_it_now_stands(centre):
    call = neighbour(centre, caller_kind="")
    assert "same address" in shown(centre)[0].reasons  # now its text was read once

    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)
    intake.add_note(call_id=call.pk, text="he is unconscious", by=CLOCK)
    callers.attach(call_id=call.pk, intake=Intake(phone="919-555-0177"), by=CLOCK)
    (one,) = shown(centre, type=call.type, weapon="no")
    intake.correct(call_id=call.pk, details=Details(address="9 Far Lane"), by=CLOCK)

    assert one.dangers == (
        "one says yes, the other no: Weapon",
        "only one names it: Medical",
    )
    assert one.contacts == 2
    assert shown(centre) == ()


def test_a_danger_that_only_words_name_stands_apart_from_the_reasons(centre):
    neighbour(centre)

    (one,) = shown(centre, note="he has a machete")

    assert one.dangers == ("only one names it: Weapon",)
    assert "same address" in one.reasons


def test_reading_costs_the_same_however_many_calls_are_open(
    centre, django_assert_num_queries
):
    neighbour(centre)
    neighbour(centre)
    at = database_now()
    shown(centre)  # the protocol is read once a process

    for _number in range(6):
        neighbour(centre)
        # Calls, their further callers, and which protocol is in force.
        with django_assert_num_queries(3):
            assert shown(centre, at=at + timedelta(minutes=1))


def fed(agency, seen):
    """One account of the constructed hour through the real actions, as a replay does."""
    address, number = ACCOUNTS[seen.id]
    known = Intake(
        type=seen.type or "",
        address=address,
        phone=f"919-555-{number:04}",
        said=" ".join(sorted(seen.words)),
        caller_kind=seen.caller or "",
        person_name="Ana Diaz" if seen.person else "",
        point=(seen.point.lat, seen.point.lon),
        opened_at=seen.opened_at,
        source_ref=seen.id,
    )
    answers = dict.fromkeys(seen.yes, "yes")
    same = alike.unattended(
        known, agency_id=agency.pk, at=seen.opened_at, answers=answers
    )
    if same:
        callers.attach(call_id=same, intake=known, answers=answers, by=CLOCK)
        return same
    call = intake.open_call(agency_id=agency.pk, intake=known, by=CLOCK)
    triage.record_answers(call_id=call.pk, answers=answers, by=CLOCK)
    return call.pk


CORNERS = [address for address, _point in made_accounts.CORNERS]
ACCOUNTS = {
    **{f"man-{n:02}": (CORNERS[n // 3 % 3], n) for n in range(35)},
    **{f"beside-{n}": (CORNERS[n % 3], 100 + n) for n in range(6)},
    "desk": ("1034 W Main Street, Apt 4, Durham", 20),
}


def test_35_callers_about_one_person_are_one_call_and_hide_no_emergency_beside_it(
    centre,
):
    hour = made_accounts.hour()
    called = {}
    for seen in sorted(hour, key=lambda one: (one.opened_at, one.id)):
        called.setdefault(hour[seen], set()).add(fed(centre, seen))

    assert {event: len(calls) for event, calls in called.items()} == dict.fromkeys(
        called, 1
    )
    assert Call.objects.filter(agency=centre).count() == 8
    (man,) = called["man"]
    assert Contact.objects.filter(call=man).count() == 35
    beside = set().union(*(called[event] for event in called if event != "man"))
    assert len(beside) == 7
    assert man not in beside


@pytest.mark.parametrize("played", [False, True])
def test_a_real_call_and_a_simulated_one_are_never_the_same_event(centre, played):
    """A guest's number may be anybody's: nobody real is hidden under who plays."""
    makers.a_call(centre, simulated="" if played else "call")
    call = makers.a_call(centre, simulated="call" if played else "")

    assert shown(centre, call=call, phone="919-555-0142") == ()
    known = Intake(phone="919-555-0142", simulated=call.simulated)
    found = alike.unattended(known, agency_id=centre.pk, at=database_now(), answers={})
    assert found in {None, call.pk}
