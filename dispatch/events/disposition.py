"""How a call, or a part of it, ends."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(EventBody):
    assignment: UUID
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResolved(EventBody):
    """``by_itself``: nobody was left at work; no person has said that the call is over."""

    disposition: UUID
    outcomes: tuple[str, ...]
    by_itself: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReopened(EventBody):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClosed(EventBody):
    disposition: UUID
