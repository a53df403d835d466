"""SourceWording: how another system's call types map to ours; an agency edits it."""

from django.db import models
from django.db.models.functions import Now

from dispatch.models.row import Row
from dispatch.models.staff import Agency


class SourceWording(Row):
    """An empty ``type`` is an unmapped wording, kept visible until somebody maps it."""

    agency = models.ForeignKey(Agency, models.PROTECT)
    source = models.CharField(max_length=60)
    wording = models.CharField(max_length=120)
    type = models.CharField(max_length=40, blank=True)
    seen = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "source", "wording"], name="wording_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.wording} → {self.type or '?'}"
