"""Rows as programs read them: codes and ids, no words made for a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, QuerySet, When

from dispatch import quick
from dispatch.models import (
    Answer,
    Assignment,
    Call,
    Caller,
    CallNote,
    Contact,
    Decision,
    Disposition,
    FollowUp,
    Offer,
    Seat,
    SourceWording,
    Unit,
)
from dispatch.selectors import fields, followup, noted, triage
from dispatch.states import OfferState
from routing import store
from routing.core import explain
from routing.core.decide import decide


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCall:
    """A call and all that hangs on it, each in the order in which it came."""

    call: Call
    caller: Caller
    contacts: list[Contact]
    answers: Mapping[str, str]
    seats: list[Seat]
    offers: list[Offer]
    assignments: list[Assignment]
    decisions: list[Decision]
    notes: list[CallNote]
    dispositions: list[Disposition]
    followups: list[FollowUp]

    @property
    def version(self) -> int:
        return self.call.version


def whole(call: Call) -> WholeCall:
    """Ten queries, however much hangs on the call."""
    seats = quick.rows(Seat, order=["id"], call=call.pk)
    filled = [seat.pk for seat in seats]
    answers = quick.rows(Answer, order=["question"], call=call.pk)
    return WholeCall(
        call=call,
        caller=quick.rows(Caller, call=call.pk)[0],
        contacts=quick.rows(Contact, order=["id"], call=call.pk),
        answers={answer.question: answer.value for answer in answers},
        seats=seats,
        offers=quick.rows(Offer, order=["id"], seat=filled),
        assignments=quick.rows(Assignment, order=["id"], seat=filled),
        decisions=quick.rows(Decision, order=["at", "id"], call=call.pk),
        notes=_notes(call),
        dispositions=quick.rows(Disposition, order=["at", "id"], call=call.pk),
        followups=quick.rows(FollowUp, order=["planned_at", "id"], call=call.pk),
    )


def _notes(call: Call) -> list[CallNote]:
    """A partner's message, which is kept as codes, in words: a note is to be read."""
    rows = quick.rows(CallNote, order=["at", "id"], call=call.pk)
    for one in rows:
        one.text = noted.text(one)
    return rows


def preview(
    call: Call, answers: Mapping[str, str], *, at: datetime
) -> dict[str, object]:
    """The line that deciding now would give with these answers on top. No write."""
    _row, protocol = store.published(call.agency_id)
    typed = fields.stored(call) | dict(answers)
    seen = triage.known(
        typed, agency_id=call.agency_id, protocol=protocol, at=at, call=call
    )
    return explain.line(decide(seen, protocol))


def ringing(offers: QuerySet[Offer]) -> list[Offer]:
    """Of these, what waits for an answer, the nearest deadline first."""
    return list(offers.filter(state=OfferState.PENDING).order_by("expires_at", "pk"))


def units(agency: UUID) -> list[Unit]:
    return list(Unit.objects.filter(agency=agency).order_by("name"))


def wordings(agency: UUID) -> list[SourceWording]:
    """Another system's call types, the unmapped ones first, then the most seen."""
    rows = SourceWording.objects.filter(agency=agency)
    return list(rows.order_by(Case(When(type="", then=0), default=1), "-seen", "pk"))


def followups(agency: UUID) -> list[FollowUp]:
    """The worklist of the page, the earliest due first, at most as many."""
    return list(followup.open_ones(agency)[: followup.PAGE])
