"""The board: a card a call, units and people beside, in a fixed number of queries.

A card is a plain dict of what one projection may see, ready to be encoded. The
board's word for a call is derived here from its seats; nothing stores it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from dispatch import journal
from dispatch.models import Answer, Assignment, Call, Offer, Presence, Seat, Unit
from dispatch.seal import unseal
from dispatch.selectors import words
from dispatch.states import OPEN_CALL, OfferState, SeatState
from routing import store
from routing.core.protocol import Protocol
from routing.models import ProtocolVersion

Card = dict[str, Any]
Values = Mapping[str, Any]
OURS = frozenset({"ccd", "crt", "cor", "cn"})
PAGE = 2000


@dataclass(slots=True)
class Parts:
    """What hangs on one call while its card is made."""

    seats: list[Values] = field(default_factory=list)
    offers: list[Values] = field(default_factory=list)
    assignments: list[Values] = field(default_factory=list)
    risks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One thing that is true of a call now; the most pressing becomes its word."""

    code: str
    label: str
    since: datetime
    shape: str = "open"
    act: bool = False
    due: datetime | None = None


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
        if not connection.in_atomic_block or _outermost():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return Snapshot(
            number=journal.head(agency),
            cards=cards(agency, projection),
            units=units(agency, projection),
            people=people(agency, projection),
        )


