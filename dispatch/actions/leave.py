"""The order to leave: a team inside whose scene is not safe answers within seconds."""

from dispatch import quick
from dispatch.actions.base import database_now, lock_unit
from dispatch.models import Assignment, Seat, Unit
from dispatch.models.unit import UNARMED
from dispatch.states import UnitState
from dispatch.wrong import seconds
from routing import store

# The clock for which a crew that is told to leave may say nothing. Usually 30 s, an
# assumption: time to read one line and press once.
LEAVE_WITHIN = "leave_within"


def told_to_leave(unit: Unit, mode: str) -> bool:
    """Whether this crew stands where it should not; ``mode`` is its seat's."""
    inside = unit.state == UnitState.ON_SCENE
    return inside and unit.kind == UNARMED and mode == "staged"


def order_out(seat: Seat) -> None:
    """Of a staged seat: its crew inside is checked on soon. Holds the call and the seat."""
    for work in quick.rows(Assignment, seat=seat.pk, ended_at=None):
        if work.unit_id:
            _check_soon(lock_unit(work.unit_id), seat.mode)


def _check_soon(unit: Unit, mode: str) -> None:
    """Its next safety check is due with the order, and not minutes later.

    Of a crew that calls for help nobody waits for an answer: help comes at once.
    """
    if unit.emergency_at is not None:
        return
    _row, protocol = store.published(unit.agency_id)
    due = database_now() + seconds(protocol, LEAVE_WITHIN)
    armed = unit.check_due_at
    if told_to_leave(unit, mode) and (armed is None or armed > due):
        quick.write(unit, {"check_due_at": due})
