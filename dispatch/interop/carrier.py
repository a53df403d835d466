"""The telephone of the settings, and one leg as it is told to it."""

from django.conf import settings

from dispatch.interop.legs import Leg, PhoneRefused, PhoneUnknown, PhoneUnreachable
from dispatch.interop.phone import Phone, for_settings
from dispatch.interop.twilio import Account
from dispatch.models import Contact

PATH = "/api/v1/telephone/"
LOCAL = 10  # digits of a North American number without its country's 1
Failure = PhoneRefused | PhoneUnreachable


def the_phone() -> Phone:
    """Who carries out the verbs here. ValueError: the settings are wrong."""
    if settings.PHONE == "manual":
        return for_settings("manual")
    given = settings.PHONE_ACCOUNT
    account = Account(
        address=given["api"],
        sid=given["sid"],
        user=given["user"],
        secret=given["secret"],
        number=given["number"],
    )
    return for_settings(settings.PHONE, account)


def leg_of(contact: Contact, number: str) -> Leg:
    """The legs of one call share one conference, named by the call's own id.

    What comes back to the address of a ring is about that ring and no later one.
    """
    return Leg(
        id=contact.pk,
        number=with_country(number),
        conference=contact.call_id.hex,
        callback=f"{settings.PUBLIC_URL}{PATH}{contact.pk}/?ring={contact.rings}",
        call_ref=contact.carrier_ref,
    )


def with_country(number: str) -> str:
    """+ and digits, as a carrier takes it; a short code stays as it is."""
    digits = "".join(sign for sign in number if sign in "0123456789")
    if number.strip().startswith("+"):
        return f"+{digits}"
    if len(digits) == LOCAL:
        return f"+1{digits}"
    return f"+{digits}" if len(digits) == LOCAL + 1 and digits[0] == "1" else digits


def why(error: Failure) -> str:
    """The code of a failure, as the call's history keeps it."""
    if isinstance(error, PhoneUnknown):
        return "phone_unknown"
    if isinstance(error, PhoneUnreachable):
        return "phone_unreachable"
    return f"phone_{error.params['reason']}"
