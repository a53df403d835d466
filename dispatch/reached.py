"""Whether somebody is with the person of a call, and since when that is asked anew."""

from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from dispatch.models import Assignment, Call, Disposition, Event, Seat
from dispatch.states import SeatState

AGAIN = ("CallReopened", "CallsUnlinked")
# The same of the call of each row of a statement.
OPENED_AGAIN = Subquery(
    Event.objects.filter(call=OuterRef("call"), kind__in=AGAIN)
    .order_by("-number")
    .values("at")[:1]
)


def opened_again(call: Call) -> datetime | None:
    """When it was last opened again: what was true before is not said of it any more."""
    rows = Event.objects.filter(call=call, kind__in=AGAIN)
    return rows.order_by("-number").values_list("at", flat=True).first()


def attested(call: Call, since: datetime | None) -> bool:
    """Whether somebody vouches that a person is with them; at most three queries.

    A team or an outside service is at the scene, a clinician has them on the line, or
    it was recorded that they were reached, ``since`` the call was opened again if so.
    """
    there = Q(on_scene_at__isnull=False) | Q(
        person__isnull=False, confirmed_at__isnull=False
    )
    if Assignment.objects.filter(there, seat__call=call, ended_at=None).exists():
        return True
    came = Seat.objects.filter(call=call, state=SeatState.FILLED, released_at=None)
    if came.filter(arrived_at__isnull=False).exists():
        return True
    recorded = Disposition.objects.filter(call=call, person_reached=True)
    return (recorded.filter(at__gte=since) if since else recorded).exists()
