"""Contact: one leg of the line, who is on it, how, and what is due on it next."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.partner import Partner
from dispatch.models.row import Row, one_of
from dispatch.models.staff import User
from dispatch.seal import SealedField
from dispatch.states import ContactState

CHANNELS = ("voice", "text", "tty", "rtt", "relay", "partner")
# caller: who asks for help. consult, collateral: whom we ask. The rest serves these.
PURPOSES = ("caller", "callback", "consult", "collateral", "interpreter", "partner")
# Whoever asks for help, whether they rang us or we rang them back.
CALLERS = ("caller", "callback")
# Whom we call ourselves beside the caller: the clinician on call, who knows the person.
OTHERS = ("consult", "collateral")
# On which somebody speaks or types as they talk.
SPOKEN = ("voice", "relay", "tty", "rtt")
# Ended in our books, and still speaking: with the partner, or with a closed call.
STAYS = ("handed_over", "call_over")
LIVE = ("ringing", "answered", "connected", "holding", "open_line")


class Contact(Row):
    """``due_at`` is the next clock of this leg; ``due`` says what is due then."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=10, default="voice")
    purpose = models.CharField(max_length=12, default="caller")
    outgoing = models.BooleanField(default=False)
    state = models.CharField(max_length=20, default=ContactState.RINGING.value)
    since = models.DateTimeField(db_default=Now())
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=40, blank=True)
    due = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    # Who is on it beside ours, sealed: a second caller's own name, number and words.
    name = SealedField()
    number = SealedField()
    number_lookup = models.CharField(max_length=64, blank=True)
    said = SealedField()
    point = SealedField()
    # How they may be reached, as each caller said it of themselves: a SafeContact.
    # The database knows it too: processes of the version before write rows without it.
    safe_contact = models.CharField(
        max_length=20, default="not_asked", db_default="not_asked"
    )
    person = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The relay's kind (vrs, ip, captioned, speech), the interpreter's language.
    relay = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=20, blank=True)
    # What the carrier calls this leg, and how many words we heard of its call and of
    # its conference, which are counted apart.
    carrier_ref = models.CharField(max_length=64, blank=True)
    carrier_step = models.PositiveIntegerField(default=0)
    carrier_room_step = models.PositiveIntegerField(default=0)
    # Where the carrier has it: rings, in, held, out. A verb (dial, join, hold, resume,
    # leave, hang_up): it was asked for and not answered, so nobody knows. by_hand: a
    # person does it. wanted: to be dialled. Empty: the carrier never had it.
    carrier = models.CharField(max_length=10, blank=True)
    # How often the carrier was told to ring them anew: what it says of an earlier ring
    # is not about this one.
    rings = models.PositiveSmallIntegerField(default=0, db_default=0)
    # What another system calls this leg, as a fingerprint. It outlives every ring, and
    # a line that went on with another call has it in both.
    source_ref = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        constraints = [
            one_of("state", ContactState, "contact_state_known"),
            models.CheckConstraint(
                condition=Q(
                    channel__in=["voice", "text", "tty", "rtt", "relay", "partner"]
                ),
                name="contact_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose__in=[
                        "caller",
                        "callback",
                        "consult",
                        "collateral",
                        "interpreter",
                        "partner",
                    ]
                ),
                name="contact_purpose_known",
            ),
            models.UniqueConstraint(
                fields=["carrier_ref"],
                condition=~Q(carrier_ref=""),
                name="carrier_ref_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False),
                name="contact_due",
            ),
            models.Index(
                fields=["number_lookup"],
                condition=~Q(number_lookup=""),
                name="contact_by_number",
            ),
            models.Index(
                fields=["since"],
                condition=~Q(carrier=""),
                name="contact_carried",
            ),
            models.Index(
                fields=["source_ref"],
                condition=~Q(source_ref=""),
                name="contact_by_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
