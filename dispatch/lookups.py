"""The keyed fingerprints by which the same number, place or person is found again."""

from dispatch.seal import lookup


def number(phone: str) -> str:
    """Of its last ten digits; empty where there are none."""
    digits = "".join(sign for sign in phone if sign.isdigit())[-10:]
    return lookup(digits) if digits else ""
