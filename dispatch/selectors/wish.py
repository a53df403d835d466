"""How whoever is followed up may be reached, in words: one call in full, or many at once."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import reach
from dispatch.models import Call, Contact
from dispatch.models.contact import CALLERS
from dispatch.reach import NOT_ASKED, Reach
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
    return reach.of_number(call, call.caller.phone_lookup, call.caller)


def of_calls(calls: Sequence[Call]) -> dict[UUID, Reach]:
    """What was said on each call of its first caller's number, by call. One statement.

    What was said on another call is read when somebody works on it.
    """
    rows = Contact.objects.filter(call__in=calls, purpose__in=CALLERS).order_by("pk")
    legs: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for call_id, number, wish in rows.exclude(safe_contact=NOT_ASKED).values_list(
        "call", "number_lookup", "safe_contact"
    ):
        legs[call_id].append((number, wish))
    return {call.pk: _here(call, legs[call.pk]) for call in calls}


def _here(call: Call, legs: Sequence[tuple[str, str]]) -> Reach:
    first = call.caller.phone_lookup
    said = [call.caller.safe_contact]
    said += [wish for number, wish in legs if (number or first) == first]
    known = tuple(one for one in said if one != NOT_ASKED)
    return Reach(said=known or (NOT_ASKED,))


def rule(found: Reach) -> str:
    """The strictest wish; one that was said on another call is asked again."""
    if not found.before:
        return word(SAFE_CONTACT, found.strictest)
    before = word(SAFE_CONTACT, found.before)
    return _("Asked before: %(rule)s. Please ask anew.") % {"rule": before}


def refused(found: Reach, channel: str, tried: int) -> str:
    """Why this way is ruled out after so many tries; "" where it is not."""
    why = found.unsafe(channel, tried)
    return word(WHY, why) if why else ""
