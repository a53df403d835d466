"""Presence: who is there, who is free, who has gone silent; and sealing of reads."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal
from dispatch.actions.base import action, database_now, lock_presence, move
from dispatch.actions.roster import on_shift
from dispatch.actions.seat import absent_after, someone_free
from dispatch.errors import IllegalMove, Invalid
from dispatch.events import Actor
from dispatch.models import AccessRecord, AccessSeal, Agency, Heartbeat, Presence
from dispatch.states import PresenceState
from routing import store

CHOSEN = {PresenceState.AVAILABLE, PresenceState.BREAK, PresenceState.OFFLINE}
# Only the answer or the end of the session frees somebody who rings or is engaged.
TAKEN = {PresenceState.RESERVED, PresenceState.ENGAGED}
# Whose shift may end at once: nothing rings for them and nobody is on their line.
IDLE = {PresenceState.AVAILABLE, PresenceState.BREAK, PresenceState.UNAVAILABLE}
OFF_SHIFT = "off_shift"
BREAKS = ("meal", "rest", "meeting", "training", "other")
# Access records younger than this may still belong to a transaction in flight.
SETTLED = timedelta(seconds=5)
SEAL_BATCH = 500


def beat(*, user_id: UUID) -> None:
    """This person's page is alive. No event and no lock on the presence."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(user_id=user_id, at=Now())],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["at"],
    )


@action
def set_presence(*, user_id: UUID, to: str, by: Actor, reason: str = "") -> Presence:
    """Say that one is available, on a break or gone."""
    presence = lock_presence(user_id)
    if to not in {state.value for state in CHOSEN}:
        raise Invalid(field="to", why=_("available, break or offline"))
    if to == PresenceState.BREAK and reason not in BREAKS:
        raise Invalid(field="reason", why=_("choose the kind of break"))
    if presence.state == to:
        return presence
    if to == PresenceState.AVAILABLE and presence.state in TAKEN:
        raise IllegalMove(from_state=presence.state, to_state=to)
    if to == PresenceState.AVAILABLE and _off_shift(presence):
        raise Invalid(
            field="presence", why=_("you are not on shift; start an unplanned one")
        )
    if presence.state == PresenceState.ENGAGED:
        raise Invalid(field="presence", why=_("end the session first"))
    change_locked(presence, PresenceState(to), reason, by)
    return presence


@action
def end_wrap_up(*, user_id: UUID, by: Actor) -> Presence:
    """The time for notes is over: available again, or gone if the shift is over too."""
    presence = lock_presence(user_id)
    if presence.state != PresenceState.WRAP_UP:
        return presence
    if _off_shift(presence):
        change_locked(presence, PresenceState.OFFLINE, OFF_SHIFT, by)
    else:
        change_locked(presence, PresenceState.AVAILABLE, "", by)
    return presence


@action
def end_shift(*, user_id: UUID, by: Actor) -> Presence:
    """The planned shift is over: nobody off shift is asked. Looks again under the lock.

    Who rings, talks or writes notes finishes first; then they are found again.
    """
    presence = lock_presence(user_id)
    if presence.state in IDLE and _off_shift(presence):
        change_locked(presence, PresenceState.OFFLINE, OFF_SHIFT, by)
    return presence


def _off_shift(presence: Presence) -> bool:
    """Whether this agency asks by the roster, and this person is not on it now."""
    _row, protocol = store.published(presence.agency_id)
    if not protocol.queue.roster:
        return False
    return not on_shift(presence.user_id)


@action
def mark_absent(*, user_id: UUID, by: Actor) -> Presence:
    """No heartbeat for too long: nobody absent is asked. Looks again under the lock."""
    presence = lock_presence(user_id)
    _row, protocol = store.published(presence.agency_id)
    limit = database_now() - absent_after(protocol)
    fresh = Heartbeat.objects.filter(user=user_id, at__gt=limit).exists()
    waiting = {PresenceState.AVAILABLE, PresenceState.RESERVED, PresenceState.WRAP_UP}
    if presence.state in waiting and not fresh:
        change_locked(presence, PresenceState.OFFLINE, "absent", by)
    return presence


def change_locked(
    presence: Presence, to: PresenceState, reason: str, by: Actor
) -> None:
    """Another state of a locked presence; who says that they are there starts anew."""
    before = presence.state
    fresh = {"missed": 0} if to == PresenceState.AVAILABLE else {}
    move(presence, to, reason=reason, **fresh)
    if to == PresenceState.AVAILABLE:
        someone_free(presence)
    journal.append(
        events.PresenceChanged(
            person=presence.user_id, before=before, after=to.value, reason=reason
        ),
        agency=presence.agency_id,
        by=by,
    )


@action
def end_access(*, user_id: UUID, why: str, by: Actor) -> Presence:
    """Signed out, locked out or given another role: every line of theirs closes."""
    presence = lock_presence(user_id)
    journal.append(
        events.AccessEnded(person=user_id, why=why), agency=presence.agency_id, by=by
    )
    return presence


@action
def seal_reads(*, agency_id: UUID, by: Actor) -> Agency:
    """Take the settled access records that no event holds yet into the chain."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    loose = AccessRecord.objects.filter(
        agency=agency, accessseal=None, at__lt=database_now() - SETTLED
    ).order_by("pk")
    ids = list(loose.values_list("pk", flat=True)[:SEAL_BATCH])
    if not ids:
        return agency
    count, digest = journal.access_digest(ids)
    # The feed's lock is taken here, earlier than elsewhere: the seal needs its number.
    number = journal.reserve(agency_id) + 1
    AccessSeal.objects.bulk_create(
        [AccessSeal(record_id=pk, agency=agency, number=number) for pk in ids]
    )
    journal.append(
        events.AccessSealed(count=count, digest=digest), agency=agency, by=by
    )
    return agency
