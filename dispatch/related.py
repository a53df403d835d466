"""What rows point at, fetched for all of them in one statement a key."""

from collections.abc import Iterable

from django.db import models

from dispatch import quick


def attach(rows: Iterable[models.Model], *names: str) -> None:
    """Put what these foreign keys lead to into the rows in hand; none stays None."""
    rows = list(rows)
    for name in names:
        _attach(rows, name)


def _attach(rows: list[models.Model], name: str) -> None:
    wanted = {getattr(row, f"{name}_id") for row in rows} - {None}
    if not wanted:
        return
    above = rows[0]._meta.get_field(name).related_model
    assert isinstance(above, type)
    found = {each.pk: each for each in quick.rows(above, id=sorted(wanted))}
    for row in rows:
        key = getattr(row, f"{name}_id")
        if key is not None:
            row._state.fields_cache[name] = found[key]
