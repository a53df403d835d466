"""What is known of a call when it is decided, and the line of JSON that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from routing.core.values import (
    FactsError as FactsError,
)
from routing.core.values import (
    Reader,
    one_of,
    read_count,
    read_flag,
    read_maybe_count,
    read_maybe_flag,
    read_maybe_text,
    read_object,
    unknown,
)


class Answer(StrEnum):
    """Unknown is not no: the four values stay apart from the form to the rule."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"
    NOT_ASKED = "not_asked"


class Response(StrEnum):
    """The kinds of help."""

    CCD = "ccd"
    CRT = "crt"
    COR = "cor"
    CN = "cn"
    LINE_988 = "988"
    EMS = "ems"
    FIRE = "fire"
    POLICE = "police"
    CIT = "cit"


class Mode(StrEnum):
    """How a response goes: at once, waiting near by, by phone, or after the first."""

    NOW = "now"
    STAGED = "staged"
    PHONE = "phone"
    THEN = "then"


class Source(StrEnum):
    """Who brought the call."""

    LINE_911 = "911"
    LINE_988 = "988"
    OFFICER = "officer"
    PARTNER = "partner"


class Caller(StrEnum):
    """Where the caller stands to the person in need."""

    PERSON = "person"
    WITH_PERSON = "with_person"
    THIRD_PARTY = "third_party"


HEART = frozenset({Response.CCD, Response.CRT, Response.COR, Response.CN})
UNARMED = frozenset({Response.CRT, Response.CN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on the earth, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """A unit that may go. None = nobody knows. ``age_s``: of the position, in seconds;
    ``travel_s``: seconds to the place as a road service said; skills with levels, or without.
    """

    id: str
    kind: Response
    point: Point | None = None
    idle_since: datetime | None = None
    skills: Mapping[str, int] | frozenset[str] = frozenset()
    age_s: float | None = None
    last_call_ended: datetime | None = None
    crew_complete: bool | None = None
    zone: str | None = None
    calls_today: int = 0
    travel_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """What is known of the place. ``inside`` None = the boundary is in doubt."""

    verified: bool | None = False
    inside: bool | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """What an officer named. None = the officer did not say."""

    kind: str | None = None
    first: bool | None = None
    firearm: bool | None = None
    traffic: bool | None = None
    sexual: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """All that a decision may look at, the time and who is free included."""

    id: str | int
    at: datetime
    source: Source = Source.LINE_911
    type: str | None = None
    caller: Caller | None = None
    weapon: Answer = Answer.NOT_ASKED
    violence: Answer = Answer.NOT_ASKED
    medical: Answer = Answer.NOT_ASKED
    attempt: Answer = Answer.NOT_ASKED
    threat: Answer = Answer.NOT_ASKED
    crime: Answer = Answer.NOT_ASKED
    household: Answer = Answer.NOT_ASKED
    minor_alone: Answer = Answer.NOT_ASKED
    imminent: Answer = Answer.NOT_ASKED
    agrees_988: Answer = Answer.NOT_ASKED
    urgent: bool = False
    hazard: bool = False
    location: Location = Location()
    history: int | None = None
    available: Mapping[Response, int] = field(default_factory=dict)
    offence: Offence | None = None
    language: str | None = None


ANSWERS = (
    "attempt",
    "medical",
    "violence",
    "household",
    "weapon",
    "crime",
    "threat",
    "minor_alone",
    "imminent",
    "agrees_988",
)


def read(obj: Mapping[str, object]) -> CallFacts:
    """The facts in one decoded line; FactsError names the first key that is wrong."""
    unknown(obj, READERS, "")
    for key in ("id", "at"):
        if key not in obj:
            raise FactsError(key, "is missing")
    known = {key: READERS[key](key, value) for key, value in obj.items()}
    return CallFacts(**known)  # type: ignore[arg-type]


def write(call: CallFacts) -> dict[str, object]:
    """The same facts as plain JSON values, every key present: read() gives them back."""
    plain: dict[str, object] = {}
    for known in fields(call):
        value = getattr(call, known.name)
        plain[known.name] = str(value) if isinstance(value, StrEnum) else value
    plain["at"] = call.at.isoformat()
    plain["location"] = {
        "verified": call.location.verified,
        "inside": call.location.inside,
        "zone": call.location.zone,
    }
    plain["available"] = {str(kind): free for kind, free in call.available.items()}
    plain["offence"] = None if call.offence is None else write_offence(call.offence)
    return plain


def write_offence(offence: Offence) -> dict[str, object]:
    return {
        "class": offence.kind,
        "first": offence.first,
        "firearm": offence.firearm,
        "traffic": offence.traffic,
        "sexual": offence.sexual,
    }


def read_id(key: str, value: object) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise FactsError(key, "must be text or a whole number")
    return value


def read_at(key: str, value: object) -> datetime:
    if not isinstance(value, str):
        raise FactsError(key, "must be text: a date and time, ISO 8601")
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise FactsError(key, "is not a date and time, ISO 8601") from None
    if at.utcoffset() is None:
        raise FactsError(key, "has no offset from UTC")
    # Nearer to the ends of the calendar, changing to local time would overflow.
    if not 1900 <= at.year <= 9000:
        raise FactsError(key, "must lie between the years 1900 and 9000")
    return at


def read_location(key: str, value: object) -> Location:
    if value is None:
        return Location()
    obj = read_object(key, value)
    unknown(obj, LOCATION_READERS, f"{key}.")
    read_part = {k: LOCATION_READERS[k](f"{key}.{k}", v) for k, v in obj.items()}
    return Location(**read_part)  # type: ignore[arg-type]


def read_available(key: str, value: object) -> dict[Response, int]:
    free = {}
    for kind, number in ({} if value is None else read_object(key, value)).items():
        if kind not in RESPONSES:
            raise FactsError(f"{key}.{kind}", "is not a kind of response")
        free[RESPONSES[kind]] = read_count(f"{key}.{kind}", number)
    return free


def read_offence(key: str, value: object) -> Offence | None:
    if value is None:
        return None
    obj = read_object(key, value)
    unknown(obj, OFFENCE_READERS, f"{key}.")
    part = {k: OFFENCE_READERS[k](f"{key}.{k}", v) for k, v in obj.items()}
    part["kind"] = part.pop("class", None)
    return Offence(**part)  # type: ignore[arg-type]


RESPONSES = {str(kind): kind for kind in Response}
LOCATION_READERS: dict[str, Reader] = {
    "verified": read_maybe_flag,
    "inside": read_maybe_flag,
    "zone": read_maybe_text,
}
OFFENCE_READERS: dict[str, Reader] = {
    "class": read_maybe_text,
    "first": read_maybe_flag,
    "firearm": read_maybe_flag,
    "traffic": read_maybe_flag,
    "sexual": read_maybe_flag,
}
READERS: dict[str, Reader] = {
    "id": read_id,
    "at": read_at,
    "source": one_of(Source),
    "type": read_maybe_text,
    "caller": one_of(Caller, nullable=True),
    **{key: one_of(Answer) for key in ANSWERS},
    "urgent": read_flag,
    "hazard": read_flag,
    "location": read_location,
    "history": read_maybe_count,
    "available": read_available,
    "offence": read_offence,
    "language": read_maybe_text,
}
