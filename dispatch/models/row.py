"""What every table shares: a UUIDv7 made in Python as primary key."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models import Q
from uuid6 import uuid7

# The id of no row at all, where a statement leaves one out and there is none.
NO_ROW = UUID(int=0)


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


def one_of(field: str, values: Iterable[StrEnum], name: str) -> models.CheckConstraint:
    """The database takes nothing but these codes."""
    codes = [value.value for value in values]
    return models.CheckConstraint(condition=Q(**{f"{field}__in": codes}), name=name)
