"""The supervisor is told of a call: on its history, and as an alarm until it is taken."""

from django.db.models.functions import Now

from dispatch import events, journal, quick
from dispatch.events import Actor
from dispatch.models import Call, Unit


def tell(call: Call | None, why: str, by: Actor, unit: Unit | None = None) -> None:
    """``why`` is a word of ``sentences.TELL``. Holds the call, if there is one."""
    journal.append(events.SupervisorTold(why=(why,)), call=call, unit=unit, by=by)
    if call is not None:
        quick.write(call, {"supervisor_told_at": Now()})
