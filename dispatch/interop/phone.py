"""Telephone control behind six verbs, and who carries them out."""

from typing import Protocol

from dispatch.interop.legs import Leg, Placed
from dispatch.interop.manual import Manual
from dispatch.interop.twilio import Account, Twilio


class Phone(Protocol):
    """Each verb raises PhoneRefused, PhoneUnreachable or PhoneUnknown, and nothing else.

    None is sent twice, and none may be called inside a transaction.
    """

    def dial(self, leg: Leg) -> Placed:
        """Ring the number; who answers comes into the leg's conference, the first opens it."""

    def join(self, leg: Leg) -> Placed:
        """Bring a leg in: move it if it is on the line (``call_ref``), ring it if not."""

    def hold(self, leg: Leg) -> Placed:
        """The leg hears music, and nobody hears it."""

    def resume(self, leg: Leg) -> Placed:
        """The leg is heard again, and hears."""

    def leave(self, leg: Leg) -> Placed:
        """The leg goes, everybody else stays connected."""

    def hang_up(self, leg: Leg) -> Placed:
        """The leg's own line ends, ringing or answered."""


def for_settings(name: str, account: Account | None = None) -> Phone:
    """``manual``, or ``twilio`` with its account. ValueError: the settings are wrong."""
    if name == "manual":
        return Manual()
    if name != "twilio":
        raise ValueError("the telephone is 'manual' or 'twilio'")
    if account is None:
        raise ValueError("the telephone 'twilio' needs its account")
    return Twilio(account)
