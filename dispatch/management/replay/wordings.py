"""What a source's wording means here: the agency's own table, counted as it is used."""

import csv
from collections import Counter
from uuid import UUID

from dispatch.actions import integration
from dispatch.events import Actor
from dispatch.management.replay import shipped
from dispatch.models import SourceWording

FLUSH = 500


def shipped_rows() -> list[tuple[str, str, str]]:
    """(source, wording, type) of the table that an agency begins with."""
    with shipped.WORDINGS.open(encoding="utf-8", newline="") as lines:
        return [
            (row["source"], row["wording"], row["type"])
            for row in csv.DictReader(lines)
        ]


class Wordings:
    """An agency's table in memory; unknown wordings are added, sightings counted."""

    def __init__(self, agency_id: UUID, by: Actor) -> None:
        self.agency_id, self.by = agency_id, by
        integration.load_wordings(agency_id=agency_id, rows=shipped_rows(), by=by)
        stored = SourceWording.objects.filter(agency=agency_id)
        rows = stored.values_list("source", "wording", "type")
        self.types = {(source, wording): type_ for source, wording, type_ in rows}
        self.sources = {source for source, _wording in self.types}
        self.seen: Counter[tuple[str, str]] = Counter()

    def type_of(self, source: str, wording: str) -> str:
        """Our type, empty while nobody has mapped the wording. Not counted yet."""
        return self.types.get((source, wording), "")

    def count(self, source: str, wording: str) -> None:
        """One more call with it; a wording seen for the first time is stored at once."""
        if not wording:
            return
        self.seen[source, wording] += 1
        if (source, wording) not in self.types:
            self.types[source, wording] = ""
            self.flush()
        elif self.seen.total() >= FLUSH:
            self.flush()

    def flush(self) -> None:
        if self.seen:
            integration.count_wordings(
                agency_id=self.agency_id, seen=dict(self.seen), by=self.by
            )
            self.seen.clear()
