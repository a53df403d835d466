"""Who looks and who acts, as the journal names them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from dispatch import quick
from dispatch.access.policy import require
from dispatch.events import Actor
from dispatch.models import AccessRecord, Call, User
from dispatch.wrong import seconds
from routing import store


def actor(user: User, key: str | None = None) -> Actor:
    return Actor(kind="user", id=user.pk, name=user.short_name, key=key)


def record(
    user: User, verb: str, *, call: Call | None = None, reason: str = ""
) -> None:
    """Remember that this person looked."""
    seen = AccessRecord(
        agency_id=user.agency_id,
        user=user,
        verb=verb,
        projection=require(user, verb),
        call=call,
        reason=reason,
    )
    quick.add(seen)


def screen_lock(user: User) -> timedelta:
    """How long this person's screen may lie untouched, as their centre's protocol says."""
    assert user.agency_id is not None
    return seconds(store.published(user.agency_id)[1], "screen_lock")


def seen_lately(
    user: User, verb: str, calls: Sequence[Call]
) -> frozenset[tuple[UUID | None, str]]:
    """Call and reason of what this person looked at in this sitting. One query.

    A page that is open asks for the same anew every few seconds. That is one look until
    the screen would have locked itself.
    """
    looks = AccessRecord.objects.filter(
        user=user, verb=verb, call__in=calls, at__gt=Now() - screen_lock(user)
    )
    return frozenset(looks.values_list("call", "reason"))
