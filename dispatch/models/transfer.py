"""Transfer: handing a caller over warmly; HandOff: its page for a partner."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.contact import Contact
from dispatch.models.offer import Seat
from dispatch.models.partner import Partner
from dispatch.models.row import Row, one_of
from dispatch.models.staff import User
from dispatch.seal import SealedField
from dispatch.states import TransferState

KINDS = ("911_ccd", "911_988", "988_911", "centre_centre")
AGREED = ("yes", "no", "not_known", "not_asked", "emergency")
# Field → by whose agreement it may travel to a partner. Where somebody is and what
# threatens them now may go in an emergency without; who they are and what they said
# goes with their agreement alone. What is not known is not agreed.
MAY_TRAVEL = {
    "reference": frozenset(AGREED),
    "language": frozenset(AGREED),
    "place": frozenset({"yes", "emergency"}),
    "risk": frozenset({"yes", "emergency"}),
    "name": frozenset({"yes"}),
    "number": frozenset({"yes"}),
    "person": frozenset({"yes"}),
    "said": frozenset({"yes"}),
    "notes": frozenset({"yes"}),
}


class Transfer(Row):
    """The sender owns the call until the receiver confirms.

    Inside the centre sender and receiver are people; else one side is ``partner``.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="transfers")
    seat = models.ForeignKey(Seat, models.CASCADE, null=True, related_name="transfers")
    kind = models.CharField(max_length=20, default="911_ccd")
    state = models.CharField(max_length=20, default=TransferState.REQUESTED.value)
    sender = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    receiver = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="transfers"
    )
    # The partner's line that is dialled: usual, veteran, spanish, asl, text.
    route = models.CharField(max_length=12, default="usual")
    # The caller's leg that is handed over, and the leg to the partner.
    caller_leg = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="+", db_index=False
    )
    partner_leg = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Which projection of the call travelled with it, and by whose agreement.
    shared = models.CharField(max_length=20, default="clinical")
    fields = models.JSONField(default=list)
    agreed = models.CharField(max_length=20, default="not_asked")
    tried = models.JSONField(default=list)
    why = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(db_default=Now())
    accepted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # From 988: when our people made contact, and when the partner was told.
    contact_made_at = models.DateTimeField(null=True)
    answered_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("state", TransferState, "transfer_state_known"),
            models.UniqueConstraint(
                fields=["seat"],
                condition=~Q(state__in=["released", "fallback", "withdrawn"]),
                name="one_open_transfer_per_seat",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["911_ccd", "911_988", "988_911", "centre_centre"]
                ),
                name="transfer_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False),
                name="transfer_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    def contact_since(self, anew: datetime | None) -> datetime | None:
        """When our people made contact, since the call was opened ``anew`` if it was."""
        made = self.contact_made_at
        return made if made and (anew is None or made >= anew) else None

    def message(self) -> tuple[str, str]:
        """Whose it is, and under which key the last message of a brought call is kept."""
        return f"partner:{self.partner_id}", f"brought:{self.pk}"


class HandOff(Row):
    """What a partner without this console sees and answers: a signed page that ends."""

    transfer = models.OneToOneField(Transfer, models.CASCADE, related_name="hand_off")
    # Only the hash of the link's secret is kept.
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True)
    # Who answered, as they wrote it.
    answered_by = SealedField()
    outcome = models.CharField(max_length=40, blank=True)
    outcome_note = SealedField()
    outcome_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"hand-off of {self.transfer_id}"
