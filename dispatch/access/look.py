"""Who looks and who acts, as the journal names them."""

from dispatch import quick
from dispatch.access.policy import require
from dispatch.events import Actor
from dispatch.models import AccessRecord, Call, User


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
