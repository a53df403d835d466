"""A CSV of who works when: each line an enrolment, or what is wrong with it and where."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop as _

from dispatch.actions.enrol import Enrolment
from dispatch.errors import Invalid
from dispatch.selectors import local

COLUMNS = (
    "username",
    "name",
    "short_name",
    "role",
    "skills",
    "unit",
    "starts",
    "ends",
    "deputy",
)
NEEDED = ("username", "role")
FLAGS = {"": False, "no": False, "0": False, "false": False}
FLAGS |= {"yes": True, "1": True, "true": True}
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a line; ``column`` is empty where it is the whole line."""

    column: str
    why: str


class FileFault(Exception):
    """The file cannot be read as a roster at all."""


def rows(path: Path, zone: ZoneInfo) -> Iterator[tuple[int, Enrolment | Fault]]:
    """Line number in the file → what it says. Empty lines are passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = _header(reader)
            yield from _lines(reader, header, zone)
    except UnicodeDecodeError:
        raise FileFault(f"{path}: is not UTF-8") from None
    except OSError as error:
        raise FileFault(f"{path}: {error.strerror}") from None


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise FileFault(f"line 1: {error}") from None
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in header]
    twice = {name for name in header if header.count(name) > 1}
    for said, names in (("unknown", unknown), ("missing", missing), ("twice", twice)):
        if names:
            listed = ", ".join(repr(name[:40]) for name in sorted(names))
            raise FileFault(
                f"line 1: {said}: {listed}. The columns are {', '.join(COLUMNS)}."
            )
    return header


def _lines(
    reader: "csv._reader", header: list[str], zone: ZoneInfo
) -> Iterator[tuple[int, Enrolment | Fault]]:
    """A quoted cell may go over several lines: the number is that of the first."""
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, Fault(column="", why=str(error))
            continue
        if any(cell.strip() for cell in cells):
            yield number, _line(cells, header, zone)


def _line(cells: list[str], header: list[str], zone: ZoneInfo) -> Enrolment | Fault:
    if len(cells) > len(header):
        why = f"{len(cells)} cells, and the header has {len(header)}"
        return Fault(column="", why=why)
    said = dict.fromkeys(COLUMNS, "")
    said |= {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    for name, cell in said.items():
        if len(cell) > LONGEST or not cell.isprintable():
            return Fault(column=name, why="is too long, or no plain text")
    try:
        return _enrolment(said, zone)
    except Invalid as error:
        return Fault(column=str(error.params["field"]), why=str(error.params["why"]))


def _enrolment(said: Mapping[str, str], zone: ZoneInfo) -> Enrolment:
    for name in NEEDED:
        if not said[name]:
            raise Invalid(field=name, why=_("is empty"))
    starts, ends = _time(said, "starts", zone), _time(said, "ends", zone)
    if (starts is None) != (ends is None):
        empty = "starts" if starts is None else "ends"
        raise Invalid(field=empty, why=_("is empty, and the other is not"))
    if starts is None and (said["unit"] or said["deputy"]):
        raise Invalid(
            field="starts", why=_("is empty, and a unit or deputy has no shift")
        )
    return Enrolment(
        username=said["username"],
        role=said["role"].lower(),
        name=said["name"],
        short_name=said["short_name"],
        skills=_skills(said["skills"]),
        unit=said["unit"],
        starts_at=starts,
        ends_at=ends,
        deputy=_flag(said["deputy"]),
    )


def _time(said: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    return local.moment(said[name], zone, name) if said[name] else None


def _flag(said: str) -> bool:
    if said.lower() not in FLAGS:
        raise Invalid(field="deputy", why=_("yes or no"))
    return FLAGS[said.lower()]


def _skills(said: str) -> dict[str, int]:
    """spanish:3;youth:1, each skill once, each level 1 to 3."""
    skills: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in said.split(";"))):
        skill, _colon, level = (each.strip() for each in part.partition(":"))
        if level not in {"1", "2", "3"} or skill in skills:
            why = _("write each once with its level, as in spanish:3;youth:1")
            raise Invalid(field="skills", why=why)
        skills[skill] = int(level)
    return skills
