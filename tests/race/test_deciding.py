"""Worker, clock, page and API at one call in the same moment: it is decided once."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from dispatch import tasks
from dispatch.actions import staff
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.models import Call, Decision, Offer, Seat
from dispatch.selectors import chain
from tests import makers
from tests.edges.api import Person

ROUNDS = 6


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


def overdue(centre):
    """A call whose decision nobody made in time, so that the clock looks for it too."""
    call = makers.triaged(makers.a_call(centre))
    Call.objects.filter(pk=call.pk).update(
        decision_wanted_at=Now() - timedelta(seconds=5)
    )
    return call


def test_worker_clock_page_and_program_decide_a_call_once(centre, dispatcher, at_once):
    free = makers.a_clinician(centre)
    program = Person(dispatcher)
    browser = Client()
    browser.force_login(dispatcher)
    for _ in range(ROUNDS):
        makers.here(free)
        call = overdue(centre)
        page = reverse("call_decision", args=[call.pk])

        told = at_once(
            partial(tasks.route_call, str(call.pk)),
            partial(tasks.route_call, str(call.pk)),
            partial(clock.round_, sealing=False),
            partial(program.post, f"calls/{call.pk}/decide/"),
            partial(browser.post, page),
        )

        assert [answer.status_code for answer in told[3:]] == [200, 302]
        assert Decision.objects.filter(call=call).count() == 1
        assert Seat.objects.filter(call=call).count() == 1
        assert makers.kinds(call).count("CallDecided") == 1
        assert Offer.objects.filter(seat__call=call).count() == 1
        makers.ended(makers.with_clinician(call))
        staff.end_wrap_up(user_id=free.pk, by=CLOCK)
    assert not chain.verify(centre).faults
