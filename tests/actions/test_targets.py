"""Whom a caller is handed to next: the usual line, the next partner, then another help."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.actions import (
    contact,
    handover,
)
from dispatch.errors import Invalid
from dispatch.models import Contact, HandOff
from tests import makers
from tests.actions import partners
from tests.actions.partners import declined, ring_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


def test_a_decline_leads_to_the_next_partner_and_ends_the_first_ones_page(
    centre, call, partner, dispatcher
):
    second = partners.a_partner(centre, "second", rank=2, phone="919-555-0189")
    one = partners.walked(call, partner, dispatcher, "offered")

    declined(one, makers.by(dispatcher))

    one = makers.fresh(one)
    assert (one.state, one.partner, one.tried) == (
        "declined",
        second,
        ["lifeline:usual"],
    )
    assert HandOff.objects.get(transfer=one).revoked_at is not None
    handover.dial(transfer_id=one.pk, by=makers.by(dispatcher))
    assert makers.fresh(one).state == "offered"


def test_a_special_line_that_nobody_answers_leads_to_the_usual_one(
    centre, call, dispatcher
):
    partner = partners.a_partner(centre, routes={"spanish": "919-555-0177"})
    one = partners.walked(call, partner, dispatcher, "offered", route="spanish")

    ring_out(one)

    one = makers.fresh(one)
    assert (one.state, one.partner, one.route) == ("timed_out", partner, "usual")


def test_after_the_last_line_a_clinician_is_looked_for(
    centre, call, partner, dispatcher
):
    makers.a_clinician(centre)
    one = partners.walked(call, partner, dispatcher, "offered")

    ring_out(one)
    makers.decide(call)

    assert makers.ringing(makers.fresh(call), "ccd")


def test_one_caller_is_handed_to_one_partner_at_a_time(
    centre, call, partner, dispatcher
):
    second = partners.a_partner(centre, "second", rank=2)
    first = partners.asked(call, partner, dispatcher)

    assert partners.asked(call, partner, dispatcher) == first
    with pytest.raises(Invalid):
        partners.asked(call, second, dispatcher)


def test_a_partner_that_is_closed_at_this_hour_is_not_asked(centre, call, dispatcher):
    now = datetime.now(UTC).astimezone(centre.zone)
    shut = f"{now + timedelta(hours=2):%H:%M}-{now + timedelta(hours=4):%H:%M}"
    partner = partners.a_partner(centre, hours=shut)

    with pytest.raises(Invalid):
        partners.asked(call, partner, dispatcher)


@pytest.mark.parametrize("press", [contact.lost, contact.hang_up])
def test_a_partner_s_line_that_ends_on_the_panel_names_the_next_at_once(
    centre, call, partner, dispatcher, press
):
    partners.a_partner(centre, "second")
    one = partners.walked(call, partner, dispatcher, "conferenced")

    press(contact_id=one.partner_leg_id, by=makers.by(dispatcher))

    now = makers.fresh(one)
    assert (now.state, now.partner.code) == ("timed_out", "second")
    assert makers.fresh(call).owner == dispatcher
    assert Contact.objects.get(pk=one.partner_leg_id).state == "completed"
