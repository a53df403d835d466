"""A call that a partner brings: 988 to 911, we have it, our people made contact."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick, reached
from dispatch.actions.base import action, database_now, lock_call
from dispatch.actions.brought import QUESTIONS as QUESTIONS
from dispatch.actions.brought import VALUES as VALUES
from dispatch.actions.brought import Brought as Brought
from dispatch.actions.brought import checked, decidable, note
from dispatch.actions.handover import lock
from dispatch.actions.intake import Intake, note_locked, open_once
from dispatch.actions.targets import clocks
from dispatch.actions.told_again import remember, tell_again
from dispatch.actions.transfer import have
from dispatch.actions.triage import complete_locked, record_locked
from dispatch.actions.weigh import refuse_closed
from dispatch.actions.whose import own_locked
from dispatch.errors import Invalid, LostRace
from dispatch.events import Actor
from dispatch.models import Call, Partner, Transfer
from dispatch.models.transfer import AGREED
from dispatch.states import TRANSFER_OVER, TransferState

NOBODY_THERE = _(
    "Nobody is recorded with the person: a team on scene, an outside service there, "
    "a clinician who has them, or a person recorded as reached."
)


@action
def bring(*, partner: Partner, brought: Brought, by: Actor) -> Transfer:
    """Open the call, record what is known, offer it to us, and have it decided.

    All of it or nothing. The same reference again answers with the call's transfer;
    what it says that is new is kept.
    """
    brought = checked(brought)
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
    call = open_once(partner.agency_id, intake, by)
    known = quick.find(Transfer, call=call.pk, kind="988_911", partner=partner.pk)
    if known is not None:
        tell_again(known, brought, by)
        return known
    if decidable(brought.answers):
        complete_locked(call, brought.answers, by)
    else:
        record_locked(call, brought.answers, by)
    note_locked(call, note(brought), by)
    made = _offered(call, partner, brought.agreed, by)
    remember(made, brought)
    return made


def _offered(call: Call, partner: Partner, agreed: str, by: Actor) -> Transfer:
    """The partner offers us this call; it keeps the caller until somebody here has them."""
    due = database_now() + timedelta(seconds=clocks(call)["partner_answers"])
    made = Transfer(
        call=call,
        kind="988_911",
        state=TransferState.OFFERED.value,
        partner=partner,
        shared="partner",
        agreed=agreed if agreed in AGREED else "not_known",
        due_at=due,
    )
    quick.add(made)
    journal.append(
        events.TransferRequested(
            transfer=made.pk, between=made.kind, partner=partner.pk
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
    assert by.id
    have(call, one, by.id, by)
    return one


@action
def contact_made(*, call_id: UUID, by: Actor) -> Call:
    """Our people are with the person and say so; the partner who sent the call may know.

    Somebody presses it: a vehicle at the kerb is not yet contact. Twice is once; after
    the call was opened again it is said anew. Invalid while nobody is with the person.
    """
    call = lock_call(call_id)
    anew = reached.opened_again(call)
    sent = quick.rows(Transfer, lock="NO KEY UPDATE", call=call.pk, kind="988_911")
    untold = [one for one in sent if one.contact_since(anew) is None]
    if untold and not reached.attested(call, anew):
        raise Invalid(NOBODY_THERE, field="contact")
    for one in untold:
        quick.write(one, {"contact_made_at": Now(), "answered_back_at": Now()})
        made = events.RespondersMadeContact(transfer=one.pk)
        journal.append(made, call=call, by=by)
    return call
