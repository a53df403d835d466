"""What a partner reads on its page, and nothing that came after it had the caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from dispatch import told
from dispatch.models import (
    Answer,
    Call,
    Caller,
    CallNote,
    Contact,
    Event,
    HandOff,
    Transfer,
)
from dispatch.models.contact import CALLERS
from dispatch.models.partner import hashed
from dispatch.selectors import noted
from dispatch.selectors.decision import QUESTIONS, VALUES, word
from dispatch.selectors.fields import LANGUAGES, SAFE_CONTACT
from dispatch.selectors.sentences import SHARED
from dispatch.selectors.transfer import AGREED_WORDS
from dispatch.states import OPEN_CALL, TransferState

# What whoever takes the caller asks first.
RISK = (
    "attempt",
    "imminent",
    "medical",
    "violence",
    "weapon",
    "threat",
    "household",
    "minor_alone",
)
# Field as it is corrected here → field as it travels.
TRAVELS_AS = {
    "language": "language",
    "address": "place",
    "name": "name",
    "phone": "number",
    "person_name": "person",
    "said": "said",
}
Lines = tuple[str, ...]
Read = Callable[[], Lines]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a partner without this console reads. ``hash``: of the link that shows it."""

    id: UUID
    hash: str
    centre: str
    phone: str
    partner_id: UUID
    partner: str
    state: str
    shared: tuple[tuple[str, Lines], ...]
    agreed: str
    answer: str
    # Whether they said yes by telephone, or on a line that rang.
    said_yes: bool
    outcome: bool
    expires_at: datetime
    time_zone: str


def page(secret: str) -> Page | None:
    """The page that this secret opens; None alike for unknown, ended and revoked."""
    rows = HandOff.objects.filter(
        hash=hashed(secret),
        expires_at__gt=Now(),
        revoked_at=None,
        transfer__partner__isnull=False,
    )
    found = rows.select_related(
        "transfer__partner",
        "transfer__call__agency",
        "transfer__call__caller",
        "transfer__caller_leg",
    ).first()
    if found is None:
        return None
    one = found.transfer
    assert one.partner is not None
    return Page(
        id=found.pk,
        hash=found.hash,
        centre=one.call.agency.name,
        phone=one.call.agency.fallback_phone,
        partner_id=one.partner.pk,
        partner=one.partner.name,
        state=one.state,
        shared=shared(one),
        agreed=word(AGREED_WORDS, one.agreed),
        answer=found.answer,
        said_yes=one.accepted_at is not None,
        outcome=found.outcome_at is not None,
        expires_at=found.expires_at,
        time_zone=one.call.agency.time_zone,
    )


def shared(one: Transfer) -> tuple[tuple[str, Lines], ...]:
    """What travels with this transfer, label and lines; nothing else is read.

    Once the partner has the caller, what is learnt here stays here: a field that was
    corrected since is left out. They keep what they were given until the page expires,
    also when the call ends here; of a call that ended without them nothing is shown.
    """
    until = one.ended_at if one.state == TransferState.RELEASED else None
    if until is None and one.call.state not in OPEN_CALL:
        return ()
    further = _further(one)
    # What is corrected is the first caller's.
    later = _corrected(one.call, until) if until and not further else frozenset()
    read = _of_call(one.call, until)
    read |= _of_first(one.call.caller) if further is None else _of_leg(further)
    lines = (
        (name, tuple(filter(None, read[name]())))
        for name in SHARED
        if name in one.fields and name not in later
    )
    return tuple(
        (word(SHARED, name), text or (_("not known"),))
        for name, text in lines
        if text or name != "said"
    )


def _further(one: Transfer) -> Contact | None:
    """The leg handed over where it is a further caller's; None for the first caller's.

    A leg from the first caller's number on which nobody said who they are is theirs.
    """
    leg = one.caller_leg
    if leg is None:
        return None
    legs = Contact.objects.filter(call=one.call, purpose__in=CALLERS).order_by("pk")
    first = legs.values_list("pk", flat=True).first()
    same = leg.number_lookup and leg.number_lookup == one.call.caller.phone_lookup
    again = same and not leg.name and not leg.said
    return None if leg.pk == first or again else leg


def _of_call(call: Call, until: datetime | None) -> dict[str, Read]:
    return {
        "reference": lambda: (call.number,),
        "risk": lambda: _risk(_answers(call, until)),
        "notes": lambda: _notes(call, until),
    }


def _of_first(caller: Caller) -> dict[str, Read]:
    return {
        "language": lambda: _spoken(caller.language),
        "place": lambda: (caller.address, caller.point.replace(",", ", ")),
        "name": lambda: (caller.name,),
        "number": lambda: _reached(caller.phone, caller.safe_contact),
        "person": lambda: (caller.person_name,),
        "said": lambda: (caller.said,),
    }


def _of_leg(leg: Contact) -> dict[str, Read]:
    """What a further caller told of themselves, and nothing that another caller did."""
    account = told.of(leg)
    return {
        "language": lambda: _spoken(leg.language),
        "place": lambda: (account.where, account.point.replace(",", ", ")),
        "name": lambda: (leg.name,),
        "number": lambda: _reached(leg.number, leg.safe_contact),
        "person": tuple,
        "said": lambda: (account.words,),
    }


def _spoken(code: str) -> Lines:
    """The language by its name."""
    return (word(LANGUAGES, code),) if code else ()


def _reached(number: str, wish: str) -> Lines:
    """The number, and beside it how it may be used."""
    return (number, word(SAFE_CONTACT, wish)) if number else ()


def _corrected(call: Call, since: datetime) -> frozenset[str]:
    rows = Event.objects.filter(call=call, kind="DetailsCorrected", at__gt=since)
    fields = [
        name for body in rows.values_list("body", flat=True) for name in body["fields"]
    ]
    return frozenset(TRAVELS_AS[name] for name in fields if name in TRAVELS_AS)


def _answers(call: Call, until: datetime | None) -> dict[str, str]:
    """Question → answer, as it is now or as the log had it at that moment."""
    if until is None:
        return dict(Answer.objects.filter(call=call).values_list("question", "value"))
    rows = Event.objects.filter(call=call, kind="AnswersRecorded", at__lte=until)
    known: dict[str, str] = {}
    for body in rows.order_by("number").values_list("body", flat=True):
        known |= body["answers"]
    return known


def _risk(known: Mapping[str, str]) -> Lines:
    """Each question of danger with its answer; nobody asked is said, not left out."""
    return tuple(
        f"{word(QUESTIONS, key)}: {word(VALUES, known.get(key, 'not_asked'))}"
        for key in RISK
    )


def _notes(call: Call, until: datetime | None) -> Lines:
    rows = CallNote.objects.filter(call=call)
    if until is not None:
        rows = rows.filter(at__lte=until)
    return tuple(noted.text(one) for one in rows.order_by("at", "pk"))
