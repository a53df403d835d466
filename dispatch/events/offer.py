"""What becomes of a help that is wanted and of those who are asked for it."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody, beside


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatOpened(EventBody):
    seat: UUID
    response: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatUnfilled(EventBody):
    seat: UUID
    response: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatWithdrawn(EventBody):
    seat: UUID
    response: str
    why: str
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatConfirmed(EventBody):
    seat: UUID
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatDone(EventBody):
    seat: UUID
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingOrdered(EventBody):
    seat: UUID
    response: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneCleared(EventBody):
    seat: UUID


@beside
class OfferMade(EventBody):
    offer: UUID
    seat: UUID
    response: str
    person: UUID | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted(EventBody):
    offer: UUID
    seat: UUID
    response: str
    person: UUID | None = None


@beside
class OfferDeclined(EventBody):
    offer: UUID
    seat: UUID
    reason: str
    person: UUID | None = None


@beside
class OfferExpired(EventBody):
    offer: UUID
    seat: UUID
    person: UUID | None = None


@beside
class OfferWithdrawn(EventBody):
    offer: UUID
    seat: UUID
    why: str
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideArrived(EventBody):
    """An outside service is there; a person heard it and says so."""

    seat: UUID
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideReleased(EventBody):
    """An outside service was released, and by whom."""

    seat: UUID
    response: str
    why: str
