"""The report of a rehearsal as lines that people read."""

from collections.abc import Iterator, Mapping

NOTHING = "-"


def lines(found: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for section, figures in found.items():
        yield f"{section.upper()}"
        if not figures:
            yield "  none"
        for name, value in figures.items():
            yield from _figure(name.replace("_", " "), value)


def _figure(name: str, value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield f"  {name}: {', '.join(map(str, value)) or 'holds'}"
    elif isinstance(value, Mapping):
        parts = ", ".join(f"{key} {_short(one)}" for key, one in value.items() if key)
        yield f"  {name}: {parts or NOTHING}"
    else:
        yield f"  {name}: {_short(value)}"


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return " / ".join(f"{key} {_short(one)}" for key, one in value.items())
    return NOTHING if value is None or value == "" else str(value)
