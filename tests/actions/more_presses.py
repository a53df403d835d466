"""More presses of the random centre: lines, transfers, scenes, checks and alarms."""

from datetime import timedelta

from django.db.models.functions import Now
from hypothesis import strategies as st
from hypothesis.stateful import rule

from dispatch import wrong
from dispatch.actions import (
    alarm,
    callback,
    contact,
    handoff,
    handover,
    intake,
    line,
    safety,
    scene,
)
from dispatch.models import Alarm, Assignment, Call, Contact, Seat, Transfer, Unit
from dispatch.states import TRANSFER_OVER
from routing import store
from tests.actions import partners
from tests.actions.presses import AT_WORK, BLIND, KEYS, WHICH, Presses

# The next step of a warm transfer, by its state.
NEXT = {
    "requested": handover.dial,
    "data_sent": handover.dial,
    "offered": handover.answered,
    "accepted": handover.conference,
    "conferenced": handover.confirm,
}
PARTNER_STEPS = st.sampled_from([*NEXT.values()])
LOSSES = st.sampled_from(
    ["reached", "no_answer", "busy", "voicemail_left", "answered_unsafe"]
)
DANGERS = st.sampled_from(sorted(safety.UNSAFE))


class Lines(Presses):
    """Callers are lost and found; partners answer, decline or never pick up."""

    def __init__(self):
        super().__init__()
        self.partners = [
            partners.a_partner(self.agency, code) for code in ("lifeline", "second")
        ]

    def legs(self):
        return self.rows(Contact, "call__agency")

    def going(self):
        rows = self.rows(Transfer, "call__agency").exclude(partner=None)
        return rows.exclude(state__in=TRANSFER_OVER)

    @rule(which=WHICH)
    def lose(self, which):
        legs = self.legs().filter(state="connected")
        self.pick(legs, which, contact.lost, "contact_id")

    @rule(which=WHICH, verb=st.sampled_from([contact.silent, contact.hold]))
    def quiet(self, which, verb):
        self.pick(self.legs().filter(state="connected"), which, verb, "contact_id")

    @rule(which=WHICH, result=st.sampled_from(["tty", "voice", "silent"]))
    def tty(self, which, result):
        asked = self.ripe(self.legs(), which, state="open_line")
        self.pick(asked, which, contact.queried_tty, "contact_id", result=result)

    @rule(which=WHICH)
    def back_on_the_line(self, which):
        self.pick(self.legs(), which, contact.connect, "contact_id")

    @rule(which=WHICH, result=LOSSES)
    def call_back(self, which, result):
        lost = self.legs().filter(state__in=line.CALLING_BACK)
        self.hand(lost, which, callback.tried, "contact_id", result=result)

    @rule(which=WHICH)
    def let_be(self, which):
        lost = self.ripe(self.legs(), which, state__in=line.CALLING_BACK)
        self.hand(lost, which, callback.stop, "contact_id", reason="called_again")

    @rule(which=WHICH, decided=st.booleans())
    def hang_up(self, which, decided):
        said = {"decided": decided, "reason": "safe_now"}
        self.hand(self.legs(), which, contact.hang_up, "contact_id", **said)

    @rule()
    def line_clocks_run_out(self):
        for leg in self.overdue(self.legs(), "due_at"):
            self.press(contact.due, contact_id=leg.pk)

    @rule(which=WHICH, partner=WHICH, steps=st.integers(0, 4))
    def hand_over(self, which, partner, steps):
        """Mostly of whoever agreed to 988, and so many steps of it at once."""
        to = self.partners[partner % 2].pk
        said = {"partner_id": to, "fields": ("place", "risk"), "agreed": "yes"}
        calls = self.calls if which == BLIND else [self.counselled]
        self.hand(calls, which, handover.request, "call_id", **said)
        for _ in range(steps):
            for one in self.going()[:1]:
                self.by_hand(NEXT.get(one.state, handover.dial), transfer_id=one.pk)

    @rule(which=WHICH)
    def share(self, which):
        asked = self.going().filter(state="requested")
        secret = partners.hash_of(f"link {next(KEYS)}")
        self.hand(asked, which, handoff.share, "transfer_id", secret_hash=secret)

    @rule(which=WHICH, verb=PARTNER_STEPS)
    def partner_step(self, which, verb):
        self.hand(self.going(), which, verb, "transfer_id")

    @rule(which=WHICH, verb=st.sampled_from([handover.lost, handover.keep]))
    def partner_out(self, which, verb):
        self.hand(self.going(), which, verb, "transfer_id")

    @rule(which=WHICH)
    def partner_declines(self, which):
        self.hand(self.going(), which, handover.declined, "transfer_id", reason="full")

    @rule()
    def partner_clocks_run_out(self):
        for one in self.overdue(self.going(), "due_at"):
            self.press(handover.expire, transfer_id=one.pk)


