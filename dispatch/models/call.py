"""Call, and beside it, sealed, what may be redacted: caller, words, place."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from dispatch.models.row import Row, one_of
from dispatch.models.staff import Agency, User
from dispatch.seal import SealedField
from dispatch.states import CallState


class CallNumber(models.Model):
    """The last call number given out, per agency and year of its time zone."""

    agency = models.ForeignKey(Agency, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year"], name="one_counter_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Call(Row):
    # Not indexed by itself, here and elsewhere: an index below begins with it.
    agency = models.ForeignKey(Agency, models.PROTECT, db_index=False)
    number = models.CharField(max_length=12)
    state = models.CharField(max_length=20, default=CallState.NEW.value)
    version = models.PositiveIntegerField(default=1)
    # The last event that touched this call: what a board shows is at least this new.
    head = models.BigIntegerField(default=0)

    source = models.CharField(max_length=10)
    type = models.CharField(max_length=40, blank=True)
    # The wording another system used, kept beside what we made of it.
    source_wording = models.CharField(max_length=120, blank=True)
    source_ref = models.CharField(max_length=60, blank=True)
    simulated = models.CharField(max_length=60, blank=True)
    caller_kind = models.CharField(max_length=20, blank=True)
    urgent = models.BooleanField(default=False)
    hazard = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(default=3)
    offence = models.JSONField(null=True, blank=True)

    location_verified = models.BooleanField(default=False)
    inside = models.BooleanField(null=True)
    zone = models.CharField(max_length=80, blank=True)

    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.CharField(max_length=60)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    owner_since = models.DateTimeField(null=True)
    state_since = models.DateTimeField(db_default=Now())
    # Since when there is something that a supervisor is to know; an alarm until taken.
    supervisor_told_at = models.DateTimeField(null=True)
    triaged_at = models.DateTimeField(null=True)
    decision_wanted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    eligibility = models.CharField(max_length=20, default="not_triaged")
    ineligible_rule = models.CharField(max_length=40, blank=True)
    service = models.CharField(max_length=20, blank=True)
    not_served = models.CharField(max_length=20, blank=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        constraints = [
            one_of("state", CallState, "call_state_known"),
            models.UniqueConstraint(
                fields=["agency", "number"], name="call_number_once"
            ),
            models.UniqueConstraint(
                fields=["agency", "source_ref"],
                condition=~Q(source_ref=""),
                name="source_ref_once",
            ),
            models.CheckConstraint(
                condition=Q(priority__range=(1, 4)), name="call_priority_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(eligibility__in=["not_triaged", "eligible", "ineligible"]),
                name="call_eligibility_known",
            ),
            models.CheckConstraint(
                condition=Q(service__in=["", "served", "not_served"]),
                name="call_service_known",
            ),
            # Not served always says why; served never does.
            models.CheckConstraint(
                condition=Q(service="not_served", not_served__gt="")
                | Q(not_served="") & ~Q(service="not_served"),
                name="not_served_has_a_code",
            ),
            models.CheckConstraint(
                condition=Q(state="duplicate", duplicate_of__isnull=False)
                | ~Q(state="duplicate"),
                name="duplicate_names_its_call",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")),
                name="never_its_own_duplicate",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "priority", "opened_at"],
                condition=Q(
                    state__in=["new", "triaging", "decided", "working", "resolved"]
                ),
                name="call_open",
            ),
            models.Index(
                fields=["decision_wanted_at"],
                condition=Q(decision_wanted_at__isnull=False),
                name="call_wants_decision",
            ),
            models.Index(fields=["agency", "opened_at"], name="call_by_time"),
            models.Index(
                fields=["agency"],
                condition=Q(supervisor_told_at__isnull=False),
                name="call_told",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Caller(Row):
    """Who called and where help is wanted: sealed, one row a call."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="caller")
    name = SealedField()
    phone = SealedField()
    phone_lookup = models.CharField(max_length=64, blank=True)
    phone_verified = models.BooleanField(default=False)
    # What the search found, and beside it what the caller said.
    address = SealedField()
    said = SealedField()
    point = SealedField()
    person_name = SealedField()
    safe_contact = models.CharField(max_length=20, default="not_asked")
    language = models.CharField(max_length=20, blank=True)
    # The same place, the same person: compared, never read back.
    place_lookup = models.CharField(max_length=64, blank=True)
    building_lookup = models.CharField(max_length=64, blank=True, db_default="")
    person_lookup = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_lookup"], name="caller_by_phone"),
            models.Index(
                fields=["place_lookup"],
                condition=~Q(place_lookup=""),
                name="caller_by_place",
            ),
            models.Index(
                fields=["building_lookup"],
                condition=~Q(building_lookup=""),
                name="caller_by_building",
            ),
            models.Index(
                fields=["person_lookup"],
                condition=~Q(person_lookup=""),
                name="caller_by_person",
            ),
        ]

    def __str__(self) -> str:
        return f"caller of {self.call_id}"


class CallNote(Row):
    call = models.ForeignKey(Call, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, default="note")
    text = SealedField()
    by = models.CharField(max_length=60)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["note", "radio"]), name="note_kind_known"
            )
        ]
        indexes = [models.Index(fields=["call", "at"], name="note_by_call")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.call_id}"
