"""Triage and decision as JSON: answer, preview, complete, decide, override, team."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.actions import decision, triage
from dispatch.actions.base import database_now
from dispatch.api.base import Asked
from dispatch.api.calls import CallCommand, details_of
from dispatch.api.intake import PreviewIn, TriageIn
from dispatch.api.serializers import (
    DecisionOut,
    LineOut,
    OverrideIn,
    TeamIn,
)
from dispatch.models import Call, Decision
from dispatch.selectors import plain


class TriageCommand(CallCommand):
    verb = "triage.answer"
    takes = TriageIn

    def known(self, asked: Asked) -> dict[str, object]:
        """The answers and corrections, as the actions of triage take them."""
        details = asked.said.get("details")
        return {
            "call_id": asked.row.pk,
            "answers": asked.said.get("answers", {}),
            "details": None if details is None else details_of(details),
            "by": asked.by,
            "seen": asked.seen,
        }


class RecordAnswers(TriageCommand):
    """Store what was answered; a danger told late asks for a new decision."""

    def act(self, asked: Asked) -> Call:
        return triage.record_answers(**self.known(asked))


class CompleteTriage(TriageCommand):
    """Done asking for now: the call wants a decision."""

    def act(self, asked: Asked) -> Call:
        return triage.complete(**self.known(asked))


class PreviewDecision(CallCommand):
    """What would be decided with these answers. Nothing is written, no key needed."""

    verb = "triage.answer"
    takes = PreviewIn
    gives = LineOut
    keyed = False

    def post(self, request: Request, pk: UUID | None = None) -> Response:
        asked = self.ask(request, pk)
        answers = asked.said.get("answers", {})
        return self.answer(plain.preview(asked.row, answers, at=database_now()))


class DecideCall(CallCommand):
    """Decide now if no worker did; a call that wants no decision stays as it is."""

    verb = "triage.answer"

    def act(self, asked: Asked) -> Call:
        return decision.decide(call_id=asked.row.pk, by=asked.by)


class OverrideDecision(CallCommand):
    """Choose another help and say why; the safety floor stays."""

    verb = "decision.override"
    takes = OverrideIn
    gives = DecisionOut

    def act(self, asked: Asked) -> Decision:
        return decision.override(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class RequestTeam(CallCommand):
    """Ask for one more help beside what is there."""

    verb = "team.request"
    takes = TeamIn

    def act(self, asked: Asked) -> Call:
        return decision.request_team(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )
