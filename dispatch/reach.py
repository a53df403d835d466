"""How a number may be reached: by what its callers said on this call, else before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dispatch import planned, quick
from dispatch.models import Call, Caller, Contact
from dispatch.models.contact import CALLERS
from dispatch.states import SafeContact, unsafe

NOT_ASKED = SafeContact.NOT_ASKED.value
# Said on another call, these forbid what nobody having asked would allow.
WARNS = (SafeContact.NONE, SafeContact.TEXT_FIRST)
# What was last said for each of these numbers on another call, real or simulated alike.
SAID_BEFORE = """
  SELECT DISTINCT ON (said.number) said.number, said.wish FROM (
    SELECT p.phone_lookup AS number, p.safe_contact AS wish, p.call_id, c.opened_at AS at
    FROM dispatch_caller p JOIN dispatch_call c ON c.id = p.call_id
    WHERE p.phone_lookup = ANY(%(numbers)s::text[])
    UNION ALL
    SELECT l.number_lookup, l.safe_contact, l.call_id, l.began_at FROM dispatch_contact l
    WHERE l.number_lookup = ANY(%(numbers)s::text[]) AND l.number_lookup <> ''
      AND l.purpose IN ('caller', 'callback')) said
  JOIN dispatch_call c ON c.id = said.call_id
  WHERE said.wish <> 'not_asked' AND c.id <> %(but)s
    AND c.agency_id = %(agency)s AND (c.simulated <> '') = %(simulated)s
  ORDER BY said.number, said.at DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """``said`` on this call, by each who called from the number; ``before``: on another.

    What was forbidden before holds until somebody has asked on this call; that a call was
    allowed before allows none now.
    """

    said: tuple[str, ...]
    before: str = ""

    def unsafe(self, channel: str, tried: int = 0) -> str:
        """As `states.unsafe`, with ``before_`` in front where it was another call."""
        if self.before and channel != "visit":
            why = unsafe(self.before, channel, tried)
            return why and f"before_{why}"
        found = (unsafe(one, channel, tried) for one in self.said)
        return next(filter(None, found), "")

    @property
    def never(self) -> bool:
        """Whether on this call somebody said that neither a call nor a text is safe."""
        return any(
            all(unsafe(one, channel, tried=1) for channel in ("voice", "text"))
            for one in self.said
        )

    @property
    def strictest(self) -> str:
        """What allows the least of what was said on this call."""
        return min(self.said, key=_allows)


def _allows(preference: str) -> int:
    ways = ("voice", "text", "voicemail", "visit")
    return sum(not unsafe(preference, way) for way in ways)


def of_leg(call: Call, leg: Contact, caller: Caller | None = None) -> Reach:
    """Of the number that this leg rings: its own, else the first caller's."""
    caller = caller or _caller(call)
    legs = _callers_legs(call)
    number = _numbers(caller, legs).get(leg.pk) or leg.number_lookup
    return _of_numbers(call, {number or caller.phone_lookup}, caller, legs).popitem()[1]


def of_number(call: Call, number: str, caller: Caller | None = None) -> Reach:
    """Of a look-up; "" is the first caller whose number nobody knows."""
    legs = _callers_legs(call)
    return _of_numbers(call, {number}, caller or _caller(call), legs)[number]


def _callers_legs(call: Call) -> list[Contact]:
    return quick.rows(Contact, order=["id"], call=call.pk, purpose=list(CALLERS))


def _numbers(caller: Caller, legs: Sequence[Contact]) -> dict[UUID, str]:
    """Each leg's look-up. Of a further caller without a number nobody knows whose it is."""
    return {
        leg.pk: leg.number_lookup or (f"{leg.pk}" if place else caller.phone_lookup)
        for place, leg in enumerate(legs)
    }


def _of_numbers(
    call: Call, numbers: set[str], caller: Caller, legs: Sequence[Contact]
) -> dict[str, Reach]:
    rung = _numbers(caller, legs)
    said = {number: _said(number, caller, legs, rung) for number in numbers}
    unasked = [number for number in numbers if number and not said[number]]
    before = _before(call, unasked)
    return {
        number: Reach(said=here or (NOT_ASKED,), before=before.get(number, ""))
        for number, here in said.items()
    }


def _said(
    number: str, caller: Caller, legs: Sequence[Contact], rung: Mapping[UUID, str]
) -> tuple[str, ...]:
    """What was said of this number on this call, each wish once."""
    said = [caller.safe_contact] if caller.phone_lookup == number else []
    said += [leg.safe_contact for leg in legs if rung[leg.pk] == number]
    return tuple(dict.fromkeys(one for one in said if one != NOT_ASKED))


def _caller(call: Call) -> Caller:
    caller = quick.find(Caller, call=call.pk)
    assert caller is not None
    return caller


def _before(call: Call, numbers: Sequence[str]) -> dict[str, str]:
    """What was last said for these numbers on another call, where it forbids."""
    if not numbers:
        return {}
    values = {
        "numbers": list(numbers),
        "agency": call.agency_id,
        "but": call.pk,
        "simulated": bool(call.simulated),
    }
    found = planned.ask(SAID_BEFORE, values)
    return {number: wish for number, wish in found if wish in WARNS}


def each(call: Call, caller: Caller, legs: Sequence[Contact]) -> dict[UUID, Reach]:
    """Of every caller's leg, by its id. One statement at most."""
    ours = sorted(
        (leg for leg in legs if leg.purpose in CALLERS), key=lambda leg: leg.pk
    )
    numbers = _numbers(caller, ours)
    found = _of_numbers(call, {*numbers.values()}, caller, ours)
    return {pk: found[number] for pk, number in numbers.items()}
