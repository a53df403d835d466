"""Who relieves whom on a call, as its page says it beside each of the two teams."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from dispatch.models import Assignment, Offer, Seat
from dispatch.states import OPEN_SEAT, OfferState


def told(
    seats: Sequence[Seat], offers: Sequence[Offer], works: Sequence[Assignment]
) -> dict[UUID, str]:
    """Seat → whom its team relieves, or by whom it is relieved; of a call's own rows.

    Only while both are on the call; whoever is asked may still decline.
    """
    at_work = {one.seat_id: one.unit for one in works if one.ended_at is None}
    rings = {one.seat_id: one.unit for one in offers if one.state == OfferState.PENDING}
    said = {}
    for one in seats:
        old = at_work.get(one.relieves) if one.relieves else None
        if old is None or one.relieves is None or one.state not in OPEN_SEAT:
            continue
        comes, asked = at_work.get(one.pk), rings.get(one.pk)
        said[one.pk] = _("relieves %(unit)s") % {"unit": old}
        said[one.relieves] = _("a relief is sought")
        if comes is not None:
            said[one.relieves] = _("%(unit)s comes to relieve it") % {"unit": comes}
        elif asked is not None:
            said[one.relieves] = _("%(unit)s is asked to relieve it") % {"unit": asked}
    return said
