"""The catalogue of what can happen: past tense, frozen, small.

A body holds ids, codes and the facts that justified the step, never a caller's
words, number or address. ``changes_call`` says whether the step makes an older
look at the call stale.
"""

from dataclasses import dataclass, fields
from typing import ClassVar
from uuid import UUID

Value = str | int | bool | None | UUID | tuple[str, ...] | dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a user, an API key, the clock, the router or the simulator.

    ``key`` is the idempotency key of this one command, if it carries one.
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(EventBody):
    changes_call: ClassVar[bool] = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorTold(EventBody):
    changes_call: ClassVar[bool] = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(EventBody):
    changes_call: ClassVar[bool] = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined(EventBody):
    changes_call: ClassVar[bool] = False
    offer: UUID
    seat: UUID
    reason: str
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpired(EventBody):
    changes_call: ClassVar[bool] = False
    offer: UUID
    seat: UUID
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn(EventBody):
    changes_call: ClassVar[bool] = False
    offer: UUID
    seat: UUID
    why: str
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferConfirmed(EventBody):
    transfer: UUID
    person: UUID | None = None


# unit


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSignedOn(EventBody):
    changes_call: ClassVar[bool] = False
    crew: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSignedOff(EventBody):
    changes_call: ClassVar[bool] = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMoved(EventBody):
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCleared(EventBody):
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOutOfService(EventBody):
    changes_call: ClassVar[bool] = False
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewSafe(EventBody):
    changes_call: ClassVar[bool] = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPlanned(EventBody):
    changes_call: ClassVar[bool] = False
    followup: UUID
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpClaimed(EventBody):
    changes_call: ClassVar[bool] = False
    followup: UUID
    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpAttempted(EventBody):
    changes_call: ClassVar[bool] = False
    followup: UUID
    reached: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPostponed(EventBody):
    changes_call: ClassVar[bool] = False
    followup: UUID
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpClosed(EventBody):
    changes_call: ClassVar[bool] = False
    followup: UUID
    outcome: str


# staff


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(EventBody):
    changes_call: ClassVar[bool] = False
    person: UUID
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEnded(EventBody):
    changes_call: ClassVar[bool] = False
    person: UUID
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSealed(EventBody):
    changes_call: ClassVar[bool] = False
    count: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolPublished(EventBody):
    changes_call: ClassVar[bool] = False
    protocol: UUID
    name: str


# integration


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingMapped(EventBody):
    changes_call: ClassVar[bool] = False
    wording: UUID
    before: str
    after: str
