"""Any sequence of presses: whatever is refused, what must never be never is."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dispatch import journal
from dispatch.actions import (
    decision,
    disposition,
    intake,
    offer,
    seat,
    staff,
    transfer,
    triage,
    unit,
)
from dispatch.errors import DispatchError
from dispatch.events import CLOCK, ROUTER
from dispatch.models import Assignment, Call, Event, Offer, Presence, Seat, Unit
from dispatch.selectors import due
from dispatch.states import BUSY_UNIT, OPEN_CALL
from tests import makers

WHICH = st.integers(0, 5)
TYPES = st.sampled_from(
    ["mental_health_crisis", "trespass", "suicide_threat", "counselling", "noise"]
)
SAID = st.sampled_from(["yes", "no", "not_known"])
TAKERS = ("person", "unit")
STATUS = st.sampled_from(["en_route", "staged", "on_scene", "transporting"])


class Centre(RuleBasedStateMachine):
    """Two clinicians, two teams, three calls, and everybody presses everything."""

    def __init__(self):
        super().__init__()
        self.agency = makers.an_agency()
        self.people = [makers.a_clinician(self.agency) for _ in range(2)]
        self.cars = [makers.a_unit(self.agency, kind) for kind in ("crt", "cor")]
        self.calls = [makers.decided(makers.a_call(self.agency))]

    def rows(self, model, path):
        return model.objects.filter(**{path: self.agency}).order_by("pk")

    def press(self, verb, **said):
        """What is refused is refused whole: nobody hears of it."""
        before = journal.head(self.agency.pk)
        try:
            verb(by=CLOCK, **said)
        except DispatchError:
            assert journal.head(self.agency.pk) == before

    def pick(self, rows, which, verb, key, **said):
        if rows:
            self.press(verb, **{key: rows[which % len(rows)].pk}, **said)

    @rule(type=TYPES, at_once=st.booleans())
    def open(self, type, at_once):
        if len(self.calls) < 3:
            call = makers.a_call(self.agency, type=type)
            self.calls.append(makers.decided(call) if at_once else call)

    @rule(which=WHICH, question=st.sampled_from(sorted(triage.DANGER)), said=SAID)
    def answer(self, which, question, said):
        answers = {question: said}
        self.pick(self.calls, which, triage.record_answers, "call_id", answers=answers)

    @rule()
    def worker(self):
        for call in self.calls:
            self.press(decision.decide, call_id=call.pk)

    @rule(which=WHICH)
    def accept(self, which):
        rows = self.rows(Offer, "seat__call__agency")
        self.pick(rows, which, offer.accept, "offer_id")

    @rule(which=WHICH)
    def accept_what_rings(self, which):
        rows = self.rows(Offer, "seat__call__agency").filter(state="pending")
        self.pick(rows, which, offer.accept, "offer_id")

    @rule(which=WHICH)
    def decline(self, which):
        rows = self.rows(Offer, "seat__call__agency").filter(state="pending")
        self.pick(rows, which, offer.decline, "offer_id", reason="language")

    @rule()
    def ring_out(self):
        late = Now() - timedelta(seconds=1)
        rows = self.rows(Offer, "seat__call__agency").filter(state="pending")
        rows.update(expires_at=late)
        for ring in rows:
            self.press(offer.expire, offer_id=ring.pk)

    @rule(which=WHICH, car=WHICH)
    def send(self, which, car):
        unit_id = self.cars[car % 2].pk
        self.pick(self.calls, which, offer.send, "call_id", unit_id=unit_id)

    @rule(car=WHICH, to=STATUS)
    def report(self, car, to):
        self.pick(self.cars, car, unit.report, "unit_id", to=to)

    @rule(car=WHICH)
    def clear(self, car):
        self.pick(self.cars, car, unit.clear, "unit_id", outcome="other")

    @rule(car=WHICH)
    def emergency(self, car):
        self.pick(self.cars, car, unit.emergency, "unit_id")

    @rule(car=WHICH)
    def emergency_over(self, car):
        self.pick(self.cars, car, unit.end_emergency, "unit_id")

    @rule(which=WHICH)
    def confirm(self, which):
        rows = self.rows(Assignment, "seat__call__agency").exclude(person=None)
        self.pick(rows, which, transfer.confirm, "assignment_id")

    @rule(which=WHICH)
    def end_session(self, which):
        rows = self.rows(Assignment, "seat__call__agency").exclude(person=None)
        outcomes = ["resolved_by_phone"]
        verb = disposition.end_session
        self.pick(rows, which, verb, "assignment_id", outcomes=outcomes)

    @rule(which=WHICH, to=st.sampled_from(["available", "break", "offline"]))
    def presence(self, which, to):
        self.pick(
            self.people, which, staff.set_presence, "user_id", to=to, reason="meal"
        )

    @rule(which=WHICH)
    def withdraw(self, which):
        rows = self.rows(Seat, "call__agency")
        self.pick(rows, which, seat.withdraw, "seat_id", why="not_needed")

    @rule(which=WHICH, kind=st.sampled_from(["crt", "cor", "ccd", "ems"]))
    def request(self, which, kind):
        self.pick(
            self.calls,
            which,
            decision.request_team,
            "call_id",
            response=kind,
            reason="in_person",
        )

    @rule(which=WHICH, verb=st.sampled_from([intake.cancel, disposition.reopen]))
    def set_aside(self, which, verb):
        self.pick(self.calls, which, verb, "call_id", reason="caller")

    @rule(which=WHICH)
    def close(self, which):
        outcomes = ["no_help_needed"]
        self.pick(self.calls, which, disposition.close, "call_id", outcomes=outcomes)

    @rule(which=WHICH)
    def resolve(self, which):
        outcomes = ["resolved_on_scene"]
        self.pick(self.calls, which, disposition.resolve, "call_id", outcomes=outcomes)

    @rule()
    def sweep(self):
        for pk in due.silent_offers():
            self.press(offer.drop, offer_id=pk)
        for pk in due.waiting_calls(self.agency.pk):
            offer.make(call_id=pk, by=ROUTER)

    @invariant()
    def a_closed_call_keeps_nobody(self):
        over = Call.objects.filter(agency=self.agency).exclude(state__in=OPEN_CALL)
        held = Seat.objects.filter(call__in=over, state__in=["wanted", "filled"])
        assert not held.exists()
        assert not over.exclude(decision_wanted_at=None).exists()

    @invariant()
    def whoever_is_busy_has_one_thing_to_do_and_whoever_is_not_has_none(self):
        rings = Offer.objects.filter(seat__call__agency=self.agency, state="pending")
        works = Assignment.objects.filter(seat__call__agency=self.agency, ended_at=None)
        ringing = Counter(pk for both in rings.values_list(*TAKERS) for pk in both)
        working = Counter(pk for both in works.values_list(*TAKERS) for pk in both)
        for pk, state in self.units().values_list("pk", "state"):
            assert ringing[pk] == (state == "dispatched")
            assert working[pk] == (state in BUSY_UNIT - {"dispatched"})
        for pk, state in self.presences().values_list("user", "state"):
            assert working[pk] == (state == "engaged")
            assert ringing[pk] <= 1
            assert ringing[pk] or state != "reserved"

    def units(self):
        return Unit.objects.filter(agency=self.agency)

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
    def the_log_has_no_gap_and_names_each_version(self):
        numbers = Event.objects.filter(agency=self.agency).values_list(
            "number", flat=True
        )
        assert sorted(numbers) == list(range(1, journal.head(self.agency.pk) + 1))
        for call in Call.objects.filter(agency=self.agency):
            told = makers.events_of(call)
            assert call.version <= told.count() + 1
            assert call.head == told.last().number

    @invariant()
    def a_call_at_work_has_somebody_or_says_that_it_has_not(self):
        resolved = Call.objects.filter(agency=self.agency, state="resolved")
        ours = Seat.objects.filter(
            call__in=resolved, response__in=["ccd", "crt", "cor"]
        )
        assert not ours.filter(state__in=["wanted", "filled"]).exists()


@pytest.mark.django_db
def test_whatever_is_pressed_what_must_never_be_never_is():
    run_state_machine_as_test(
        Centre,
        settings=settings(
            max_examples=30,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
