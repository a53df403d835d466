"""Alarm: something that nobody sees to; it has an owner until it is over."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.offer import Assignment, Seat
from dispatch.models.row import Row, one_of
from dispatch.models.staff import Agency, User
from dispatch.models.unit import Unit
from dispatch.states import AlarmState

# What it is about: see selectors.alarm for when each begins and ends.
KINDS = (
    "unowned",
    "nobody",
    "forgotten",
    "crew_still",
    "waiting",
    "told",
    "check",
    "emergency",
    "unanswered",
    "on_hold",
    "callback",
    "interpreter",
    "transfer",
    "position",
)


class Alarm(Row):
    """``about`` says what; ``subject`` is the id of the row that it is about.

    ``to`` is whose it is when ``owner`` is nobody: supervisor, deputy, floor.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, db_index=False)
    about = models.CharField(max_length=20)
    subject = models.UUIDField()
    call = models.ForeignKey(Call, models.CASCADE, null=True, related_name="alarms")
    seat = models.ForeignKey(Seat, models.CASCADE, null=True, related_name="+")
    assignment = models.ForeignKey(
        Assignment, models.CASCADE, null=True, related_name="+"
    )
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="alarms")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, default=AlarmState.RAISED.value)
    to = models.CharField(max_length=12)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField(db_default=Now())
    # When it goes to the next in line, unless somebody takes it.
    passes_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            one_of("state", AlarmState, "alarm_state_known"),
            models.UniqueConstraint(
                fields=["about", "subject"],
                condition=~Q(state="ended"),
                name="one_open_alarm_about_a_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "raised_at"],
                condition=~Q(state="ended"),
                name="alarm_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.state}"
