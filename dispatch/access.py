"""The only door from a user to a row: who may see and do what.

The policy is a table, verb by role. A read of somebody's data leaves an
AccessRecord; the clock seals those records into the journal's chain.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

from dispatch import quick
from dispatch.errors import Forbidden, NotFound
from dispatch.events import Actor
from dispatch.models import (
    AccessRecord,
    Alarm,
    Assignment,
    Call,
    Contact,
    Flag,
    FollowUp,
    Loan,
    Offer,
    Partner,
    Plan,
    PlannedShift,
    PositionKey,
    Role,
    Seat,
    Shift,
    ShiftSwap,
    SourceWording,
    Transfer,
    Unit,
    User,
)
from dispatch.models.partner import hashed
from dispatch.states import OPEN_CALL

Thing = TypeVar("Thing", bound=Model)

D, C, R = Role.DISPATCHER, Role.CLINICIAN, Role.RESPONDER
N, S, A, W = Role.NAVIGATOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.WALLBOARD

OPERATIONS: Final = "operations"
CLINICAL: Final = "clinical"
WALL: Final = "wall"

# Who works on the floor sees every call of the agency.
FLOOR: Final = frozenset({D, C, S})

# What a crew lent to a neighbour does on the call it was lent to; reading is its page.
LENT_VERBS: Final = frozenset({"call.note", "team.request"})

# verb → role → what that role sees while doing it. A role that is not named may not.
POLICY: Final[Mapping[str, Mapping[Role, str]]] = {
    "board.see": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS, W: WALL},
    # The live line: a crew and a navigator hear that something moved, as a wall does.
    "live.hear": {
        D: OPERATIONS,
        C: CLINICAL,
        S: OPERATIONS,
        W: WALL,
        R: WALL,
        N: WALL,
    },
    "call.see": {
        D: OPERATIONS,
        C: CLINICAL,
        R: OPERATIONS,
        N: OPERATIONS,
        S: OPERATIONS,
    },
    "call.open": {D: OPERATIONS, S: OPERATIONS},
    "call.edit": {D: OPERATIONS, S: OPERATIONS},
    "call.note": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "call.own": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "triage.answer": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "decision.override": {D: OPERATIONS, S: OPERATIONS},
    "team.request": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "seat.confirm": {D: OPERATIONS, S: OPERATIONS},
    "seat.withdraw": {D: OPERATIONS, S: OPERATIONS},
    "scene.clear": {D: OPERATIONS, S: OPERATIONS},
    "unit.dispatch": {D: OPERATIONS, S: OPERATIONS},
    "desk.see": {C: CLINICAL},
    "offer.answer": {C: CLINICAL, R: OPERATIONS},
    "session.end": {C: CLINICAL},
    "crew.see": {R: OPERATIONS},
    "unit.report": {R: OPERATIONS, D: OPERATIONS, S: OPERATIONS},
    "unit.key": {S: OPERATIONS, A: OPERATIONS},
    "call.end": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "unit.see": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "log.see": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "followup.see": {N: OPERATIONS, S: OPERATIONS},
    "followup.work": {N: OPERATIONS},
    "presence.set": {C: CLINICAL, N: OPERATIONS},
    "staff.see": {D: OPERATIONS, S: OPERATIONS, A: OPERATIONS},
    "override.see": {S: OPERATIONS},
    "report.see": {S: OPERATIONS, A: OPERATIONS},
    "wording.edit": {S: OPERATIONS, A: OPERATIONS},
    # Alarms, lines, transfers, partners.
    "alarm.see": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "wait.see": {D: OPERATIONS, C: OPERATIONS, S: OPERATIONS},
    "alarm.take": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "contact.work": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "transfer.work": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "partner.see": {D: OPERATIONS, C: OPERATIONS, S: OPERATIONS, A: OPERATIONS},
    "partner.edit": {S: OPERATIONS, A: OPERATIONS},
    # People: what they can do and when they work.
    "roster.see": {
        D: OPERATIONS,
        C: OPERATIONS,
        R: OPERATIONS,
        N: OPERATIONS,
        S: OPERATIONS,
        A: OPERATIONS,
    },
    "roster.edit": {S: OPERATIONS, A: OPERATIONS},
    "shift.take": {D: OPERATIONS, C: OPERATIONS, R: OPERATIONS, N: OPERATIONS},
    # Neighbours' units, and what is remembered of places and people.
    "loan.work": {D: OPERATIONS, S: OPERATIONS},
    "flag.edit": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "flag.see": {S: OPERATIONS},
    "plan.see": {C: CLINICAL, N: CLINICAL, S: CLINICAL},
    "plan.edit": {C: CLINICAL, N: CLINICAL, S: CLINICAL},
    "plan.approve": {S: CLINICAL},
}


def role_of(user: User) -> Role | None:
    """The role of somebody active who belongs to an agency; else None."""
    if not user.is_authenticated or not user.is_active or user.agency_id is None:
        return None
    return Role(user.role)


def may(user: User, verb: str) -> bool:
    role = role_of(user)
    return role is not None and role in POLICY[verb]


def require(user: User, verb: str) -> str:
    """The projection in which this person does this; Forbidden otherwise."""
    role = role_of(user)
    if role is None or role not in POLICY[verb]:
        raise Forbidden
    return POLICY[verb][role]


def actor(user: User, key: str | None = None) -> Actor:
    return Actor(kind="user", id=user.pk, name=user.short_name, key=key)


def record(
    user: User, verb: str, *, call: Call | None = None, reason: str = ""
) -> None:
    """Remember that this person looked."""
    seen = AccessRecord(
        agency_id=user.agency_id,
        user=user,
        verb=verb,
        projection=require(user, verb),
        call=call,
        reason=reason,
    )
    quick.add(seen)


def read_call(user: User, call_id: UUID, reason: str = "") -> tuple[Call, str]:
    """The call and the projection for this reader; leaves an access record."""
    call = call_for(user, call_id, "call.see")
    record(user, "call.see", call=call, reason=reason)
    return call, require(user, "call.see")


def call_for(user: User, call_id: UUID, verb: str) -> Call:
    """The call, if this person may do this to it; NotFound whether or not it exists."""
    require(user, verb)
    if role_of(user) in FLOOR:
        return _found(quick.find(Call, id=call_id, agency=user.agency_id))
    lent = lent_calls(user).filter(pk=call_id).first() if verb in LENT_VERBS else None
    return lent or _one(visible_calls(user), call_id)


def read_as_crew(user: User, call_id: UUID) -> None:
    """Somebody's crew page shows this call, their centre's or a neighbour's."""
    lent = lent_calls(user).filter(pk=call_id).first()
    if lent is None:
        read_call(user, call_id)
    else:
        record(user, "call.see", call=lent, reason="loan")


