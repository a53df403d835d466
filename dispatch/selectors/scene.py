"""Who came first to the scene, who leads there, and who released whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.models import Call, Seat, Transfer
from dispatch.reached import attested, opened_again
from dispatch.selectors import words
from dispatch.selectors.seat import SeatView
from dispatch.states import SeatState


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """Somebody came, or was released (by whom) at this moment."""

    who: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """``officer``: one was there before the call. ``leads`` empty: nobody does."""

    officer: bool
    came: tuple[There, ...]
    at_it: bool
    leads: str
    released: tuple[There, ...]


def at_scene(seats: Sequence[SeatView], source: str) -> Scene | None:
    """In the order in which they came; None before anybody is there."""
    came = [There(who=_name(one), at=one.there_at) for one in seats if one.there_at]
    officer = source == "officer"
    if not came and not officer:
        return None
    return Scene(
        officer=officer,
        came=tuple(sorted(came, key=lambda one: one.at)),
        at_it=any(one.open and one.there_at for one in seats),
        leads=next((_name(one) for one in seats if one.open and one.lead), ""),
        released=tuple(
            There(who=one.kind, at=one.released_at, by=one.released_by)
            for one in seats
            if one.released_at
        ),
    )


def tell_contact(call: Call) -> bool:
    """Whether 988, who sent the call, waits to hear of somebody who is with the person."""
    sent = list(Transfer.objects.filter(call=call, kind="988_911"))
    if not sent:
        return False
    again = opened_again(call)
    untold = any(one.contact_since(again) is None for one in sent)
    return untold and attested(call, again)


def outside(call: Call) -> tuple[tuple[UUID, str], ...]:
    """Seat and name of each outside service that is there."""
    there = Seat.objects.filter(call=call, arrived_at__isnull=False, released_at=None)
    rows = there.filter(state=SeatState.FILLED).order_by("arrived_at")
    return tuple((one.pk, words.response(one.response)) for one in rows)


def _name(seat: SeatView) -> str:
    return seat.who or seat.kind
