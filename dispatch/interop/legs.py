"""What is said of a telephone connection, whoever carries it: a leg, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch.errors import DispatchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One person's line. ``conference`` is an opaque name, ``callback`` an address of ours.

    ``call_ref`` and ``conference_ref`` are the carrier's names for them, "" while nobody
    has told. The number stays out of every print.
    """

    id: UUID
    number: str = field(repr=False)
    conference: str
    callback: str
    call_ref: str = ""
    conference_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The carrier's names, "" where it told none; ``by_hand``: a person does it."""

    call_ref: str = ""
    conference_ref: str = ""
    by_hand: bool = False


class Heard(StrEnum):
    """What a carrier may tell of a leg."""

    RINGING = "ringing"
    ANSWERED = "answered"
    CONNECTED = "connected"
    HOLDING = "holding"
    LEFT = "left"
    COMPLETED = "completed"
    FAILED = "failed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"


class Series(StrEnum):
    """A carrier counts what it tells of a call and of a conference apart."""

    CALL = "call"
    CONFERENCE = "conference"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneEvent:
    """Something heard of a leg. ``leg`` None: the address it came to says which one.

    ``number`` counts up within its series; None: the carrier gave none.
    """

    heard: Heard
    series: Series
    number: int | None
    leg: UUID | None
    call_ref: str
    conference_ref: str


def overtaken(event: PhoneEvent, last: Mapping[Series, int]) -> bool:
    """Whether something as new was heard of this leg before; ``last``: number by series.

    What came without a number is never late, for nobody knows.
    """
    if event.number is None or event.series not in last:
        return False
    return event.number <= last[event.series]


class Refusal(StrEnum):
    """Why a carrier said no."""

    NUMBER = "number"
    ACCOUNT = "account"
    TOO_MANY = "too_many"
    GONE = "gone"
    OTHER = "other"


WHY = {
    Refusal.NUMBER: _("this number cannot be called."),
    Refusal.ACCOUNT: _("its account needs an administrator."),
    Refusal.TOO_MANY: _("it has too much to do. Please use the desk phone."),
    Refusal.GONE: _("this line or conference has ended."),
    Refusal.OTHER: _("it gave no reason that we know."),
}


class PhoneRefused(DispatchError):
    """The carrier said no, and did nothing. ``params["reason"]`` is a Refusal."""

    code = "phone_refused"
    sentence = _("The telephone service refused: %(why)s")


class PhoneUnreachable(DispatchError):
    """The carrier heard nothing of it, so nothing was done."""

    code = "phone_unreachable"
    sentence = _(
        "The telephone service cannot be reached. Nothing was done; "
        "please use the desk phone."
    )


class PhoneUnknown(PhoneUnreachable):
    """It was sent and not answered: it may have been done, or not. Never sent again."""

    code = "phone_unknown"
    sentence = _(
        "The telephone service did not answer. It may have been done; "
        "please look at the line before you try again."
    )


def refused(reason: Refusal) -> PhoneRefused:
    return PhoneRefused(why=WHY[reason], reason=reason)
