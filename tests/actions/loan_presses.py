"""Presses of the random centre and its neighbour: a unit is asked for, lent and sent home."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from dispatch.actions import loan
from dispatch.events import CLOCK
from dispatch.models import Assignment, Loan, Offer
from dispatch.states import OPEN_CALL
from tests import makers
from tests.actions.caller_presses import Callers
from tests.actions.presses import WHICH

TEAMS = st.sampled_from(["crt", "cor"])
ENDS = st.sampled_from(["not_needed", "another_unit"])


class Loans(Callers):
    """The centre next door has one team of its own, which everybody's presses reach too."""

    def __init__(self):
        super().__init__()
        self.next_door = makers.an_agency()
        loan.agree(agency_id=self.agency.pk, neighbour_id=self.next_door.pk, by=CLOCK)
        self.guest = makers.a_unit(self.next_door)
        self.cars.append(self.guest)
        self.ask_next_door(0, "crt")

    def loans(self, *states):
        rows = self.rows(Loan, "call__agency")
        return rows.filter(state__in=states) if states else rows

    @rule(which=WHICH, kind=TEAMS)
    def ask_next_door(self, which, kind):
        said = {"lender_id": self.next_door.pk, "response": kind}
        self.hand(self.calls, which, loan.ask, "call_id", **said)

    @rule(which=WHICH, car=WHICH)
    def lend(self, which, car):
        """Mostly their own team, and now and then one that is not theirs to lend."""
        unit_id = (self.guest if car else self.cars[0]).pk
        self.pick(self.loans(), which, loan.lend, "loan_id", unit_id=unit_id)

    @rule(which=WHICH)
    def not_from_us(self, which):
        self.pick(self.loans(), which, loan.decline, "loan_id", reason="too_far")

    @rule(which=WHICH, why=ENDS)
    def send_home(self, which, why):
        self.hand(self.loans(), which, loan.end, "loan_id", why=why)

    @rule(which=WHICH)
    def call_home(self, which):
        self.pick(self.loans(), which, loan.call_back, "loan_id")

    @rule()
    def loan_clocks_run_out(self):
        for one in self.overdue(self.loans("asked", "lent"), "ends_at"):
            self.press(loan.expire, loan_id=one.pk)

    @invariant()
    def a_unit_is_lent_once_and_to_an_open_call(self):
        lent = self.loans("lent")
        assert lent.count() <= 1
        assert not lent.exclude(unit=self.guest).exists()
        assert not lent.exclude(call__state__in=OPEN_CALL).exists()

    @invariant()
    def a_loan_that_is_over_says_since_when(self):
        assert not self.loans("asked", "lent").exclude(ended_at=None).exists()
        over = self.loans("declined", "ended")
        assert not over.filter(ended_at=None).exists()
        assert not over.filter(reason="").exists()

    @invariant()
    def whoever_is_sent_from_next_door_is_lent(self):
        """Their team rings and works on our calls by an open loan alone."""
        lent = self.loans("lent").values("call")
        rings = self.rows(Offer, "seat__call__agency").filter(unit=self.guest)
        works = self.rows(Assignment, "seat__call__agency").filter(unit=self.guest)
        for at_it in (rings.filter(state="pending"), works.filter(ended_at=None)):
            assert not at_it.exclude(seat__call__in=lent).exists()
