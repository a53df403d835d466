"""Unit, its crew's shifts and its positions."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.row import Row, one_of
from dispatch.models.staff import Agency, User
from dispatch.states import UnitState

# The kinds of our own units; the first of them goes without anybody armed.
TEAMS = ("crt", "cor")
UNARMED = "crt"


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
    # When a late check went to a supervisor.
    check_escalated_at = models.DateTimeField(null=True)
    emergency_at = models.DateTimeField(null=True)
    # What the vehicle brings, {skill: level}; the crew's own skills come on top.
    skills = models.JSONField(default=dict)
    # How many make a complete crew; 0 = nobody said.
    crew_wanted = models.PositiveSmallIntegerField(default=0)
    last_call_ended_at = models.DateTimeField(null=True)
    # Orders in a row that its crew let lapse; any sign of life makes it 0.
    missed = models.PositiveSmallIntegerField(default=0, db_default=0)
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
    accuracy_m = models.FloatField(null=True)
    source = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at}"


class PositionKey(Row):
    """A secret with which a phone or tracker reports a unit's position."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="position_keys")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key of {self.unit_id}"
