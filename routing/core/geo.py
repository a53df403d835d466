"""Distance, and which zone a place lies in: plain maths on degrees."""

from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt

from routing.core.facts import Point

EARTH_KM = 6371.0088
# Degrees around a centre's home in which its crews move: an assumption, and a wide one.
NEAR = 10.0

Ring = Sequence[Point]
Polygon = Sequence[Ring]


def distance_km(a: Point, b: Point) -> float:
    """Along the great circle."""
    north = radians(b.lat - a.lat)
    east = radians(b.lon - a.lon)
    half = (
        sin(north / 2) ** 2
        + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(east / 2) ** 2
    )
    # Rounding may carry two opposite points a hair past 1, where asin would raise.
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def exchanged(point: Point, home: Point) -> bool:
    """Whether the point lies near home only once latitude and longitude change places."""
    turned = Point(lat=point.lon, lon=point.lat)
    return not _near(point, home) and _near(turned, home)


def _near(point: Point, home: Point) -> bool:
    return abs(point.lat - home.lat) <= NEAR and abs(point.lon - home.lon) <= NEAR


def in_ring(point: Point, ring: Ring) -> bool:
    """Whether a closed line surrounds the point; its last point may repeat its first."""
    inside = False
    for n, here in enumerate(ring):
        before = ring[n - 1]
        if (here.lat > point.lat) != (before.lat > point.lat):
            share = (point.lat - here.lat) / (before.lat - here.lat)
            if point.lon < here.lon + share * (before.lon - here.lon):
                inside = not inside
    return inside


def in_polygon(point: Point, polygon: Polygon) -> bool:
    """The first ring is the border, those after it are holes."""
    if not polygon or not in_ring(point, polygon[0]):
        return False
    return not any(in_ring(point, hole) for hole in polygon[1:])


def zone_of(point: Point, zones: Mapping[str, Sequence[Polygon]]) -> str | None:
    """The name of the first zone, in the order given, that holds the point, or None."""
    for name, polygons in zones.items():
        if any(in_polygon(point, polygon) for polygon in polygons):
            return name
    return None
