"""Secrets with which a phone or tracker tells where a unit is: made, and revoked."""

from uuid import UUID

from django.db.models.functions import Now

from dispatch import events, journal, quick
from dispatch.actions.base import action, lock_unit
from dispatch.events import Actor
from dispatch.models import PositionKey, Unit


@action
def make(*, unit_id: UUID, hashed: str, by: Actor) -> PositionKey:
    """One more device may tell this unit's place. Only the hash of its secret is kept."""
    unit = lock_unit(unit_id)
    key = PositionKey(unit=unit, hash=hashed)
    quick.add(key)
    journal.append(events.PositionKeyMade(key=key.pk), unit=unit, by=by)
    return key


@action
def revoke_all(*, unit_id: UUID, by: Actor) -> Unit:
    """No device made so far tells this unit's place any more. Twice is once."""
    unit = lock_unit(unit_id)
    for key in quick.rows(PositionKey, unit=unit.pk, revoked_at=None):
        quick.write(key, {"revoked_at": Now()})
        journal.append(events.PositionKeyRevoked(key=key.pk), unit=unit, by=by)
    return unit
