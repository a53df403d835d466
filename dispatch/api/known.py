"""What is known here as JSON: calls before this one; a plan, written, approved, ended."""

from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import plan
from dispatch.actions.base import database_now
from dispatch.api.base import Asked, Look
from dispatch.api.calls import CallCommand
from dispatch.api.shapes import Choice, Nothing, Text
from dispatch.models import Call, Plan, User
from dispatch.selectors import history
from dispatch.selectors.history import Known


class WritePlanIn(Nothing):
    subject = Choice(plan.SUBJECTS)
    text = Text(max_length=4000)


class ApproveIn(Nothing):
    plan = serializers.UUIDField()


class EndPlanIn(ApproveIn):
    reason = Choice(plan.END_WHY)


class BeforeOut(serializers.Serializer):
    """Calls of twelve months. ``notes``: how many have notes, told to clinicians only."""

    subject = serializers.CharField()
    count = serializers.IntegerField()
    last = serializers.DateTimeField()
    how = serializers.CharField()
    types = serializers.CharField()
    responses = serializers.IntegerField()
    notes = serializers.IntegerField()


class PlannedOut(serializers.Serializer):
    """``text`` and ``author`` are empty for who may only know that there is a plan."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    approved = serializers.BooleanField()
    author = serializers.CharField()
    review_at = serializers.DateTimeField()
    late = serializers.BooleanField()


class KnownOut(serializers.Serializer):
    """``familiar``: five or more responses to one person, so that a review is wanted.

    ``wish``: how the number asked to be reached on another call, in words.
    """

    before = BeforeOut(many=True)
    familiar = serializers.BooleanField()
    plans = PlannedOut(many=True)
    wish = serializers.CharField()


class PlanOut(serializers.Serializer):
    id = serializers.UUIDField()
    subject = serializers.CharField()
    text = serializers.CharField()
    author = serializers.UUIDField(source="author_id")
    approved_by = serializers.UUIDField(source="approved_by_id", allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    review_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    why = serializers.CharField()


class SeeKnown(Look):
    """What this person may know of number, place and person; leaves an access record."""

    verb = "call.see"
    gives = KnownOut

    def reach(self, user: User, pk: UUID) -> Call:
        call, _projection = access.read_call(user, pk, reason="known_here")
        return call

    def look(self, user: User, row: Call) -> Known:
        keys = history.keys_of(row.caller)
        return history.for_reader(keys, user, at=database_now(), but=row.pk)


class WritePlan(CallCommand):
    """A plan for whom this call is about; the one in force ends, and is kept."""

    verb = "plan.edit"
    takes = WritePlanIn
    gives = PlanOut
    status = 201

    def act(self, asked: Asked) -> Plan:
        made = plan.write(call_id=asked.row.pk, by=asked.by, **asked.said)
        return history.plan(made.pk)


class ApprovePlan(CallCommand):
    """Another person than the author says that it holds."""

    verb = "plan.approve"
    takes = ApproveIn
    gives = PlanOut

    def act(self, asked: Asked) -> Plan:
        row = self.beside(asked)
        return history.plan(plan.approve(plan_id=row.pk, by=asked.by).pk)

    def beside(self, asked: Asked) -> Plan:
        """The plan that was named, if it is about whom this call is about."""
        return access.plan_about(
            access.plan_for(asked.user, asked.said["plan"], self.verb), asked.row
        )


class EndPlan(ApprovePlan):
    """It holds no more, and why."""

    verb = "plan.edit"
    takes = EndPlanIn

    def act(self, asked: Asked) -> Plan:
        row, why = self.beside(asked), str(asked.said["reason"])
        return history.plan(plan.end(plan_id=row.pk, why=why, by=asked.by).pk)
