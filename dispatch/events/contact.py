"""What becomes of each leg of the line: answered, lost, called back, relayed."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.events.body import EventBody, beside


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAdded(EventBody):
    contact: UUID
    purpose: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMoved(EventBody):
    contact: UUID
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChanged(EventBody):
    contact: UUID
    before: str
    after: str


@beside
class ContactLate(EventBody):
    """A clock of this leg ran out: ``why`` is what was due."""

    contact: UUID
    why: str


@beside
class LineHeld(EventBody):
    """One of ours holds this leg, or is just ringing a lost caller back."""

    contact: UUID
    person: UUID


@beside
class PhoneFailed(EventBody):
    """The telephone service did not do ``verb``, or nobody knows: by hand, or look first."""

    contact: UUID
    verb: str
    why: str


@beside
class CallbackTried(EventBody):
    contact: UUID
    number: int
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackEnded(EventBody):
    """No further try: somebody decided so, or the tries are used up.

    ``passed``: tries whose time went by with nobody recording one.
    """

    contact: UUID
    why: str
    recorded: int = 0
    passed: int = 0


@beside
class InterpreterAsked(EventBody):
    contact: UUID
    language: str


@beside
class InterpreterConnected(EventBody):
    contact: UUID


@beside
class ContactPreferred(EventBody):
    """How this caller may be reached was said; the wish itself stands with their leg."""

    contact: UUID


@beside
class WishSetAside(EventBody):
    """Somebody beside the caller is rung, against ``wish`` of another call: why."""

    contact: UUID
    wish: str
    reason: str


@beside
class LineWentOn(EventBody):
    """Who was on this leg is on the ``leg`` of the ``other`` call, the same event's."""

    contact: UUID
    other: UUID
    leg: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSplit(EventBody):
    """What was thought the same event is a call of its own."""

    contact: UUID
    to: UUID
