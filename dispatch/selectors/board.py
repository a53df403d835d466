"""The board: a card a call, units and people beside, in a fixed number of queries.

A card is a plain dict of what one projection may see, ready to be encoded.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from uuid import UUID

from dispatch import journal, planned, unheard
from dispatch.elsewhere import OF_SESSION
from dispatch.models.contact import CALLERS
from dispatch.seal import unseal
from dispatch.selectors import handing, roster, standing, words
from dispatch.selectors.handing import OF_CALL
from dispatch.selectors.roster import Card, moment
from dispatch.selectors.said import one_language
from dispatch.selectors.said import said as _
from dispatch.selectors.standing import OURS, OpenCall, OpenSeat, Parts
from dispatch.states import OPEN_CALL
from routing import store
from routing.core.protocol import Protocol
from routing.models import ProtocolVersion

PAGE = 2000
# By hand: the whole board in one statement. A seat has at most one offer that rings and
# at most one assignment that goes on; the table's own constraints say so. Names stand in
# sub-selects, for with three more joins planning took longer than reading.
CARDS = """
SELECT c.id::text, c.number, c.version, c.head, c.state, c.state_since::text,
  c.priority, c.type, c.source_wording, c.zone, c.simulated, c.opened_at::text,
  c.decision_wanted_at::text, c.owner_since::text, o.short_name,
  k.id::text, encode(k.address, 'hex'),
  (SELECT json_agg(json_build_array(
      s.response, s.mode, s.state, s.since::text,
      f.id, f.made_at::text, f.expires_at::text,
      (SELECT short_name FROM dispatch_user WHERE id = f.person_id),
      (SELECT n.name || CASE WHEN n.agency_id = c.agency_id THEN '' ELSE ', ' || (
        SELECT name FROM dispatch_agency WHERE id = n.agency_id) END
        FROM dispatch_unit n WHERE n.id = f.unit_id),
      a.id, a.accepted_at::text, a.confirmed_at::text,
      (SELECT short_name FROM dispatch_user WHERE id = a.person_id),
      u.name || CASE WHEN u.agency_id = c.agency_id THEN '' ELSE ', ' || (
        SELECT name FROM dispatch_agency WHERE id = u.agency_id) END,
      u.kind, u.state,
      -- Who must leave is counted from the order, on every screen.
      COALESCE(CASE WHEN s.mode = 'staged' AND u.kind = 'crt' AND u.state = 'on_scene'
        THEN (SELECT max(e.at) FROM dispatch_event e WHERE e.call_id = c.id
          AND e.kind = 'StagingOrdered' AND e.body->>'seat' = s.id::text) END,
        u.state_since)::text,
      u.check_late, u.check_due_at::text, u.emergency_at::text,
      (SELECT emergency_at::text FROM dispatch_unit WHERE id = f.unit_id),
      {elsewhere}
    ) ORDER BY s.id)::text
    FROM dispatch_seat s
    LEFT JOIN dispatch_offer f ON f.seat_id = s.id AND f.state = 'pending'
    LEFT JOIN dispatch_assignment a ON a.seat_id = s.id AND a.ended_at IS NULL
    LEFT JOIN dispatch_unit u ON u.id = a.unit_id
    WHERE s.call_id = c.id AND s.state IN ('wanted', 'filled')),
  CASE WHEN %(risks)s THEN (
    SELECT json_agg(q.question ORDER BY q.question)::text FROM dispatch_answer q
    WHERE q.call_id = c.id AND q.value = 'yes') END,
  (SELECT p.id::text FROM routing_protocolversion p
    WHERE p.agency_id = %(agency)s AND p.state = 'published'),
  (SELECT json_build_array(CASE WHEN m.subject = c.id THEN 'undecided'
      ELSE m.about END, m.raised_at::text)::text
    FROM dispatch_alarm m
    WHERE m.call_id = c.id AND m.state <> 'ended'
      AND m.about NOT IN ('unowned', 'waiting', 'told', 'check', 'emergency')
      -- Of a decided call its own state says so; of the caller on a line only the alarm.
      AND NOT (m.subject = c.id AND c.state NOT IN ('new', 'triaging'))
    ORDER BY m.raised_at LIMIT 1),
  {handing},
  CASE WHEN c.state IN ('decided', 'working') THEN (
    SELECT GREATEST(max(s.since), c.state_since)::text FROM dispatch_seat s
    WHERE s.call_id = c.id AND s.state NOT IN ('wanted', 'filled')) END,
  CASE WHEN c.state <> 'resolved' THEN (
    SELECT json_build_array(max(l.since)::text, bool_or(l.state IN ({lost})))::text
    FROM dispatch_contact l
    WHERE l.call_id = c.id AND l.purpose IN ({callers})
    HAVING NOT bool_or(l.state IN ({heard})) AND bool_or(l.state IN ({lost}))
      OR bool_and(l.state = 'completed') AND bool_or(l.why IN ({for_good}))) END
