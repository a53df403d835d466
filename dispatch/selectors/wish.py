"""How a number may be reached, in words: whoever is followed up, or calls again."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import reach
from dispatch.models import Call
from dispatch.reach import Reach
from dispatch.selectors.decision import Words, word
from dispatch.selectors.fields import SAFE_CONTACT

WHY: Words = {
    "not_asked": gettext_lazy("not asked if safe"),
    "asked_not": gettext_lazy("not wanted"),
    "text_first": gettext_lazy("text first"),
    "before_asked_not": gettext_lazy("not wanted, as said on another call"),
    "before_text_first": gettext_lazy("text first, as said on another call"),
}


def of_call(call: Call) -> Reach:
    """All that binds whoever rings the first caller's number. Two statements."""
    return reach.of_callers([call])[call.pk]


def rule(found: Reach) -> str:
    """The strictest wish; one that was said on another call is asked again."""
    if not found.before:
        return word(SAFE_CONTACT, found.strictest)
    return before(found.before)


def before(preference: str) -> str:
    """What was said for this number on another call; "" where nobody has asked."""
    if not preference:
        return ""
    asked = word(SAFE_CONTACT, preference)
    return _("Asked before: %(rule)s. Please ask anew.") % {"rule": asked}


def refused(found: Reach, channel: str, tried: int) -> str:
    """Why this way is ruled out after so many tries; "" where it is not."""
    why = found.unsafe(channel, tried)
    return word(WHY, why) if why else ""
