"""Rows by hand: find, lock, write and add, in statements that are built once.

Measured: Django's query compiler took three times as long as PostgreSQL did for the
statements that every request repeats. Inside ``riding`` writes wait and go out with the
next statement, whoever makes it: one round trip less each. Everything else is Django's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault
from django.db.models.functions import Now

from dispatch import planned

Row = TypeVar("Row", bound=models.Model)
Reader = Callable[[Any, Any, Any], Any]
AnyField = "models.Field[Any, Any]"


@dataclass(slots=True)
class Change:
    """One row's columns that wait to be written; ``new`` if the row is not stored yet."""

    row: models.Model
    new: bool
    values: dict[str, object]

    def shape(self) -> tuple[type[models.Model], tuple[str, ...], bool]:
        """New rows of one shape that follow each other are one statement."""
        return type(self.row), tuple(self.values), self.new


@dataclass(slots=True)
class Ride:
    """What one action has not sent yet, and the database's time as it last heard it."""

    changes: dict[tuple[type[models.Model], object], Change] = field(
        default_factory=dict
    )
    moment: datetime | None = None

    def put(self, row: models.Model, values: dict[str, object], *, new: bool) -> None:
        """A row that changes twice before anything is sent is written once."""
        which = type(row), row.pk
        waiting = self.changes.get(which)
        if waiting is None:
            self.changes[which] = Change(row=row, new=new, values=values)
        else:
            waiting.values.update(values)

    def take(self) -> tuple[list[str], list[object]]:
        """The statements that wait and their values; nothing waits afterwards."""
        changes, self.changes = self.changes, {}
        statements: list[str] = []
        values: list[object] = []
        for (model, names, new), alike in groupby(changes.values(), Change.shape):
            together = list(alike)
            if new:
                sql = _inserting(model, names, len(together))
                statements.append(planned.text(sql))
            for change in together:
                values.extend(change.values.values())
                if not new:
                    statements.append(planned.text(_updating(model, names)))
                    values.append(change.row.pk)
        return statements, values


_ride: ContextVar[Ride | None] = ContextVar("ride", default=None)


@contextmanager
def riding() -> Iterator[None]:
    """Writes made inside wait for the next statement; none is left at the end."""
    ride = Ride()
    token = _ride.set(ride)
    try:
        with connection.execute_wrapper(_carry):
            yield
            if ride.changes:
                planned.send("SELECT", [])
    finally:
        _ride.reset(token)


def _carry(
    execute: Callable[..., Any],
    sql: str,
    params: Sequence[object] | None,
    many: bool,  # noqa: FBT001  Django calls it by place
    context: Mapping[str, Any],
) -> object:
    """Send what waits in front of this statement, in the same round trip."""
    ride = _ride.get()
    if ride is None or not ride.changes:
        return execute(sql, params, many, context)
    assert not many, "a list of statements cannot carry others"
    assert not isinstance(params, Mapping), "values by name go through planned.ask"
    statements, values = ride.take()
    if params is None:
        sql = sql.replace("%", "%%")
    sql = "; ".join([*statements, sql])
    return execute(sql, [*values, *(params or ())], many, context)


def heard(moment: datetime) -> datetime:
    """Remember what a statement has just said of the database's time."""
    ride = _ride.get()
    if ride is not None:
        ride.moment = moment
    return moment


def now() -> datetime:
    """The one clock of the product. Inside an action: as of its last lock."""
    ride = _ride.get()
    if ride is not None and ride.moment is not None:
        return ride.moment
    return heard(planned.ask("SELECT clock_timestamp()", [])[0][0])


# Reading


def find(model: type[Row], **equal: object) -> Row | None:
    """The row in which these columns have these values; None if there is none."""
    return next(iter(rows(model, **equal)), None)


def rows(
    model: type[Row], *, order: Sequence[str] = (), lock: str = "", **equal: object
) -> list[Row]:
    """The rows in which these columns have these values; a list means any of them.

    ``lock`` is what follows FOR: "NO KEY UPDATE", with "SKIP LOCKED" if need be.
    """
    kinds = tuple((name, _kind(value)) for name, value in equal.items())
    statement, names, readers = _finding(model, kinds, tuple(order), lock)
    values = [
        list(value) if isinstance(value, list | tuple | frozenset | set) else value
        for value in equal.values()
        if value is not None
    ]
    found = planned.ask(statement, values)
    return [_row(model, names, readers, values) for values in found]