FROM dispatch_call c
LEFT JOIN dispatch_user o ON o.id = c.owner_id
LEFT JOIN dispatch_caller k ON k.call_id = c.id
WHERE c.agency_id = %(agency)s
  AND c.state = ANY(%(open)s){which}
ORDER BY c.priority, c.opened_at
LIMIT %(page)s
"""


# The words of ``unheard``, of which this is the same for many calls at once.
NOBODY_THERE = {
    "callers": planned.codes(CALLERS),
    "heard": planned.codes(unheard.HEARD),
    "lost": planned.codes(unheard.LOST),
    "for_good": planned.codes(unheard.FOR_GOOD),
    "elsewhere": OF_SESSION,
}
ALL = CARDS.format(which="", handing=OF_CALL, **NOBODY_THERE)
SOME = CARDS.format(
    which=" AND c.id = ANY(%(ids)s::uuid[])", handing=OF_CALL, **NOBODY_THERE
)
# The states stand in it, so that the index of the open calls alone answers.
HOW_MANY = "SELECT count(*) FROM dispatch_call WHERE agency_id = %s AND state IN ({})"
COUNT = HOW_MANY.format(", ".join(f"'{state}'" for state in sorted(OPEN_CALL)))
Order = tuple[bool, bool, int, str, str]
NOTHING = Parts(seats=[], offers=[], assignments=[])


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A whole board and the number of the log that it is true for.

    ``open`` counts every open call: more than ``cards`` when those are not all.
    """

    number: int
    open: int
    cards: list[Card]
    units: list[Card]
    people: list[Card]


def snapshot(agency: UUID, projection: str) -> Snapshot:
    """Head, cards, units and people as of one moment."""
    with journal.one_moment():
        found = cards(agency, projection)
        return Snapshot(
            number=journal.head(agency),
            open=how_many(agency, len(found)),
            cards=found,
            units=roster.units(agency, projection),
            people=roster.people(agency, projection),
        )


def cards(
    agency: UUID, projection: str, ids: Iterable[UUID | str] | None = None
) -> list[Card]:
    """The open calls (of ``ids``), most urgent first, then oldest. One query."""
    return shown(calls(agency, ids, risks=projection == "clinical"), projection)


def calls(
    agency: UUID, ids: Iterable[UUID | str] | None = None, *, risks: bool
) -> list[OpenCall]:
    """The open calls (of ``ids``) with all that hangs on them, as rows."""
    values: dict[str, object] = {
        "agency": agency,
        "open": list(OPEN_CALL),
        "risks": risks,
        "page": PAGE,
    }
    if ids is None:
        found = planned.ask(ALL, values)
    else:
        found = planned.ask(SOME, values | {"ids": planned.uuids(ids)})
    return [OpenCall._make(row) for row in found]


def how_many(agency: UUID, found: int | None = None) -> int:
    """Every open call; asked only where a whole board ``found`` no room for more."""
    if found is not None and found < PAGE:
        return found
    (row,) = planned.ask(COUNT, [agency])
    return int(row[0])


def shown(calls: Sequence[OpenCall], projection: str) -> list[Card]:
    """The cards of these calls in their order, with what this projection may see."""
    if not calls:
        return []
    protocol = _protocol(calls[0].protocol)
    with one_language():
        made = [_card(call, projection, protocol) for call in calls]
    return sorted(made, key=order)


