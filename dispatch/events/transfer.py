"""What becomes of handing a caller over, inside the centre or out of it."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody, beside


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequested(EventBody):
    transfer: UUID
    between: str
    partner: UUID | None = None


@beside
class TransferShared(EventBody):
    """What travelled, by name of field, and who agreed to it."""

    transfer: UUID
    fields: tuple[str, ...]
    agreed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferMoved(EventBody):
    transfer: UUID
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferConfirmed(EventBody):
    transfer: UUID
    person: UUID | None = None


@beside
class HandOffOpened(EventBody):
    """Somebody who holds the link has looked at what was shared."""

    transfer: UUID


@beside
class HandOffAnswered(EventBody):
    transfer: UUID
    answer: str


@beside
class RespondersMadeContact(EventBody):
    """The partner who sent the call may know that help has reached the person."""

    transfer: UUID
