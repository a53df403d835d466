"""Whether the telephone of the settings can work: a system check, run at start."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def faults() -> Iterator[tuple[str, str]]:
    """What is wrong, and what to do."""
    if settings.PHONE not in {"manual", "twilio"}:
        yield "PHONE is neither manual nor twilio.", "Say one of the two."
    if settings.PHONE != "twilio":
        return
    for name, value in settings.PHONE_ACCOUNT.items():
        if not value:
            yield (
                f"PHONE is twilio, and TWILIO_{name.upper()} is empty.",
                "Give the whole account, or PHONE=manual: docs/integrations.md.",
            )
    if not settings.PUBLIC_URL.startswith("https://"):
        yield (
            "PHONE is twilio, and PUBLIC_URL is no https address.",
            "Twilio calls back there and signs it: https://console.example.org.",
        )


def check(**options: object) -> list[CheckMessage]:
    return [Error(said, hint=hint, id="heart.telephone") for said, hint in faults()]


def register_check() -> None:
    register(check, Tags.security)
