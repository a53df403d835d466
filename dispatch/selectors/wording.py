"""How another system's call types map to ours, the unmapped ones first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from dispatch.models import SourceWording
from routing import store

PAGE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    id: UUID
    source: str
    text: str
    type: str
    seen: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """``calls`` came with a wording that nobody has mapped: they have no type."""

    rows: tuple[Wording, ...]
    types: tuple[tuple[str, str], ...]
    all: int
    unmapped: int
    calls: int


def wordings(agency: UUID, *, words: str = "") -> Wordings:
    """Those that hold these words, the most seen first. Four queries."""
    stored = SourceWording.objects.filter(agency=agency)
    counted = stored.aggregate(
        all=Count("pk"),
        unmapped=Count("pk", filter=Q(type="")),
        calls=Coalesce(Sum("seen", filter=Q(type="")), 0),
    )
    protocol = store.published(agency)[1]
    types = [(code, type_.label) for code, type_ in protocol.types.items()]
    return Wordings(
        rows=tuple(
            Wording(
                id=row.pk,
                source=row.source,
                text=row.wording,
                type=row.type,
                seen=row.seen,
                since=row.first_seen_at,
            )
            for row in _first(stored, words)
        ),
        types=tuple(sorted(types, key=lambda one: one[1])),
        **counted,
    )


def _first(rows: QuerySet[SourceWording], words: str) -> list[SourceWording]:
    """The unmapped, then the rest."""
    found = rows.filter(wording__icontains=words) if words else rows
    unmapped = found.filter(type="").order_by("-seen", "source", "wording")[:PAGE]
    mapped = found.exclude(type="").order_by("-seen", "source", "wording")[:PAGE]
    return [*unmapped, *mapped][:PAGE]
