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
    return last_orders(call).get(seat)


def last_orders(call: UUID) -> dict[UUID, Order]:
    """Seat → what its team was told last, of those that were told. One query."""
    told = Event.objects.filter(call=call, kind="StagingOrdered").order_by("number")
    return {
        UUID(seat): Order(at=at, why=tuple(why or ()))
        for seat, at, why in told.values_list("body__seat", "at", "body__why")
    }
