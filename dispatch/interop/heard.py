"""What Twilio calls back with, in our words; what changes nothing for a leg is nothing."""

from collections.abc import Mapping
from uuid import UUID

from dispatch.interop.legs import Heard, PhoneEvent, Series
from dispatch.interop.values import text

# Not told further: queued and initiated, before it rings.
CALL = {
    "ringing": Heard.RINGING,
    "in-progress": Heard.ANSWERED,
    "completed": Heard.COMPLETED,
    "busy": Heard.BUSY,
    "failed": Heard.FAILED,
    "no-answer": Heard.NO_ANSWER,
    "canceled": Heard.NO_ANSWER,  # taken back while it rang: nobody answered
}
# Not told further: muting, speaking, announcements, the conference's own start and end.
CONFERENCE = {
    "participant-join": Heard.CONNECTED,
    "participant-hold": Heard.HOLDING,
    "participant-unhold": Heard.CONNECTED,
    "participant-leave": Heard.LEFT,
}
NEVER_IN = {"busy", "failed", "no-answer", "canceled"}


def event_of(params: Mapping[str, str]) -> PhoneEvent | None:
    """A call's or a conference's callback; None: nothing of ours. Invalid names the key.

    A conference calls back at the address of its first leg, so its events carry their
    leg by its label; a call's events come to the leg's own address.
    """
    told = params.get("StatusCallbackEvent", "")
    if told.startswith(("participant-", "conference-", "announcement-")):
        return _event(params, Series.CONFERENCE, _in_conference(told, params))
    return _event(params, Series.CALL, CALL.get(params.get("CallStatus", "")))


def _in_conference(told: str, params: Mapping[str, str]) -> Heard | None:
    """Who is said to leave without ever having come in was busy, or did not answer."""
    status = params.get("ParticipantCallStatus", "")
    if told == "participant-leave" and status in NEVER_IN:
        return CALL[status]
    return CONFERENCE.get(told)


def _event(
    params: Mapping[str, str], series: Series, heard: Heard | None
) -> PhoneEvent | None:
    if heard is None:
        return None
    return PhoneEvent(
        heard=heard,
        series=series,
        number=_number(params.get("SequenceNumber", "")),
        leg=_leg(params.get("ParticipantLabel", "")),
        call_ref=text(params.get("CallSid"), "CallSid", most=64),
        conference_ref=params.get("ConferenceSid", "")[:64],
    )


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None


def _leg(said: str) -> UUID | None:
    """The label is the leg's id; another's label is nobody's."""
    try:
        return UUID(said)
    except ValueError:
        return None
