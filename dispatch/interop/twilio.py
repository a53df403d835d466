"""Twilio as the telephone: conferences with a warm transfer, by its public REST API.

Nobody's leaving ends a conference, so the caller never drops with the sender. What was
sent and not answered is said as unknown and never sent again. The reasons that Twilio
words carry numbers, so only its codes are logged.
"""

import json
import logging
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote, urlencode

from dispatch.interop.legs import (
    Leg,
    PhoneRefused,
    PhoneUnknown,
    PhoneUnreachable,
    Placed,
    Refusal,
    refused,
)
from dispatch.interop.wire import Answer, NoAnswer, NotSent, Patience, send

logger = logging.getLogger(__name__)

VERSION = "2010-04-01"
PATIENCE = Patience(connect=2, read=5)  # seconds
RINGS = 20  # seconds, as an offer does; Twilio adds a few of its own
CALL_EVENTS = ("initiated", "ringing", "answered", "completed")
CONFERENCE_EVENTS = "start end join leave hold"

# Twilio's error codes, where they say more than the status.
CODES = {
    **dict.fromkeys((21211, 21214, 21215, 21216, 21217, 21219), Refusal.NUMBER),
    **dict.fromkeys((13223, 13224, 13225, 13226, 13227), Refusal.NUMBER),
    **dict.fromkeys((20003, 20005, 21210, 21212, 21213), Refusal.ACCOUNT),
    **dict.fromkeys((20404, 21220), Refusal.GONE),
    20429: Refusal.TOO_MANY,
}
STATUS = {
    401: Refusal.ACCOUNT,
    403: Refusal.ACCOUNT,
    404: Refusal.GONE,
    410: Refusal.GONE,
    429: Refusal.TOO_MANY,
}

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``address`` is the API's, ``number`` the one that legs are called from.

    ``user`` is an API key's SID, and ``secret`` its secret; or the account's own SID and
    its token. Callbacks are signed with the account's token, whatever signs requests.
    """

    address: str
    sid: str
    user: str
    secret: str = field(repr=False)
    number: str = field(repr=False)
    patience: Patience = PATIENCE


class Twilio:
    """The six verbs of ``phone.Phone``. A leg's label in its conference is its own id."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def dial(self, leg: Leg) -> Placed:
        form = [*self._ringing(leg), ("Twiml", _into_conference(leg))]
        said = self._ask("POST", "Calls.json", leg, form)
        return Placed(call_ref=_name(said, "sid"))

    def join(self, leg: Leg) -> Placed:
        if leg.call_ref:
            form = [("Twiml", _into_conference(leg))]
            self._ask("POST", f"Calls/{_part(leg.call_ref)}.json", leg, form)
            return Placed(call_ref=leg.call_ref)
        form = [*self._ringing(leg), *_joining(leg)]
        conference = _part(leg.conference_ref or leg.conference)
        said = self._ask(
            "POST", f"Conferences/{conference}/Participants.json", leg, form
        )
        return _participant(said)

    def hold(self, leg: Leg) -> Placed:
        return self._change(leg, ("Hold", "true"))

    def resume(self, leg: Leg) -> Placed:
        return self._change(leg, ("Hold", "false"))

    def leave(self, leg: Leg) -> Placed:
        """Twice asked: first that its leaving ends nothing, then that it goes."""
        placed = self._change(leg, ("EndConferenceOnExit", "false"))
        self._ask("DELETE", self._seat(leg, placed.conference_ref), leg)
        return placed

    def hang_up(self, leg: Leg) -> Placed:
        call = leg.call_ref or _name(self._ask("GET", self._seat(leg), leg), "call_sid")
        form = [("Status", "completed")]
        self._ask("POST", f"Calls/{_part(call)}.json", leg, form)
        return Placed(call_ref=call, conference_ref=leg.conference_ref)

    def _ringing(self, leg: Leg) -> list[tuple[str, str]]:
        return [
            ("To", leg.number),
            ("From", self.account.number),
            ("Timeout", str(RINGS)),
            ("StatusCallback", leg.callback),
            *(("StatusCallbackEvent", event) for event in CALL_EVENTS),
        ]

    def _change(self, leg: Leg, change: tuple[str, str]) -> Placed:
        return _participant(self._ask("POST", self._seat(leg), leg, [change]))

    def _seat(self, leg: Leg, conference: str = "") -> str:
        """The path of the leg in its conference, which Twilio takes by its own name only."""
        conference = conference or leg.conference_ref or self._conference(leg)
        return f"Conferences/{_part(conference)}/Participants/{leg.id}.json"

    def _conference(self, leg: Leg) -> str:
        asked = urlencode({"FriendlyName": leg.conference})
        said = self._ask("GET", f"Conferences.json?{asked}", leg)
        rows = said.get("conferences")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("status") != "completed":
                return _name(row, "sid")
        raise refused(Refusal.GONE)

    def _ask(
        self, method: str, path: str, leg: Leg, form: Form = ()
    ) -> Mapping[str, object]:
        address = f"{self.account.address.rstrip('/')}/{VERSION}/Accounts/"
        address += f"{_part(self.account.sid)}/{path}"
        try:
            answer = send(
                method,
                address,
                patience=self.account.patience,
                body=urlencode(form).encode() if form else None,
                headers=self._headers(),
            )
        except NotSent as error:
            logger.warning("telephone out of reach", extra={"leg": str(leg.id)})
            raise PhoneUnreachable from error
        except NoAnswer as error:
            logger.warning("telephone silent", extra={"leg": str(leg.id)})
            raise _unanswered(method) from error
        return _said(method, answer, leg)

    def _headers(self) -> dict[str, str]:
        proof = f"{self.account.user}:{self.account.secret}".encode()
        return {
            "Authorization": f"Basic {b64encode(proof).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }


def _said(method: str, answer: Answer, leg: Leg) -> Mapping[str, object]:
    """What it answered, {} for nothing. Raises what the telephone may raise."""
    if answer.status == 204:
        return {}
    said = _json(answer.body)
    if 200 <= answer.status < 300 and said is not None:
        return said
    code = (said or {}).get("code")
    extra = {"leg": str(leg.id), "status": answer.status}
    extra["carrier_code"] = code if isinstance(code, int) else None
    logger.warning("telephone refused", extra=extra)
    if 400 <= answer.status < 500:
        raise _refusal(answer.status, code)
    raise _unanswered(method)


def _json(body: bytes) -> Mapping[str, object] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _refusal(status: int, code: object) -> PhoneRefused:
    by_status = STATUS.get(status, Refusal.OTHER)
    return refused(CODES.get(code, by_status) if isinstance(code, int) else by_status)


def _unanswered(method: str) -> PhoneUnreachable:
    """A read changes nothing; anything else may have been done."""
    return PhoneUnreachable() if method == "GET" else PhoneUnknown()


def _name(said: Mapping[str, object], key: str) -> str:
    """A name that Twilio must have told; without it nobody knows what was done."""
    name = said.get(key)
    if not isinstance(name, str) or not name:
        raise PhoneUnknown
    return name


def _participant(said: Mapping[str, object]) -> Placed:
    return Placed(
        call_ref=_name(said, "call_sid"), conference_ref=_name(said, "conference_sid")
    )


def _part(name: str) -> str:
    return quote(name, safe="")


def _joining(leg: Leg) -> list[tuple[str, str]]:
    return [
        ("Label", str(leg.id)),
        ("Beep", "false"),
        ("EndConferenceOnExit", "false"),
        ("ConferenceStatusCallback", leg.callback),
        ("ConferenceStatusCallbackEvent", CONFERENCE_EVENTS),
    ]


def _into_conference(leg: Leg) -> str:
    """What Twilio does with a call: it comes into the conference under its label."""
    said = {
        "participantLabel": str(leg.id),
        "beep": "false",
        "endConferenceOnExit": "false",
        "statusCallback": leg.callback,
        "statusCallbackEvent": CONFERENCE_EVENTS,
    }
    marks = " ".join(f'{name}="{escape(value)}"' for name, value in said.items())
    conference = f"<Conference {marks}>{escape(leg.conference)}</Conference>"
    return f"<Response><Dial>{conference}</Dial></Response>"
