"""Where simulated units are: each look a little nearer to where they are wanted."""

from uuid import UUID

from dispatch.actions import takers, unit
from dispatch.management.centre.scene import Crew, Scene
from dispatch.management.replay import places
from dispatch.models import Call, UnitPosition
from routing.core.facts import Point
from routing.core.geo import distance_km

AREA = "durham"
NEAR_KM = 0.05


def toward(here: Point, there: Point, km: float) -> Point:
    """At most so far along the straight line; there, if it is nearer than that."""
    apart = distance_km(here, there)
    if apart <= max(km, NEAR_KM):
        return there
    share = km / apart
    return Point(
        lat=here.lat + (there.lat - here.lat) * share,
        lon=here.lon + (there.lon - here.lon) * share,
    )


def base(crew: Crew) -> Point:
    lat, lon = places.place(AREA, crew.name).point
    return Point(lat=lat, lon=lon)


def drive(scene: Scene, seconds: float) -> None:
    """Report every simulated unit's position; standing still is reported as well."""
    on_duty = [crew for crew in scene.crews if crew.state != "off_duty"]
    goals = _goals(scene)
    rows = UnitPosition.objects.filter(unit__in=[crew.id for crew in on_duty])
    known = {row.unit_id: Point(lat=row.lat, lon=row.lon) for row in rows}
    for crew in on_duty:
        here = known.get(crew.id) or base(crew)
        goal = goals.get(crew.id, base(crew))
        moves = crew.state in {"en_route", "available", "on_scene", "staged"}
        speed = scene.habits.km_per_second * scene.speed
        km = speed * seconds if moves else 0.0
        there = toward(here, goal, km) if km else here
        unit.report_position(unit_id=crew.id, lat=there.lat, lon=there.lon)


def _goals(scene: Scene) -> dict[UUID, Point]:
    calls = {work.unit: work.call for work in scene.work if work.unit}
    rows = Call.objects.filter(pk__in=calls.values()).select_related("caller")
    points = {call.pk: takers.point_of(call) for call in rows}
    found = {unit_id: points.get(call) for unit_id, call in calls.items()}
    return {unit_id: point for unit_id, point in found.items() if point is not None}
