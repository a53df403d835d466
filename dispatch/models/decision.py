"""Decision: the facts it saw, what it found, and who overrode it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row
from dispatch.models.staff import User
from dispatch.seal import SealedField


class Decision(Row):
    call = models.ForeignKey(
        Call, models.CASCADE, related_name="decisions", db_index=False
    )
    protocol = models.ForeignKey("routing.ProtocolVersion", models.PROTECT)
    # Facts and line have the form that `manage.py decide` reads and prints.
    facts = models.JSONField()
    line = models.JSONField()
    findings = models.JSONField()
    response = models.CharField(max_length=10)
    rule = models.CharField(max_length=40)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())

    overridden_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    overridden_at = models.DateTimeField(null=True)
    override_response = models.CharField(max_length=10, blank=True)
    override_reason = models.CharField(max_length=40, blank=True)
    override_note = SealedField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(overridden_by__isnull=True, override_response="")
                | Q(override_response__gt="", override_reason__gt=""),
                name="override_says_what_and_why",
            )
        ]
        indexes = [models.Index(fields=["call", "at"], name="decision_by_call")]

    def __str__(self) -> str:
        return f"{self.rule} {self.response}"
