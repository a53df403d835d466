"""Read calls for service from CSV, a row a line, and say what is wrong with a row.

A broken row spoils itself alone: each line is decoded and parsed on its own.
"""

import csv
import gzip
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from zlib import error as ZlibError

COLUMNS = (
    "call_id",
    "source",
    "received_at",
    "time_precision",
    "call_type",
    "lat",
    "lon",
    "location",
    "district",
)
LONGEST = {"call_id": 60, "source": 60, "call_type": 120}
YEARS = range(1970, 2100)


class FileFault(ValueError):
    """The file as a whole cannot be read: there is no use in going on."""


class RowFault(ValueError):
    """One row that cannot be taken: which column, and why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"{column}: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallForService:
    """One call as another system recorded it; ``point`` is (latitude, longitude)."""

    call_id: str
    source: str
    received_at: datetime
    wording: str
    point: tuple[float, float] | None
    location: str
    district: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A rejected row, in words."""

    why: str


def rows(path: Path) -> Iterator[tuple[int, CallForService | Fault]]:
    """Line number and call, or fault, one after another; FileFault at the head."""
    with _open(path) as lines:
        numbered = enumerate(_unbroken(lines), start=1)
        try:
            _number, first = next(numbered)
        except StopIteration:
            raise FileFault("the file is empty") from None
        header = _header(first)
        for number, line in numbered:
            if isinstance(line, Fault):
                yield number, line
            elif line.strip():
                yield number, _read(header, line)


def _open(path: Path) -> IO[bytes]:
    try:
        if path.suffix == ".gz":
            return gzip.open(path, "rb")
        return path.open("rb")
    except OSError as error:
        raise FileFault(f"{path}: {error.strerror}") from None


def _unbroken(lines: IO[bytes]) -> Iterator[bytes | Fault]:
    """The lines; where the compressed file is cut off, a last fault says so."""
    try:
        yield from lines
    except (EOFError, OSError, ZlibError) as error:
        yield Fault(why=f"the file breaks off here ({error})")


def _header(line: bytes | Fault) -> list[str]:
    if isinstance(line, Fault):
        raise FileFault(line.why)
    try:
        names = _fields(line.removeprefix(b"\xef\xbb\xbf"))
    except RowFault as fault:
        raise FileFault(f"line 1: {fault}") from None
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise FileFault("line 1: the header lacks " + ", ".join(missing))
    return names


def _fields(line: bytes) -> list[str]:
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise RowFault("row", "is not UTF-8") from None
    if "\x00" in text:
        raise RowFault("row", "holds a NUL character")
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise RowFault("row", f"is not CSV on one line ({error})") from None


def _read(header: list[str], line: bytes) -> CallForService | Fault:
    try:
        fields = _fields(line)
        if len(fields) != len(header):
            raise RowFault("row", f"has {len(fields)} columns, not {len(header)}")
        return _call(dict(zip(header, fields, strict=True)))
    except RowFault as fault:
        return Fault(why=str(fault))


def _call(row: dict[str, str]) -> CallForService:
    for column in ("call_id", "source"):
        if not row[column].strip():
            raise RowFault(column, "is missing")
    for column, longest in LONGEST.items():
        if len(row[column]) > longest:
            raise RowFault(column, f"is longer than {longest} characters")
    return CallForService(
        call_id=row["call_id"].strip(),
        source=row["source"].strip(),
        received_at=_time(row["received_at"]),
        wording=row["call_type"].strip(),
        point=_point(row["lat"], row["lon"]),
        location=row["location"].strip(),
        district=row["district"].strip(),
    )


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise RowFault("received_at", f"{text!r} is no ISO 8601 time") from None
    if at.tzinfo is None:
        raise RowFault("received_at", f"{text!r} has no offset from UTC")
    if at.year not in YEARS:
        raise RowFault("received_at", f"{text!r} lies outside 1970 to 2099")
    return at.astimezone(UTC)  # PostgreSQL takes fewer offsets than Python does


def _point(lat: str, lon: str) -> tuple[float, float] | None:
    if not lat.strip() and not lon.strip():
        return None
    return _degrees("lat", lat, 90), _degrees("lon", lon, 180)


def _degrees(column: str, text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        raise RowFault(column, f"{text!r} is no number") from None
    if not math.isfinite(value) or abs(value) > most:
        raise RowFault(column, f"{text!r} lies outside {-most} to {most}")
    return value
