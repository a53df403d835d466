"""What the rules or a person decided about a call."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody, beside


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
