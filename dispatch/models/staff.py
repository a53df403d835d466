"""Agency, User and their presence: who works here, and who is there now."""

from enum import StrEnum
from importlib import import_module
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now

from dispatch.models.row import Row, one_of
from dispatch.states import PresenceState


class Role(StrEnum):
    DISPATCHER = "dispatcher"
    CLINICIAN = "clinician"
    RESPONDER = "responder"
    NAVIGATOR = "navigator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    WALLBOARD = "wallboard"


class Agency(Row):
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    # What the degraded screens tell people to dial.
    fallback_phone = models.CharField(max_length=40, blank=True)
    # Whom this centre may ask for a unit.
    neighbours = models.ManyToManyField("self", blank=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class User(AbstractUser):
    id = Row._meta.get_field("id").clone()
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="staff")
    role = models.CharField(max_length=20)
    # How colleagues read the name on a board: "D. Mercer", "D12 Lee".
    short_name = models.CharField(max_length=40)
    # A counsellor of a partner who sits in our centre.
    employer = models.ForeignKey(
        "dispatch.Partner", models.PROTECT, null=True, related_name="staff"
    )
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [one_of("role", Role, "user_role_known")]

    def __str__(self) -> str:
        return self.short_name or self.username


class Session(AbstractBaseSession):
    """A browser's session, and whose it is: one read finds both."""

    user = models.ForeignKey(User, models.CASCADE, null=True)

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        store: type[SessionStore] = import_module(settings.SESSION_ENGINE).SessionStore
        return store


class Presence(models.Model):
    user = models.OneToOneField(User, models.CASCADE, primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, db_index=False)
    state = models.CharField(max_length=20, default=PresenceState.OFFLINE.value)
    since = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=40, blank=True)
    # Offers left unanswered in a row.
    missed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [one_of("state", PresenceState, "presence_state_known")]
        indexes = [models.Index(fields=["agency", "state"], name="presence_by_state")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class Heartbeat(models.Model):
    """A row of its own: a beat must not make a free person look locked."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.user_id} {self.at}"
