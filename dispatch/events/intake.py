"""What is said of a call as such: opened, corrected, linked, set aside, owned."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody, beside


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOpened(EventBody):
    source: str
    type: str | None
    simulated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsCorrected(EventBody):
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationVerified(EventBody):
    inside: bool | None
    zone: str | None


@beside
class NoteAdded(EventBody):
    note: UUID
    kind: str = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsLinked(EventBody):
    duplicate_of: UUID


@beside
class OtherLinked(EventBody):
    """Another call turned out to be this event: what it told of danger goes on here.

    ``seats``: the places that were opened here for help which that call wanted.
    """

    other: UUID
    seats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCancelled(EventBody):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReturned(EventBody):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged(EventBody):
    owner: UUID | None
    before: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsUnlinked(EventBody):
    """The call is an event of its own after all."""

    duplicate_of: UUID
    reason: str


@beside
class OtherUnlinked(EventBody):
    """A call that was linked here is another event; what it told of danger stays."""

    other: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerAttached(EventBody):
    """One more caller about the same event."""

    contact: UUID
    count: int
