"""What becomes of a follow-up."""

from uuid import UUID

from dispatch.events.body import EventBody, beside


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
