"""Move a call into an area that we know: always the same call to the same place."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dispatch.management.replay import shipped
from dispatch.management.replay.chance import between
from routing.core.facts import Point
from routing.core.geo import Polygon, distance_km, in_polygon, zone_of

AREAS = {"durham": shipped.DURHAM}
TRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a call was moved to; ``words`` names the neighbourhood nearest to it."""

    point: tuple[float, float]
    zone: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    border: Polygon
    zones: dict[str, list[Polygon]]
    neighbourhoods: dict[str, Point]


@cache
def area(name: str) -> Area:
    return _read(AREAS[name])


def place(name: str, call_id: str) -> Place:
    """Points of the surrounding box are drawn until one lies inside the border."""
    known = area(name)
    lats = [point.lat for point in known.border[0]]
    lons = [point.lon for point in known.border[0]]
    for number in range(TRIES):
        lat = between(min(lats), max(lats), "lat", number, call_id)
        lon = between(min(lons), max(lons), "lon", number, call_id)
        point = Point(lat=round(lat, 5), lon=round(lon, 5))
        if in_polygon(point, known.border):
            return _named(known, point)
    raise AssertionError(f"no point of {name} in {TRIES} draws")


def _named(known: Area, point: Point) -> Place:
    near = min(
        known.neighbourhoods,
        key=lambda name: distance_km(known.neighbourhoods[name], point),
    )
    return Place(
        point=(point.lat, point.lon),
        zone=zone_of(point, known.zones) or "County",
        words=f"near {near}",
    )


def _read(path: Path) -> Area:
    features = json.loads(path.read_text("utf-8"))["features"]
    kinds: dict[str, dict[str, object]] = {}
    for feature in features:
        named = feature["properties"]
        shape = feature["geometry"]["coordinates"]
        kinds.setdefault(named["kind"], {})[named["name"]] = shape
    (border,) = kinds["county"].values()
    return Area(
        border=_polygon(border),
        zones={
            name: [_polygon(each) for each in shapes]
            for name, shapes in kinds["district"].items()
        },
        neighbourhoods={
            name: Point(lat=lat, lon=lon)
            for name, (lon, lat) in kinds["neighbourhood"].items()
        },
    )


def _polygon(rings: list[list[list[float]]]) -> Polygon:
    return [[Point(lat=lat, lon=lon) for lon, lat in ring] for ring in rings]
