"""Publish a protocol document as the agency's next version."""

from collections.abc import Mapping
from uuid import UUID

from dispatch import events, journal
from dispatch.actions.base import action
from dispatch.errors import NotFound
from dispatch.events import Actor
from dispatch.models import Agency
from routing import store
from routing.models import ProtocolVersion


@action
def publish(
    *, agency_id: UUID, document: Mapping[str, object], by: Actor
) -> ProtocolVersion:
    """From now on calls are decided by this document. The same again changes nothing.

    ProtocolError names the place of a fault; then nothing changes.
    """
    # Two publishers take turns, so that each sees what the other published.
    agency = Agency.objects.select_for_update(no_key=True).filter(pk=agency_id).first()
    if agency is None:
        raise NotFound
    versions = ProtocolVersion.objects.filter(agency=agency, state="published")
    before = versions.first()
    if before is not None and before.document == document:
        return before
    return publish_locked(agency, document, by)


def publish_locked(
    agency: Agency, document: Mapping[str, object], by: Actor
) -> ProtocolVersion:
    """The next version. The caller holds the agency."""
    row = store.publish(agency.pk, document)
    journal.append(
        events.ProtocolPublished(protocol=row.pk, name=row.name), agency=agency, by=by
    )
    return row
