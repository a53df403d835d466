"""The navigators' worklist: sections by due time, and what each line tells."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.actions import callers, followup
from dispatch.actions.intake import Intake
from dispatch.events import ROUTER
from dispatch.models import FollowUp
from dispatch.selectors import call as calls
from dispatch.selectors import followup as followups
from dispatch.selectors import hand, plain, wish
from tests import makers

pytestmark = pytest.mark.django_db
NOBODY = None
NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


@pytest.fixture
def centre():
    return makers.an_agency()


def planned(agency, due_at, **known):
    call = makers.a_call(agency, **known)
    return followup.plan(call_id=call.pk, due_at=due_at, by=ROUTER)


def sections(agency, now, reader=NOBODY):
    seen = followups.worklist(agency, reader, now=now)
    return {one.key: [item.id for item in one.items] for one in seen.sections}


def item(agency):
    """The one line that stands in this centre's list."""
    (section,) = followups.worklist(agency, NOBODY, now=NOON).sections
    (only,) = section.items
    return only


def moment(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-11-23T03:00:00Z", "2026-11-23T05:00:00Z"),
        ("2026-11-01T05:30:00Z", "2026-11-02T05:00:00Z"),
        ("2027-03-14T06:30:00Z", "2027-03-15T04:00:00Z"),
        ("2027-01-01T04:59:59Z", "2027-01-01T05:00:00Z"),
    ],
    ids=["tomorrow in UTC", "clocks go back", "clocks go forward", "the year's end"],
)
def test_a_day_ends_at_midnight_of_the_agencys_own_zone(centre, now, midnight):
    now, midnight, second = moment(now), moment(midnight), timedelta(seconds=1)
    before = planned(centre, now - second)
    tonight = planned(centre, midnight - second)
    tomorrow = planned(centre, midnight)
    last = planned(centre, now + timedelta(hours=48) - second)
    far = planned(centre, now + timedelta(hours=48))

    assert sections(centre, now) == {
        "overdue": [before.pk],
        "today": [tonight.pk],
        "soon": [tomorrow.pk, last.pk],
        "later": [far.pk],
    }


def test_what_is_closed_leaves_the_list(centre):
    row = planned(centre, NOON)
    followup.complete(followup_id=row.pk, outcome="other", by=ROUTER)

    seen = followups.worklist(centre, NOBODY, now=NOON)

    assert (seen.sections, seen.open) == ((), 0)


def test_a_line_tells_tries_consent_and_how_contact_is_safe(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, safe_contact="no_voicemail"))
    makers.ended(makers.with_clinician(call), consent="yes")
    row = FollowUp.objects.get()
    followup.attempt(followup_id=row.pk, reached=False, by=ROUTER)

    seen = followups.worklist(centre, NOBODY, now=NOON)

    (item,) = seen.sections[0].items
    assert item.tries == "1 of 5 tries"
    assert item.consent == "Agreed to follow-up: yes"
    assert item.contact == "Call, no voicemail"
    assert item.claimed_by == ""


def again_from_the_same_number(call, wish):
    same = Intake(phone=call.caller.phone, safe_contact=wish)
    callers.attach(call_id=call.pk, intake=same, by=ROUTER)


def test_a_line_tells_the_strictest_of_what_was_said_of_the_number(centre):
    row = planned(centre, NOON, safe_contact="call_and_text")
    again_from_the_same_number(row.call, "none")

    seen = followups.worklist(centre, NOBODY, now=NOON)

    (item,) = seen.sections[0].items
    assert (item.contact, item.no_contact) == ("Do not contact", True)


def test_who_works_on_it_reads_what_was_asked_on_another_call(centre):
    makers.a_call(centre, safe_contact="none")
    row = planned(centre, NOON)

    item = hand.at_hand(row, NOBODY, now=NOON).item

    assert item.contact == "Asked before: Do not contact. Please ask anew."
    assert not item.no_contact
    why = wish.refused(wish.of_call(row.call), "voice", 0)
    assert why == "not wanted, as said on another call"


def test_a_line_tells_what_the_number_asked_on_another_call(centre):
    makers.a_call(centre, safe_contact="none")
    planned(centre, NOON)

    assert item(centre).contact == "Asked before: Do not contact. Please ask anew."