def _outermost() -> bool:
    """Whether this transaction is ours: inside another the level cannot change."""
    return not connection.savepoint_ids and not getattr(
        connection, "_from_testcase", False
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
    parts = _parts([row["id"] for row in rows], projection)
    protocol = _protocol(agency)
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


def _parts(ids: list[UUID], projection: str) -> dict[UUID, Parts]:
    parts: dict[UUID, Parts] = defaultdict(Parts)
    seats = Seat.objects.filter(
        call__in=ids, state__in=[SeatState.WANTED, SeatState.FILLED]
    )
    for row in seats.order_by("pk").values(
        "id", "call_id", "response", "mode", "state", "since"
    ):
        parts[row["call_id"]].seats.append(row)
    offers = Offer.objects.filter(seat__call__in=ids, state=OfferState.PENDING)
    for ring in offers.order_by("pk").values(
        "seat_id",
        "made_at",
        "expires_at",
        call_id=F("seat__call"),
        response=F("seat__response"),
        who=F("person__short_name"),
        unit_name=F("unit__name"),
    ):
        parts[ring["call_id"]].offers.append(ring)
    working = Assignment.objects.filter(seat__call__in=ids, ended_at=None)
    for work in working.order_by("pk").values(
        "seat_id",
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
        yes = Answer.objects.filter(call__in=ids, value="yes")
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
    state = _state(row, parts)
    emergency = state.code == "crew_emergency"
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
            "code": state.code,
            "label": state.label,
            "since": state.since.isoformat(),
            "due": state.due.isoformat() if state.due else None,
            "shape": state.shape,
            "act": state.act,
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
        card["state"]["label"] = _without_names(state)
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


WALL_WORDS = {
    "ringing": "Ringing",
    "with_clinician": "With a clinician",
    "joining": "Clinician joins",
}


def _without_names(state: State) -> str:
    return _(WALL_WORDS[state.code]) if state.code in WALL_WORDS else state.label


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


def _state(row: Values, parts: Parts) -> State:
    """The most pressing thing that is true of this call."""
    return next(
        found
        for found in (
            _alarm(parts),
            _staging(parts),
            _untold(parts),
            _deciding(row),
            _asked(parts),
            _unseated(parts),
            _joining(parts),
            _unowned(row),
            _team(parts),
            _session(parts),
            _own(row, parts),
        )
        if found is not None
    )


def _alarm(parts: Parts) -> State | None:
    for row in parts.assignments:
        if row["emergency"]:
            label = _("Emergency %(unit)s") % {"unit": row["unit_name"]}
            return State(
                code="crew_emergency",
                label=label,
                since=row["emergency"],
                shape="full",
                act=True,
            )
    for row in parts.assignments:
        if row["check_late"]:
            label = _("Safety check %(unit)s") % {"unit": row["unit_name"]}
            since = row["check_due"]
            return State(code="check_late", label=label, since=since, act=True)
    return None


def _staging(parts: Parts) -> State | None:
    """An unarmed team that was told to stage and does not stand staged yet."""
    for row in parts.assignments:
        told = row["mode"] == "staged" and row["unit_kind"] == "crt"
        if told and row["unit_state"] == "on_scene":
            label = _("%(unit)s must leave: scene not safe") % {
                "unit": row["unit_name"]
            }
            since = row["unit_since"]
            return State(code="staging", label=label, since=since, act=True)
    return None


def _untold(parts: Parts) -> State | None:
    """An outside service that is wanted and that nobody has confirmed yet."""
    waiting = [
        seat
        for seat in parts.seats
        if seat["state"] == "wanted" and seat["response"] not in OURS
    ]
    if not waiting:
        return None
    names = ", ".join(words.response(seat["response"]) for seat in waiting)
    staged = any(seat["mode"] == "staged" for seat in waiting)
    label = _("Tell %(who)s, staged") if staged else _("Tell %(who)s")
    since = min(seat["since"] for seat in waiting)
    return State(code="tell", label=label % {"who": names}, since=since, act=True)


def _deciding(row: Values) -> State | None:
    if row["decision_wanted_at"] is None:
        return None
    return State(
        code="deciding", label=_("Deciding"), since=row["decision_wanted_at"], shape="half"
    )


def _asked(parts: Parts) -> State | None:
    """Who is being asked right now."""
    for row in parts.offers:
        if row["who"]:
            label = _("Ringing %(who)s") % {"who": row["who"]}
            code, shape = "ringing", "ring"
        else:
            label = _("Dispatched %(unit)s") % {"unit": row["unit_name"]}
            code, shape = "dispatched", "diamond"
        return State(
            code=code,
            label=label,
            since=row["made_at"],
            shape=shape,
            due=row["expires_at"],
        )
    return None


def _unseated(parts: Parts) -> State | None:
    """A help of ours that is wanted while nobody is being asked."""
    for seat in parts.seats:
        if seat["state"] != "wanted" or seat["response"] not in OURS:
            continue
        since = seat["since"]
        if seat["response"] == "cn":
            return State(code="on_list", label=_("On the navigators' list"), since=since)
        if seat["response"] == "ccd":
            label = _("Waits for a clinician")
        else:
            label = _("Send %(kind)s, none free") % {
                "kind": words.response(seat["response"])
            }
        return State(code="no_unit", label=label, since=since, act=True)
    return None


def _joining(parts: Parts) -> State | None:
    for row in parts.assignments:
        if row["who"] and row["confirmed_at"] is None:
            label = _("%(who)s joins: stay on the line") % {"who": row["who"]}
            return State(
                code="joining", label=label, since=row["accepted_at"], shape="half"
            )
    return None


def _unowned(row: Values) -> State | None:
    if row["owner_name"] is not None:
        return None
    since = row["owner_since"] or row["opened_at"]
    return State(code="no_owner", label=_("No owner"), since=since, act=True)


def _team(parts: Parts) -> State | None:
    teams = [row for row in parts.assignments if row["unit_name"]]
    if not teams:
        return None
    # The team that is furthest along is what a dispatcher looks for.
    ranks = list(words.UNIT)
    row = max(teams, key=lambda team: ranks.index(team["unit_state"]))
    word, shape = words.unit(row["unit_state"])
    label = f"{word} {row['unit_name']}"
    return State(
        code=row["unit_state"], label=label, since=row["unit_since"], shape=shape
    )


def _session(parts: Parts) -> State | None:
    for row in parts.assignments:
        if row["who"]:
            label = _("With %(who)s") % {"who": row["who"]}
            return State(
                code="with_clinician",
                label=label,
                since=row["confirmed_at"],
                shape="full",
            )
    return None


def _own(row: Values, parts: Parts) -> State:
    """What the call's own state says when nothing else is going on."""
    if row["state"] in {"decided", "working"} and not parts.seats:
        label = _("Nobody is on it")
        return State(code="nobody", label=label, since=row["state_since"], act=True)
    label = _(words.CALL[row["state"]])
    shape = "full" if row["state"] in {"working", "resolved"} else "open"
    act = row["state"] == "resolved"
    return State(
        code=row["state"], label=label, since=row["state_since"], shape=shape, act=act
    )


def units(
    agency: UUID, projection: str, ids: Iterable[UUID] | None = None
) -> list[Card]:
    """Every unit that is not off duty, by name. Two queries."""
    rows = Unit.objects.filter(agency=agency)
    rows = rows.filter(pk__in=list(ids)) if ids is not None else rows
    found = list(rows.order_by("kind", "name"))
    calls = {
        row["unit_id"]: row
        for row in Assignment.objects.filter(unit__in=found, ended_at=None).values(
            "unit_id", call_id=F("seat__call"), number=F("seat__call__number")
        )
    }
    if ids is None:
        found = [unit for unit in found if unit.state != "off_duty"]
    return [_unit_card(unit, calls.get(unit.pk)) for unit in found]


def _unit_card(unit: Unit, call: Values | None) -> Card:
    label, shape = words.unit(unit.state)
    since, act = unit.state_since, False
    if unit.emergency_at:
        label, shape, since, act = _("Emergency"), "full", unit.emergency_at, True
    elif unit.check_late and unit.check_due_at:
        label, since, act = _("Safety check"), unit.check_due_at, True
    return {
        "id": str(unit.pk),
        "name": unit.name,
        "kind": unit.kind,
        "state": unit.state,
        "label": label,
        "shape": shape,
        "since": since.isoformat(),
        "call": call["number"] if call else None,
        "call_id": str(call["call_id"]) if call else None,
        "note": unit.reason or unit.zone,
        "emergency": bool(unit.emergency_at),
        "act": act,
        "gone": unit.state == "off_duty",
    }


def people(
    agency: UUID, projection: str, ids: Iterable[UUID] | None = None
) -> list[Card]:
    """Clinicians and navigators who are there, by name. Two queries; none on a wall."""
    if projection == "wall":
        return []
    rows = Presence.objects.filter(
        agency=agency, user__role__in=["clinician", "navigator"]
    ).select_related("user")
    rows = rows.filter(pk__in=list(ids)) if ids is not None else rows
    found = list(rows.order_by("user__role", "user__short_name"))
    working = Assignment.objects.filter(
        person__in=[row.user_id for row in found], ended_at=None
    )
    calls = dict(
        working.order_by("pk").values_list("person", "seat__call__number").iterator()
    )
    if ids is None:
        found = [row for row in found if row.state != "offline"]
    return [_person_card(row, calls.get(row.user_id)) for row in found]


def _person_card(row: Presence, call: str | None) -> Card:
    label, shape = words.presence(row.state)
    return {
        "id": str(row.user_id),
        "name": row.user.short_name,
        "role": row.user.role,
        "state": row.state,
        "label": label,
        "shape": shape,
        "since": row.since.isoformat(),
        "call": call,
        "act": False,
        "gone": row.state == "offline",
    }
