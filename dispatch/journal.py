"""The log: append (under the feed lock, hash-chained), since (from a number), its head."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction

from dispatch import planned
from dispatch.events import Actor, EventBody
from dispatch.models import AccessRecord, Agency, Call, Event, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An event that an action has collected and the feed has not numbered yet."""

    body: EventBody
    agency: UUID
    by: Actor
    call: Call | None = None
    unit: UUID | None = None


# What a feed lock has read: the last event's number and hash, and the time.
Held = tuple[int, bytes, datetime]

_collected: ContextVar[list[Line] | None] = ContextVar("collected", default=None)
_held: ContextVar[dict[UUID, Held] | None] = ContextVar("held", default=None)


@contextmanager
def collecting() -> Iterator[list[Line]]:
    """What is appended inside waits in this list until ``write``."""
    lines: list[Line] = []
    token, held = _collected.set(lines), _held.set({})
    try:
        yield lines
    finally:
        _collected.reset(token)
        _held.reset(held)


def append(
    body: EventBody,
    *,
    by: Actor,
    call: Call | None = None,
    unit: Unit | None = None,
    agency: Agency | UUID | None = None,
) -> None:
    """Say what happened. Only an action may; it is numbered when the action ends.

    What a lent unit does is said in its own centre's log too, without the call.
    """
    lines = _collected.get()
    assert lines is not None, "journal.append outside an action"
    owner = agency or (call.agency_id if call else unit.agency_id if unit else None)
    assert owner is not None, "an event belongs to an agency"
    home = owner.pk if isinstance(owner, Agency) else owner
    # A foreign call is never numbered by another centre's log.
    ours = call if call is not None and call.agency_id == home else None
    named = unit.pk if unit else None
    lines.append(Line(body=body, agency=home, by=by, call=ours, unit=named))
    if unit is not None and unit.agency_id != home:
        lines.append(Line(body=body, agency=unit.agency_id, by=by, unit=named))


def write(lines: Sequence[Line]) -> dict[UUID, int]:
    """Number and store the lines; the last step before commit. Agency → new head.

    Takes each agency's feed lock, in the order of their ids, until commit.
    """
    heads: dict[UUID, int] = {}
    for agency in sorted({line.agency for line in lines}):
        mine = [line for line in lines if line.agency == agency]
        heads[agency] = _write_agency(agency, mine)
    return heads


def _write_agency(agency: UUID, lines: Sequence[Line]) -> int:
    number, head, at = (_held.get() or {}).get(agency) or _lock_feed(agency)
    events = []
    for line in lines:
        number += 1
        event = Event(
            agency_id=agency,
            number=number,
            call_id=line.call.pk if line.call else None,
            unit_id=line.unit,
            kind=type(line.body).__name__,
            body=line.body.as_json(),
            by=str(line.by),
            by_name=line.by.name[:40],
            at=at,
            prev_hash=head,
        )
        event.hash = head = digest(event)
        events.append(event)
    _store(agency, events, lines)
    return number


# By hand, not by Django's compiler: these statements end every action of the product,
# and in one round trip they cost a quarter of what four querysets cost.
HEAD = "SELECT number FROM dispatch_feed WHERE agency_id = %s"
EVENT_COLUMNS = (
    "agency_id, number, call_id, unit_id, kind, body, by, by_name, at, prev_hash, hash"
)
LOCKED = (
    "SELECT number, hash, clock_timestamp() FROM dispatch_feed"
    " WHERE agency_id = %s FOR NO KEY UPDATE"
)


def _store(agency: UUID, events: Sequence[Event], lines: Sequence[Line]) -> None:
    last = events[-1]
    row = "(" + ", ".join(["%s"] * 11) + ")"
    sql = [
        f"INSERT INTO dispatch_event ({EVENT_COLUMNS}) VALUES "  # noqa: S608  constants
        + ", ".join([row] * len(events)),
        "UPDATE dispatch_feed SET number = %s, hash = %s WHERE agency_id = %s",
    ]
    values: list[UUID | datetime | str | int | bytes | None] = []
    for event in events:
        values += [agency, event.number, event.call_id, event.unit_id, event.kind]
        values += [json.dumps(event.body), event.by, event.by_name, event.at]
        values += [bytes(event.prev_hash), bytes(event.hash)]
    values += [last.number, bytes(last.hash), agency]
    touched = [line.call for line in lines if line.call is not None]
    for pk in {call.pk for call in touched}:
        changes = any(
            line.call is not None and line.call.pk == pk and line.body.changes_call
            for line in lines
        )
        sql.append(
            "UPDATE dispatch_call SET head = %s, version = version + %s WHERE id = %s"
        )
        values += [last.number, int(changes), pk]
        for call in {id(call): call for call in touched if call.pk == pk}.values():
            call.head, call.version = last.number, call.version + int(changes)
    planned.send("; ".join(planned.text(each) for each in sql), values)


def _lock_feed(agency: UUID) -> Held:
    number, head, at = planned.ask(LOCKED, [agency])[0]
    return number, bytes(head), at


def reserve(agency: UUID) -> int:
    """Hold the feed from now on; the number that its last event has."""
    return hold(agency, *_lock_feed(agency))


def hold(agency: UUID, number: int, head: bytes, at: datetime) -> int:
    """Another statement has locked the feed and read this; its number."""
    held = _held.get()
    assert held is not None, "the feed is held by an action"
    held[agency] = number, bytes(head), at
    return number


def digest(event: Event) -> bytes:
    """sha256(prev_hash ‖ canonical event), 32 bytes."""
    canonical = json.dumps(
        {
            "agency": str(event.agency_id),
            "number": event.number,
            "call": str(event.call_id) if event.call_id else None,
            "unit": str(event.unit_id) if event.unit_id else None,
            "kind": event.kind,
            "body": event.body,
            "by": event.by,
            "by_name": event.by_name,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(bytes(event.prev_hash) + canonical.encode()).digest()


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is as of one moment; inside a transaction, as that has it."""
    with transaction.atomic():
        # Inside another transaction the level cannot change any more.
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def head(agency: UUID) -> int:
    [(number,)] = planned.ask(HEAD, [agency])
    return int(number)


def since(agency: UUID, number: int, limit: int = 1000) -> list[Event]:
    """The agency's events after ``number``, in order, at most ``limit``."""
    rows = Event.objects.filter(agency=agency, number__gt=number).order_by("number")
    return list(rows[:limit])


def access_digest(ids: Sequence[UUID]) -> tuple[int, str]:
    """How many of these access records there are, and the hash of their content."""
    hasher = hashlib.sha256()
    count = 0
    rows = AccessRecord.objects.filter(pk__in=ids).order_by("pk")
    for row in rows.values_list(
        "pk", "agency_id", "user_id", "verb", "projection", "call_id", "reason", "at"
    ):
        count += 1
        hasher.update(json.dumps([str(value) for value in row]).encode())
    return count, hasher.hexdigest()
