"""@action, the locks and their order, move(): the only assignment to ``.state``."""

import functools
import random
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import (
    IntegrityError,
    NotSupportedError,
    OperationalError,
    connection,
    models,
    transaction,
)
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import journal, nudge, quick
from dispatch.actions import keys
from dispatch.errors import Busy, Invalid, NotFound, Stale
from dispatch.events import CLOCK, Actor
from dispatch.models import (
    Alarm,
    Assignment,
    Call,
    Contact,
    FollowUp,
    Loan,
    Offer,
    Presence,
    Seat,
    ShiftSwap,
    Transfer,
    Unit,
    WriteKey,
)
from dispatch.states import (
    ALARM_MOVES,
    CALL_MOVES,
    CONTACT_MOVES,
    FOLLOWUP_MOVES,
    LOAN_MOVES,
    OFFER_MOVES,
    PRESENCE_MOVES,
    SEAT_MOVES,
    SWAP_MOVES,
    TRANSFER_MOVES,
    UNIT_MOVES,
    AlarmState,
    CallState,
    ContactState,
    FollowUpState,
    LoanState,
    Moves,
    OfferState,
    PresenceState,
    SeatState,
    State,
    SwapState,
    TransferState,
    UnitState,
    check_move,
)

P = ParamSpec("P")
R = TypeVar("R", bound=models.Model | None)
Row = TypeVar("Row", bound=models.Model)

MOVES: Mapping[type[models.Model], tuple[type[StrEnum], Moves, str]] = {
    Call: (CallState, CALL_MOVES, "state_since"),
    Contact: (ContactState, CONTACT_MOVES, "since"),
    Seat: (SeatState, SEAT_MOVES, "since"),
    Offer: (OfferState, OFFER_MOVES, ""),
    Transfer: (TransferState, TRANSFER_MOVES, ""),
    Presence: (PresenceState, PRESENCE_MOVES, "since"),
    Unit: (UnitState, UNIT_MOVES, "state_since"),
    FollowUp: (FollowUpState, FOLLOWUP_MOVES, ""),
    Alarm: (AlarmState, ALARM_MOVES, ""),
    Loan: (LoanState, LOAN_MOVES, ""),
    ShiftSwap: (SwapState, SWAP_MOVES, ""),
}

HELD = "55P03"  # a lock time-out
# With a deadlock, a serialization failure, a plan that a migration outdated: try again.
RETRY = {HELD, "40P01", "40001", "0A000"}
TRIES = 4
CODE = re.compile(r"[a-z0-9_]{1,40}")


def move(row: models.Model, to: State, **also: object) -> None:
    """Change a locked row's state, if the table allows it, and what goes with it.

    The only assignment to ``.state`` in the project.
    """
    states, moves, since = MOVES[type(row)]
    check_move(moves, states(row.state), to)  # type: ignore[attr-defined, arg-type]
    row.state = to.value  # type: ignore[attr-defined]
    if since:
        also = {since: Now(), **also}
    quick.write(row, {"state": row.state, **also})  # type: ignore[attr-defined]


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run as one transaction of its own, once per key, its events numbered at the end.

    Never called from inside another. A deadlock runs it again, and a lock time-out too
    unless the clock's next beat will; after that it is Busy and nothing was changed.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for again in range(1, TRIES + 1):
            try:
                return _once(function, args, kwargs)
            except (OperationalError, NotSupportedError) as error:
                code = getattr(error.__cause__, "pgcode", None)
                if code not in RETRY or connection.in_atomic_block:
                    raise
                if again == TRIES or (code == HELD and kwargs["by"] == CLOCK):
                    raise Busy from error
                time.sleep(random.uniform(0.01, 0.05) * again)  # noqa: S311
        raise AssertionError("unreachable")

    return run


def _once(
    function: Callable[P, R], args: tuple[object, ...], kwargs: dict[str, object]
) -> R:
    by = kwargs["by"]
    assert isinstance(by, Actor)
    if by.key is None:
        return _act(function, args, kwargs)
    body = keys.body_hash(function, kwargs)
    try:
        return _act(function, args, kwargs, partial(keys.claim, by, body))
    except IntegrityError as error:
        if not keys.taken(error):
            raise
    return keys.recall(by, body)  # type: ignore[return-value]


def _act(
    function: Callable[P, R],
    args: tuple[object, ...],
    kwargs: dict[str, object],
    claim: Callable[[], WriteKey] | None = None,
) -> R:
    with (
        transaction.atomic(durable=True),
        quick.riding(),
        journal.collecting() as lines,
    ):
        written = claim() if claim else None
        result = function(*args, **kwargs)  # type: ignore[arg-type]
        if written is not None:
            quick.write(written, {"result": keys.named(result)})
        for agency in journal.write(lines):
            _wake(agency)
    return result


def _wake(agency: UUID) -> None:
    transaction.on_commit(lambda: nudge.feed(agency), robust=True)


def lock_call(call_id: UUID, seen: int | None = None) -> Call:
    """The call, locked until commit. Stale if it is no longer what ``seen`` saw."""
    call = _lock(Call, call_id)
    if seen is not None and call.version != seen:
        raise Stale
    return call


def lock_seat(seat_id: UUID) -> tuple[Call, Seat]:
    """The seat's call first, then the seat."""
    return _together(Seat, seat_id, "call")  # type: ignore[return-value]


def goes_on(call: Call) -> Call:
    """Of calls that are one event, the one that is worked on, locked. Holds the call."""
    while call.state == CallState.DUPLICATE and call.duplicate_of_id is not None:
        call = lock_call(call.duplicate_of_id)
    return call


def lock_offer(offer_id: UUID) -> tuple[Call, Seat, Offer]:
    return _together(Offer, offer_id, "seat", "call")  # type: ignore[return-value]


def lock_assignment(assignment_id: UUID) -> tuple[Call, Seat, Assignment]:
    return _together(Assignment, assignment_id, "seat", "call")  # type: ignore[return-value]


def lock_loan(loan_id: UUID) -> tuple[Call, Loan]:
    return _together(Loan, loan_id, "call")  # type: ignore[return-value]


def lock_unit(unit_id: UUID) -> Unit:
    """Only where no call is touched, or its lock is already held."""
    return _lock(Unit, unit_id)


def lock_presence(user_id: UUID) -> Presence:
    return _lock(Presence, user_id)


def _lock(model: type[Row], pk: UUID) -> Row:
    row = quick.locked(model, pk)
    if row is None:
        raise NotFound
    return row


def _together(
    model: type[models.Model], pk: UUID, *above: str
) -> tuple[models.Model, ...]:
    rows = quick.locked_with(model, pk, *above)
    if rows is None:
        raise NotFound
    return tuple(rows)


def coded(field: str, value: str) -> str:
    """The value, if it is a code: what an event holds is never somebody's words."""
    if not CODE.fullmatch(value):
        raise Invalid(field=field, why=_("choose a reason"))
    return value


def database_now() -> datetime:
    """The one clock of the product."""
    return quick.now()