def visible_calls(user: User) -> QuerySet[Call]:
    """Crews see the calls of their unit, navigators those with a follow-up."""
    calls = Call.objects.filter(agency=user.agency_id)
    match role_of(user):
        case Role.RESPONDER:
            mine = Q(seats__offers__unit__shifts__user=user) & Q(
                seats__offers__unit__shifts__ended_at=None
            )
            # What rings or is worked on; what the unit did before is not theirs to read.
            ringing = Q(seats__offers__state="pending")
            working = Q(
                seats__offers__assignment__ended_at=None,
                seats__offers__assignment__isnull=False,
            )
            return calls.filter(mine & (ringing | working)).distinct()
        case Role.NAVIGATOR:
            return calls.filter(
                Q(followups__isnull=False) | Q(seats__response="cn")
            ).distinct()
        case role if role in FLOOR:
            return calls
    return calls.none()


def lent_calls(user: User) -> QuerySet[Call]:
    """The neighbour's call that the unit of this crew is lent to now, and no other."""
    if role_of(user) is not Role.RESPONDER:
        return Call.objects.none()
    return Call.objects.filter(
        loans__state="lent", loans__unit__in=_units_of(user)
    ).distinct()


def loans_to(user: User) -> QuerySet[Loan]:
    """What neighbours ask this floor for, or have of it: while it is open, no longer."""
    require(user, "loan.work")
    ends = Q(state__in=["asked", "lent"], ends_at__gt=Now())
    return Loan.objects.filter(
        ends, lender=user.agency_id, call__state__in=OPEN_CALL
    ).order_by("asked_at")


def loan_to(user: User, loan_id: UUID) -> Loan:
    return _one(loans_to(user), loan_id)


def read_loans(user: User, *states: str) -> list[Loan]:
    """What this floor sees of its neighbours' calls; each look is recorded.

    With ``states`` only the loans that are in one of them.
    """
    rows = loans_to(user).select_related("call__agency", "call__caller", "unit")
    loans = list(rows.filter(state__in=states) if states else rows)
    for loan in loans:
        record(user, "loan.work", call=loan.call, reason=f"loan_{loan.state}")
    return loans


def own_loan(user: User, loan_id: UUID) -> Loan:
    """A loan that this centre asked for."""
    require(user, "loan.work")
    return _one(Loan.objects.filter(call__agency=user.agency_id), loan_id)


def offer_for(user: User, offer_id: UUID) -> Offer:
    """An offer put to this person or to the unit this person is on."""
    require(user, "offer.answer")
    if role_of(user) is not Role.CLINICIAN:
        return _one(offers_of(user), offer_id)
    call, _seat, offer = _chain(Offer, offer_id, "seat", "call")
    mine = offer.person_id == user.pk and call.agency_id == user.agency_id
    return _found(offer if mine else None)


def offers_of(user: User) -> QuerySet[Offer]:
    """All that was ever put to this person, or to the unit this person is on now."""
    require(user, "offer.answer")
    mine = Q(person=user) | Q(unit__in=_units_of(user))
    ours = Q(seat__call__agency=user.agency_id) | Q(seat__call__in=lent_calls(user))
    return Offer.objects.filter(mine, ours)


