"""A time as somebody typed it: by the agency's clock, or with an offset of its own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop as _

from dispatch.errors import Invalid

SHORTEST = len("2026-11-23 07:00")


def moment(text: str, zone: ZoneInfo, field: str) -> datetime:
    """The moment that is meant; Invalid names the field where none, or two, could be.

    When the clocks change, an hour of the night is left out or comes twice.
    """
    said = text.strip()
    try:
        if len(said) < SHORTEST:
            raise ValueError
        parsed = datetime.fromisoformat(said)
        return _placed(parsed, zone, field).astimezone(UTC)
    except (ValueError, OverflowError):
        why = _("write it as 2026-11-23 07:00")
        raise Invalid(field=field, why=why) from None


def _placed(parsed: datetime, zone: ZoneInfo, field: str) -> datetime:
    if parsed.tzinfo is not None:
        return parsed
    first = parsed.replace(tzinfo=zone, fold=0)
    if first.utcoffset() == parsed.replace(tzinfo=zone, fold=1).utcoffset():
        return first
    back = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back != parsed:
        why = _("that time is left out when the clocks go forward")
    else:
        why = _("that time comes twice that night; add the offset, as in -05:00")
    raise Invalid(field=field, why=why)
