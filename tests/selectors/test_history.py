"""What is known of a number, a place, a person: twelve months, and to whom it is told."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import callers, intake, plan
from dispatch.actions.base import database_now
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import Plan
from dispatch.selectors import history
from tests import makers

pytestmark = pytest.mark.django_db
ANA = {"caller_kind": "person", "name": "Ana Diaz"}
ELSEWHERE = {"address": "55 Elm Road", "phone": "919-555-0999"}


@pytest.fixture
def centre():
    return makers.an_agency()


def known(call, **reader):
    return history.known(
        history.keys_of(call.caller),
        agency_id=call.agency_id,
        at=database_now(),
        but=call.pk,
        **reader,
    )


def counts(call, **reader):
    return {one.subject: one.count for one in known(call, **reader).before}


def written(call, subject="person", *, approved=True):
    author = makers.a_user(call.agency, "clinician")
    made = plan.write(
        call_id=call.pk, subject=subject, text="Speak slowly.", by=makers.by(author)
    )
    if approved:
        lead = makers.a_user(call.agency, "supervisor")
        plan.approve(plan_id=made.pk, by=makers.by(lead))
    return made


@pytest.mark.parametrize(
    ("subject", "same"),
    [
        ("number", {"phone": "(919) 555-0142"}),
        ("place", {"address": "1012 west main street, Durham"}),
        ("person", {"name": "DIAZ, Ana"}),
    ],
)
def test_a_call_is_found_again_by_number_place_or_person_and_by_nothing_else(
    centre, subject, same
):
    makers.a_call(centre, **ANA)

    again = makers.a_call(centre, **(ELSEWHERE | same))
    stranger = makers.a_call(centre, address="9 Far Lane", phone="919-555-0111")

    assert counts(again) == {subject: 1}
    assert counts(stranger) == {}


def test_the_person_somebody_else_calls_about_is_found_and_the_caller_is_not(centre):
    about = {"caller_kind": "third_party", "name": "Bo Carr", "person_name": "Ana Diaz"}
    makers.a_call(centre, **about)

    ana = makers.a_call(centre, **ELSEWHERE, **ANA)
    bo = makers.a_call(centre, phone="", address="", **(ANA | {"name": "Bo Carr"}))

    assert counts(ana) == {"person": 1}
    assert counts(bo) == {}


def test_a_further_caller_s_number_is_found_too(centre):
    first = makers.a_call(centre)
    leg = Intake(phone=ELSEWHERE["phone"])
    callers.attach(call_id=first.pk, intake=leg, by=CLOCK)

    assert counts(makers.a_call(centre, **ELSEWHERE)) == {"number": 1}


@pytest.mark.parametrize(("days", "told"), [(364, {"number": 1}), (366, {})])
def test_what_is_older_than_twelve_months_is_not_told(centre, days, told):
    at = database_now() - timedelta(days=days)
    makers.a_call(centre, address="", opened_at=at)

    assert counts(makers.a_call(centre, address="")) == told


@pytest.mark.parametrize("played", [False, True])
def test_a_number_s_wish_is_remembered_apart_for_real_and_played_calls(centre, played):
    part = "call" if played else ""
    makers.a_call(centre, safe_contact="text_first")
    makers.a_call(centre, simulated="call", safe_contact="none")
    wish = "Do not contact" if played else "Text first, no voicemail"

    told = known(makers.a_call(centre, simulated=part)).wish

    assert told == f"Asked before: {wish}. Please ask anew."


def test_where_nobody_asked_or_no_number_is_known_no_wish_is_told(centre):
    makers.a_call(centre)
    makers.a_call(centre, safe_contact="none", phone="", address="12 Elm Road")

    assert known(makers.a_call(centre)).wish == ""
    assert known(makers.a_call(centre, phone="", address="12 Elm Road")).wish == ""


def test_no_other_centre_s_calls_are_told(centre):
    makers.a_call(makers.an_agency(), **ANA)

    assert counts(makers.a_call(centre, **ANA)) == {}


@pytest.mark.parametrize("played", [False, True])
def test_who_played_with_a_number_is_not_told_of_who_really_calls(centre, played):
    makers.a_call(centre, simulated="" if played else "call")

    assert counts(makers.a_call(centre, simulated="call" if played else "")) == {}


def test_a_linked_call_is_told_as_the_one_that_it_went_to(centre):
    first, second = makers.a_call(centre), makers.a_call(centre)
    intake.link_calls(call_id=second.pk, duplicate_of=first.pk, by=CLOCK)

    assert counts(makers.a_call(centre)) == {"number": 1, "place": 1}


def test_with_nothing_to_look_up_nothing_is_asked(centre, django_assert_num_queries):
    call = makers.a_call(centre, phone="", address="")
    keys, at = history.keys_of(call.caller), database_now()

    with django_assert_num_queries(0):
        found = history.known(keys, agency_id=centre.pk, at=at)

    assert found == history.Known(before=(), familiar=False, plans=())


def test_it_says_when_last_who_came_and_how_it_ended(centre):
    makers.a_clinician(centre)
    first = makers.decided(makers.a_call(centre, address=""))
    makers.ended(makers.with_clinician(first))
    makers.closed(first, "resolved_by_phone")

    (one,) = known(makers.a_call(centre, address="")).before

    assert (one.label, one.how) == ("Same number", "Clinician, Resolved by phone")
    assert one.last == first.opened_at
    assert (one.types, one.responses) == ("Mental-health crisis", 1)


def test_that_notes_exist_is_told_to_clinicians_alone(centre):
    first = makers.a_call(centre)
    intake.add_note(call_id=first.pk, text="Said quietly", by=CLOCK)
    call = makers.a_call(centre)

    assert {one.notes for one in known(call).before} == {0}
    told = known(call, clinical=True)
    assert {one.notes for one in told.before} == {1}
    assert "quietly" not in repr(told)


@pytest.mark.parametrize("times", [4, 5])
def test_from_five_responses_on_a_person_is_a_familiar_neighbour(centre, times):
    for _time in range(times):
        makers.a_clinician(centre)
        makers.ended(
            makers.with_clinician(makers.decided(makers.a_call(centre, **ANA)))
        )

    assert known(makers.a_call(centre, **ANA)).familiar is (times == 5)
    # A house to which help came often is no familiar neighbour.
    assert not known(makers.a_call(centre, phone="", name="Bo Carr")).familiar


@pytest.mark.parametrize("subject", ["person", "number"])
def test_an_approved_plan_is_read_by_who_may_and_known_of_by_the_rest(centre, subject):
    made = written(makers.a_call(centre, **ANA), subject)
    call = makers.a_call(centre, **ANA)

    (read,) = known(call, plans=True).plans
    (heard,) = known(call).plans

    assert (read.id, read.text, read.approved, read.late) == (
        made.pk,
        "Speak slowly.",
        True,
        False,
    )
    assert (heard.text, heard.author) == ("", "")


def test_a_plan_that_nobody_approved_is_a_draft_for_who_may_read_plans(centre):
    written(makers.a_call(centre, **ANA), approved=False)
    call = makers.a_call(centre, **ANA)

    (draft,) = known(call, plans=True).plans

    assert not draft.approved
    assert known(call).plans == ()


def test_a_plan_that_ended_is_told_to_nobody(centre):
    made = written(makers.a_call(centre, **ANA))
    plan.end(plan_id=made.pk, why="person_asks", by=CLOCK)
    call = makers.a_call(centre, **ANA)

    assert known(call).plans == known(call, plans=True).plans == ()


def test_a_plan_past_its_review_is_told_as_late(centre):
    made = written(makers.a_call(centre, **ANA))
    Plan.objects.filter(pk=made.pk).update(review_at=Now() - timedelta(seconds=1))

    (told,) = known(makers.a_call(centre, **ANA), plans=True).plans

    assert told.late


def test_a_plan_follows_the_person_and_not_the_place_or_the_centre(centre):
    written(makers.a_call(centre, **ANA))

    for stranger in (
        makers.a_call(centre, caller_kind="person", name="Bo Carr"),
        makers.a_call(makers.an_agency(), **ANA),
    ):
        assert known(stranger, plans=True).plans == ()
