"""Flag: a hazard or caution that outlives a call; Plan: a familiar neighbour's plan."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row
from dispatch.models.staff import Agency, User
from dispatch.seal import SealedField

SUBJECTS = ("place", "number", "person")


class Flag(Row):
    """About a place, a number or a person, each known by its look-up alone.

    ``hazard`` holds an unarmed team back (floor rule S6); a caution only warns.
    """

    agency = models.ForeignKey(Agency, models.PROTECT)
    code = models.CharField(max_length=40)
    hazard = models.BooleanField(default=False)
    subject = models.CharField(max_length=10)
    lookup = models.CharField(max_length=64)
    text = SealedField()
    # The call that it came from.
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=["place", "number", "person"]),
                name="flag_subject_known",
            ),
            models.CheckConstraint(condition=~Q(lookup=""), name="flag_is_about_sth"),
        ]
        indexes = [
            models.Index(
                fields=["lookup"],
                condition=Q(ended_at__isnull=True),
                name="flag_by_lookup",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} on a {self.subject}"


class Plan(Row):
    """How a familiar neighbour is best helped (F2). It never lowers a safety rule."""

    agency = models.ForeignKey(Agency, models.PROTECT)
    subject = models.CharField(max_length=10)
    lookup = models.CharField(max_length=64)
    text = SealedField()
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    approved_at = models.DateTimeField(null=True)
    review_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=["number", "person"]),
                name="plan_subject_known",
            ),
            models.UniqueConstraint(
                fields=["agency", "subject", "lookup"],
                condition=Q(ended_at__isnull=True),
                name="one_plan_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"plan for a {self.subject}"
