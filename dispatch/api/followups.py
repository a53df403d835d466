"""Follow-ups as JSON: the worklist, claim, attempt, postpone, complete."""

from uuid import UUID

from dispatch import access
from dispatch.actions import followup
from dispatch.api.base import Asked, Command, Look
from dispatch.api.serializers import (
    AttemptIn,
    CompleteIn,
    FollowUpOut,
    PostponeIn,
)
from dispatch.api.shapes import Seen
from dispatch.models import FollowUp, User
from dispatch.selectors import plain


class SeeFollowUps(Look):
    """The open ones, the earliest due first."""

    verb = "followup.see"
    gives = FollowUpOut
    many = True

    def look(self, user: User, row: None) -> list[FollowUp]:
        return plain.followups(user.agency_id)


class FollowUpCommand(Command):
    """A write to one follow-up; ``version`` is the follow-up's own."""

    verb = "followup.work"
    takes = Seen
    gives = FollowUpOut

    def reach(self, user: User, pk: UUID) -> FollowUp:
        return access.followup_for(user, pk, self.verb)


class ClaimFollowUp(FollowUpCommand):
    """I take it; a second one is told who was first."""

    def act(self, asked: Asked) -> FollowUp:
        return followup.claim(followup_id=asked.row.pk, by=asked.by, seen=asked.seen)


class AttemptFollowUp(FollowUpCommand):
    """One try to reach the person. An attempt is not a contact."""

    takes = AttemptIn

    def act(self, asked: Asked) -> FollowUp:
        return followup.attempt(
            followup_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class PostponeFollowUp(FollowUpCommand):
    """Try again in so many hours."""

    takes = PostponeIn

    def act(self, asked: Asked) -> FollowUp:
        return followup.postpone(
            followup_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class CompleteFollowUp(FollowUpCommand):
    """The follow-up is over, and how."""

    takes = CompleteIn

    def act(self, asked: Asked) -> FollowUp:
        return followup.complete(
            followup_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )
