"""Whose a call is: somebody takes it; who is taken off by another owns and holds nothing."""

from uuid import UUID

from django.db.models.functions import Now

from dispatch import events, journal, quick
from dispatch.actions import line
from dispatch.events import Actor
from dispatch.models import Assignment, Call
from routing import store


def own_locked(call: Call, owner_id: UUID | None, by: Actor) -> None:
    """The caller holds the lock on the call."""
    before, call.owner_id = call.owner_id, owner_id
    call.owner_since = Now() if owner_id else None
    quick.keep(call, "owner", "owner_since")
    journal.append(events.OwnerChanged(owner=owner_id, before=before), call=call, by=by)


def left(call: Call, session: Assignment, by: Actor) -> None:
    """This clinician was taken off before they said that they are done. Holds the call.

    Of the caller whom they had somebody is to say who holds them, as after a session.
    Their call is that of the person who presses; of nobody, where none does.
    """
    had = [leg for leg in line.legs(call) if leg.person_id == session.person_id]
    if session.confirmed_at is None and not had:
        return
    within = store.published(call.agency_id)[1].clocks["session_over"]
    line.session_over(call, session, within, by, over=False)
    for leg in had:
        # Who rings, is silent or lost has a clock already, and nobody of ours.
        quick.write(leg, {"person_id": None})
    presses = line.who_presses(by)
    if call.owner_id == session.person_id != presses:
        own_locked(call, presses, by)
