"""Who works here, who is there, and what they may do."""

from uuid import UUID

from dispatch.events.body import EventBody, beside


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
class NeighboursAgreed(EventBody):
    """Two centres may ask each other for units, or may not any more."""

    neighbour: UUID
    ended: bool = False


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
class EmployerChanged(EventBody):
    """``before`` and ``after`` are partners' codes; None is the centre itself."""

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


@beside
class SkillSet(EventBody):
    """Level 0: no longer held."""

    person: UUID
    skill: str
    level: int


@beside
class ShiftPlanned(EventBody):
    shift: UUID
    person: UUID | None = None


@beside
class ShiftTaken(EventBody):
    shift: UUID
    person: UUID
    before: UUID | None = None


@beside
class ShiftDropped(EventBody):
    shift: UUID
    why: str


@beside
class SwapAsked(EventBody):
    swap: UUID
    shift: UUID
    person: UUID


@beside
class SwapAnswered(EventBody):
    swap: UUID
    answer: str
