"""My own presence as JSON: set it, keep it alive, end the wrap-up."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.actions import staff
from dispatch.api.base import Asked, Command
from dispatch.api.serializers import PresenceIn, PresenceOut
from dispatch.models import Presence


class SetPresence(Command):
    """I am available, on a break or gone."""

    verb = "presence.set"
    takes = PresenceIn
    gives = PresenceOut

    def act(self, asked: Asked) -> Presence:
        return staff.set_presence(user_id=asked.user.pk, by=asked.by, **asked.said)


class EndWrapUp(Command):
    """The notes are done: available again."""

    verb = "presence.set"
    gives = PresenceOut

    def act(self, asked: Asked) -> Presence:
        return staff.end_wrap_up(user_id=asked.user.pk, by=asked.by)


class Beat(Command):
    """I am still here: every 15 seconds, no key needed."""

    verb = "presence.set"
    gives = None
    status = 204
    keyed = False

    def post(self, request: Request, pk: UUID | None = None) -> Response:
        asked = self.ask(request, pk)
        staff.beat(user_id=asked.user.pk)
        return Response(status=self.status)