@pytest.mark.parametrize(
    ("here", "since", "told"),
    [
        ("call_and_text", "none", "Do not contact"),
        ("call_and_text", "call_only", "Call, no text"),
        ("none", "call_and_text", "Do not contact"),
        ("not_asked", "none", "Asked before: Do not contact. Please ask anew."),
    ],
)
def test_what_the_number_asked_since_binds_and_frees_nothing(centre, here, since, told):
    row = planned(centre, NOON, safe_contact=here)
    makers.a_call(centre, safe_contact=since)

    assert item(centre).contact == told
    assert hand.at_hand(row, NOBODY, now=NOON).item.contact == told


def test_the_last_wish_of_a_number_is_the_one_that_is_told(centre):
    makers.a_call(centre, safe_contact="none")
    makers.a_call(centre, safe_contact="text_first")
    planned(centre, NOON)

    assert "Text first" in item(centre).contact


@pytest.mark.parametrize("why", ["another centre", "simulated", "another number"])
def test_what_others_asked_elsewhere_binds_no_line(centre, why):
    makers.a_call(
        makers.an_agency() if why == "another centre" else centre,
        safe_contact="none",
        simulated="call" if why == "simulated" else "",
        phone="919-555-0188" if why == "another number" else "919-555-0142",
    )
    planned(centre, NOON)

    assert item(centre).contact == "Contact not asked"


def test_a_further_caller_without_a_number_binds_no_line(centre):
    row = planned(centre, NOON, safe_contact="call_and_text")
    bystander = Intake(phone="", safe_contact="none")
    callers.attach(call_id=row.call_id, intake=bystander, by=ROUTER)

    assert item(centre).contact == "Safe to call and text"


def test_a_call_that_asked_for_navigation_says_so(centre):
    planned(centre, NOON)

    seen = followups.worklist(centre, NOBODY, now=NOON)

    assert seen.sections[0].items[0].consent == "Asked for Care Navigation"


def answered(agency, *consents):
    """A follow-up that Care Navigation was asked for, and what was heard since, in order."""
    makers.a_clinician(agency)
    call = makers.decided(makers.a_call(agency))
    row = followup.plan(call_id=call.pk, due_at=NOON, by=ROUTER)
    makers.ended(makers.with_clinician(call), consent=consents[0])
    for consent in consents[1:]:
        makers.closed(call, consent=consent)
    return row


@pytest.mark.parametrize(
    "consents", [["no"], ["no", "not_asked"], ["no", "not_known"], ["yes", "no"]]
)
def test_whoever_said_no_is_nothing_to_do(centre, consents):
    row = answered(centre, *consents)
    planned(makers.an_agency(), NOON)

    seen = followups.worklist(centre, NOBODY, now=NOON)

    assert (seen.sections, seen.open, seen.refused) == ((), 0, 0)
    assert plain.followups(centre.pk) == []
    shown = calls.view(row.call, "operations")
    assert (shown.followup, shown.ended.followup) == ("closed", "no")


def test_what_is_planned_after_a_no_is_not_listed_but_counted(centre):
    row = answered(centre, "no")
    followup.plan(call_id=row.call_id, due_at=NOON, by=ROUTER)

    seen = followups.worklist(centre, NOBODY, now=NOON)

    assert (seen.sections, seen.open, seen.refused) == ((), 0, 1)
    assert plain.followups(centre.pk) == []


@pytest.mark.parametrize(
    ("consents", "told"),
    [
        (["not_asked"], "not asked"),
        (["not_known"], "asked, not known"),
        (["yes", "not_asked"], "yes"),
        (["no", "yes"], "yes"),
    ],
)
def test_an_answer_that_nobody_gave_is_no_refusal(centre, consents, told):
    row = answered(centre, *consents)
    row = FollowUp.objects.exclude(state="closed").get(call=row.call_id)

    seen = followups.worklist(centre, NOBODY, now=NOON)

    (item,) = seen.sections[0].items
    assert (item.id, seen.refused) == (row.pk, 0)
    assert item.consent == f"Agreed to follow-up: {told}"
    assert plain.followups(centre.pk) == [row]


def test_another_centres_follow_ups_are_not_listed(centre):
    planned(makers.an_agency(), NOON)

    assert sections(centre, NOON) == {}


def test_the_list_costs_six_queries_however_long(centre, django_assert_num_queries):
    for _number in range(8):
        planned(centre, NOON)
    # A version of the protocol is read once and remembered.
    followups.worklist(centre, NOBODY, now=NOON)

    with django_assert_num_queries(6):
        seen = followups.worklist(centre, NOBODY, now=NOON)

    assert seen.open == 8
