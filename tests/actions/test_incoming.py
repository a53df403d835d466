"""A caller whom a partner brings us: nobody hands them on, each way has an end."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now

from dispatch.actions import (
    handover,
    incoming,
    intake,
)
from dispatch.errors import LostRace
from dispatch.events import CLOCK
from dispatch.models import Transfer
from dispatch.selectors import transfer as transfers
from tests import makers
from tests.actions import partners
from tests.actions.partners import caller, wrong_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


PRESSES = {
    "dial": handover.dial,
    "answered": handover.answered,
    "conference": handover.conference,
    "confirm": handover.confirm,
    "lost": handover.lost,
    "keep": handover.keep,
    "declined": partial(handover.declined, reason="no_capacity"),
}


@pytest.mark.parametrize("press", PRESSES)
def test_a_caller_who_is_brought_to_us_is_not_handed_on_by_the_same_presses(
    partner, dispatcher, press
):
    brought = incoming.Brought(reference="L-1", address="12 Elm St")
    one = incoming.bring(partner=partner, brought=brought, by=CLOCK)

    with pytest.raises(LostRace):
        PRESSES[press](transfer_id=one.pk, by=makers.by(dispatcher))

    assert makers.fresh(one).state == "offered"


BROUGHT = {
    "caller hang-up": "callback",
    "call closed": "withdrawn",
    "taken": "released",
}


@pytest.mark.parametrize("what", BROUGHT)
def test_a_caller_who_is_brought_to_us_has_a_defined_end(partner, dispatcher, what):
    brought = incoming.Brought(reference="L-1", address="12 Elm St")
    one = incoming.bring(partner=partner, brought=brought, by=CLOCK)
    call, who = one.call, makers.by(dispatcher)

    {
        "caller hang-up": lambda: caller(call, "lost"),
        "call closed": lambda: set_aside(call, one),
        "taken": lambda: incoming.take(transfer_id=one.pk, by=who),
    }[what]()

    assert makers.fresh(one).state == BROUGHT[what]


def set_aside(call, one):
    intake.cancel(call_id=call.pk, reason="test_call", by=CLOCK)
    assert one.pk in transfers.due()
    handover.expire(transfer_id=one.pk, by=CLOCK)


def test_a_brought_caller_whom_nobody_takes_stays_offered_and_raises_an_alarm(
    partner,
):
    brought = incoming.Brought(reference="L-1", address="12 Elm St")
    one = incoming.bring(partner=partner, brought=brought, by=CLOCK)
    Transfer.objects.update(due_at=Now() - timedelta(minutes=1))

    handover.expire(transfer_id=one.pk, by=CLOCK)

    assert makers.fresh(one).state == "offered"
    assert "transfer" in wrong_now(one.call)
