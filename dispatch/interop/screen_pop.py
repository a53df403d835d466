"""A screen-pop: another telephone system says who is on the line, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from re import ASCII, compile

from django.utils.translation import gettext_noop as _

from dispatch.errors import Invalid
from dispatch.interop.values import moment, named, number, place, text

# Also what a telephone without a contract shows (911 and seven digits) and short codes.
NUMBER = compile(r"\+?[0-9]{3,15}", ASCII)
BETWEEN = str.maketrans("", "", " -().")
KEYS = {"number", "location", "channel", "call_ref", "at"}
PLACE_KEYS = {"lat", "lon", "uncertainty_m", "civic"}


class Channel(StrEnum):
    VOICE = "voice"
    TEXT = "text"
    TTY = "tty"
    RTT = "rtt"
    RELAY = "relay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Degrees; metres, None: not told; the address in words, "" where there is none."""

    lat: float
    lon: float
    uncertainty_m: float | None
    civic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPop:
    """``call_ref`` is the sender's own name of the call. None: it does not know.

    Number and place are a caller's: they stay out of every print.
    """

    call_ref: str
    channel: Channel
    number: str | None = field(repr=False)
    location: Spot | None = field(repr=False)
    at: datetime | None


def screen_pop(said: object, *, now: datetime) -> ScreenPop:
    """Of the decoded JSON. Invalid names the key; what stood there is not repeated."""
    known = _object(said, "body", KEYS)
    at = known.get("at")
    return ScreenPop(
        call_ref=text(known.get("call_ref"), "call_ref", most=200),
        channel=_channel(known.get("channel")),
        number=_number(known.get("number")),
        location=_location(known.get("location")),
        at=None if at is None else moment(at, "at", now=now),
    )


def _object(said: object, key: str, keys: set[str]) -> Mapping[str, object]:
    """A misspelt key would be a place that nobody sees, so it is refused."""
    if not isinstance(said, Mapping):
        raise Invalid(field=key, why=_("must be an object"))
    for other in said:
        if other not in keys:
            raise Invalid(field=named(other), why=_("no such key"))
    return said


def _channel(said: object) -> Channel:
    for channel in Channel:
        if said == channel:
            return channel
    raise Invalid(field="channel", why=_("one of voice, text, tty, rtt, relay"))


def _number(said: object) -> str | None:
    """Digits, with a leading plus if it had one."""
    if said is None:
        return None
    digits = said.translate(BETWEEN) if isinstance(said, str) else ""
    if not NUMBER.fullmatch(digits):
        raise Invalid(field="number", why=_("must be a telephone number"))
    return digits


def _location(said: object) -> Spot | None:
    if said is None:
        return None
    known = _object(said, "location", PLACE_KEYS)
    keys = "location.lat", "location.lon"
    lat, lon = place(known.get("lat"), known.get("lon"), keys=keys)
    vague, civic = known.get("uncertainty_m"), known.get("civic")
    return Spot(
        lat=lat,
        lon=lon,
        uncertainty_m=None
        if vague is None
        else number(vague, "location.uncertainty_m", low=0, high=1e7),
        civic="" if civic is None else text(civic, "location.civic", most=500),
    )
