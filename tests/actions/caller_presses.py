"""Presses of the random centre about its callers: they ring in, are added, parted, linked."""

from django.db.models import Exists, OuterRef
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from dispatch import journal, near
from dispatch.actions import arrival, callers, line, triage
from dispatch.actions.arrival import Arrival
from dispatch.actions.callback import WORKED_ON
from dispatch.actions.intake import Intake
from dispatch.events import Actor
from dispatch.models import Transfer
from tests.actions.more_presses import Scenes
from tests.actions.presses import BLIND, WHICH

PHONE = Actor(kind="phone")
# The number of most calls, somebody else's, and one that nobody knows.
KNOWN = "919-555-0142"
NUMBERS = st.sampled_from([KNOWN, "919-555-0777", ""])
# Why a leg is over that nobody hung up and nobody decided about.
DROPPED = ("lost", "text_again", "still_silent", "silent_end")
MOST_CALLS = 7


class Callers(Scenes):
    """Several callers about one event, and what is said next door."""

    def __init__(self):
        super().__init__()
        self.told, self.at_work = 0, self.worked_on()

    def worked_on(self):
        rows = self.every_call().filter(state__in=WORKED_ON)
        return set(rows.values_list("pk", flat=True))

    @rule(ref=st.integers(0, 5), number=NUMBERS)
    def ring_in(self, ref, number):
        """Some announce a leg that is here already."""
        number = number if len(self.calls) < MOST_CALLS else KNOWN
        said = Arrival(ref=str(ref), channel="voice", number=number)
        self.press(arrival.arrive, by=PHONE, agency_id=self.agency.pk, arrival=said)
        self.find_calls()

    @rule(which=WHICH, number=NUMBERS)
    def attach(self, which, number):
        said = Intake(phone=number, said="They are at the window.")
        self.hand(self.calls, which, callers.attach, "call_id", intake=said)

    @rule(which=WHICH)
    def split(self, which):
        """Mostly a further caller, for the first stays."""
        legs = self.legs().filter(purpose="caller")
        before = legs.filter(call=OuterRef("call"), pk__lt=OuterRef("pk"))
        if len(self.calls) < MOST_CALLS:
            further = legs if which == BLIND else legs.filter(Exists(before.order_by()))
            self.hand(further, which, callers.split, "contact_id")
        self.find_calls()

    @rule(which=WHICH)
    def unlink(self, which):
        linked = self.ripe(self.every_call(), which, state="duplicate")
        said = {"reason": "another_event"}
        self.hand(linked, which, callers.unlink, "call_id", **said)

    @rule(which=WHICH)
    def hear_near(self, which):
        """Whoever has not heard of it does; and one call that may have."""
        for pk in near.unheard():
            self.press(triage.hear_near, call_id=pk)
        self.pick(self.calls, which, triage.hear_near, "call_id")

    @invariant()
    def a_transfer_that_waits_for_a_lost_caller_has_one_who_is_called_back(self):
        waits = self.rows(Transfer, "call__agency").filter(state="callback")
        for one in waits.select_related("caller_leg"):
            assert one.caller_leg is not None
            assert one.caller_leg.state in line.CALLING_BACK

    @invariant()
    def nobody_is_let_go_as_lost_while_their_call_is_worked_on(self):
        new = journal.since(self.agency.pk, self.told)
        self.told = journal.head(self.agency.pk)
        before, self.at_work = self.at_work, self.worked_on()
        let_go = {
            event.body["contact"]
            for event in new
            if event.kind == "ContactMoved"
            and event.call_id in before & self.at_work
            and event.body["after"] == "completed"
            and event.body["why"] in DROPPED
        }
        found = self.legs().filter(pk__in=let_go, purpose__in=line.CALLERS)
        assert not found.exists()
