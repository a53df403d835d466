"""ProtocolVersion: a published protocol document, written once."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid6 import uuid7


class ProtocolVersion(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(
        "dispatch.Agency", models.PROTECT, related_name="protocols"
    )
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=20, default="draft")
    document = models.JSONField()
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "number"], name="protocol_number_once"
            ),
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(state="published"),
                name="one_published_protocol",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "in_review", "approved", "published", "retired"]
                ),
                name="protocol_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
