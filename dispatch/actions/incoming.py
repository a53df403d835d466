"""A call that a partner brings: 988 to 911, we have it, our people made contact."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions import triage
from dispatch.actions.base import action, database_now, lock_call
from dispatch.actions.details import check_contact
from dispatch.actions.handover import lock
from dispatch.actions.intake import Intake, add_note, open_call, own_locked
from dispatch.actions.targets import clocks
from dispatch.actions.transfer import step
from dispatch.actions.weigh import refuse_closed
from dispatch.errors import Invalid, LostRace
from dispatch.events import Actor
from dispatch.models import Call, Partner, Transfer
from dispatch.models.transfer import AGREED
from dispatch.states import TRANSFER_OVER, TransferState

# What 988 is asked for: these decide who may go. Unknown stays not asked.
QUESTIONS = (
    "attempt",
    "imminent",
    "medical",
    "weapon",
    "violence",
    "threat",
    "household",
    "crime",
    "minor_alone",
)
VALUES = ("yes", "no", "not_known", "not_asked")
NOW = ("attempt", "imminent", "medical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What the partner says. ``reference`` is its own name for the call.

    ``point`` is (latitude, longitude) in degrees, WGS 84; ``answers`` question →
    yes, no, not_known or not_asked; ``willing`` whether the person accepts help.
    """

    reference: str
    name: str = ""
    person_name: str = ""
    phone: str = ""
    address: str = ""
    point: tuple[float, float] | None = None
    said: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    willing: str = "not_asked"
    wants_team: str = "not_asked"
    safe_contact: str = "not_asked"
    agreed: str = "not_asked"


def bring(*, partner: Partner, brought: Brought, by: Actor) -> Transfer:
    """Open the call, record what is known, offer it to us, and have it decided.

    Several actions, each of which does nothing the second time: brought again after a
    failure, it goes on where it stopped. What is stored last says that it is complete.
    """
    _check(brought)
    # The ids keep two partners' references apart.
    ref = f"{partner.pk.hex[-12:]}:{brought.reference.strip()}"
    intake = Intake(
        source="988",
        source_ref=ref,
        caller_kind="third_party",
        name=brought.name,
        person_name=brought.person_name,
        phone=brought.phone,
        address=brought.address,
        point=brought.point,
        said=brought.said,
        safe_contact=brought.safe_contact,
        channel="partner",
    )
    call = open_call(agency_id=partner.agency_id, intake=intake, by=by)
    known = quick.find(Transfer, call=call.pk, kind="988_911", partner=partner.pk)
    if known is not None:
        return known
    triage.record_answers(call_id=call.pk, answers=brought.answers, by=by)
    add_note(call_id=call.pk, text=_note(brought), by=by)
    if _decidable(brought.answers):
        triage.complete(call_id=call.pk, by=by)
    return receive(call_id=call.pk, partner_id=partner.pk, agreed=brought.agreed, by=by)


def _check(brought: Brought) -> None:
    if not 0 < len(brought.reference.strip()) <= 40:
        raise Invalid(field="reference", why=_("your own name of this call, up to 40"))
    if not brought.address.strip() and brought.point is None:
        raise Invalid(field="address", why=_("say where, as well as you know"))
    said = {**brought.answers, "willing": brought.willing}
    for key, value in {**said, "wants_team": brought.wants_team}.items():
        if value not in VALUES:
            raise Invalid(field=key, why=_("yes, no, not_known or not_asked"))
    check_contact(brought.safe_contact)


def _note(brought: Brought) -> str:
    """What has no question of ours, in the partner's words of choice."""
    return (
        f"988: accepts help: {brought.willing.replace('_', ' ')}; "
        f"asks for a team: {brought.wants_team.replace('_', ' ')}."
    )


def _decidable(answers: Mapping[str, str]) -> bool:
    """Danger now needs no further question; else every one of them was asked."""
    if any(answers.get(key) == "yes" for key in NOW):
        return True
    return all(answers.get(key, "not_asked") != "not_asked" for key in QUESTIONS)


@action
def receive(
    *, call_id: UUID, partner_id: UUID, by: Actor, agreed: str = "not_asked"
) -> Transfer:
    """The partner offers us this call; it keeps the caller until somebody here has them.

    Brought twice, the call has one such transfer.
    """
    call = lock_call(call_id)
    known = quick.find(Transfer, call=call.pk, kind="988_911", partner=partner_id)
    if known is not None:
        return known
    refuse_closed(call)
    due = database_now() + timedelta(seconds=clocks(call)["partner_answers"])
    made = Transfer(
        call=call,
        kind="988_911",
        state=TransferState.OFFERED.value,
        partner_id=partner_id,
        shared="partner",
        agreed=agreed if agreed in AGREED else "not_known",
        due_at=due,
    )
    quick.add(made)
    journal.append(
        events.TransferRequested(
            transfer=made.pk, between=made.kind, partner=partner_id
        ),
        call=call,
        by=by,
    )
    return made


@action
def take(*, transfer_id: UUID, by: Actor) -> Transfer:
    """We have it: this person owns the call, and the partner is free. Twice is once."""
    call, one = lock(transfer_id)
    if one.state == TransferState.RELEASED:
        return one
    if one.kind != "988_911" or one.state in TRANSFER_OVER:
        raise LostRace
    refuse_closed(call)
    own_locked(call, by.id, by)
    if one.state == TransferState.OFFERED:
        step(
            call,
            one,
            TransferState.ACCEPTED,
            by,
            accepted_at=Now(),
            receiver_id=by.id,
        )
    if one.state != TransferState.CONFERENCED:
        step(call, one, TransferState.CONFERENCED, by)
    step(call, one, TransferState.CONFIRMED, by, confirmed_at=Now())
    confirmed = events.TransferConfirmed(transfer=one.pk, person=by.id)
    journal.append(confirmed, call=call, by=by)
    step(call, one, TransferState.RELEASED, by)
    return one


@action
def contact_made(*, call_id: UUID, by: Actor) -> Call:
    """Our people are with the person and say so; the partner who sent the call may know.

    Somebody presses it: a vehicle at the kerb is not yet contact. Twice is once.
    """
    call = lock_call(call_id)
    for one in quick.rows(Transfer, lock="NO KEY UPDATE", call=call.pk, kind="988_911"):
        if one.contact_made_at is None:
            quick.write(one, {"contact_made_at": Now(), "answered_back_at": Now()})
            made = events.RespondersMadeContact(transfer=one.pk)
            journal.append(made, call=call, by=by)
    return call
