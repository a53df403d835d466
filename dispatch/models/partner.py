"""Partner: who else helps, how to reach them, and the keys they come in with."""

import hashlib
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.row import Row
from dispatch.models.staff import Agency

KINDS = ("988", "centre", "paramedics", "hospital", "shelter", "justice", "other")
ROUTES = ("usual", "veteran", "spanish", "asl", "text")


def hashed(secret: str) -> str:
    """What is kept of a link's or a key's secret, which is 256 random bits.

    JSON may name half a character, which is no text and nobody's secret either.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


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

    def line(self, route: str) -> str:
        """The number of this route; empty where the partner has none."""
        if route == "usual":
            return self.phone
        if route == "text" and not self.takes_text:
            return ""
        return str(self.routes.get(route, ""))

    def open_at(self, now: datetime) -> bool:
        """By its hours, in the agency's zone; "22:00-06:00" crosses midnight."""
        if not self.active or not self.hours:
            return self.active
        clock = now.astimezone(self.agency.zone).strftime("%H:%M")
        begin, end = self.hours.split("-")
        if begin <= end:
            return begin <= clock < end
        return clock >= begin or clock < end


class PartnerKey(Row):
    """A secret that lets a partner bring calls in. Only its hash is kept."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="keys")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key of {self.partner_id}"
