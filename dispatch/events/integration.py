"""What other systems and their wordings mean here."""

from uuid import UUID

from dispatch.events.body import EventBody, beside


@beside
class WordingMapped(EventBody):
    wording: UUID
    before: str
    after: str
