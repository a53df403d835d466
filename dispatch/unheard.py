"""Which callers nobody hears: to be called back or gone for good; how often each was tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch import planned
from dispatch.models import Assignment, Contact
from dispatch.models.contact import CALLERS
from dispatch.states import WITH_PERSON, ContactState

K = ContactState
HEARD = (K.ANSWERED, K.CONNECTED, K.HOLDING, K.OPEN_LINE)
LOST = (K.ABANDONED, K.DISCONNECTED, K.CALLBACK_DUE, K.CALLBACK_ATTEMPTED)
# Why nobody tries a lost caller any more, though nobody decided so.
FOR_GOOD = ("tries_used", "answered_unsafe", "asked_not")
# A try that nobody recorded before its time had passed is counted, and was not made.
# Those since the caller was lost last: each loss begins the count anew.
PASSED = """
  SELECT e.body->>'contact', count(*) FROM dispatch_event e
  WHERE e.call_id = ANY(%(calls)s::uuid[]) AND e.kind = 'CallbackTried'
    AND e.body->>'result' = 'not_made' AND NOT EXISTS (
      SELECT FROM dispatch_event m WHERE m.call_id = e.call_id
        AND m.kind = 'ContactMoved' AND m.number > e.number
        AND m.body->>'contact' = e.body->>'contact'
        AND m.body->>'before' IN ('disconnected', 'abandoned'))
  GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Of the tries to call one caller back: those recorded, and those whose time passed."""

    recorded: int
    passed: int


def tried(legs: Sequence[Contact]) -> dict[UUID, Tried]:
    """Of each leg, by its id. One statement, and none where nothing was tried."""
    calls = {leg.call_id for leg in legs if leg.tries}
    found = planned.ask(PASSED, {"calls": planned.uuids(calls)}) if calls else []
    passed = {UUID(contact): count for contact, count in found}
    each = ((leg, min(passed.get(leg.pk, 0), leg.tries)) for leg in legs)
    return {leg.pk: Tried(recorded=leg.tries - n, passed=n) for leg, n in each}


def lost_now(callers: Sequence[Contact]) -> Contact | None:
    """Of these legs the lost one, while no caller is heard; a ringing line is no voice."""
    if any(leg.state in HEARD for leg in callers):
        return None
    return next((leg for leg in callers if leg.state in LOST), None)


def gone_for_good(callers: Sequence[Contact]) -> bool:
    """Whether nobody is on these legs, and no try could reach whoever was lost."""
    over = all(leg.state == K.COMPLETED for leg in callers)
    return over and any(leg.why in FOR_GOOD for leg in callers)


def nobody_to_take(legs: Sequence[Contact], accepted_at: datetime) -> bool:
    """Whether a clinician who accepted then has nobody: every caller's line is over.

    Not where a crew of ours is with the person, or whom we rang about them is heard; nor
    where the lines had ended as they should before: then somebody else wants them. One
    query, and none while a caller's line runs.
    """
    callers = [leg for leg in legs if leg.purpose in CALLERS]
    over_at = none_since(callers)
    if over_at is None or not (gone_for_good(callers) or over_at > accepted_at):
        return False
    if any(leg.purpose == "collateral" and leg.state in HEARD for leg in legs):
        return False
    crews = Assignment.objects.filter(seat__call=callers[0].call_id, ended_at=None)
    return not crews.filter(unit__state__in=WITH_PERSON).exists()


def none_since(callers: Sequence[Contact]) -> datetime | None:
    """When the last of these lines ended; None while one runs, or there was none."""
    ends = [leg.ended_at for leg in callers if leg.state == K.COMPLETED]
    every = [at for at in ends if at is not None]
    return max(every) if every and len(ends) == len(callers) else None
