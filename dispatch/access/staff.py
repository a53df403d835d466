"""People, their shifts, partners and call types: rows of one's own centre."""

from uuid import UUID

from dispatch.access.policy import require
from dispatch.access.row import one
from dispatch.models import Partner, PlannedShift, ShiftSwap, SourceWording, User


def colleague(user: User, person_id: UUID, verb: str) -> User:
    require(user, verb)
    return one(User.objects.filter(agency=user.agency_id), person_id)


def shift_for(user: User, shift_id: UUID, verb: str) -> PlannedShift:
    """A planned shift of the agency; whose it is, the action asks."""
    require(user, verb)
    return one(PlannedShift.objects.filter(agency=user.agency_id), shift_id)


def swap_for(user: User, swap_id: UUID) -> ShiftSwap:
    require(user, "shift.take")
    return one(ShiftSwap.objects.filter(shift__agency=user.agency_id), swap_id)


def partner_for(user: User, partner_id: UUID, verb: str) -> Partner:
    require(user, verb)
    return one(Partner.objects.filter(agency=user.agency_id), partner_id)


def wording_for(user: User, wording_id: UUID) -> SourceWording:
    require(user, "wording.edit")
    return one(SourceWording.objects.filter(agency=user.agency_id), wording_id)
