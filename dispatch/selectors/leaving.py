"""The order to leave: when a team was last told to stage, and why. One clock for all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.models import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """``why``: codes, the strongest first."""

    at: datetime
    why: tuple[str, ...]


def last_order(call: UUID, seat: UUID) -> Order | None:
    """What this team was told last; None where nobody told it. One query."""
    told = Event.objects.filter(call=call, kind="StagingOrdered", body__seat=str(seat))
    last = told.order_by("-number").values_list("at", "body__why").first()
    return Order(at=last[0], why=tuple(last[1] or ())) if last else None
