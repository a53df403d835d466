"""Intake: numbers without gaps, an owner from the first second, calls set aside."""

from datetime import UTC, datetime

import pytest

from dispatch.actions import decision, intake, safety, seat, unit
from dispatch.actions.intake import Details, Intake
from dispatch.errors import Invalid, Stale
from dispatch.events import CLOCK
from dispatch.models import Caller, Offer
from tests import makers

pytestmark = pytest.mark.django_db
ASIDE = pytest.mark.parametrize(
    "verb", [intake.cancel, intake.return_to_911], ids=["cancel", "return"]
)


def opened(agency, at):
    return makers.a_call(agency, opened_at=at).number


def test_call_numbers_count_up_per_agency(centre):
    other = makers.an_agency()
    at = datetime(2026, 5, 1, tzinfo=UTC)

    numbers = [opened(centre, at), opened(other, at), opened(centre, at)]

    assert numbers == ["26-000001", "26-000001", "26-000002"]


def test_the_year_of_a_number_is_that_of_the_agency_s_own_clock():
    durham = makers.an_agency(zone="America/New_York")
    auckland = makers.an_agency(zone="Pacific/Auckland")
    half_past_two = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
    half_past_five = datetime(2026, 1, 1, 5, 30, tzinfo=UTC)

    assert opened(durham, half_past_two) == "25-000001"
    assert opened(durham, half_past_five) == "26-000001"
    assert opened(auckland, half_past_two) == "26-000001"


def test_the_dispatcher_who_opens_a_call_owns_it(centre):
    dispatcher = makers.a_user(centre, "dispatcher")

    assert makers.a_call(centre, dispatcher).owner == dispatcher


def test_a_call_that_came_by_itself_has_no_owner_until_somebody_takes_it(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    call = intake.open_call(agency_id=centre.pk, intake=Intake(), by=CLOCK)
    assert call.owner is None

    intake.take(call_id=call.pk, by=makers.by(dispatcher))
    intake.take(call_id=call.pk, by=makers.by(dispatcher))

    assert makers.fresh(call).owner == dispatcher
    assert makers.kinds(call).count("OwnerChanged") == 1


def test_the_same_event_of_another_system_is_the_same_call(centre):
    at = datetime(2026, 5, 1, tzinfo=UTC)
    once = makers.a_call(centre, source_ref="CAD-77", opened_at=at)
    twice = makers.a_call(centre, source_ref="CAD-77", opened_at=at)

    assert once == twice
    assert opened(centre, at) == "26-000002"


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"source": "fax"}, "source"),
        ({"caller_kind": "robot"}, "caller"),
        ({"priority": 0}, "priority"),
    ],
    ids=["an unknown source", "an unknown caller", "a priority beyond the scale"],
)
def test_what_cannot_be_is_refused_by_name(centre, known, field):
    with pytest.raises(Invalid) as refused:
        makers.a_call(centre, **known)

    assert refused.value.params["field"] == field


def test_correcting_to_the_same_records_nothing(centre):
    call = makers.a_call(centre)

    intake.correct(call_id=call.pk, details=Details(zone="District 2"), by=CLOCK)

    assert makers.kinds(call) == ["CallOpened"]


def test_a_corrected_number_is_found_by_its_new_digits(centre):
    call = makers.a_call(centre)
    before = Caller.objects.get(call=call).phone_lookup

    intake.correct(call_id=call.pk, details=Details(phone="919-555-0177"), by=CLOCK)

    assert Caller.objects.get(call=call).phone == "919-555-0177"
    assert Caller.objects.get(call=call).phone_lookup != before


def test_a_corrected_address_is_no_longer_where_the_old_one_was(centre):
    call = makers.a_call(centre, address="1 Old Rd", point=(36.0, -78.9))
    told = {"address": "1 Old Rd", "said": "by the church"}

    intake.correct(call_id=call.pk, details=Details(**told), by=CLOCK)
    assert Caller.objects.get(call=call).point == "36.00000,-78.90000"

    intake.correct(call_id=call.pk, details=Details(address="9 New St"), by=CLOCK)
    assert Caller.objects.get(call=call).point == ""
    assert list(makers.events_of(call))[-1].body["fields"] == ["address"]


