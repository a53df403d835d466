"""Protocol rows <-> core.Protocol; publish a new version."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from routing.core import protocol
from routing.core.protocol import Protocol
from routing.models import ProtocolVersion

HEAD = ("id", "agency_id", "number", "name", "state", "published_at")
PUBLISHED = (
    f"SELECT {', '.join(HEAD)} FROM routing_protocolversion"  # noqa: S608  our own names
    " WHERE agency_id = %s AND state = 'published'"
)
DEFAULT = Path(__file__).parent / "protocols" / "durham.yaml"


def published(agency: UUID) -> tuple[ProtocolVersion, Protocol]:
    """The agency's published protocol; ProtocolVersion.DoesNotExist if it has none."""
    # By hand: every decision asks, and the document itself is not read again.
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED, [agency])
        found = cursor.fetchone()
    if found is None:
        raise ProtocolVersion.DoesNotExist
    row = ProtocolVersion.from_db(connection.alias, HEAD, found)
    return row, _parsed(row.pk)


def read(row: ProtocolVersion) -> Protocol:
    return _parsed(row.pk)


@lru_cache(maxsize=64)
def _parsed(pk: UUID) -> Protocol:
    # A document is written once: a version's id names its content for ever.
    return protocol.read(ProtocolVersion.objects.get(pk=pk).document)


def publish(agency: UUID, document: Mapping[str, object]) -> ProtocolVersion:
    """Check the document, retire the published version and publish this as the next.

    ProtocolError names the place of a fault; then nothing changes.
    """
    checked = protocol.read(document)
    with transaction.atomic():
        rows = ProtocolVersion.objects.select_for_update().filter(agency=agency)
        numbers = [row.number for row in rows.only("id", "number").order_by("number")]
        rows.filter(state="published").update(state="retired")
        return ProtocolVersion.objects.create(
            agency_id=agency,
            number=(numbers[-1] if numbers else 0) + 1,
            name=checked.name,
            state="published",
            document=document,
            published_at=Now(),
        )
