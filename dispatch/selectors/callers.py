"""The further callers of a call: who they are, what each said, which danger they name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch import quick, told
from dispatch.models import Call, Contact
from dispatch.models.contact import CALLERS
from dispatch.selectors import decision as spoken
from dispatch.selectors import fields
from dispatch.selectors.decision import word
from routing.core import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """``dangers`` are named in this caller's words; a denial counts as naming.

    ``point``: where their telephone was, "latitude, longitude", or "".
    ``safe_contact``: how they may be reached, in words; ``wish``: as a SafeContact.
    """

    id: UUID
    name: str
    number: str
    since: datetime
    said: str
    point: str
    safe_contact: str
    wish: str
    dangers: tuple[str, ...]


def further(call: Call, *, numbers: bool) -> tuple[Further, ...]:
    """Everybody after the first caller, the newest first. One query.

    Without ``numbers`` name, number and point are left out: who does not dial needs none.
    """
    rows = quick.rows(Contact, order=["id"], call=call.pk, purpose=list(CALLERS))
    return tuple(_further(row, numbers=numbers) for row in reversed(rows[1:]))


def _further(row: Contact, *, numbers: bool) -> Further:
    account = told.of(row)
    said = f"{account.where}\n{account.words}"
    return Further(
        id=row.pk,
        name=row.name if numbers else "",
        number=row.number if numbers else "",
        since=row.began_at,
        said=", ".join(part for part in said.splitlines() if part),
        point=account.point.replace(",", ", ") if numbers else "",
        safe_contact=word(fields.SAFE_CONTACT, account.safe_contact),
        wish=account.safe_contact,
        dangers=tuple(
            word(spoken.QUESTIONS, key) for key in sorted(wording.dangers(said))
        ),
    )