def test_what_somebody_else_changed_meanwhile_is_looked_at_again(centre):
    call = makers.a_call(centre)
    intake.correct(call_id=call.pk, details=Details(zone="District 4"), by=CLOCK)

    with pytest.raises(Stale):
        intake.cancel(call_id=call.pk, reason="caller", by=CLOCK, seen=call.version)


def test_no_word_of_the_caller_stands_in_the_log(centre):
    call = makers.a_call(centre, said="he has gone quiet", name="Ana")
    intake.add_note(call_id=call.pk, text="gate code 4411", by=CLOCK)

    bodies = str([event.body for event in makers.events_of(call)])

    assert not any(word in bodies for word in ("quiet", "Ana", "4411", "W Main"))


def test_a_note_is_never_empty(centre):
    call = makers.a_call(centre)

    with pytest.raises(Invalid):
        intake.add_note(call_id=call.pk, text="  ", by=CLOCK)


def test_cancelling_withdraws_everybody_and_says_why_nobody_served(centre):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)

    intake.cancel(call_id=call.pk, reason="caller", by=CLOCK)
    intake.cancel(call_id=call.pk, reason="caller", by=CLOCK)

    call = makers.fresh(call)
    assert (call.state, call.service, call.not_served) == (
        "cancelled",
        "not_served",
        "cancelled",
    )
    assert makers.fresh(ring).state == "withdrawn"
    assert makers.presence(clinician) == "available"
    assert makers.kinds(call).count("CallCancelled") == 1


@ASIDE
def test_setting_a_call_aside_needs_a_reason(centre, verb):
    call = makers.a_call(centre)

    with pytest.raises(Invalid):
        verb(call_id=call.pk, reason="", by=CLOCK)


@ASIDE
@pytest.mark.parametrize("on_the_way", [(), ("en_route",), ("en_route", "staged")])
def test_a_team_not_there_yet_is_let_go_and_its_board_hears_of_it(
    centre, verb, on_the_way
):
    team = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")
    for to in on_the_way:
        unit.report(unit_id=team.pk, to=to, by=CLOCK)

    verb(call_id=call.pk, reason="police", by=CLOCK)

    assert makers.fresh(team).state == "available"
    withdrawn = makers.events_of(call).get(kind="SeatWithdrawn")
    assert withdrawn.unit_id == team.pk


@ASIDE
@pytest.mark.parametrize(
    ("then", "said"),
    [
        ((), "CRT 1 is on scene"),
        (("transporting",), "CRT 1 is transporting"),
        (("transporting", "at_destination"), "CRT 1 is at the destination"),
    ],
)
def test_a_call_does_not_end_under_a_team_that_is_with_the_person(
    centre, verb, then, said
):
    team = makers.a_unit(centre, name="CRT 1")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    work = makers.on_scene(call)
    for to in then:
        unit.report(unit_id=team.pk, to=to, by=CLOCK)

    with pytest.raises(Invalid) as refused:
        verb(call_id=call.pk, reason="caller", by=CLOCK)

    assert f"{said}: let it clear first." == str(refused.value)
    assert makers.fresh(call).state == "working"
    assert makers.fresh(work).ended_at is None
    makers.cleared(work)
    verb(call_id=call.pk, reason="caller", by=CLOCK)
    assert makers.fresh(call).state in {"cancelled", "returned_to_911"}


