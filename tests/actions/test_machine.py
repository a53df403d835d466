"""Any sequence of presses: whatever is refused, what must never be never is."""

from collections import Counter

import pytest
from django.db.models import Count, Q
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from dispatch import events, journal
from dispatch.actions import line
from dispatch.models import (
    Alarm,
    Assignment,
    Call,
    Contact,
    Event,
    Loan,
    Offer,
    Presence,
    Seat,
    Transfer,
    Unit,
    WriteKey,
)
from dispatch.selectors import chain
from dispatch.states import BUSY_UNIT, OPEN_CALL
from tests import makers
from tests.actions.loan_presses import Loans

TAKERS = ("person", "unit")
# The rows that move: how to their agency, and to their call.
MOVING = {
    Call: ("agency", "pk"),
    Seat: ("call__agency", "call"),
    Offer: ("seat__call__agency", "seat__call"),
    Contact: ("call__agency", "call"),
    Transfer: ("call__agency", "call"),
    Loan: ("call__agency", "call"),
}


def names(event, row):
    """Whether this event is about that row."""
    return str(row) in event.body.values()


class Centre(Loans):
    """What must hold of a centre after every press; docs: RELIABILITY, section 5."""

    def __init__(self):
        super().__init__()
        self.ended = {}
        self.heard = []
        self.stood = self.standing()

    def teardown(self):
        """At the end the log is whole and whoever followed it has it as it is."""
        logged = journal.since(self.agency.pk, 0, limit=10**6)
        assert [(one.number, bytes(one.hash)) for one in logged] == self.heard
        assert len(logged) == journal.head(self.agency.pk)
        assert not chain.verify(self.agency).faults

    @invariant()
    def a_closed_call_keeps_nobody(self):
        over = Call.objects.filter(agency=self.agency).exclude(state__in=OPEN_CALL)
        held = Seat.objects.filter(call__in=over, state__in=["wanted", "filled"])
        assert not held.exists()
        assert not over.exclude(decision_wanted_at=None).exists()

    @invariant()
    def whoever_is_busy_has_one_thing_to_do_and_whoever_is_not_has_none(self):
        ours = Q(seat__call__agency=self.agency) | Q(unit__in=self.cars)
        rings = Offer.objects.filter(ours, state="pending")
        works = Assignment.objects.filter(ours, ended_at=None)
        ringing = Counter(pk for both in rings.values_list(*TAKERS) for pk in both)
        working = Counter(pk for both in works.values_list(*TAKERS) for pk in both)
        for pk, state in self.units().values_list("pk", "state"):
            assert ringing[pk] == (state == "dispatched")
            assert working[pk] == (state in BUSY_UNIT - {"dispatched"})
        for pk, state in self.presences().values_list("user", "state"):
            assert working[pk] <= self.queue.get("capacity", 1)
            assert bool(working[pk]) == (state == "engaged")
            assert ringing[pk] <= 1
            assert ringing[pk] or state != "reserved"

    @invariant()
    def an_offer_that_ended_stays_as_it_ended(self):
        for ring in self.rows(Offer, "seat__call__agency").exclude(state="pending"):
            ended = (ring.state, ring.ended_at)
            assert self.ended.setdefault(ring.pk, ended) == ended

    @invariant()
    def the_sender_owns_the_call_until_the_partner_confirms(self):
        for one in self.going().exclude(kind="988_911"):
            assert one.call.owner_id is not None
            assert one.confirmed_at is None or one.state == "confirmed"
        over = self.rows(Transfer, "call__agency").filter(state="released")
        assert not over.filter(confirmed_at=None).exists()

    @invariant()
    def a_call_has_an_owner_since_a_moment_or_none(self):
        calls = Call.objects.filter(agency=self.agency)
        assert not calls.filter(owner=None).exclude(owner_since=None).exists()
        assert not calls.exclude(owner=None).filter(owner_since=None).exists()

    @invariant()
    def a_lost_caller_has_a_clock_and_an_open_call(self):
        lost = self.legs().filter(purpose__in=line.CALLERS, state__in=line.LOST)
        for leg in lost.select_related("call"):
            assert leg.call.state in OPEN_CALL
            assert leg.due_at is not None

    @invariant()
    def an_alarm_has_an_owner_or_is_the_floor_s(self):
        open_ = Alarm.objects.filter(agency=self.agency).exclude(state="ended")
        assert not open_.filter(owner=None).exclude(to="floor").exists()
        assert not open_.filter(state="taken", owner=None).exists()

    @invariant()
    def whoever_leads_is_on_the_call(self):
        leads = Seat.objects.filter(call__agency=self.agency, lead=True)
        assert not leads.filter(state__in=["wanted", "unfilled"]).exists()

    def units(self):
        return Unit.objects.filter(pk__in=[car.pk for car in self.cars])

    def presences(self):
        return Presence.objects.filter(user__in=self.people)

    @invariant()
    def a_filled_seat_of_ours_has_one_at_work_and_no_other_has(self):
        ours = Seat.objects.filter(
            call__agency=self.agency, response__in=["ccd", "crt", "cor"]
        )
        open_work = Assignment.objects.filter(ended_at=None).values("seat")
        assert not ours.filter(state="filled").exclude(pk__in=open_work).exists()
        assert not ours.exclude(state="filled").filter(pk__in=open_work).exists()
        twice = open_work.annotate(n=Count("pk")).filter(n__gt=1)
        assert not twice.exists()

    @invariant()
    def an_unarmed_team_is_never_on_scene_uncleared(self):
        """It may have been there when the danger came: then it is told to leave."""
        entered = Assignment.objects.filter(
            unit__in=self.cars, ended_at=None, unit__kind="crt", seat__mode="staged"
        )
        for work in entered.filter(unit__state="on_scene"):
            assert work.on_scene_at is not None
            assert Event.objects.filter(
                call=work.seat.call_id, kind="StagingOrdered"
            ).exists()

    @invariant()
    def what_was_acknowledged_is_stored_and_what_was_refused_is_not(self):
        by = str(makers.by(self.dispatcher))
        kept = WriteKey.objects.filter(actor=by).values_list("key", flat=True)
        assert set(kept) == self.acknowledged

    @invariant()
    def the_log_has_no_gap_and_nothing_moves_that_it_does_not_tell(self):
        """Whoever follows the log hears each number once; what moved is named there."""
        new = journal.since(self.agency.pk, len(self.heard))
        numbers = range(len(self.heard) + 1, journal.head(self.agency.pk) + 1)
        assert [event.number for event in new] == list(numbers)
        self.heard += [(event.number, bytes(event.hash)) for event in new]
        assert all(event.by for event in new)
        before, self.stood = self.stood, self.standing()
        moved = {row: now for row, now in self.stood.items() if before.get(row) != now}
        for row, (call, state) in moved.items():
            told = [event for event in new if event.call_id == call]
            assert told, state
            # What is made with the call, or handed over with a ring, is told with that.
            if row in before and row not in self.implied:
                # Who is parted from a call is named there.
                told = told if before[row][0] == call else new
                assert row == call or any(names(event, row) for event in told), state

    def standing(self):
        """Each row that moves, by its id: of which call, and its state."""
        self.implied = {one.pk for one in self.rows(Transfer, "call__agency")}
        return {
            row: (call, state)
            for model, (home, its_call) in MOVING.items()
            for row, call, state in self.rows(model, home).values_list(
                "pk", its_call, "state"
            )
        }

    @invariant()
    def the_versions_of_a_call_have_no_gap(self):
        """One more for each command that changed it, however many events that had."""
        for call in Call.objects.filter(agency=self.agency):
            told = list(makers.events_of(call))
            changing = [one for one in told if getattr(events, one.kind).changes_call]
            assert call.version == 1 + len({one.at for one in changing})
            # An action may tell of two calls; both stand at its last number.
            beside = Event.objects.filter(agency=self.agency, at=told[-1].at)
            assert call.head == max(one.number for one in beside)

    @invariant()
    def a_call_at_work_has_somebody_or_says_that_it_has_not(self):
        resolved = Call.objects.filter(agency=self.agency, state="resolved")
        ours = Seat.objects.filter(
            call__in=resolved, response__in=["ccd", "crt", "cor"]
        )
        assert not ours.filter(state__in=["wanted", "filled"]).exists()


class Busy(Centre):
    """Two ring together, and a clinician may hold two calls."""

    queue = {"ring_at_once": 2, "capacity": 2, "missed_offers": 3}


@pytest.mark.django_db
@pytest.mark.parametrize("centre", [Centre, Busy])
def test_whatever_is_pressed_what_must_never_be_never_is(centre):
    run_state_machine_as_test(
        centre,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
