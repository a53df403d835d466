"""Why a call does not end yet: at work, about to be decided, or helped by nobody."""

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.base import move
from dispatch.actions.counted import refuse_crew_in_need, refuse_partner_talks
from dispatch.actions.line import refuse_while_lost
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Assignment, Call, Seat, Transfer
from dispatch.states import BEFORE_DECISION, CallState, SeatState

# Help that came, or an outside service that was told.
HELPED = (SeatState.FILLED, SeatState.DONE)
AT_WORK = _("%(who)s is still on this call.")
BEING_DECIDED = _("The decision is just being made. Look at it, then end the call.")
NOBODY_HELPED = _("Nobody has helped here yet. Finish the triage, or cancel the call.")


def open_again(call: Call, reason: str, by: Actor) -> None:
    """The call is open again and wants another look. The caller holds it."""
    move(call, CallState.TRIAGING, closed_at=None, duplicate_of=None)
    journal.append(events.CallReopened(reason=reason), call=call, by=by)
    untell_contact(call)


def untell_contact(call: Call) -> None:
    """What 988 was told of contact was before now: the clock tells it anew. Holds it."""
    for one in quick.rows(Transfer, call=call.pk, kind="988_911"):
        if one.contact_made_at is not None:
            quick.write(one, {"contact_made_at": None})


def refuse_to_end(call: Call) -> None:
    """Invalid while the call may not end with a disposition. The caller holds the call.

    It does not end over the heads of a team or a clinician, and no decision is lost:
    one that is wanted is made and seen first. What nobody decided may end when somebody
    has helped, sent by hand: a person says so. Nor does it end over a caller who is lost,
    rings or is held by nobody, a partner who is with one, or a crew in need of help.
    """
    refuse_while_lost(call)
    refuse_partner_talks(call)
    refuse_crew_in_need(call)
    working = Assignment.objects.filter(seat__call=call, ended_at=None)
    if first := working.select_related("unit", "person").first():
        raise Invalid(AT_WORK, field="call", who=str(first.unit or first.person))
    if call.decision_wanted_at is not None:
        raise Invalid(BEING_DECIDED, field="decision")
    if call.state in BEFORE_DECISION and not _helped(call):
        raise Invalid(NOBODY_HELPED, field="call")


def _helped(call: Call) -> bool:
    return bool(quick.rows(Seat, call=call.pk, state=HELPED))