@ASIDE
def test_a_call_does_not_end_under_a_crew_that_needs_help_now(centre, verb):
    team = makers.a_unit(centre, name="CRT 1")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")
    safety.emergency(unit_id=team.pk, by=CLOCK)

    with pytest.raises(Invalid) as refused:
        verb(call_id=call.pk, reason="caller", by=CLOCK)

    assert str(refused.value) == "CRT 1 needs help now: end that emergency first."
    safety.end_emergency(unit_id=team.pk, by=CLOCK)
    verb(call_id=call.pk, reason="caller", by=CLOCK)
    assert makers.fresh(team).state == "available"


@ASIDE
def test_a_call_does_not_end_over_the_head_of_a_clinician_who_has_the_caller(
    centre, verb
):
    clinician = makers.a_clinician(centre, "D. Mercer")
    call = makers.decided(makers.a_call(centre))
    session = makers.with_clinician(call)

    with pytest.raises(Invalid) as refused:
        verb(call_id=call.pk, reason="caller", by=CLOCK)

    assert str(refused.value).startswith("D. Mercer has the caller")
    assert makers.presence(clinician) == "engaged"
    makers.ended(session)
    verb(call_id=call.pk, reason="caller", by=CLOCK)
    assert makers.presence(clinician) == "wrap_up"


def test_a_clinician_who_has_not_the_caller_yet_is_let_go_and_their_board_hears_of_it(
    centre,
):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.accepted(call)

    intake.cancel(call_id=call.pk, reason="caller", by=CLOCK)

    withdrawn = makers.events_of(call).get(kind="SeatWithdrawn")
    assert withdrawn.body["person"] == str(clinician.pk)
    assert makers.presence(clinician) == "wrap_up"


def test_a_call_is_not_linked_away_from_a_clinician_who_has_the_caller(centre):
    makers.a_clinician(centre)
    other = makers.a_call(centre)
    call = makers.decided(makers.a_call(centre))
    session = makers.with_clinician(call)

    with pytest.raises(Invalid):
        intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)

    assert makers.fresh(session).ended_at is None


def test_a_duplicate_leaves_the_other_call_to_go_on_alone(centre):
    makers.a_clinician(centre)
    first = makers.a_call(centre)
    second = makers.decided(makers.a_call(centre))

    intake.link_calls(call_id=second.pk, duplicate_of=first.pk, by=CLOCK)

    assert makers.fresh(second).state == "duplicate"
    assert makers.fresh(first).state == "new"
    assert not Offer.objects.filter(state="pending").exists()


def test_help_that_a_duplicate_asked_for_is_wanted_on_the_other_call(centre):
    first = makers.decided(makers.a_call(centre, type="trespass"))
    second = makers.decided(makers.a_call(centre, type="trespass"))
    decision.request_team(
        call_id=second.pk, response="police", reason="not_safe", by=CLOCK
    )
    seat.confirm_told(seat_id=makers.seat_of(second, "police").pk, by=CLOCK)

    intake.link_calls(call_id=second.pk, duplicate_of=first.pk, by=CLOCK)

    assert makers.seat_of(first, "police").state == "wanted"


def test_a_clinician_whom_a_duplicate_rang_rings_for_the_other_call(centre):
    first = makers.decided(makers.a_call(centre, type="trespass"))
    clinician = makers.a_clinician(centre)
    second = makers.decided(makers.a_call(centre, type="suicide_threat"))
    assert makers.ringing(second).person == clinician

    intake.link_calls(call_id=second.pk, duplicate_of=first.pk, by=CLOCK)

    assert makers.ringing(first).person == clinician


def test_duplicates_form_no_loop(centre):
    first, second = makers.a_call(centre), makers.a_call(centre)
    intake.link_calls(call_id=first.pk, duplicate_of=second.pk, by=CLOCK)

    for call, other in ((second, first), (second, second)):
        with pytest.raises(Invalid):
            intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=CLOCK)


def test_a_call_of_another_centre_is_no_duplicate(centre):
    here, there = makers.a_call(centre), makers.a_call(makers.an_agency())

    with pytest.raises(Invalid):
        intake.link_calls(call_id=here.pk, duplicate_of=there.pk, by=CLOCK)
