"""The catalogue of what can happen: past tense, frozen, small.

A body holds ids, codes and the facts that justified the step, never a caller's
words, number or address. ``changes_call`` says whether the step makes an older
look at the call stale.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, TypeVar, dataclass_transform
from uuid import UUID

Body = TypeVar("Body", bound="EventBody")
Value = str | int | bool | None | UUID | tuple[str, ...] | dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: user, operator, clock, router, simulator. ``key`` makes it act once."""

    kind: str
    id: UUID | None = None
    name: str = ""
    key: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


CLOCK = Actor(kind="clock")
ROUTER = Actor(kind="router")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBody:
    changes_call: ClassVar[bool] = True

    def as_json(self) -> dict[str, object]:
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def beside(body: type[Body]) -> type[Body]:
    """An event beside the call, or of no call: an older look at the call still holds."""
    body.changes_call = False
    return dataclass(frozen=True, slots=True, kw_only=True)(body)


def _plain(value: Value) -> object:
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


# intake


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


# triage


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersRecorded(EventBody):
    answers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTriaged(EventBody):
    open_questions: tuple[str, ...] = ()


# decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDecided(EventBody):
    decision: UUID
    response: str
    rule: str
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionOverridden(EventBody):
    decision: UUID
    response: str
    reason: str


@beside
class SupervisorTold(EventBody):
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRequested(EventBody):
    response: str
    reason: str


# offer


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
class TransferConfirmed(EventBody):
    transfer: UUID
    person: UUID | None = None


# unit


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


# disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(EventBody):
    assignment: UUID
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResolved(EventBody):
    disposition: UUID
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReopened(EventBody):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClosed(EventBody):
    disposition: UUID


# followup


@beside
class FollowUpPlanned(EventBody):
    followup: UUID
    due: str


@beside
class FollowUpClaimed(EventBody):
    followup: UUID
    person: UUID


@beside
class FollowUpAttempted(EventBody):
    followup: UUID
    reached: bool
    number: int


@beside
class FollowUpPostponed(EventBody):
    followup: UUID
    due: str


@beside
class FollowUpClosed(EventBody):
    followup: UUID
    outcome: str


# staff


@beside
class PresenceChanged(EventBody):
    person: UUID
    before: str
    after: str
    reason: str = ""


@beside
class AgencyAdded(EventBody):
    code: str


@beside
class UnitAdded(EventBody):
    kind: str


@beside
class UserAdded(EventBody):
    person: UUID
    role: str


@beside
class RoleChanged(EventBody):
    person: UUID
    before: str | None
    after: str | None


@beside
class AccessEnded(EventBody):
    person: UUID
    why: str


@beside
class AccessSealed(EventBody):
    count: int
    digest: str


@beside
class ProtocolPublished(EventBody):
    protocol: UUID
    name: str


# integration


@beside
class WordingMapped(EventBody):
    wording: UUID
    before: str
    after: str