def assignment_for(user: User, assignment_id: UUID, verb: str) -> Assignment:
    require(user, verb)
    call, _seat, found = _chain(Assignment, assignment_id, "seat", "call")
    ours = call.agency_id == user.agency_id
    mine = role_of(user) is not Role.CLINICIAN or found.person_id == user.pk
    return _found(found if ours and mine else None)


def seat_for(user: User, seat_id: UUID, verb: str) -> Seat:
    require(user, verb)
    call, seat = _chain(Seat, seat_id, "call")
    return _found(seat if call.agency_id == user.agency_id else None)


def contact_for(user: User, contact_id: UUID, verb: str) -> Contact:
    """A leg of the line of a call that this person may work on."""
    require(user, verb)
    call, contact = _chain(Contact, contact_id, "call")
    return _found(contact if call.agency_id == user.agency_id else None)


def unit_for(user: User, unit_id: UUID, verb: str) -> Unit:
    """Any unit of the agency for the floor; for a crew only its own."""
    require(user, verb)
    units = Unit.objects.filter(agency=user.agency_id)
    if role_of(user) is Role.RESPONDER:
        units = units.filter(pk__in=_units_of(user))
    return _one(units, unit_id)


def unit_in_need(user: User, unit_id: UUID) -> Unit:
    """As ``unit_for``; of a crew also the unit that it was the last to be on."""
    require(user, "unit.report")
    units = Unit.objects.filter(agency=user.agency_id)
    if role_of(user) is Role.RESPONDER:
        last = Shift.objects.filter(user=user).order_by("-started_at", "-pk")
        units = units.filter(pk__in=last.values("unit")[:1])
    return _one(units, unit_id)


def unit_of_key(secret: str) -> Unit | None:
    """The unit whose place a device with this secret may tell; None for any other."""
    keys = PositionKey.objects.filter(hash=hashed(secret), revoked_at=None)
    found = keys.select_related("unit").first()
    return found.unit if found else None


def joinable_unit(user: User, unit_id: UUID) -> Unit:
    """A unit that this responder may sign on to."""
    require(user, "crew.see")
    return _one(Unit.objects.filter(agency=user.agency_id), unit_id)


def followup_for(user: User, followup_id: UUID, verb: str) -> FollowUp:
    require(user, verb)
    return _one(FollowUp.objects.filter(agency=user.agency_id), followup_id)


def colleague(user: User, person_id: UUID, verb: str) -> User:
    require(user, verb)
    return _one(User.objects.filter(agency=user.agency_id), person_id)


def shift_for(user: User, shift_id: UUID, verb: str) -> PlannedShift:
    """A planned shift of the agency; whose it is, the action asks."""
    require(user, verb)
    return _one(PlannedShift.objects.filter(agency=user.agency_id), shift_id)


def swap_for(user: User, swap_id: UUID) -> ShiftSwap:
    require(user, "shift.take")
    return _one(ShiftSwap.objects.filter(shift__agency=user.agency_id), swap_id)


def transfer_for(user: User, transfer_id: UUID, verb: str) -> Transfer:
    require(user, verb)
    return _one(Transfer.objects.filter(call__agency=user.agency_id), transfer_id)


def partner_for(user: User, partner_id: UUID, verb: str) -> Partner:
    require(user, verb)
    return _one(Partner.objects.filter(agency=user.agency_id), partner_id)


def wording_for(user: User, wording_id: UUID) -> SourceWording:
    require(user, "wording.edit")
    return _one(SourceWording.objects.filter(agency=user.agency_id), wording_id)


def alarm_for(user: User, alarm_id: UUID) -> Alarm:
    """An alarm that this person may take."""
    require(user, "alarm.take")
    return _one(visible_alarms(user), alarm_id)


def flag_for(user: User, flag_id: UUID) -> Flag:
    """A caution of the agency, for whoever looks after all of them."""
    require(user, "flag.see")
    return _one(Flag.objects.filter(agency=user.agency_id), flag_id)


def plan_for(user: User, plan_id: UUID, verb: str) -> Plan:
    require(user, verb)
    return _one(Plan.objects.filter(agency=user.agency_id), plan_id)


def visible_alarms(user: User) -> QuerySet[Alarm]:
    """A supervisor sees all, a dispatcher theirs and the floor's, a clinician theirs."""
    require(user, "alarm.see")
    alarms = Alarm.objects.filter(agency=user.agency_id)
    match role_of(user):
        case Role.SUPERVISOR:
            return alarms
        case Role.DISPATCHER:
            return alarms.filter(Q(owner=user) | Q(to="floor"))
    return alarms.filter(owner=user)


def _units_of(user: User) -> QuerySet[Unit]:
    return Unit.objects.filter(shifts__user=user, shifts__ended_at=None)


def _one(rows: QuerySet[Thing], pk: UUID) -> Thing:
    return _found(rows.filter(pk=pk).first())


def _found(row: Thing | None) -> Thing:
    if row is None:
        raise NotFound
    return row


def _chain(model: type[Model], pk: UUID, *above: str) -> list[Any]:
    """The row and those above it, the topmost first."""
    rows = quick.found_with(model, pk, *above)
    if rows is None:
        raise NotFound
    return rows
