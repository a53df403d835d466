"""Seat, Offer and Assignment: the help a call wants, and who gives it."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row, one_of
from dispatch.models.staff import User
from dispatch.models.unit import Unit
from dispatch.states import OfferState, SeatState

ONE_TAKER = Q(person__isnull=False, unit__isnull=True) | Q(
    person__isnull=True, unit__isnull=False
)
# The first of an offer's reasons: the second is the seat whose team it is to relieve.
REPLACES = "replaces"


class Seat(Row):
    """One help that is wanted. ``response`` is its kind, ``mode`` how it goes."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="seats")
    response = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField(default=1)
    mode = models.CharField(max_length=10, default="now")
    state = models.CharField(max_length=20, default=SeatState.WANTED.value)
    since = models.DateTimeField(db_default=Now())
    why = models.CharField(max_length=40, blank=True)
    # A person asked for it: no later decision lets it go, unless the floor forbids it.
    requested = models.BooleanField(default=False)
    # What whoever comes should be able to do: {"required": {skill: level}, "preferred": …}
    skills = models.JSONField(default=dict)
    # When the search began and when it ends: all rings together.
    wanted_at = models.DateTimeField(db_default=Now())
    give_up_at = models.DateTimeField(null=True)
    # When an outside service said yes, or the scene was cleared for our staged team.
    confirmed_at = models.DateTimeField(null=True)
    # When an outside service was there, and when and by whom it was released.
    arrived_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=60, blank=True)
    # The seat whose team waits for whoever has this one, to be relieved.
    relieves = models.UUIDField(null=True)
    # This team speaks for all on scene.
    lead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_of("state", SeatState, "seat_state_known"),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(lead=True, state__in=["wanted", "filled"]),
                name="one_lead_a_call",
            ),
            models.UniqueConstraint(
                fields=["call", "response", "position"],
                condition=Q(state__in=["wanted", "filled"]),
                name="one_open_seat_a_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["response", "wanted_at"],
                condition=Q(state="wanted"),
                name="seat_wanted",
            )
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.state}"


class Offer(Row):
    """A call put to a clinician or a unit, with a deadline."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="offers")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, default=OfferState.PENDING.value)
    reason = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Why this one was asked: codes, the strongest first.
    because = models.JSONField(default=list)

    class Meta:
        constraints = [
            one_of("state", OfferState, "offer_state_known"),
            models.CheckConstraint(condition=ONE_TAKER, name="offer_to_one_taker"),
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(state="accepted"),
                name="one_accepted_offer_per_seat",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="pending"),
                name="one_ringing_offer_per_person",
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state="pending"),
                name="one_ringing_offer_per_unit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state="pending"),
                name="offer_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} offer of {self.seat_id}"

    @property
    def relieves(self) -> UUID | None:
        """The seat whose team this one was asked by name to relieve."""
        return UUID(self.because[1]) if self.because[:1] == [REPLACES] else None


class Assignment(Row):
    """An accepted offer, until the clinician is done or the unit is clear."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="assignments")
    offer = models.OneToOneField(Offer, models.PROTECT)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    en_route_at = models.DateTimeField(null=True)
    on_scene_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_TAKER, name="assigned_to_one_taker"),
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(ended_at__isnull=True),
                name="one_assignment_per_seat",
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(ended_at__isnull=True),
                name="one_call_per_unit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"],
                condition=Q(ended_at__isnull=True),
                name="assignment_open_by_person",
            )
        ]

    def __str__(self) -> str:
        return f"assignment of {self.seat_id}"
