"""The presses of a random centre: everybody presses everything, in any order."""

from datetime import timedelta
from itertools import count

from django.db.models.functions import Now
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from dispatch import journal
from dispatch.actions import (
    decision,
    disposition,
    intake,
    offer,
    safety,
    seat,
    staff,
    transfer,
    triage,
    unit,
)
from dispatch.errors import DispatchError
from dispatch.events import CLOCK, ROUTER
from dispatch.models import Assignment, Call, Offer, Seat, Unit
from dispatch.selectors import due
from dispatch.states import BUSY_UNIT
from routing import store
from tests import makers
from tests.actions import partners

KEYS = count(1)
WHICH = st.integers(0, 5)
BLIND = 5
TYPES = st.sampled_from(
    ["mental_health_crisis", "trespass", "suicide_threat", "counselling", "noise"]
)
SAID = st.sampled_from(["yes", "no", "not_known"])
AT_WORK = BUSY_UNIT - {"dispatched"}
NEXT = {"acknowledged": "en_route", "en_route": "on_scene"}
STATUS = st.sampled_from(["en_route", "staged", "on_scene", "transporting"])


class Presses(RuleBasedStateMachine):
    """Two clinicians, three teams, five calls. ``queue``: how the centre lets them wait."""

    queue: dict = {}

    def __init__(self):
        super().__init__()
        self.acknowledged = set()
        self.agency = makers.an_agency()
        document = makers.open_all_day()
        waits = document["queue"] | self.queue
        store.publish(self.agency.pk, document | {"queue": waits, "version": "drawn"})
        self.dispatcher = makers.a_user(self.agency, "dispatcher")
        self.people = [makers.a_clinician(self.agency) for _ in range(2)]
        self.cars = [makers.a_unit(self.agency, kind) for kind in ("crt", "crt", "cor")]
        self.counselled = partners.a_counselling_call(self.agency, self.dispatcher)
        self.calls = [
            self.counselled,
            makers.decided(makers.a_call(self.agency)),
            makers.decided(makers.a_call(self.agency, type="trespass")),
        ]

    def rows(self, model, path):
        return model.objects.filter(**{path: self.agency}).order_by("pk")

    def ripe(self, rows, which, **ready):
        """Mostly rows whose time for this press has come; one press in six is blind."""
        fitting = rows.filter(**ready)
        return fitting if which != BLIND and fitting.exists() else rows

    def crews(self, which, *states):
        every = Unit.objects.filter(pk__in=[car.pk for car in self.cars])
        return self.ripe(every.order_by("name", "pk"), which, state__in=states)

    def sessions(self, which, **ready):
        talks = self.rows(Assignment, "seat__call__agency").exclude(person=None)
        return self.ripe(talks, which, ended_at=None, **ready)

    def press(self, verb, by=CLOCK, **said):
        """What is refused is refused whole: nobody hears of it."""
        before = journal.head(self.agency.pk)
        try:
            verb(by=by, **said)
        except DispatchError:
            assert journal.head(self.agency.pk) == before
            return False
        return True

    def by_hand(self, verb, **said):
        """A dispatcher presses twice with one key: the second time does nothing."""
        by = makers.by(self.dispatcher, key=f"press-{next(KEYS)}")
        if self.press(verb, by=by, **said):
            self.acknowledged.add(by.key)
            before = journal.head(self.agency.pk)
            assert self.press(verb, by=by, **said)
            assert journal.head(self.agency.pk) == before

    def hand(self, rows, which, verb, key, **said):
        if rows:
            self.by_hand(verb, **{key: rows[which % len(rows)].pk}, **said)

    def overdue(self, rows, column):
        """These rows' clocks have run out."""
        late = Now() - timedelta(seconds=1)
        rows.exclude(**{column: None}).update(**{column: late})
        return rows.exclude(**{column: None})

    def pick(self, rows, which, verb, key, **said):
        if rows:
            self.press(verb, **{key: rows[which % len(rows)].pk}, **said)

    @rule(type=TYPES, at_once=st.booleans())
    def open(self, type, at_once):
        if len(self.calls) < 5:
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
        ringing = self.ripe(rows, which, state="pending")
        self.pick(ringing, which, offer.accept, "offer_id")

    @rule()
    def accept_all_that_rings(self):
        for ring in self.rows(Offer, "seat__call__agency").filter(state="pending"):
            self.press(offer.accept, offer_id=ring.pk)

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
        """As often whoever is at work elsewhere as somebody who is free."""
        crews = self.crews(BLIND if car > 2 else car, "available")
        unit_id = crews[car % len(crews)].pk
        self.pick(self.calls, which, offer.send, "call_id", unit_id=unit_id)

    @rule(car=WHICH, to=STATUS)
    def report(self, car, to):
        self.pick(self.crews(car, *AT_WORK), car, unit.report, "unit_id", to=to)

    @rule()
    def crews_go_on(self):
        for one in self.crews(0, *NEXT):
            self.press(unit.report, unit_id=one.pk, to=NEXT.get(one.state, "en_route"))

    @rule(car=WHICH)
    def clear(self, car):
        there = self.crews(car, "on_scene", "transporting")
        self.pick(there, car, unit.clear, "unit_id", outcome="other")

    @rule(car=WHICH)
    def emergency(self, car):
        self.pick(self.cars, car, safety.emergency, "unit_id")

    @rule(car=WHICH)
    def emergency_over(self, car):
        every = self.crews(BLIND)
        loud = self.ripe(every, car, emergency_at__isnull=False)
        self.pick(loud, car, safety.end_emergency, "unit_id")

    @rule(which=WHICH)
    def confirm(self, which):
        talks = self.sessions(which, seat__confirmed_at=None)
        self.pick(talks, which, transfer.confirm, "assignment_id")

    @rule(which=WHICH)
    def end_session(self, which):
        talks = self.sessions(which, seat__confirmed_at__isnull=False)
        outcomes = ["resolved_by_phone"]
        verb = disposition.end_session
        self.pick(talks, which, verb, "assignment_id", outcomes=outcomes)

    @rule(which=WHICH, to=st.sampled_from(["available", "break", "offline"]))
    def presence(self, which, to):
        self.pick(
            self.people, which, staff.set_presence, "user_id", to=to, reason="meal"
        )

    @rule(which=WHICH)
    def withdraw(self, which):
        rows = self.rows(Seat, "call__agency")
        rows = self.ripe(rows, which, state__in=["wanted", "filled"])
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

    def every_call(self):
        return Call.objects.filter(agency=self.agency).order_by("pk")

    @rule(which=WHICH)
    def close(self, which):
        outcomes = ["no_help_needed"]
        ended = self.ripe(self.every_call(), which, state="resolved")
        self.pick(ended, which, disposition.close, "call_id", outcomes=outcomes)

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
