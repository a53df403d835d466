"""The log alone tells a call's state: folded, it equals the rows at every point."""

import pytest

from dispatch.actions import decision, disposition, intake, offer, seat, triage, unit
from dispatch.events import CLOCK
from dispatch.models import Seat
from tests import makers

pytestmark = pytest.mark.django_db

CALL = {
    "CallOpened": "new",
    "CallTriaged": "triaging",
    "CallReopened": "triaging",
    "CallResolved": "resolved",
    "CallClosed": "closed",
    "CallCancelled": "cancelled",
    "CallReturned": "returned_to_911",
    "CallsLinked": "duplicate",
}
SEAT = {
    "SeatOpened": "wanted",
    "OfferAccepted": "filled",
    "SeatConfirmed": "filled",
    "SeatDone": "done",
    "SeatUnfilled": "unfilled",
    "SeatWithdrawn": "withdrawn",
}
BEGINS_WORK = {"OfferAccepted", "SeatConfirmed", "TeamRequested"}
DECIDED_ONCE = {"decided", "working", "resolved"}


class Told:
    """A call as its events tell it."""

    def __init__(self, call):
        self.stands, self.owner, self.seats = "", None, {}
        for event in makers.events_of(call):
            self.hear(event.kind, event.body, event.by)

    def hear(self, kind, body, by):
        if kind in SEAT:
            self.seats[body["seat"]] = SEAT[kind]
        if kind == "CallOpened" and ":" in by:
            self.owner = by.split(":")[1]
        if kind == "OwnerChanged":
            self.owner = body["owner"]
        self.stands = self.next(kind, body)

    def next(self, kind, body):
        late = self.stands in DECIDED_ONCE
        if kind == "CallDecided":
            at_work = "filled" in self.seats.values()
            return "working" if at_work else self.redecided()
        if kind == "AnswersRecorded":
            safety = late and triage.SAFETY.intersection(body["answers"])
            return "triaging" if safety or self.stands == "new" else self.stands
        if kind == "DetailsCorrected":
            safety = late and triage.SAFETY.intersection(body["fields"])
            return "triaging" if safety else self.stands
        if kind == "TeamRequested":
            return "working" if self.stands == "resolved" else self.stands
        if kind == "SeatOpened":
            return "working" if self.stands == "resolved" else self.stands
        if kind in BEGINS_WORK:
            return "working" if late else self.stands
        return CALL.get(kind, self.stands)

    def redecided(self):
        return "decided" if self.stands in {"new", "triaging"} else self.stands


def agrees(call):
    call, told = makers.fresh(call), Told(call)
    seats = Seat.objects.filter(call=call).values_list("pk", "state")
    assert told.stands == call.state
    assert told.owner == (str(call.owner_id) if call.owner_id else None)
    assert told.seats == {str(pk): state for pk, state in seats}


def test_a_long_story_told_by_its_events_alone(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    makers.a_clinician(centre)
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.a_call(centre, dispatcher)
    agrees(call)
    makers.late(call, weapon="no")
    agrees(call)
    makers.decided(call)
    agrees(call)
    offer.decline(offer_id=makers.ringing(call).pk, reason="language", by=CLOCK)
    session = makers.with_clinician(call)
    agrees(call)
    decision.request_team(call_id=call.pk, response="crt", reason="x", by=CLOCK)
    work = makers.accepted(call, "crt")
    agrees(call)
    makers.late(call, medical="yes")
    agrees(call)
    makers.decide(call)
    agrees(call)
    seat.confirm_told(seat_id=makers.seat_of(call, "ems").pk, by=CLOCK)
    makers.ended(session)
    agrees(call)
    unit.report(unit_id=work.unit_id, to="staged", by=CLOCK)
    makers.cleared(work)
    agrees(call)
    makers.closed(call)
    agrees(call)
    disposition.reopen(call_id=call.pk, reason="called_again", by=CLOCK)
    agrees(call)
    intake.cancel(call_id=call.pk, reason="caller", by=CLOCK)
    agrees(call)


def test_a_story_of_nobody_to_be_had(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.ring_out(makers.ringing(call))
    agrees(call)
    makers.decide(call)
    agrees(call)
    makers.override(call, "police")
    agrees(call)
    seat.confirm_told(seat_id=makers.seat_of(call, "police").pk, by=CLOCK)
    agrees(call)
    disposition.resolve(call_id=call.pk, outcomes=["handed_to_police"], by=CLOCK)
    agrees(call)
    intake.correct(call_id=call.pk, details=intake.Details(hazard=True), by=CLOCK)
    agrees(call)
