"""Positions as phones send them: our own JSON, OwnTracks, Traccar and OsmAnd."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from dispatch.errors import Invalid
from dispatch.interop.values import epoch, moment, number, place, text
from routing.core.facts import Point
from routing.core.geo import exchanged

MOST = 1000  # of one batch: at one a second, a quarter of an hour without a signal
VAGUE = 1_000_000.0  # metres; beyond it an accuracy says nothing
MILLISECONDS = 100_000_000_000  # in seconds this is year 5138, in milliseconds 1973

# What OwnTracks posts to the same address and is no place; the app waits for a yes to it.
BESIDE = {"beacon", "card", "cmd", "configuration", "dump", "lwt", "request"}
BESIDE |= {"status", "steps", "transition", "waypoint", "waypoints"}


class Source(StrEnum):
    CONSOLE = "console"
    OWNTRACKS = "owntracks"
    TRACCAR = "traccar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Where a device was. Degrees; metres, None: not told; UTC, None: not told.

    ``device`` is the name it gave itself, for whoever must know whose it is.
    """

    lat: float
    lon: float
    accuracy_m: float | None
    at: datetime | None
    source: Source
    device: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one message told: newest last, those without a time after the rest.

    ``refused``: of a list, what was wrong beside what was good; the key has the index.
    """

    fixes: tuple[Fix, ...]
    refused: tuple[Invalid, ...] = ()


Said = Mapping[str, object]


def read(said: object, *, now: datetime, home: Point | None = None) -> Batch:
    """One position or a list of them, of which a bad one costs only itself.

    ``said`` is the decoded JSON, or the fields of a query or form. No fix where an app
    said something else than a place. With a ``home``, a place that lies near it only once
    lat and lon are exchanged is refused. Invalid names the key, in a list with its index,
    where nothing is left.
    """
    if not isinstance(said, list):
        return Batch(fixes=tuple(fix for fix in [_fix(said, now, home)] if fix))
    if len(said) > MOST:
        raise Invalid(field="body", why=_("holds too many positions"))
    told = [_nth(n, one, now, home) for n, one in enumerate(said)]
    refused = tuple(one for one in told if isinstance(one, Invalid))
    good = [one for one in told if isinstance(one, Fix)]
    if refused and not good:
        raise refused[0]
    good.sort(key=lambda fix: (fix.at is None, fix.at or now))
    return Batch(fixes=tuple(good), refused=refused)


def _nth(
    n: int, said: object, now: datetime, home: Point | None
) -> Fix | Invalid | None:
    try:
        return _fix(said, now, home)
    except Invalid as error:
        return Invalid(field=f"{n}.{error.params['field']}", why=error.params["why"])


def _fix(said: object, now: datetime, home: Point | None) -> Fix | None:
    said = _object(said, "body")
    fix = _reader(said)(said, now)
    if fix and home and exchanged(Point(lat=fix.lat, lon=fix.lon), home):
        raise Invalid(field="lat", why=_("lat and lon are exchanged"))
    return fix


def _object(said: object, key: str) -> Said:
    if not isinstance(said, Mapping):
        raise Invalid(field=key, why=_("must be an object"))
    return said


def _reader(said: Said) -> Callable[[Said, datetime], Fix | None]:
    if "_type" in said:
        return _owntracks
    if isinstance(said.get("location"), Mapping):
        return _traccar
    if "id" in said or "deviceid" in said:
        return _osmand
    return _ours


def _ours(said: Said, now: datetime) -> Fix:
    """``{lat, lon, accuracy?, at?}``: numbers, metres, ISO 8601."""
    lat, lon = place(said.get("lat"), said.get("lon"))
    at = said.get("at")
    return Fix(
        lat=lat,
        lon=lon,
        accuracy_m=_accuracy(said.get("accuracy"), "accuracy"),
        at=None if at is None else moment(at, "at", now=now),
        source=Source.CONSOLE,
    )


def _owntracks(said: Said, now: datetime) -> Fix | None:
    """``_type`` location: lat, lon, acc in metres, tst in seconds, tid or topic."""
    kind = said["_type"]
    if isinstance(kind, str) and kind in BESIDE:
        return None
    if kind != "location":
        raise Invalid(field="_type", why=_("must be location, and not encrypted"))
    lat, lon = place(said.get("lat"), said.get("lon"))
    return Fix(
        lat=lat,
        lon=lon,
        accuracy_m=_accuracy(said.get("acc"), "acc"),
        at=epoch(said.get("tst"), "tst", now=now),
        source=Source.OWNTRACKS,
        device=_device(said, "topic", "tid"),
    )


def _traccar(said: Said, now: datetime) -> Fix:
    """Traccar Client from version 9: ``{location: {timestamp, coords}, device_id}``."""
    where = _object(said.get("location"), "location")
    coords = _object(where.get("coords"), "location.coords")
    keys = "location.coords.latitude", "location.coords.longitude"
    lat, lon = place(coords.get("latitude"), coords.get("longitude"), keys=keys)
    return Fix(
        lat=lat,
        lon=lon,
        accuracy_m=_accuracy(coords.get("accuracy"), "location.coords.accuracy"),
        at=moment(where.get("timestamp"), "location.timestamp", now=now),
        source=Source.TRACCAR,
        device=_device(said, "device_id"),
    )


def _osmand(said: Said, now: datetime) -> Fix | None:
    """A query or form: id, lat, lon, timestamp, accuracy; speed and battery are left."""
    if str(said.get("valid", "")).lower() in {"false", "0"}:
        return None
    lat, lon = place(_figure(said, "lat"), _figure(said, "lon"))
    return Fix(
        lat=lat,
        lon=lon,
        accuracy_m=_accuracy(_figure(said, "accuracy"), "accuracy"),
        at=_timestamp(said, now),
        source=Source.TRACCAR,
        device=_device(said, "id", "deviceid"),
    )


def _figure(said: Said, key: str) -> object:
    """A number that came as text; what is none is left for others to refuse."""
    value = said.get(key)
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _timestamp(said: Said, now: datetime) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO 8601 with an offset."""
    value = _figure(said, "timestamp")
    if value is None or isinstance(value, str):
        return None if not value else moment(value, "timestamp", now=now)
    if isinstance(value, int | float) and value > MILLISECONDS:
        value = number(value, "timestamp", low=0, high=1e15) / 1000
    return epoch(value, "timestamp", now=now)


def _accuracy(said: object, key: str) -> float | None:
    """Metres. Nought is what apps send when they do not know, never a perfect fix."""
    if said is None:
        return None
    return number(said, key, low=0, high=VAGUE) or None


def _device(said: Said, *keys: str) -> str | None:
    for key in keys:
        if said.get(key) is not None:
            return text(said[key], key, most=120)
    return None
