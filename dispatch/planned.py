"""Statements that PostgreSQL plans once a connection, and not each time they are asked.

Measured: of the 40 ms of processor that a call's whole path took from PostgreSQL, 13
went into planning the same statements again. Only for SQL that is a constant.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import NotSupportedError, connection

Values = Sequence[object] | Mapping[str, object]
PLACE = re.compile(r"%%|%s|%\((\w+)\)s")

# Connection → statement → what to send instead; None after its first time.
_numbers = count(1)
_plans: WeakKeyDictionary[Any, dict[str, str | None]] = WeakKeyDictionary()


def ask(sql: str, values: Values) -> list[tuple[Any, ...]]:
    """All rows of one statement; values by place (%s) or by name (%(name)s)."""
    if isinstance(values, Mapping):
        sql, names = _by_place(sql)
        values = [values[name] for name in names]
    try:
        return send(text(sql), values)
    except NotSupportedError:
        if connection.in_atomic_block:
            raise  # who began the transaction may try again: the plans are forgotten
        return send(sql, values)


def uuids(ids: Iterable[object]) -> str:
    """Ids as PostgreSQL's text of a uuid[]: a list of strings would not become one."""
    return "{" + ",".join(map(str, ids)) + "}"


def codes(words: Iterable[str]) -> str:
    """Our own words, as a statement that is a constant names them."""
    return ", ".join(f"'{word}'" for word in words)


def send(sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """The rows of the last of these statements, as they are."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    except NotSupportedError:
        # A migration changed a column's type: what was planned before is outdated.
        _plans.pop(connection.connection, None)
        raise


def text(sql: str) -> str:
    """What to send in this statement's stead, with the same places for values.

    Itself the first time, so that a connection which is soon closed plans nothing
    for nothing.
    """
    connection.close_if_health_check_failed()
    line = connection.connection
    if line is None:
        return sql
    known = _plans.get(line)
    if known is None:
        known = _plans[line] = {}
    plan = known.get(sql)
    if plan is None and sql in known:
        plan = known[sql] = _prepare(line, sql)
    elif plan is None:
        known[sql] = None
    return plan or sql


def _prepare(line: Any, sql: str) -> str:
    name, (numbered, places) = f"heart_{next(_numbers)}", _numbered(sql)
    # Beneath Django, so that an action's waiting writes do not ride with it.
    with connection.wrap_database_errors, line.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {numbered}")
    given = ", ".join(["%s"] * places)
    return f"EXECUTE {name} ({given})" if places else f"EXECUTE {name}"


def _numbered(sql: str) -> tuple[str, int]:
    """$1, $2 … where the values stand, and how many they are."""
    numbers = count(1)

    def number(found: re.Match[str]) -> str:
        return "%" if found[0] == "%%" else f"${next(numbers)}"

    numbered = PLACE.sub(number, sql)
    return numbered, next(numbers) - 1


@cache
def _by_place(sql: str) -> tuple[str, tuple[str, ...]]:
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        names.append(found[1])
        return "%s"

    return PLACE.sub(place, sql), tuple(names)
