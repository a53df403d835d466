"""The statements that every action repeats, by hand: lock a row, write some columns.

Measured: Django's query compiler took three times as long as PostgreSQL did for
these, and they are more than half of all statements. Everything else is Django's.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models.functions import Now

Row = TypeVar("Row", bound=models.Model)


def locked(model: type[Row], pk: UUID) -> Row | None:
    """The row, locked until commit against everybody who would change it."""
    statement, names, readers = _locking(model)
    with connection.cursor() as cursor:
        cursor.execute(statement, [pk])
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for place, read in readers:
        values[place] = read(values[place], None, connection)
    return model.from_db(connection.alias, names, values)


@cache
def _locking(model: type[models.Model]) -> tuple[str, list[str], list[tuple[int, Any]]]:
    """The statement, the attributes in its order, and what turns a value into ours."""
    fields = model._meta.concrete_fields
    key = model._meta.pk
    assert key is not None
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = (
        f'SELECT {columns} FROM "{model._meta.db_table}"'  # noqa: S608  our own names
        f' WHERE "{key.column}" = %s FOR NO KEY UPDATE'
    )
    readers = [
        (place, field.from_db_value)
        for place, field in enumerate(fields)
        if hasattr(field, "from_db_value")
    ]
    return statement, [field.attname for field in fields], readers


def write(row: models.Model, values: Mapping[str, object]) -> None:
    """Change these columns of one row, in the table and in hand.

    ``Now()`` is the database's time; the row in hand gets the moment it stands for.
    """
    moments = frozenset(name for name, value in values.items() if _is_now(value))
    statement, fields, returned = _writing(type(row), tuple(values), moments)
    given = []
    for name, field in fields:
        setattr(row, name, values[name])
        value = getattr(row, field.attname)
        given.append(field.get_db_prep_save(value, connection))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, row.pk])
        if returned:
            for name, moment in zip(returned, cursor.fetchone(), strict=True):
                setattr(row, name, moment)


def keep(row: models.Model, *names: str) -> None:
    """Store what these attributes of the row in hand say."""
    columns = [_field(type(row), name).attname for name in names]
    write(row, {column: getattr(row, column) for column in columns})


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _is_now(value: object) -> bool:
    return isinstance(value, Now)


@cache
def _writing(
    model: type[models.Model], names: tuple[str, ...], moments: frozenset[str]
) -> tuple[str, list[tuple[str, "models.Field[Any, Any]"]], list[str]]:
    meta = model._meta
    assert meta.pk is not None
    parts, fields, returned = [], [], []
    for name in names:
        field = _field(model, name)
        if name in moments:
            parts.append(f'"{field.column}" = statement_timestamp()')
            returned.append(field.attname)
        else:
            parts.append(f'"{field.column}" = %s')
            fields.append((name, field))
    statement = (
        f'UPDATE "{meta.db_table}" SET {", ".join(parts)}'  # noqa: S608  our own names
        f' WHERE "{meta.pk.column}" = %s'
    )
    if returned:
        back = ", ".join(f'"{_field(model, name).column}"' for name in returned)
        statement += f" RETURNING {back}"
    return statement, fields, returned
