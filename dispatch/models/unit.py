"""Unit, its crew's shifts and its positions."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.row import Row, one_of
from dispatch.models.staff import Agency, User
from dispatch.states import UnitState


class Unit(Row):
    agency = models.ForeignKey(Agency, models.PROTECT)
    name = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=20, default=UnitState.OFF_DUTY.value)
    state_since = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=80, blank=True)
    # The next safety check; None while nobody is on scene.
    check_due_at = models.DateTimeField(null=True)
    check_late = models.BooleanField(default=False)
    emergency_at = models.DateTimeField(null=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_of("state", UnitState, "unit_state_known"),
            models.UniqueConstraint(fields=["agency", "name"], name="unit_name_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["crt", "cor", "cn"]), name="unit_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(Row):
    """Somebody on a unit from when to when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="shifts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shifts")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at__isnull=True),
                name="one_unit_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.unit_id}"


class UnitPosition(models.Model):
    """Where a unit was last seen: no event, no feed lock."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True)
    lat = models.FloatField()
    lon = models.FloatField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at}"
