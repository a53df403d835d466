"""Partner: who else helps, how to reach them, and the keys they come in with."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.row import Row
from dispatch.models.staff import Agency

KINDS = ("988", "centre", "paramedics", "hospital", "shelter", "justice", "other")


class Partner(Row):
    """A 988 centre, a neighbouring county, community paramedics and so on.

    ``hours`` is "HH:MM-HH:MM" in the agency's time zone, or empty for all day.
    ``routes`` are lines beside the usual one: veteran, spanish, asl, text to number.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="partners")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    phone = models.CharField(max_length=40)
    routes = models.JSONField(default=dict)
    hours = models.CharField(max_length=11, blank=True)
    # Whom to ask first; among equals by name.
    rank = models.PositiveSmallIntegerField(default=1)
    takes_text = models.BooleanField(default=False)
    # Its counsellors sit in our centre and work at our desks.
    co_located = models.BooleanField(default=False)
    # It runs this console too, as this agency.
    console = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "code"], name="partner_code_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "988",
                        "centre",
                        "paramedics",
                        "hospital",
                        "shelter",
                        "justice",
                        "other",
                    ]
                ),
                name="partner_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerKey(Row):
    """A secret that lets a partner bring calls in. Only its hash is kept."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="keys")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key of {self.partner_id}"
