"""Source wordings: load a first table, count what is seen, map a wording to a type."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_noop as _

from dispatch import events, journal
from dispatch.actions.base import action
from dispatch.errors import Invalid, NotFound
from dispatch.events import Actor
from dispatch.models import Agency, SourceWording
from routing import store


@action
def load_wordings(
    *, agency_id: UUID, rows: Sequence[tuple[str, str, str]], by: Actor
) -> Agency:
    """Add (source, wording, type); what the agency already has stays as it is."""
    agency = _lock(agency_id)
    SourceWording.objects.bulk_create(
        [
            SourceWording(agency=agency, source=source, wording=wording, type=type_)
            for source, wording, type_ in rows
        ],
        ignore_conflicts=True,
    )
    return agency


@action
def count_wordings(
    *, agency_id: UUID, seen: Mapping[tuple[str, str], int], by: Actor
) -> Agency:
    """So many more calls carried these wordings; a new one is stored unmapped."""
    agency = _lock(agency_id)
    SourceWording.objects.bulk_create(
        [
            SourceWording(agency=agency, source=source, wording=wording)
            for source, wording in sorted(seen)
        ],
        ignore_conflicts=True,
    )
    for (source, wording), times in sorted(seen.items()):
        SourceWording.objects.filter(
            agency=agency, source=source, wording=wording
        ).update(seen=F("seen") + times)
    return agency


@action
def map_wording(*, wording_id: UUID, type_: str, by: Actor) -> SourceWording:
    """From now on this wording means this type; empty leaves it unmapped."""
    rows = SourceWording.objects.select_for_update(no_key=True)
    row = rows.filter(pk=wording_id).first()
    if row is None:
        raise NotFound
    _version, protocol = store.published(row.agency_id)
    if type_ and type_ not in protocol.types:
        raise Invalid(field="type", why=_("choose a type of the protocol"))
    if row.type == type_:
        return row
    before, row.type = row.type, type_
    row.save(update_fields=["type"])
    journal.append(
        events.WordingMapped(wording=row.pk, before=before, after=type_),
        agency=row.agency_id,
        by=by,
    )
    return row


def _lock(agency_id: UUID) -> Agency:
    """The agency's wordings change one at a time."""
    row = Agency.objects.select_for_update(no_key=True).filter(pk=agency_id).first()
    if row is None:
        raise NotFound
    return row
