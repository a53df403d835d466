"""What somebody must look at, who has it, and what became of it."""

from uuid import UUID

from dispatch.events.body import EventBody, beside


@beside
class AlarmRaised(EventBody):
    alarm: UUID
    about: str
    to: str
    owner: UUID | None = None


@beside
class AlarmTaken(EventBody):
    alarm: UUID
    about: str
    person: UUID | None = None


@beside
class AlarmPassedOn(EventBody):
    alarm: UUID
    about: str
    to: str
    owner: UUID | None = None


@beside
class AlarmEnded(EventBody):
    alarm: UUID
    about: str
    why: str
