"""The words and shapes of every state, the same on each screen."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_noop as N_

from dispatch.errors import DispatchError
from dispatch.models import Unit
from dispatch.related import attach
from dispatch.selectors.said import said as _

PRIORITY: Final = {1: N_("Emergency"), 2: N_("Urgent"), 3: N_("Soon"), 4: N_("Routine")}

# state → word, shape. Shapes: open, half, full, diamond, ring, square, dash.
UNIT: Final = {
    "off_duty": (N_("Off duty"), "dash"),
    "available": (N_("Available"), "open"),
    "dispatched": (N_("Dispatched"), "diamond"),
    "acknowledged": (N_("Acknowledged"), "diamond"),
    "en_route": (N_("En route"), "diamond"),
    "staged": (N_("Staged"), "half"),
    "on_scene": (N_("On scene"), "full"),
    "transporting": (N_("Transporting"), "square"),
    "at_destination": (N_("At destination"), "square"),
    "out_of_service": (N_("Out of service"), "dash"),
}
PRESENCE: Final = {
    "offline": (N_("Away"), "dash"),
    "available": (N_("Available"), "open"),
    "reserved": (N_("Ringing"), "ring"),
    "engaged": (N_("Talking"), "full"),
    "wrap_up": (N_("Wrap-up"), "half"),
    "break": (N_("Break"), "dash"),
    "unavailable": (N_("Not answering"), "dash"),
}
MOVING: Final = UNIT | PRESENCE
RESPONSE: Final = {
    "ccd": N_("Clinician"),
    "crt": N_("CRT"),
    "cor": N_("CoR"),
    "cn": N_("Care Navigation"),
    "988": N_("988"),
    "ems": N_("EMS"),
    "fire": N_("Fire"),
    "police": N_("Police"),
    "cit": N_("CIT officer"),
}
# As the field says it, where a row has no room for more.
RESPONSE_SHORT: Final = RESPONSE | {"cit": N_("CIT"), "cn": N_("CN")}
MODE: Final = {
    "now": N_("now"),
    "staged": N_("staged"),
    "phone": N_("by phone"),
    "then": N_("after that"),
}
ANSWER: Final = {
    "yes": N_("yes"),
    "no": N_("no"),
    "not_known": N_("asked, not known"),
    "not_asked": N_("not asked"),
}
CALL: Final = {
    "new": N_("Triage not begun"),
    "triaging": N_("Triage"),
    "decided": N_("Decided"),
    "working": N_("Help is at work"),
    "resolved": N_("Ended, to be closed"),
    "closed": N_("Closed"),
    "duplicate": N_("Linked as duplicate"),
    "cancelled": N_("Cancelled"),
    "returned_to_911": N_("Returned to 911"),
}
NOT_SERVED: Final = {
    "no_unit": N_("nobody was free"),
    "off_hours": N_("outside hours"),
    "out_of_area": N_("outside the area"),
    "timed_out": N_("nobody answered in time"),
    "caller_declined": N_("the caller declined"),
    "cancelled": N_("cancelled"),
    "other": N_("other"),
}


def unit(state: str) -> tuple[str, str]:
    word, shape = UNIT[state]
    return _(word), shape


def presence(state: str) -> tuple[str, str]:
    word, shape = PRESENCE[state]
    return _(word), shape


def response(kind: str) -> str:
    return _(RESPONSE.get(kind, kind))


def response_short(kind: str) -> str:
    """The field's own short term, for a row of the board."""
    return _(RESPONSE_SHORT.get(kind, kind))


def priority(number: int) -> str:
    return _(PRIORITY[number])


SIMULATED: Final = {
    "replay": N_("a recorded call"),
    "answers": N_("the answers"),
    "place": N_("the place"),
    "call": N_("the call"),
    "past": N_("a call of the past"),
}


def simulated(parts: str) -> str:
    """Which parts of a call are not real, in words; empty for a real call."""
    return ", ".join(_(SIMULATED.get(part, part)) for part in parts.split(",") if part)


def know_lent(units: Iterable[Unit], home: UUID) -> None:
    """Whose the lent ones are, for ``whose``. One query, none where none is lent."""
    attach([unit for unit in units if unit.agency_id != home], "agency")


def whose(unit: Unit, home: UUID) -> str:
    """The unit as this centre's floor calls it: a lent one with the centre it is of."""
    return unit.name if unit.agency_id == home else f"{unit.name}, {unit.agency.name}"


def refusal(error: DispatchError) -> str:
    """What an action refused and why, as a person reads it."""
    if not error.params:
        return _(error.sentence)
    return _(error.sentence) % {
        name: _filled(name, value) for name, value in error.params.items()
    }


def _filled(name: str, value: object) -> object:
    """A state by its word, a reason in the reader's language; a name stays a name."""
    if name in {"from_state", "to_state"}:
        known = CALL | {state: word for state, (word, _shape) in MOVING.items()}
        return _(known.get(str(value), str(value)))
    return _(value) if name == "why" and isinstance(value, str) and value else value
