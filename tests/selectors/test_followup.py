"""The navigators' worklist: sections by due time, and what each line tells."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from dispatch.actions import followup
from dispatch.events import ROUTER
from dispatch.models import FollowUp
from dispatch.selectors import followup as followups
from tests import makers

pytestmark = pytest.mark.django_db
NOBODY = None


@pytest.fixture
def centre():
    return makers.an_agency()


def planned(agency, due_at, **known):
    call = makers.a_call(agency, **known)
    return followup.plan(call_id=call.pk, due_at=due_at, by=ROUTER)


def sections(agency, now, reader=NOBODY):
    seen = followups.worklist(agency, reader, now=now)
    return {one.key: [item.id for item in one.items] for one in seen.sections}


def test_a_day_ends_at_midnight_of_the_agencys_own_zone(centre):
    # Ten in the evening in Durham is already tomorrow in UTC.
    now = datetime(2026, 11, 22, 22, 0, tzinfo=centre.zone)
    before = planned(centre, now - timedelta(minutes=1))
    tonight = planned(centre, now + timedelta(minutes=90))
    tomorrow = planned(centre, now + timedelta(hours=3))
    far = planned(centre, now + timedelta(hours=49))

    assert sections(centre, now) == {
        "overdue": [before.pk],
        "today": [tonight.pk],
        "soon": [tomorrow.pk],
        "later": [far.pk],
    }


def test_what_is_closed_leaves_the_list(centre):
    row = planned(centre, timezone.now())
    followup.complete(followup_id=row.pk, outcome="other", by=ROUTER)

    seen = followups.worklist(centre, NOBODY, now=timezone.now())

    assert (seen.sections, seen.open) == ((), 0)


def test_a_line_tells_tries_consent_and_how_contact_is_safe(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, safe_contact="no_voicemail"))
    makers.ended(makers.with_clinician(call), consent="yes")
    row = FollowUp.objects.get()
    followup.attempt(followup_id=row.pk, reached=False, by=ROUTER)

    seen = followups.worklist(centre, NOBODY, now=timezone.now())

    (item,) = seen.sections[0].items
    assert item.tries == "1 of 5 tries"
    assert item.consent == "Agreed to follow-up: yes"
    assert item.contact == "Call, no voicemail"
    assert item.claimed_by == ""


def test_a_call_that_asked_for_navigation_says_so(centre):
    planned(centre, timezone.now())

    seen = followups.worklist(centre, NOBODY, now=timezone.now())

    assert seen.sections[0].items[0].consent == "Asked for Care Navigation"


def test_another_centres_follow_ups_are_not_listed(centre):
    planned(makers.an_agency(), timezone.now())

    assert sections(centre, timezone.now()) == {}


def test_the_list_costs_three_queries_however_long(centre, django_assert_num_queries):
    now = timezone.now()
    for _number in range(8):
        planned(centre, now)
    # A version of the protocol is read once and remembered.
    followups.worklist(centre, NOBODY, now=now)

    with django_assert_num_queries(3):
        seen = followups.worklist(centre, NOBODY, now=now)

    assert seen.open == 8
