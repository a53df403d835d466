"""What the live line says: one moment of the log, each message built once a projection."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dispatch import planned
from dispatch.selectors import board, roster
from dispatch.selectors.roster import Card
from dispatch.selectors.said import one_language
from dispatch.selectors.standing import OpenCall

RESUME = 500  # a board further behind than this gets a snapshot
HEAD = "SELECT number, clock_timestamp() FROM dispatch_feed WHERE agency_id = %s"
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; "
EVERY = "operations"  # a unit's card is the same in every projection
NEWS = """
SELECT call_id::text, unit_id::text, body->>'person',
       CASE WHEN kind = 'AccessEnded' THEN body->>'why' END,
       starts_with(kind, 'Alarm'), starts_with(kind, 'Loan')
FROM dispatch_event WHERE agency_id = %s AND number > %s AND number <= %s
"""
# Agencies whose board did not fit into one message of this process. To count 2,000
# calls with every message takes 1.6 ms: where every board has every call, nobody counts.
_crowded: set[UUID] = set()


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log is, and the database's time."""

    number: int
    at: datetime


@dataclass(slots=True)
class Touched:
    """What a run of events has changed, and whose access it ended, with the reason."""

    calls: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    ended: dict[UUID, str] = field(default_factory=dict)
    alarms: bool = False
    loans: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a message is about, the same in every projection; no ``people``: everybody.

    ``open`` counts every open call; None where no board can lack one.
    """

    calls: list[OpenCall]
    open: int | None
    gone: list[str]
    units: list[Card]
    people: set[str] | None
    alarms: bool = False
    loans: bool = False


def head(agency: UUID) -> Head:
    """One statement, and all that a look costs when nothing has happened."""
    return Head(*planned.ask(HEAD, [agency])[0])


class Moment:
    """All that is read through one of these is true for its number.

    Made as the first word of a transaction, and used only inside it.
    """

    def __init__(self, agency: UUID, projections: Collection[str]) -> None:
        self.head = Head(*planned.send(ONE_MOMENT + HEAD, [agency])[0])
        self._agency = agency
        self._risks = "clinical" in projections
        self._touched: dict[int, Touched] = {}
        self._rows: dict[int | None, Rows] = {}
        self._said: dict[tuple[str, int | None], str] = {}

    def answer(self, projection: str, since: int | None) -> str:
        """A resume where the gap is small, else the whole board."""
        number = self.head.number
        near = since is not None and 0 <= number - since <= RESUME
        return self.said(projection, since if near else None)

    def said(self, projection: str, since: int | None) -> str:
        """What changed after this number, as text; the whole board for None."""
        if (projection, since) not in self._said:
            with one_language():
                self._said[projection, since] = self._message(projection, since)
        return self._said[projection, since]

    def touched(self, since: int) -> Touched:
        """What the events after this number are about."""
        if since not in self._touched:
            self._touched[since] = _touched(self._agency, since, self.head.number)
        return self._touched[since]

    def _message(self, projection: str, since: int | None) -> str:
        if since not in self._rows:
            self._rows[since] = self._whole() if since is None else self._part(since)
        rows = self._rows[since]
        what = {"t": "snapshot"} if since is None else {"t": "cards", "prev": since}
        message: dict[str, object] = {
            **what,
            "number": self.head.number,
            "at": self.head.at.isoformat(),
            "units": rows.units,
            "people": self._people(projection, rows.people),
        }
        if rows.open is not None:
            message["open"] = rows.open
        if since is not None:
            message["gone"] = rows.gone
        if rows.alarms:
            message["alarms"] = True
        if rows.loans:
            message["loans"] = True
        # The cards are text already.
        cards = ",".join(board.texts(rows.calls, projection))
        return f'{encode(message)[:-1]},"cards":[{cards}]}}'

    def _whole(self) -> Rows:
        calls = board.calls(self._agency, risks=self._risks)
        number = board.how_many(self._agency, len(calls))
        if number > len(calls):
            _crowded.add(self._agency)
        return Rows(
            calls=calls,
            open=number,
            gone=[],
            units=roster.units(self._agency, EVERY),
            people=None,
        )

    def _part(self, since: int) -> Rows:
        touched, agency = self.touched(since), self._agency
        ids, units = touched.calls, touched.units
        calls = board.calls(agency, ids, risks=self._risks) if ids else []
        return Rows(
            calls=calls,
            open=board.how_many(agency) if agency in _crowded else None,
            gone=sorted(ids - {call.id for call in calls}),
            units=roster.units(agency, EVERY, units) if units else [],
            people=touched.people,
            alarms=touched.alarms,
            loans=touched.loans,
        )

    def _people(self, projection: str, ids: set[str] | None) -> list[Card]:
        if ids is not None and not ids:
            return []
        return roster.people(self._agency, projection, ids)


def _touched(agency: UUID, since: int, until: int) -> Touched:
    touched = Touched()
    for row in planned.ask(NEWS, [agency, since, until]):
        call, unit, person, ended, alarm, loan = row
        if call:
            touched.calls.add(call)
        if unit:
            touched.units.add(unit)
        if person:
            touched.people.add(person)
        if ended:
            touched.ended[UUID(person)] = ended
        touched.alarms |= alarm
        touched.loans |= loan
    return touched


def beat(head: Head) -> str:
    return encode({"t": "beat", "number": head.number, "at": head.at.isoformat()})


def encode(message: dict[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)