def picked(model: type[Row], tail: str, values: Mapping[str, object]) -> list[Row]:
    """The rows of the model's table that ``tail`` (JOIN, WHERE, ORDER BY, FOR) picks."""
    listed, names, readers = _columns(model)
    table = model._meta.db_table
    sql = f'SELECT {listed} FROM "{table}" {tail}'  # noqa: S608  our own names
    found = planned.ask(sql, values)
    return [_row(model, names, readers, each) for each in found]


def _kind(value: object) -> str:
    if value is None:
        return "none"
    return "any" if isinstance(value, list | tuple | frozenset | set) else "one"


TESTS = {"none": '"{}" IS NULL', "any": '"{}" = ANY(%s)', "one": '"{}" = %s'}


@cache
def _finding(
    model: type[models.Model],
    kinds: tuple[tuple[str, str], ...],
    order: tuple[str, ...],
    lock: str,
) -> tuple[str, list[str], list[tuple[int, Reader]]]:
    columns, names, readers = _columns(model)
    tests = [TESTS[kind].format(_field(model, name).column) for name, kind in kinds]
    sql = f'SELECT {columns} FROM "{model._meta.db_table}"'  # noqa: S608  our own names
    sql += f" WHERE {' AND '.join(tests)}"
    if order:
        sql += " ORDER BY " + ", ".join(f'"{_field(model, n).column}"' for n in order)
    return sql + (f" FOR {lock}" if lock else ""), names, readers


def locked(model: type[Row], pk: UUID) -> Row | None:
    """The row, locked until commit against everybody who would change it."""
    found = locked_with(model, pk)
    return found[-1] if found else None  # type: ignore[return-value]


def locked_with(
    model: type[models.Model], pk: UUID, *above: str
) -> list[models.Model] | None:
    """The row and those ``above`` it, locked from the top down in one round trip.

    ``above`` names, from the row upwards, the foreign key that leads to the next:
    an offer's "seat", the seat's "call". None if there is no such row.
    """
    reading, parts = _chain(model, above)
    locks = _locks(model, above)
    sql = "; ".join(planned.text(each) for each in (*locks, reading))
    found = planned.send(sql, [pk] * (len(locks) + 1))
    if found:
        heard(found[0][-1])
    return _split(parts, found)


def found_with(
    model: type[models.Model], pk: UUID | str, *above: str, where: str = ""
) -> list[models.Model] | None:
    """The row and those ``above`` it, the topmost first, and nothing locked.

    ``where`` is a condition in SQL that has to hold besides.
    """
    reading, parts = _chain(model, above)
    return _split(parts, planned.ask(reading + (where and f" AND {where}"), [pk]))


Part = tuple[type[models.Model], list[str], list[tuple[int, Reader]]]


def _split(
    parts: Sequence[Part], found: Sequence[Sequence[object]]
) -> list[models.Model] | None:
    if not found:
        return None
    made, start = [], 0
    for model, names, readers in parts:
        end = start + len(names)
        made.append(_row(model, names, readers, found[0][start:end]))
        start = end
    return made


@cache
def _models(model: type[models.Model], above: tuple[str, ...]) -> list[Any]:
    chain: list[Any] = [model]
    for name in above:
        chain.append(_field(chain[-1], name).related_model)
    return chain


@cache
def _locks(model: type[models.Model], above: tuple[str, ...]) -> list[str]:
    """A lock each, the topmost first; its id is found from below, where it stays."""
    key, sql = "%s", []
    for place, each in enumerate(_models(model, above)):
        table, own = each._meta.db_table, _key(each)
        sql.append(f'SELECT FROM "{table}" WHERE "{own}" = {key} FOR NO KEY UPDATE')
        if place < len(above):
            up = _field(each, above[place]).column
            key = f'(SELECT "{up}" FROM "{table}" WHERE "{own}" = {key})'  # noqa: S608
    return sql[::-1]


