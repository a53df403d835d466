"""What a unit was before it called for help, and is again when that is over."""

from uuid import UUID

from dispatch import quick
from dispatch.actions.base import move
from dispatch.models import Offer, Shift, Unit
from dispatch.states import UnitState

# The first of an offer's reasons: its crew called for help. Then what the unit was, and why.
CREW_CALLED = "crew_called"


def because(unit: Unit) -> list[str]:
    """As the offer of the crew's own call keeps it."""
    return [CREW_CALLED, unit.state, unit.reason]


def as_before(unit: Unit, offer_id: UUID) -> None:
    """A unit that has just come free: off duty or out of service, if it was. Holds it.

    The offer is the one that brought it to the call which it leaves.
    """
    offer = quick.find(Offer, id=offer_id)
    if offer is None or offer.because[:1] != [CREW_CALLED]:
        return
    _code, state, reason = offer.because
    if not Shift.objects.filter(unit=unit, ended_at=None).exists():
        move(unit, UnitState.OFF_DUTY)
    elif state == UnitState.OUT_OF_SERVICE:
        move(unit, UnitState.OUT_OF_SERVICE, reason=reason)
