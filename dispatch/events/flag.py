"""Hazards and plans that outlive a call: raised, seen, ended."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody, beside


@beside
class FlagRaised(EventBody):
    flag: UUID
    code: str
    subject: str


@beside
class FlagEnded(EventBody):
    flag: UUID
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagSeen(EventBody):
    """A flag of the place, the number or the person holds for this call."""

    flag: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerNear(EventBody):
    """Another open call at the same place answers this question with yes.

    Or it is `near.CREWS` that is said: a crew of it is in danger there.
    """

    other: UUID
    question: str


@beside
class PlanWritten(EventBody):
    plan: UUID


@beside
class PlanApproved(EventBody):
    plan: UUID


@beside
class PlanEnded(EventBody):
    plan: UUID
    why: str
