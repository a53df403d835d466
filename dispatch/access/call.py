"""Which calls somebody reaches, and with a call all that hangs on it."""

from uuid import UUID

from django.db.models import Q, QuerySet

from dispatch import quick
from dispatch.access.loan import lent_calls
from dispatch.access.look import record
from dispatch.access.policy import FLOOR, LENT_VERBS, is_guest, require, role_of
from dispatch.access.row import chain, found, one
from dispatch.errors import NotFound
from dispatch.models import (
    Alarm,
    Assignment,
    Call,
    Contact,
    Flag,
    FollowUp,
    Offer,
    Plan,
    Role,
    Seat,
    Transfer,
    User,
)


def read_call(user: User, call_id: UUID, reason: str = "") -> tuple[Call, str]:
    """The call and the projection for this reader; leaves an access record."""
    call = call_for(user, call_id, "call.see")
    record(user, "call.see", call=call, reason=reason)
    return call, require(user, "call.see")


def call_for(user: User, call_id: UUID, verb: str) -> Call:
    """The call, if this person may do this to it; NotFound whether or not it exists."""
    require(user, verb)
    if _sees_every_call(user):
        return found(quick.find(Call, id=call_id, agency=user.agency_id))
    lent = lent_calls(user).filter(pk=call_id).first() if verb in LENT_VERBS else None
    return lent or one(visible_calls(user), call_id)


def read_as_crew(user: User, call_id: UUID) -> None:
    """Somebody's crew page shows this call, their centre's or a neighbour's."""
    lent = lent_calls(user).filter(pk=call_id).first()
    if lent is None:
        read_call(user, call_id)
    else:
        record(user, "call.see", call=lent, reason="loan")


def visible_calls(user: User) -> QuerySet[Call]:
    """The floor sees all; crews those of their unit, navigators with a follow-up.

    A partner's counsellor at our desk sees those that came to them.
    """
    calls = Call.objects.filter(agency=user.agency_id)
    if _sees_every_call(user):
        return calls
    match role_of(user):
        case Role.CLINICIAN:
            return calls.filter(_came_to(user))
        case Role.RESPONDER:
            return calls.filter(_of_unit(user)).distinct()
        case Role.NAVIGATOR:
            return calls.filter(
                Q(followups__isnull=False) | Q(seats__response="cn")
            ).distinct()
    return calls.none()


def _sees_every_call(user: User) -> bool:
    return role_of(user) in FLOOR and not is_guest(user)


def _came_to(user: User) -> Q:
    """What rings for this person, and what they took or were handed, also afterwards."""
    rings = Offer.objects.filter(person=user, state="pending")
    held = Assignment.objects.filter(person=user)
    handed = Transfer.objects.filter(receiver=user)
    return (
        Q(owner=user)
        | Q(pk__in=rings.values("seat__call"))
        | Q(pk__in=held.values("seat__call"))
        | Q(pk__in=handed.values("call"))
    )


def _of_unit(user: User) -> Q:
    """What rings or is worked on; what the unit did before is not theirs to read."""
    mine = Q(seats__offers__unit__shifts__user=user) & Q(
        seats__offers__unit__shifts__ended_at=None
    )
    ringing = Q(seats__offers__state="pending")
    working = Q(
        seats__offers__assignment__ended_at=None,
        seats__offers__assignment__isnull=False,
    )
    return mine & (ringing | working)


def _reaches(user: User, call: Call) -> bool:
    if _sees_every_call(user):
        return call.agency_id == user.agency_id
    return visible_calls(user).filter(pk=call.pk).exists()


def seat_for(user: User, seat_id: UUID, verb: str) -> Seat:
    require(user, verb)
    call, seat = chain(Seat, seat_id, "call")
    return found(seat if _reaches(user, call) else None)


def contact_for(user: User, contact_id: UUID, verb: str) -> Contact:
    """A leg of the line of a call that this person may work on."""
    require(user, verb)
    call, contact = chain(Contact, contact_id, "call")
    return found(contact if _reaches(user, call) else None)


def transfer_for(user: User, transfer_id: UUID, verb: str) -> Transfer:
    require(user, verb)
    call, transfer = chain(Transfer, transfer_id, "call")
    return found(transfer if _reaches(user, call) else None)


def followup_for(user: User, followup_id: UUID, verb: str) -> FollowUp:
    require(user, verb)
    return one(FollowUp.objects.filter(agency=user.agency_id), followup_id)


def flag_for(user: User, flag_id: UUID) -> Flag:
    """A caution of the agency, for whoever looks after all of them."""
    require(user, "flag.see")
    return one(Flag.objects.filter(agency=user.agency_id), flag_id)


def plan_for(user: User, plan_id: UUID, verb: str) -> Plan:
    require(user, verb)
    return one(Plan.objects.filter(agency=user.agency_id), plan_id)


def plan_about(plan: Plan, call: Call) -> Plan:
    """The plan, if it is about this call's person or number; NotFound otherwise.

    Who may work on one call is not let at everybody's plans by it.
    """
    keys = {"person": call.caller.person_lookup, "number": call.caller.phone_lookup}
    if plan.lookup != keys[plan.subject]:
        raise NotFound
    return plan


def alarm_for(user: User, alarm_id: UUID) -> Alarm:
    """An alarm that this person may take."""
    require(user, "alarm.take")
    return one(visible_alarms(user), alarm_id)


def visible_alarms(user: User) -> QuerySet[Alarm]:
    """A supervisor sees all, a clinician theirs, a dispatcher theirs and the floor's.

    A crew's emergency is the floor's as well, whoever it is put to.
    """
    require(user, "alarm.see")
    alarms = Alarm.objects.filter(agency=user.agency_id)
    match role_of(user):
        case Role.SUPERVISOR:
            return alarms
        case Role.DISPATCHER:
            floor = Q(to="floor") | Q(about="emergency")
            return alarms.filter(Q(owner=user) | floor)
    return alarms.filter(owner=user)
