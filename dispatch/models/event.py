"""Event and AccessRecord, append-only; Feed, each agency's head; WriteKey."""

from django.db import models
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row
from dispatch.models.staff import Agency, User
from dispatch.models.unit import Unit


class Feed(models.Model):
    """The head of an agency's log. Whoever appends holds this row until commit."""

    agency = models.OneToOneField(Agency, models.PROTECT, primary_key=True)
    number = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.number}"


class Event(models.Model):
    """What happened. Numbered without gaps in commit order, hash-chained."""

    pk = models.CompositePrimaryKey("agency", "number")
    agency = models.ForeignKey(Agency, models.DO_NOTHING, db_index=False)
    number = models.BigIntegerField()
    call = models.ForeignKey(Call, models.DO_NOTHING, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.DO_NOTHING, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    body = models.JSONField()
    by = models.CharField(max_length=60)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class AccessRecord(Row):
    """Somebody looked at something. Written by ``access``, sealed by the clock."""

    agency = models.ForeignKey(Agency, models.DO_NOTHING)
    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    verb = models.CharField(max_length=40)
    projection = models.CharField(max_length=20)
    call = models.ForeignKey(
        Call, models.DO_NOTHING, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["call", "at"], name="access_by_call")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.verb}"


class AccessSeal(models.Model):
    """Which event sealed this record into the chain."""

    record = models.OneToOneField(AccessRecord, models.DO_NOTHING, primary_key=True)
    agency = models.ForeignKey(Agency, models.DO_NOTHING)
    number = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["agency", "number"], name="seal_by_event")]

    def __str__(self) -> str:
        return f"{self.record_id} in {self.number}"


class WriteKey(Row):
    """A command that was carried out once, and the row it answered with."""

    actor = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="one_effect_per_key")
        ]
        indexes = [models.Index(fields=["at"], name="write_key_by_time")]

    def __str__(self) -> str:
        return self.key