class Scenes(Lines):
    """Crews ask, leave, are replaced or in danger; alarms are raised and taken."""

    def filled(self):
        return self.rows(Seat, "call__agency").filter(state="filled")

    @rule(which=WHICH)
    def lead(self, which):
        self.hand(self.filled(), which, scene.lead, "seat_id")

    @rule(which=WHICH, car=WHICH)
    def replace(self, which, car):
        free = self.crews(car, "available")
        said = {"unit_id": free[car % len(free)].pk}
        ours = self.ripe(self.filled(), which, response__in=["crt", "cor"])
        self.hand(ours, which, scene.replace, "seat_id", **said)

    @rule(which=WHICH, kind=st.sampled_from(["crt", "cor", "police", "ems"]))
    def backup(self, which, kind):
        self.hand(self.filled(), which, scene.backup, "seat_id", response=kind)

    @rule(which=WHICH, car=WHICH)
    def reassign(self, which, car):
        busy = self.crews(car, *AT_WORK)
        unit = busy[car % len(busy)]
        work = Assignment.objects.filter(unit=unit, ended_at=None).first()
        left = work.seat.call if work else self.calls[0]
        said = {"why": "nearer", "confirmed": f"{left.pk} {left.priority}"}
        self.hand(self.calls, which, scene.reassign, "call_id", unit_id=unit.pk, **said)

    @rule(car=WHICH, why=DANGERS)
    def unsafe(self, car, why):
        there = self.crews(car, "on_scene", "staged")
        self.pick(there, car, safety.unsafe, "unit_id", why=why)

    @rule(car=WHICH, radio=st.booleans())
    def safe(self, car, radio):
        self.pick(self.cars, car, safety.confirm_safe, "unit_id", by_radio=radio)

    @rule()
    def check_clocks_run_out(self):
        """Each second that nobody answers: late, to a supervisor, an emergency."""
        long_ago = Now() - timedelta(hours=1)
        cars = Unit.objects.filter(pk__in=[car.pk for car in self.cars])
        cars.exclude(check_due_at=None).update(check_due_at=long_ago)
        cars.exclude(check_escalated_at=None).update(check_escalated_at=long_ago)
        for car in self.cars:
            for verb in (
                safety.check_overdue,
                safety.escalate_check,
                safety.check_unanswered,
            ):
                self.press(verb, unit_id=car.pk)
        self.find_calls()

    def find_calls(self):
        """A crew on no call that needs help has opened one."""
        known = {call.pk for call in self.calls}
        self.calls += [call for call in self.every_call() if call.pk not in known]

    @rule(which=WHICH, other=WHICH)
    def link(self, which, other):
        to = self.calls[other % len(self.calls)].pk
        self.hand(self.calls, which, intake.link_calls, "call_id", duplicate_of=to)

    @rule()
    def alarms_ring(self):
        long_ago = Now() - timedelta(minutes=5)
        calls = Call.objects.filter(agency=self.agency)
        calls.filter(owner=None).update(opened_at=long_ago)
        calls.exclude(owner=None).update(owner_since=long_ago)
        self.legs().filter(state__in=["ringing", "holding"]).update(since=long_ago)
        protocol = store.published(self.agency.pk)[1]
        for found in wrong.sweep(self.agency.pk, protocol):
            self.press(alarm.see_to, found=found)

    @rule(which=WHICH)
    def take_alarm(self, which):
        rows = Alarm.objects.filter(agency=self.agency).order_by("pk")
        self.hand(rows, which, alarm.take, "alarm_id")

    @rule(which=WHICH)
    def pass_alarm_on(self, which):
        rows = Alarm.objects.filter(agency=self.agency).order_by("pk")
        self.pick(rows, which, alarm.pass_on, "alarm_id")

    @rule(which=WHICH)
    def take_over(self, which):
        self.hand(self.calls, which, intake.take, "call_id")