def texts(calls: Sequence[OpenCall], projection: str) -> list[str]:
    """The same as JSON, for the live line. A row that was seen before costs nothing.

    What is kept is kept by all that the row says: it cannot grow old.
    """
    with one_language() as language:
        made = [_text(call, projection, language) for call in calls]
    return [text for _order, text in sorted(made)]


@lru_cache(maxsize=3 * PAGE)
def _text(call: OpenCall, projection: str, _language: str) -> tuple[Order, str]:
    card = _card(call, projection, _protocol(call.protocol))
    return order(card), json.dumps(card, separators=(",", ":"), ensure_ascii=False)


def order(card: Card) -> Order:
    """The lane on top, a crew's emergency first; then who waits; then who is helped."""
    emergency = card["state"]["code"] == "crew_emergency"
    group = not card["lane"] and card["group"] != "waiting"
    return (
        not card["lane"],
        not emergency if card["lane"] else group,
        card["priority"],
        card["opened_at"],
        card["number"],
    )


@lru_cache(maxsize=64)
def _protocol(pk: str | None) -> Protocol | None:
    return store.read(ProtocolVersion(pk=UUID(pk))) if pk else None


def _card(call: OpenCall, projection: str, protocol: Protocol | None) -> Card:
    parts = _parts(call.seats)
    now = standing.state(call, parts)
    emergency = now.code == "crew_emergency"
    wall = projection in {"wall", "outline"}
    card: Card = {
        "id": call.id,
        "number": call.number,
        "version": call.version,
        "number_seen": call.head,
        "priority": call.priority,
        "priority_label": words.priority(call.priority),
        "lane": emergency or call.priority == 1,
        "type": call.type,
        "type_label": type_label(call.type, call.source_wording, protocol),
        "place": (call.zone or "–") if wall else _known_place(call),
        "group": "active" if _active(parts, call) else "waiting",
        "state": {
            "code": now.code,
            "label": standing.without_names(now) if wall else now.label,
            "since": moment(now.since),
            "due": moment(now.due) if now.due else None,
            "shape": now.shape,
            "act": now.act,
        },
        "opened_at": moment(call.opened_at),
        "owner": None if wall else call.owner,
        "units": _units_of(parts),
        "simulated": bool(call.simulated),
        "url": "" if wall else f"/calls/{call.id}/",
    }
    if projection == "clinical":
        card["risks"] = json.loads(call.risks) if call.risks else []
    return card


def _parts(seats: str | None) -> Parts:
    if seats is None:
        return NOTHING
    every = [OpenSeat._make(seat) for seat in json.loads(seats)]
    # Ids grow with time: who was asked first is named first.
    ringing = [seat for seat in every if seat.offer]
    working = [seat for seat in every if seat.assignment]
    return Parts(
        seats=every,
        offers=sorted(ringing, key=attrgetter("offer")),
        assignments=sorted(working, key=attrgetter("assignment")),
    )


def type_label(code: str, wording: str, protocol: Protocol | None) -> str:
    """The agency's word for this type; an unmapped wording shows as it came."""
    if protocol is not None and code in protocol.types:
        return protocol.types[code].label
    return code.replace("_", " ").capitalize() or wording or _("Type not known")


def _known_place(call: OpenCall) -> str:
    return _place(call) or call.zone or _("Place not known")


def _place(call: OpenCall) -> str:
    if call.address is None:
        return ""
    sealed = bytes.fromhex(call.address)
    return unseal(sealed, f"dispatch_caller/address/{call.caller}")


def _active(parts: Parts, call: OpenCall) -> bool:
    """Somebody of ours or of the partners has it; nobody is waited for."""
    if call.state == "resolved" or any(s.state == "filled" for s in parts.seats):
        return True
    going = handing.read(call.handing)
    return going is not None and going.code in handing.ANSWERED


def _units_of(parts: Parts) -> list[str]:
    """Teams by name, outside services by kind."""
    if not parts.seats:
        return []
    names = [seat.unit for seat in parts.assignments if seat.unit]
    names += [seat.asked_unit for seat in parts.offers if seat.asked_unit]
    outside = [seat for seat in parts.seats if seat.response not in OURS]
    names += [words.response_short(seat.response) for seat in outside]
    return list(dict.fromkeys(names))
