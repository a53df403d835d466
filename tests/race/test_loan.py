"""Two centres' desks at the same moment: one unit goes to one call."""

from functools import partial

from dispatch.actions import loan
from dispatch.errors import DispatchError
from dispatch.events import CLOCK
from dispatch.models import Loan, Offer
from tests import makers


def test_two_dispatchers_lend_one_unit_once(centre, at_once):
    lenders = makers.an_agency()
    centre.neighbours.add(lenders)
    calls = [makers.decided(makers.a_call(centre, type="trespass")) for _ in range(3)]
    asked = [
        loan.ask(call_id=call.pk, lender_id=lenders.pk, response="crt", by=CLOCK)
        for call in calls
    ]
    car = makers.a_unit(lenders)

    at_once(
        *[
            partial(loan.lend, loan_id=one.pk, unit_id=car.pk, by=CLOCK)
            for one in asked * 2
        ],
        losing=DispatchError,
    )

    assert Loan.objects.filter(unit=car, state="lent").count() == 1
    assert Offer.objects.filter(unit=car, state="pending").count() == 1


def test_lent_by_one_and_declined_by_another_is_one_answer(centre, at_once):
    lenders = makers.an_agency()
    centre.neighbours.add(lenders)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    asked = loan.ask(call_id=call.pk, lender_id=lenders.pk, response="crt", by=CLOCK)
    car = makers.a_unit(lenders)

    at_once(
        partial(loan.lend, loan_id=asked.pk, unit_id=car.pk, by=CLOCK),
        partial(loan.decline, loan_id=asked.pk, reason="other", by=CLOCK),
        losing=DispatchError,
    )

    lent = Loan.objects.get(pk=asked.pk).state == "lent"
    assert Offer.objects.filter(unit=car, state="pending").exists() == lent
