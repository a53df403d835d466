"""The report as it may leave the house: a value a row, and small numbers hidden."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from dispatch.selectors.report import SMALL, Report
from dispatch.selectors.volume import Table

HIDDEN = "<11"


@dataclass(frozen=True, slots=True)
class Row:
    """Positional, because it is written as the line of a table that it is."""

    part: str
    measure: str
    line: str
    column: str
    value: str
    meaning: str


COLUMNS = tuple(one.name for one in fields(Row))


def rows(made: Report) -> Iterator[Row]:
    window = f"{made.first} to {made.last}"
    yield Row("about", "window", "", "", window, made.zone)
    yield Row(
        "about", "simulated", "", "", made.which, _("simulated calls counted too?")
    )
    for one in made.figures:
        share, part, whole = one.share, str(one.part), str(one.whole)
        if one.small:
            share, part, whole = HIDDEN, HIDDEN, HIDDEN
        yield Row("figure", one.code, "", "part", part, one.means)
        if one.whole is not None:
            yield Row("figure", one.code, "", "whole", whole, one.means)
            yield Row("figure", one.code, "", "share", share, one.means)
    for table in made.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[Row]:
    hidden = [_hidden(column, parts=table.parts) for column in _columns(table)]
    for at, line in enumerate(table.lines):
        small = any(at in places for places in hidden)
        for column, count, places in zip(
            table.columns[1:], line.counts, hidden, strict=False
        ):
            value = HIDDEN if at in places else str(count)
            yield Row("table", table.code, line.label, column, value, table.means)
        for column, said in zip(
            table.columns[1 + len(line.counts) :], line.said, strict=False
        ):
            value = HIDDEN if small else said
            yield Row("table", table.code, line.label, column, value, table.means)


def _columns(table: Table) -> list[Sequence[int]]:
    return list(zip(*(line.counts for line in table.lines), strict=True))


def _hidden(counts: Sequence[int], *, parts: bool) -> set[int]:
    """Where small numbers stand; never one alone that the others would give away."""
    small = {at for at, count in enumerate(counts) if 0 < count < SMALL}
    others = [at for at, count in enumerate(counts) if count >= SMALL]
    if parts and len(small) == 1 and others:
        small.add(min(others, key=lambda at: counts[at]))
    return small
