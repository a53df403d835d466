"""Which units somebody reaches: the floor each of its centre's, a crew its own."""

from uuid import UUID

from django.db.models import Q, QuerySet

from dispatch.access.policy import require, role_of
from dispatch.access.row import one
from dispatch.models import Loan, PositionKey, Role, Shift, Unit, User
from dispatch.models.partner import hashed


def units_of(user: User) -> QuerySet[Unit]:
    """The unit that this person is on now, if any."""
    return Unit.objects.filter(shifts__user=user, shifts__ended_at=None)


def unit_for(user: User, unit_id: UUID, verb: str) -> Unit:
    """Any unit of the agency for the floor; for a crew only its own."""
    require(user, verb)
    units = Unit.objects.filter(agency=user.agency_id)
    if role_of(user) is Role.RESPONDER:
        units = units.filter(pk__in=units_of(user))
    return one(units, unit_id)


def unit_watched(user: User, unit_id: UUID, verb: str) -> Unit:
    """As ``unit_for``; for the floor also a neighbour's unit while it is lent to it.

    Who has it on a call watches over it: its safety checks, its emergency.
    """
    require(user, verb)
    units = _watched(user)
    if role_of(user) is Role.RESPONDER:
        units = units.filter(pk__in=units_of(user))
    return one(units, unit_id)


def _watched(user: User) -> QuerySet[Unit]:
    """The centre's own units, and those that neighbours have lent to its calls now."""
    lent = Loan.objects.filter(state="lent", call__agency=user.agency_id)
    return Unit.objects.filter(Q(agency=user.agency_id) | Q(pk__in=lent.values("unit")))


def unit_in_need(user: User, unit_id: UUID) -> Unit:
    """As ``unit_watched``; of a crew also the unit that it was the last to be on."""
    require(user, "unit.report")
    units = _watched(user)
    if role_of(user) is Role.RESPONDER:
        last = Shift.objects.filter(user=user).order_by("-started_at", "-pk")
        units = units.filter(pk__in=last.values("unit")[:1])
    return one(units, unit_id)


def unit_of_key(secret: str) -> Unit | None:
    """The unit whose place a device with this secret may tell; None for any other."""
    keys = PositionKey.objects.filter(hash=hashed(secret), revoked_at=None)
    found = keys.select_related("unit").first()
    return found.unit if found else None


def joinable_unit(user: User, unit_id: UUID) -> Unit:
    """A unit that this responder may sign on to."""
    require(user, "crew.see")
    return one(Unit.objects.filter(agency=user.agency_id), unit_id)