@cache
def _chain(
    model: type[models.Model], above: tuple[str, ...]
) -> tuple[str, tuple[Part, ...]]:
    """One statement that reads the row, those above it and, last, the time."""
    chain = _models(model, above)
    source = f'"{model._meta.db_table}"'
    for below, parent, name in zip(chain, chain[1:], above, strict=False):
        link = f'"{below._meta.db_table}"."{_field(below, name).column}"'
        table = parent._meta.db_table
        source += f' JOIN "{table}" ON "{table}"."{_key(parent)}" = {link}'
    parts = [(each, *_columns(each)) for each in reversed(chain)]
    columns = ", ".join(listed for _each, listed, _names, _readers in parts)
    return (
        f"SELECT {columns}, clock_timestamp() FROM {source}"  # noqa: S608  our own names
        f' WHERE "{model._meta.db_table}"."{_key(model)}" = %s',
        tuple((each, names, readers) for each, _listed, names, readers in parts),
    )


def _row(
    model: type[Row],
    names: list[str],
    readers: list[tuple[int, Reader]],
    found: Sequence[object],
) -> Row:
    """A row in hand as ``from_db`` makes it, and nobody is signalled.

    Measured: ``Model.__init__`` took more than half of what a row cost.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    told = row.__dict__
    told.update(zip(names, found, strict=True))
    for place, read in readers:
        told[names[place]] = read(found[place], None, connection)
    return row


@cache
def _columns(
    model: type[models.Model],
) -> tuple[str, list[str], list[tuple[int, Reader]]]:
    """The columns as a list of SQL, the attributes, and what turns a value into ours."""
    fields = model._meta.concrete_fields
    table = model._meta.db_table
    readers = [
        (place, each.from_db_value)
        for place, each in enumerate(fields)
        if hasattr(each, "from_db_value")
    ]
    listed = ", ".join(f'"{table}"."{each.column}"' for each in fields)
    return listed, [each.attname for each in fields], readers


# Writing


def write(row: models.Model, values: Mapping[str, object]) -> None:
    """Change these columns of one row, in the table and in hand. ``Now()`` is ``now``."""
    for name, value in values.items():
        setattr(row, name, value)
    keep(row, *values)


def keep(row: models.Model, *names: str) -> None:
    """Store what these attributes of the row in hand say."""
    fields = [_field(type(row), name) for name in names]
    _fill(row, fields)
    _send(row, fields, new=False)


def add(row: models.Model, *, filled: bool = True) -> None:
    """Store a new row. In an action, what the database would fill in is ``now``.

    Not ``filled``, the row in hand does not know what the database filled in.
    """
    fields = type(row)._meta.concrete_fields
    if filled and _ride.get() is not None:
        _fill(row, fields)
    given = [each for each in fields if not _left_out(row, each)]
    _send(row, given, new=True)
    row._state.adding, row._state.db = False, connection.alias


def _left_out(row: models.Model, each: AnyField) -> bool:
    """Whether the database fills this column in."""
    return isinstance(row.__dict__[each.attname], DatabaseDefault)


def _fill(row: models.Model, fields: Iterable[AnyField]) -> None:
    """The moment that ``Now()`` stands for, in the row in hand."""
    for each in fields:
        if isinstance(row.__dict__[each.attname], DatabaseDefault | Now):
            setattr(row, each.attname, now())


def _send(row: models.Model, fields: Iterable[AnyField], *, new: bool) -> None:
    """With the next statement of the action; at once outside one."""
    # A sealed value is stored as it lies, so pre_save and not the attribute is asked.
    values = {
        each.column: each.get_db_prep_save(each.pre_save(row, add=False), connection)
        for each in fields
    }
    ride = _ride.get() or Ride()
    ride.put(row, values, new=new)
    if _ride.get() is None:
        statements, given = ride.take()
        planned.send(statements[0], given)


@cache
def _updating(model: type[models.Model], columns: tuple[str, ...]) -> str:
    parts = ", ".join(f'"{column}" = %s' for column in columns)
    table = model._meta.db_table
    return f'UPDATE "{table}" SET {parts} WHERE "{_key(model)}" = %s'  # noqa: S608


@cache
def _inserting(model: type[models.Model], columns: tuple[str, ...], count: int) -> str:
    listed = ", ".join(f'"{column}"' for column in columns)
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    given = ", ".join([row] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({listed}) VALUES {given}'  # noqa: S608


@cache
def _field(model: type[models.Model], name: str) -> AnyField:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def _key(model: type[models.Model]) -> str:
    assert model._meta.pk is not None
    return model._meta.pk.column
