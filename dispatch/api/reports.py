"""What happened, as JSON: the log after a number, and the report."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import access, journal
from dispatch.api.base import Verb
from dispatch.api.serializers import EventOut
from dispatch.api.shapes import Nothing

MOST = 1000


class SinceIn(Nothing):
    since = serializers.IntegerField(min_value=0, max_value=2**62, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)


class SeeEvents(Verb):
    """The agency's log after ``since``, in order; ask again from the last number."""

    verb = "log.see"
    gives = EventOut
    many = True
    asks = (
        OpenApiParameter("since", int, description="The last number you have."),
        OpenApiParameter("limit", int, description=f"At most {MOST}."),
    )

    def get(self, request: Request) -> Response:
        access.require(request.user, self.verb)
        asked = SinceIn(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        agency = request.user.agency_id
        return self.answer(journal.since(agency, said["since"], said["limit"]))
