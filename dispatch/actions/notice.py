"""The supervisor is told of a call: on its history, and as an alarm until it is taken."""

from dispatch import events, journal, quick
from dispatch.actions.base import database_now
from dispatch.events import Actor
from dispatch.models import Call, Unit


def tell(call: Call | None, why: str, by: Actor, unit: Unit | None = None) -> None:
    """``why`` is a word of ``decision.TELL``. Holds the call, if there is one.

    What is told before anybody took the alarm belongs to the same one.
    """
    journal.append(events.SupervisorTold(why=(why,)), call=call, unit=unit, by=by)
    if call is not None and call.supervisor_told_at is None:
        quick.write(call, {"supervisor_told_at": database_now()})
