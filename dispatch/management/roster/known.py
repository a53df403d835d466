"""What the centre knows already: a line that says nothing new costs no action."""

from bisect import bisect_left, insort
from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from dispatch.actions.enrol import NAMES, Enrolment
from dispatch.models import Agency, PlannedShift, ShiftSwap, Skill, User


class Shift(NamedTuple):
    ends_at: datetime
    unit: str
    deputy: bool


class Known:
    """The people of one agency, their skills and their shifts, as they were at the start."""

    def __init__(self, agency: Agency) -> None:
        people = User.objects.filter(agency=agency, is_active=True)
        self.people = {each.username: each for each in people}
        self.skills = set(
            Skill.objects.filter(user__agency=agency).values_list(
                "user__username", "skill", "level"
            )
        )
        self.shifts = _shifts(agency)
        self.gone = _gone(agency)

    def holds(self, line: Enrolment) -> bool:
        """Whether all that the line says is so, or was so until it was changed here."""
        user = self.people.get(line.username)
        if user is None or user.role != line.role:
            return False
        for name, column in NAMES.items():
            if getattr(line, name) not in {"", getattr(user, column)}:
                return False
        skilled = all(
            (line.username, skill, level) in self.skills
            for skill, level in line.skills.items()
        )
        return skilled and self._planned(line)

    def _planned(self, line: Enrolment) -> bool:
        if line.starts_at is None or line.ends_at is None:
            return True
        if (line.username, line.starts_at, line.ends_at) in self.gone:
            return True
        said = Shift(line.ends_at, line.unit, line.deputy)
        return self.shifts.get((line.username, line.starts_at)) == said

    def is_new(self, line: Enrolment) -> bool:
        """Whether the line adds a person or a shift, rather than changing one."""
        shift = (line.username, line.starts_at)
        if line.username not in self.people:
            return True
        return line.starts_at is not None and shift not in self.shifts


def _shifts(agency: Agency) -> dict[tuple[str, datetime], Shift]:
    rows = PlannedShift.objects.filter(
        agency=agency, dropped_at=None, user__isnull=False
    )
    named = rows.values_list(
        "user__username", "starts_at", "ends_at", "unit__name", "deputy"
    )
    return {
        (username, starts): Shift(ends, unit or "", deputy)
        for username, starts, ends, unit, deputy in named
    }


def _gone(agency: Agency) -> set[tuple[str, datetime, datetime]]:
    """Shifts that were dropped or given away here: the old file brings none back."""
    dropped = PlannedShift.objects.filter(agency=agency, dropped_at__isnull=False)
    gone = set(dropped.values_list("user__username", "starts_at", "ends_at"))
    swaps = ShiftSwap.objects.filter(shift__agency=agency, state="taken")
    given = ("asked_by__username", "shift__starts_at", "shift__ends_at")
    back = ("to__username", "instead__starts_at", "instead__ends_at")
    gone |= set(swaps.values_list(*given))
    gone |= set(swaps.filter(Q(instead__isnull=False)).values_list(*back))
    return gone


class Spans:
    """The shifts of one file: two of one person never lie in each other's time."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[datetime, datetime, int]]] = defaultdict(list)

    def clash(self, number: int, line: Enrolment) -> int | None:
        """The line that this one overlaps, if any; else it is remembered."""
        if line.starts_at is None or line.ends_at is None:
            return None
        seen = self.seen[line.username]
        span = (line.starts_at, line.ends_at, number)
        place = bisect_left(seen, span)
        for starts, ends, other in seen[max(0, place - 1) : place + 1]:
            same = (starts, ends) == (line.starts_at, line.ends_at)
            if not same and starts < line.ends_at and ends > line.starts_at:
                return other
        insort(seen, span)
        return None
