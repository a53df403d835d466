"""What a crew does and reports."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody, beside


@beside
class UnitSignedOn(EventBody):
    crew: tuple[str, ...] = ()


@beside
class UnitSignedOff(EventBody):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMoved(EventBody):
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCleared(EventBody):
    outcome: str


@beside
class UnitOutOfService(EventBody):
    reason: str


@beside
class CrewSafe(EventBody):
    by_radio: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewCheckLate(EventBody):
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewEmergency(EventBody):
    cleared: bool


@beside
class CrewCheckEscalated(EventBody):
    """Still no answer: a supervisor has it now."""

    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewUnsafe(EventBody):
    """The crew says that it is not safe: it leaves, and the call is triaged again."""

    why: str


@beside
class PositionKeyMade(EventBody):
    """A device may tell where the unit is."""

    key: UUID


@beside
class PositionKeyRevoked(EventBody):
    key: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadNamed(EventBody):
    seat: UUID
    before: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReplaced(EventBody):
    seat: UUID
    by_unit: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReassigned(EventBody):
    """From one call to another that needs it more."""

    seat: UUID
    to_call: UUID
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOffSeen(EventBody):
    """The crew knows that it does not go on with what this offer put to it."""

    offer: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanAsked(EventBody):
    loan: UUID
    lender: UUID
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanAnswered(EventBody):
    loan: UUID
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanEnded(EventBody):
    loan: UUID
    why: str
