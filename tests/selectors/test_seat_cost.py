"""What the seats of a call cost: the same, however many teams leave or are lent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.actions import loan, offer, unit
from dispatch.events import CLOCK
from dispatch.models import Offer
from dispatch.selectors import call as calls
from dispatch.selectors import seat as seats
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


def lent(call, lender):
    """A crew of the neighbour's is with the person."""
    car = makers.a_unit(lender)
    made = loan.ask(call_id=call.pk, lender_id=lender.pk, response="crt", by=CLOCK)
    loan.lend(loan_id=made.pk, unit_id=car.pk, by=CLOCK)
    ring = Offer.objects.get(unit=car, state="pending")
    offer.accept(offer_id=ring.pk, by=CLOCK)
    for to in ("en_route", "on_scene"):
        unit.report(unit_id=car.pk, to=to, by=CLOCK)
    return car


def with_lent(count):
    """A call with so many crews of neighbours, all of which are told to leave."""
    centre = makers.an_agency()
    call = makers.decided(makers.a_call(centre, type="welfare_check"))
    cars = []
    for _number in range(count):
        lender = makers.an_agency()
        loan.agree(agency_id=centre.pk, neighbour_id=lender.pk, by=CLOCK)
        cars.append(lent(call, lender))
    makers.late(call, weapon="yes")
    return makers.fresh(call), cars


def asked(look, *of):
    """How many statements this look takes, and what it finds."""
    with CaptureQueriesContext(connection) as seen:
        found = look(*of)
    return len(seen), found


def test_two_lent_teams_that_leave_cost_what_one_costs():
    told = {}
    for count in (1, 2):
        call, cars = with_lent(count)
        _row, protocol = store.published(call.agency_id)
        told[count], found = asked(seats.seats, call, protocol)
        leaving = [one for one in found if one.mark.label.startswith("Must leave")]
        names = {f"{car.name}, {car.agency.name}" for car in cars}
        assert {one.who for one in leaving} == names

    assert told[1] == told[2]


def test_so_does_the_page_with_its_history():
    told = {}
    for count in (1, 2):
        call, cars = with_lent(count)
        calls.view(call, "operations")
        told[count], found = asked(calls.view, call, "operations")
        for car in cars:
            whose = f"{car.name}, {car.agency.name}"
            assert any(whose in one.text for one in found.entries)

    assert told[1] == told[2]
