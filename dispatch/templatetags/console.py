"""Small filters: a time of day, an elapsed time, a fresh idempotency key."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from uuid6 import uuid7

from dispatch.selectors import words

register = template.Library()


@register.filter
def clock(at: datetime | None, zone: str = "UTC") -> str:
    """14:03:22 in the zone, with the date in front when it is not today."""
    if at is None:
        return "–"
    local = at.astimezone(ZoneInfo(zone))
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    form = "%H:%M:%S" if local.date() == today else "%d %b %H:%M"
    return local.strftime(form)


@register.filter
def not_real(parts: str) -> str:
    """Which parts of a call are simulated, in words."""
    return words.simulated(parts)


@register.filter
def elapsed(since: datetime | None) -> str:
    """m:ss up to the hour, then h:mm:ss."""
    if since is None:
        return "–"
    seconds = max(0, int((timezone.now() - since).total_seconds()))
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


@register.simple_tag
def fresh_key() -> str:
    """The idempotency key of one form: sent twice, it has one effect."""
    return str(uuid7())
