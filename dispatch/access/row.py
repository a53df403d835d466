"""One row of those somebody may see; the rest does not exist for them."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from dispatch import quick
from dispatch.errors import NotFound

Thing = TypeVar("Thing", bound=Model)


def one(rows: QuerySet[Thing], pk: UUID) -> Thing:
    return found(rows.filter(pk=pk).first())


def found(row: Thing | None) -> Thing:
    if row is None:
        raise NotFound
    return row


def chain(model: type[Model], pk: UUID, *above: str) -> list[Any]:
    """The row and those above it, the topmost first."""
    rows = quick.found_with(model, pk, *above)
    if rows is None:
        raise NotFound
    return rows
