"""Disposition: how a call ended, in codes, several outcomes if there were several."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row

OUTCOMES = (
    "resolved_by_phone",
    "resolved_on_scene",
    "moved_to_988",
    "moved_to_partner",
    "declined_help",
    "not_located",
    "transported_willingly",
    "hospital",
    "involuntary_commitment",
    "arrest",
    "injury",
    "use_of_force",
    "death",
    "handed_to_police",
    "handed_to_ems",
    "caller_hung_up",
    "duplicate",
    "no_help_needed",
    "other",
)
CONSENTS = ("yes", "no", "not_known", "not_asked")


class Disposition(Row):
    call = models.ForeignKey(Call, models.CASCADE, related_name="dispositions")
    outcomes = ArrayField(models.CharField(max_length=40))
    # Did we speak with the person in need, not only with the caller? None = unknown.
    person_reached = models.BooleanField(null=True)
    resolved_by_phone = models.BooleanField(default=False)
    followup_consent = models.CharField(max_length=10, default="not_asked")
    by = models.CharField(max_length=60)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    followup_consent__in=["yes", "no", "not_known", "not_asked"]
                ),
                name="followup_consent_four_valued",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.outcomes)
