"""The call page's list of units, with the road service's times where one is set."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from dispatch import access
from dispatch.interop import road
from dispatch.models import Call
from dispatch.selectors import candidates
from dispatch.selectors.call import CallView


def which_unit(
    request: HttpRequest, call: Call, view: CallView, now: datetime
) -> tuple[candidates.Kind, ...]:
    """Which team could go, in order, for who may send one.

    The road service is asked outside of any write.
    """
    if not view.head.open or not access.may(request.user, "unit.dispatch"):
        return ()
    fleet = candidates.ready(call, view.person.point, now)
    return candidates.kinds(fleet, _by_road(fleet))


def _by_road(fleet: candidates.Fleet) -> dict[str, float | None]:
    """Unit → seconds to drive; empty where the place is not known."""
    if fleet.place is None:
        return {}
    starts = [point for _id, point in fleet.starts]
    times = road.seconds(settings.OSRM_URL, starts, fleet.place)
    units = [unit for unit, _point in fleet.starts]
    return dict(zip(units, times, strict=True))
