"""Loans: what a neighbour sees of a call it is asked for, and what our call's page says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy

from dispatch import planned, quick
from dispatch.models import Answer, Assignment, Call, Loan, Offer, Unit
from dispatch.related import attach
from dispatch.selectors import board, crew, sentences, words
from dispatch.selectors.decision import Words, word
from dispatch.states import OPEN_CALL, LoanState, OfferState, UnitState
from routing import store

STATES: Words = {
    "asked": gettext_lazy("asked, no answer yet"),
    "lent": gettext_lazy("lent"),
    "declined": gettext_lazy("declined"),
    "ended": gettext_lazy("over"),
}
NEIGHBOURS = """
SELECT agency.id, agency.name
FROM dispatch_agency_neighbours AS near
JOIN dispatch_agency AS agency ON agency.id = near.to_agency_id
WHERE near.from_agency_id = %(agency)s
ORDER BY agency.name
"""

# What nobody has answered, and whether there is anybody who might ask.
ASKS = """
SELECT EXISTS (
    SELECT FROM dispatch_agency_neighbours WHERE from_agency_id = %(agency)s),
  (SELECT count(*) FROM dispatch_loan l JOIN dispatch_call c ON c.id = l.call_id
   WHERE l.lender_id = %(agency)s AND l.state = 'asked'
     AND l.ends_at > statement_timestamp() AND c.state = ANY(%(open)s))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A neighbour's call as the lender sees it: operations only, nobody's name or number.

    ``place`` is empty until a unit is lent; ``units`` are those that could go now.
    """

    id: UUID
    borrower: str
    response: str
    number: str
    priority: int
    priority_label: str
    type: str
    zone: str
    place: str
    hazards: tuple[str, ...]
    lent: bool
    until: datetime
    unit: str
    unit_label: str
    unit_shape: str
    staged: bool
    emergency: datetime | None
    check_late: bool
    units: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A loan that our call asked for; ``lent``: its unit is with us now."""

    id: UUID
    lender: str
    response: str
    label: str
    why: str
    unit: str
    unit_label: str
    open: bool
    until: datetime
    lent: bool
    emergency: datetime | None
    check_due: datetime | None
    check_late: bool


def shown(loans: Sequence[Loan]) -> tuple[Shown, ...]:
    """Those that access let through, the oldest first; each with its call and unit."""
    return tuple(_shown(loan) for loan in loans)


def _shown(loan: Loan) -> Shown:
    call, unit = loan.call, loan.unit
    lent = loan.state == LoanState.LENT
    answers = dict(Answer.objects.filter(call=call).values_list("question", "value"))
    _row, protocol = store.published(call.agency_id)
    label, shape = words.unit(unit.state) if unit else ("", "")
    return Shown(
        id=loan.pk,
        borrower=call.agency.name,
        response=words.response(loan.response),
        number=call.number,
        priority=call.priority,
        priority_label=words.priority(call.priority),
        # Another system's own wording may hold a name: only our word for it is shared.
        type=board.type_label(call.type, "", protocol),
        zone=call.zone,
        place=call.caller.address if lent else "",
        hazards=crew.hazards(call, answers),
        lent=lent,
        until=loan.ends_at,
        unit=unit.name if unit else "",
        unit_label=label,
        unit_shape=shape,
        staged=unit is not None and _staged(call, unit),
        emergency=unit.emergency_at if unit else None,
        check_late=unit is not None and unit.check_late,
        units=() if lent else _free(loan),
    )


def _staged(call: Call, unit: Unit) -> bool:
    """Whether it waits near by until the scene is cleared."""
    works = Assignment.objects.filter(unit=unit, ended_at=None, seat__call=call)
    rings = Offer.objects.filter(
        unit=unit, state=OfferState.PENDING, seat__call=call, seat__mode="staged"
    )
    return works.filter(seat__mode="staged").exists() or rings.exists()


def _free(loan: Loan) -> tuple[tuple[UUID, str], ...]:
    """The lender's units that could be named; the action asks again under the lock."""
    units = Unit.objects.filter(
        agency=loan.lender_id,
        kind=loan.response,
        state=UnitState.AVAILABLE,
        emergency_at=None,
    )
    return tuple(units.order_by("name").values_list("pk", "name"))


def of_call(call: Call) -> tuple[Ours, ...]:
    """The loans of this call, the newest first. One query where there is none."""
    rows = quick.rows(Loan, order=("asked_at",), call=call.pk)
    attach(rows, "lender", "unit")
    return tuple(_ours(row) for row in reversed(rows))


def _ours(row: Loan) -> Ours:
    lent = row.state == LoanState.LENT and row.unit is not None
    return Ours(
        id=row.pk,
        lender=row.lender.name,
        response=words.response(row.response),
        label=word(STATES, row.state),
        why=word(sentences.REASONS, row.reason) if row.reason else "",
        unit=row.unit.name if row.unit else "",
        unit_label=words.unit(row.unit.state)[0] if lent and row.unit else "",
        open=row.state in {LoanState.ASKED, LoanState.LENT},
        until=row.ends_at,
        lent=lent,
        emergency=row.unit.emergency_at if lent and row.unit else None,
        check_due=row.unit.check_due_at if lent and row.unit else None,
        check_late=bool(lent and row.unit and row.unit.check_late),
    )


def plain(loans: Sequence[Loan]) -> list[dict[str, object]]:
    """As programs read them: what ``shown`` says, in codes."""
    return [
        {
            "id": loan.pk,
            "state": loan.state,
            "response": loan.response,
            "number": loan.call.number,
            "priority": loan.call.priority,
            "zone": loan.call.zone,
            "place": loan.call.caller.address if loan.state == LoanState.LENT else "",
            "unit": loan.unit_id,
            "ends_at": loan.ends_at,
        }
        for loan in loans
    ]


def neighbours(call: Call) -> tuple[tuple[UUID, str], ...]:
    """Whom this call's centre may ask: id and name. One query."""
    found = planned.ask(NEIGHBOURS, {"agency": call.agency_id})
    return tuple((pk, name) for pk, name in found)


def waiting(agency: UUID) -> int | None:
    """How many requests of neighbours nobody here has answered; None without neighbours.

    One statement.
    """
    ((near, asks),) = planned.ask(ASKS, {"agency": agency, "open": list(OPEN_CALL)})
    return int(asks) if near or asks else None
