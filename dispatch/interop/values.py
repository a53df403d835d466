"""One value that another system said: of the right kind, or refused by its key's name."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_noop as _

from dispatch.errors import Invalid

AHEAD = timedelta(seconds=60)  # by how much another clock may run before ours
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # a device without a clock says 1970
NAMED = 40  # characters of a strange key that are repeated to whoever sent it


def number(said: object, key: str, *, low: float, high: float) -> float:
    """Within both bounds, so NaN and infinity are none; neither are text and true."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise Invalid(field=key, why=_("must be a number"))
    if not low <= said <= high:
        raise Invalid(field=key, why=_("is outside what is possible"))
    return float(said)


def place(
    lat: object, lon: object, *, keys: tuple[str, str] = ("lat", "lon")
) -> tuple[float, float]:
    """Latitude and longitude in degrees. Nought and nought is a device without a place."""
    north = number(lat, keys[0], low=-90, high=90)
    east = number(lon, keys[1], low=-180, high=180)
    if north == 0 and east == 0:
        raise Invalid(
            field=keys[0], why=_("0, 0 is what a device says without a place")
        )
    return north, east


def moment(said: object, key: str, *, now: datetime) -> datetime:
    """An ISO 8601 time with its offset, as UTC."""
    if not isinstance(said, str):
        raise Invalid(field=key, why=_("must be a time in ISO 8601"))
    try:
        at = datetime.fromisoformat(said)
        if at.tzinfo is None:
            raise Invalid(field=key, why=_("must have its offset from UTC"))
        return timely(at.astimezone(UTC), key, now=now)
    except (ValueError, OverflowError) as error:
        raise Invalid(field=key, why=_("must be a time in ISO 8601")) from error


def epoch(said: object, key: str, *, now: datetime) -> datetime:
    """Seconds since 1970, as UTC."""
    seconds = number(said, key, low=0, high=253_402_300_799)  # the end of year 9999
    return timely(datetime.fromtimestamp(seconds, UTC), key, now=now)


def timely(at: datetime, key: str, *, now: datetime) -> datetime:
    """Neither to come nor from before such devices were."""
    if at > now + AHEAD:
        raise Invalid(field=key, why=_("lies in the future"))
    if at < EARLIEST:
        raise Invalid(field=key, why=_("lies too far back to be true"))
    return at


def text(said: object, key: str, *, most: int) -> str:
    """Printable and not empty."""
    if not isinstance(said, str) or not said.strip():
        raise Invalid(field=key, why=_("must be text"))
    if len(said) > most or not said.isprintable():
        raise Invalid(field=key, why=_("is too long or cannot be printed"))
    return said.strip()


def named(key: object) -> str:
    """A key as it may be repeated, however strange or long it is."""
    return str(key)[:NAMED].encode("ascii", "backslashreplace").decode()
