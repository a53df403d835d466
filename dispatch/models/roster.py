"""What people can do, when they are planned to work, and what they would swap."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from dispatch.models.row import Row, one_of
from dispatch.models.staff import Agency, User
from dispatch.models.unit import Unit
from dispatch.states import SwapState


class Skill(Row):
    """``skill`` is a code of the protocol; level 1 some, 2 good, 3 expert."""

    user = models.ForeignKey(User, models.CASCADE, related_name="skills")
    skill = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "skill"], name="skill_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 3)), name="skill_level_1_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class PlannedShift(Row):
    """Somebody is to work from when to when; nobody yet: whoever may takes it."""

    agency = models.ForeignKey(Agency, models.PROTECT, db_index=False)
    role = models.CharField(max_length=20)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="planned_shifts"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The deputy takes what the supervisor's seat does not.
    deputy = models.BooleanField(default=False)
    dropped_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user", "starts_at"],
                condition=Q(dropped_at__isnull=True, user__isnull=False),
                name="one_shift_at_a_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "starts_at"],
                condition=Q(dropped_at__isnull=True),
                name="shift_by_start",
            ),
            models.Index(
                fields=["user", "ends_at"],
                condition=Q(dropped_at__isnull=True),
                name="shift_by_user",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} from {self.starts_at}"


class ShiftSwap(Row):
    """A shift offered to one colleague or to all, perhaps for one of theirs."""

    shift = models.ForeignKey(PlannedShift, models.CASCADE, related_name="swaps")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    instead = models.ForeignKey(
        PlannedShift, models.CASCADE, null=True, related_name="+"
    )
    state = models.CharField(max_length=10, default=SwapState.ASKED.value)
    asked_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("state", SwapState, "swap_state_known"),
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(state="asked"),
                name="one_open_swap_per_shift",
            ),
        ]

    def __str__(self) -> str:
        return f"swap of {self.shift_id} {self.state}"
