"""How a number may be reached: by what its callers said on this call, else before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dispatch import planned, quick
from dispatch.models import Call, Caller, Contact
from dispatch.models.contact import CALLERS
from dispatch.models.row import NO_ROW
from dispatch.states import NOT_ASKED, SafeContact, unsafe

# On which call something was said, and what.
_Word = tuple[UUID, str]
# Said on another call, these forbid what nobody having asked would allow.
WARNS = (SafeContact.NONE, SafeContact.TEXT_FIRST)
# Every wish that was said for these numbers, by a first caller or on a leg.
SAID = """(
    SELECT p.phone_lookup AS number, p.safe_contact AS wish, p.call_id, c.opened_at AS at
    FROM dispatch_caller p JOIN dispatch_call c ON c.id = p.call_id
    WHERE p.phone_lookup = ANY(%(numbers)s::text[])
    UNION ALL
    SELECT l.number_lookup, l.safe_contact, l.call_id, l.began_at FROM dispatch_contact l
    WHERE l.number_lookup = ANY(%(numbers)s::text[]) AND l.number_lookup <> ''
      AND l.purpose IN ('caller', 'callback')) said
  JOIN dispatch_call c ON c.id = said.call_id
  WHERE said.wish <> 'not_asked' AND c.agency_id = %(agency)s"""
# What was last said for each of these numbers on another call, real or simulated alike.
SAID_BEFORE = f"""
  SELECT DISTINCT ON (said.number) said.number, said.wish FROM {SAID}
    AND c.id <> %(but)s::uuid AND (c.simulated <> '') = coalesce(
      (SELECT b.simulated <> '' FROM dispatch_call b WHERE b.id = %(but)s::uuid), false)
  ORDER BY said.number, said.at DESC
"""  # noqa: S608  our own words
# What was last said for each of these numbers at all, and on which call.
SAID_LAST = f"""
  SELECT DISTINCT ON (said.number, c.simulated <> '')
    said.number, c.simulated <> '', said.call_id, said.wish FROM {SAID}
  ORDER BY said.number, c.simulated <> '', said.at DESC, said.call_id DESC
"""  # noqa: S608  our own words


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


def of_callers(calls: Sequence[Call]) -> dict[UUID, Reach]:
    """Of the first caller's number of each call of one centre, by call: two statements.

    For whoever comes back to them later: what was said on another call since binds as
    well. It forbids more, and never less.
    """
    legs: dict[UUID, list[Contact]] = {call.pk: [] for call in calls}
    rows = Contact.objects.filter(call__in=list(legs), purpose__in=CALLERS)
    for leg in rows.only("call", "number_lookup", "safe_contact").order_by("pk"):
        legs[leg.call_id].append(leg)
    last = _last(calls)
    return {call.pk: _lately(call, legs[call.pk], last) for call in calls}


def _lately(
    call: Call, legs: Sequence[Contact], last: Mapping[tuple[str, bool], _Word]
) -> Reach:
    caller = call.caller
    said = _said(caller.phone_lookup, caller, legs, _numbers(caller, legs))
    where, wish = last.get((caller.phone_lookup, bool(call.simulated)), (call.pk, ""))
    if where == call.pk:
        return Reach(said=said or (NOT_ASKED,))
    if said:
        return Reach(said=(*said, wish))
    return Reach(said=(NOT_ASKED,), before=wish if wish in WARNS else "")


def _last(calls: Sequence[Call]) -> dict[tuple[str, bool], _Word]:
    """What was last said for their numbers, by number and whether it was simulated."""
    numbers = sorted({one.caller.phone_lookup for one in calls} - {""})
    if not numbers:
        return {}
    values = {"numbers": numbers, "agency": calls[0].agency_id}
    found = planned.ask(SAID_LAST, values)
    return {(number, played): (on, wish) for number, played, on, wish in found}


def remembered(number: str, agency_id: UUID, *, but: UUID | None = None) -> str:
    """What was last said for this look-up on another call; "" where nobody has asked.

    A number that is only being typed, without ``but``, is taken for a real call's.
    """
    return _said_before([number] if number else [], agency_id, but).get(number, "")


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
    found = _said_before(numbers, call.agency_id, call.pk)
    return {number: wish for number, wish in found.items() if wish in WARNS}


def _said_before(
    numbers: Sequence[str], agency_id: UUID, but: UUID | None
) -> dict[str, str]:
    if not numbers:
        return {}
    values = {"numbers": list(numbers), "agency": agency_id, "but": but or NO_ROW}
    return dict(planned.ask(SAID_BEFORE, values))


def each(call: Call, caller: Caller, legs: Sequence[Contact]) -> dict[UUID, Reach]:
    """Of every caller's leg, by its id. One statement at most."""
    ours = sorted(
        (leg for leg in legs if leg.purpose in CALLERS), key=lambda leg: leg.pk
    )
    numbers = _numbers(caller, ours)
    found = _of_numbers(call, {*numbers.values()}, caller, ours)
    return {pk: found[number] for pk, number in numbers.items()}
