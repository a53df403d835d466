"""Offers and sessions: one's own, or those of the unit that one is on."""

from uuid import UUID

from django.db.models import Q, QuerySet

from dispatch.access.loan import lent_calls
from dispatch.access.policy import require, role_of
from dispatch.access.row import chain, found, one
from dispatch.access.unit import units_of
from dispatch.models import Assignment, Offer, Role, User


def offer_for(user: User, offer_id: UUID) -> Offer:
    """An offer put to this person or to the unit this person is on."""
    require(user, "offer.answer")
    if role_of(user) is not Role.CLINICIAN:
        return one(offers_of(user), offer_id)
    call, _seat, offer = chain(Offer, offer_id, "seat", "call")
    mine = offer.person_id == user.pk and call.agency_id == user.agency_id
    return found(offer if mine else None)


def offers_of(user: User) -> QuerySet[Offer]:
    """All that was ever put to this person, or to the unit this person is on now."""
    require(user, "offer.answer")
    mine = Q(person=user) | Q(unit__in=units_of(user))
    ours = Q(seat__call__agency=user.agency_id) | Q(seat__call__in=lent_calls(user))
    return Offer.objects.filter(mine, ours)


def assignment_for(user: User, assignment_id: UUID, verb: str) -> Assignment:
    require(user, verb)
    call, _seat, held = chain(Assignment, assignment_id, "seat", "call")
    ours = call.agency_id == user.agency_id
    mine = role_of(user) is not Role.CLINICIAN or held.person_id == user.pk
    return found(held if ours and mine else None)
