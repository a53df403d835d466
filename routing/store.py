"""Protocol rows <-> core.Protocol; publish a new version."""

import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
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


# Every press asks for the rules, some of them five times. A process that did not
# publish them itself hears of new ones RULES_REMEMBERED seconds later.
_known: dict[UUID, tuple[float, ProtocolVersion]] = {}
# Whose rules this process is publishing: until that is committed nothing is remembered
# of them, for the new row may never come to be. After a roll-back they stay here, and
# the rules are asked for each time.
_unsettled: set[UUID] = set()


def published(agency: UUID) -> tuple[ProtocolVersion, Protocol]:
    """The agency's published protocol; ProtocolVersion.DoesNotExist if it has none."""
    at, row = _known.get(agency, (0.0, None))
    if row is None or time.monotonic() - at > settings.RULES_REMEMBERED:
        row = _published(agency)
        if agency not in _unsettled:
            _known[agency] = time.monotonic(), row
    return row, by_id(row.pk)


def _published(agency: UUID) -> ProtocolVersion:
    # By hand: the document itself is not read again.
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED, [agency])
        found = cursor.fetchone()
    if found is None:
        raise ProtocolVersion.DoesNotExist
    return ProtocolVersion.from_db(connection.alias, HEAD, found)


def _settle(agency: UUID) -> None:
    """Committed: what was read before, or beside it, is not remembered any more."""
    _unsettled.discard(agency)
    _known.pop(agency, None)


def read(row: ProtocolVersion) -> Protocol:
    return by_id(row.pk)


@lru_cache(maxsize=64)
def by_id(pk: UUID) -> Protocol:
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
        _unsettled.add(agency)
        _known.pop(agency, None)
        transaction.on_commit(lambda: _settle(agency))
        rows.filter(state="published").update(state="retired")
        return ProtocolVersion.objects.create(
            agency_id=agency,
            number=(numbers[-1] if numbers else 0) + 1,
            name=checked.name,
            state="published",
            document=document,
            published_at=Now(),
        )
