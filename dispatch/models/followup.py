"""FollowUp: who is to be called back, when, and what came of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row, one_of
from dispatch.models.staff import Agency, User
from dispatch.states import FollowUpState


class FollowUp(Row):
    agency = models.ForeignKey(Agency, models.PROTECT)
    call = models.ForeignKey(Call, models.CASCADE, related_name="followups")
    state = models.CharField(max_length=20, default=FollowUpState.DUE.value)
    version = models.PositiveIntegerField(default=1)
    due_at = models.DateTimeField()
    planned_at = models.DateTimeField(db_default=Now())
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    reached_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            one_of("state", FollowUpState, "followup_state_known"),
            models.UniqueConstraint(
                fields=["call"],
                condition=~Q(state="closed"),
                name="one_open_followup_per_call",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", outcome__gt="") | ~Q(state="closed"),
                name="closed_followup_says_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "due_at"],
                condition=~Q(state="closed"),
                name="followup_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state}, due {self.due_at}"


class FollowUpAttempt(Row):
    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=10, default="voice")
    # An attempt is not a contact: reached means the person answered.
    reached = models.BooleanField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["followup", "number"], name="attempts_counted_once"
            )
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}"
