"""What happened, as JSON: the log after a number, and the report."""

from datetime import date

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import access, journal
from dispatch.actions.base import database_now
from dispatch.api.base import Verb
from dispatch.api.serializers import EventOut, ReportRowOut
from dispatch.api.shapes import Choice, Nothing
from dispatch.models import User
from dispatch.selectors import release, report
from dispatch.selectors.cohort import SIMULATED

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


class DaysIn(Nothing):
    to = serializers.DateField(required=False)
    simulated = Choice(("", *SIMULATED), default="")

    def get_fields(self) -> dict[str, serializers.Field]:
        # A word of the language: no attribute of a class can be called so.
        return {"from": serializers.DateField(required=False), **super().get_fields()}


class SeeReport(Verb):
    """The figures of some days, as the CSV of the page has them: small numbers hidden."""

    verb = "report.see"
    gives = ReportRowOut
    many = True
    asks = (
        OpenApiParameter("from", date, description="The first day; else 28 days."),
        OpenApiParameter("to", date, description="The last day; else today."),
        OpenApiParameter("simulated", str, enum=list(SIMULATED)),
    )

    def get(self, request: Request) -> Response:
        access.require(request.user, self.verb)
        asked = DaysIn(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return self.answer(self.look(request.user, asked.validated_data))

    def look(self, user: User, said: dict[str, object]) -> list[release.Row]:
        now = database_now()
        first, last = said.get("from"), said.get("to")
        first, last = report.window(user.agency, first, last, now=now)
        which = said["simulated"]
        made = report.report(user.agency, first, last, now=now, which=which)
        return list(release.rows(made))
