"""The board: a card a call, units and people beside, in a fixed number of queries.

A card is a plain dict of what one projection may see, ready to be encoded.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from dispatch import journal
from dispatch.models import Answer, Assignment, Call, Offer, Seat
from dispatch.seal import unseal
from dispatch.selectors import roster, standing, words
from dispatch.selectors.roster import Card
from dispatch.selectors.said import one_language
from dispatch.selectors.said import said as _
from dispatch.selectors.standing import OURS, Parts, Values
from dispatch.states import OPEN_CALL, OfferState, SeatState
from routing import store
from routing.core.protocol import Protocol
from routing.models import ProtocolVersion

PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A whole board and the number of the log that it is true for."""

    number: int
    cards: list[Card]
    units: list[Card]
    people: list[Card]


def snapshot(agency: UUID, projection: str) -> Snapshot:
    """Head, cards, units and people as of one moment."""
    with transaction.atomic():
        # Inside another transaction the level cannot change any more.
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return Snapshot(
            number=journal.head(agency),
            cards=cards(agency, projection),
            units=roster.units(agency, projection),
            people=roster.people(agency, projection),
        )


def cards(
    agency: UUID, projection: str, ids: Iterable[UUID] | None = None
) -> list[Card]:
    """The open calls (of ``ids``), most urgent first, then oldest.

    Five queries however long the board; one more where risks are shown.
    """
    calls = Call.objects.filter(agency=agency, state__in=OPEN_CALL)
    if ids is not None:
        calls = calls.filter(pk__in=list(ids))
    rows = list(_call_values(calls)[:PAGE])
    if ids is None:
        # A whole board names its calls by what they are: 2,000 ids cost more to send.
        inside = Q(call__agency=agency, call__state__in=OPEN_CALL)
    else:
        inside = Q(call__in=[row["id"] for row in rows])
    parts = _parts(inside, projection)
    protocol = _protocol(agency)
    with one_language():
        made = [_card(row, parts[row["id"]], projection, protocol) for row in rows]
    return sorted(made, key=order)


def order(card: Card) -> tuple[bool, bool, int, str, str]:
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


def _call_values(calls: QuerySet[Call]) -> QuerySet[Call, Any]:
    return calls.order_by("priority", "opened_at").values(
        "id",
        "number",
        "version",
        "head",
        "state",
        "state_since",
        "priority",
        "type",
        "source_wording",
        "zone",
        "simulated",
        "opened_at",
        "decision_wanted_at",
        "owner_since",
        owner_name=F("owner__short_name"),
        caller_id=F("caller__id"),
        address=F("caller__address"),
    )


def _parts(inside: Q, projection: str) -> dict[UUID, Parts]:
    parts: dict[UUID, Parts] = defaultdict(Parts)
    seats = Seat.objects.filter(inside, state__in=[SeatState.WANTED, SeatState.FILLED])
    for row in seats.order_by("pk").values(
        "call_id", "response", "mode", "state", "since"
    ):
        parts[row["call_id"]].seats.append(row)
    by_seat = Q(seat__in=seats.order_by().values("pk"))
    offers = Offer.objects.filter(by_seat, state=OfferState.PENDING)
    for ring in offers.order_by("pk").values(
        "made_at",
        "expires_at",
        call_id=F("seat__call"),
        response=F("seat__response"),
        who=F("person__short_name"),
        unit_name=F("unit__name"),
    ):
        parts[ring["call_id"]].offers.append(ring)
    working = Assignment.objects.filter(by_seat, ended_at=None)
    for work in working.order_by("pk").values(
        "accepted_at",
        "confirmed_at",
        call_id=F("seat__call"),
        mode=F("seat__mode"),
        who=F("person__short_name"),
        unit_name=F("unit__name"),
        unit_kind=F("unit__kind"),
        unit_state=F("unit__state"),
        unit_since=F("unit__state_since"),
        check_late=F("unit__check_late"),
        check_due=F("unit__check_due_at"),
        emergency=F("unit__emergency_at"),
    ):
        parts[work["call_id"]].assignments.append(work)
    if projection == "clinical":
        yes = Answer.objects.filter(inside, value="yes")
        for call, question in yes.order_by("question").values_list("call", "question"):
            parts[call].risks.append(question)
    return parts


def _protocol(agency: UUID) -> Protocol | None:
    try:
        return store.published(agency)[1]
    except ProtocolVersion.DoesNotExist:
        return None


def _card(
    row: Values, parts: Parts, projection: str, protocol: Protocol | None
) -> Card:
    now = standing.state(row, parts)
    emergency = now.code == "crew_emergency"
    card: Card = {
        "id": str(row["id"]),
        "number": row["number"],
        "version": row["version"],
        "number_seen": row["head"],
        "priority": row["priority"],
        "priority_label": words.priority(row["priority"]),
        "lane": emergency or row["priority"] == 1,
        "type": row["type"],
        "type_label": type_label(row["type"], row["source_wording"], protocol),
        "place": row["zone"] or _("Place not known"),
        "group": "active" if _active(parts, row) else "waiting",
        "state": {
            "code": now.code,
            "label": now.label,
            "since": now.since.isoformat(),
            "due": now.due.isoformat() if now.due else None,
            "shape": now.shape,
            "act": now.act,
        },
        "opened_at": row["opened_at"].isoformat(),
        "owner": None,
        "units": _units_of(parts),
        "simulated": bool(row["simulated"]),
        "url": f"/calls/{row['id']}/",
    }
    if projection != "wall":
        card["owner"] = row["owner_name"]
        card["place"] = _place(row) or card["place"]
    if projection == "clinical":
        card["risks"] = parts.risks
    if projection == "wall":
        card["state"]["label"] = standing.without_names(now)
        card["url"] = ""
    return card


def type_label(code: str, wording: str, protocol: Protocol | None) -> str:
    """The agency's word for this type; an unmapped wording shows as it came."""
    if protocol is not None and code in protocol.types:
        return protocol.types[code].label
    return code.replace("_", " ").capitalize() or wording or _("Type not known")


def _place(row: Values) -> str:
    if row["address"] is None:
        return ""
    where = f"dispatch_caller/address/{row['caller_id']}"
    return unseal(bytes(row["address"]), where)


def _active(parts: Parts, row: Values) -> bool:
    """Somebody of ours or of the partners has it; nobody is waited for."""
    filled = any(seat["state"] == "filled" for seat in parts.seats)
    return filled or row["state"] == "resolved"


def _units_of(parts: Parts) -> list[str]:
    """Teams by name, outside services by kind."""
    names = [row["unit_name"] for row in parts.assignments if row["unit_name"]]
    names += [row["unit_name"] for row in parts.offers if row["unit_name"]]
    outside = [
        words.response(seat["response"])
        for seat in parts.seats
        if seat["response"] not in OURS
    ]
    return list(dict.fromkeys([*names, *outside]))
