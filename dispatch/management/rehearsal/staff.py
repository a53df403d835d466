"""Who works in a rehearsal: a centre of its own, and nobody in it is real."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.management.base import CommandError

from dispatch.actions import setup
from dispatch.management import whom
from dispatch.management.centre.habits import Habits
from dispatch.management.replay.chance import draw
from dispatch.models import Agency
from dispatch.models.unit import TEAMS

# Enough for a thousand calls a day, by trial; a town of that size is our assumption.
USUAL = {
    "dispatcher": 5,
    "clinician": 6,
    "crt": 10,
    "cor": 5,
    "navigator": 1,
    "supervisor": 1,
}
MOST = 99
# A clinician talks for minutes, a crew drives and stays for longer; one in ten offers
# is declined, one in twelve rings out, one check in ten is not heard. All assumed.
HABITS = Habits(
    asks_for=(40, 120),
    declines=0.10,
    lets_ring=0.08,
    answers_after=(4, 15),
    crew_lets_ring=0.08,
    talks=(420, 1500),
    talks_while_others_wait=(300, 900),
    asks_for_team=(120, 300),
    writes=(30, 110),
    back_after_missing=(120, 420),
    sets_off=(20, 90),
    drives=(240, 900),
    stays=(600, 2100),
    stays_long=(2400, 3600),
    says_safe_after=(5, 50),
    misses_check=0.10,
    clears_scene=(240, 600),
    km_per_second=0.012,
)
# Of all hours of all people so many hold a silence of so many seconds: a page closed,
# a phone without signal. Assumed.
SILENT_HOURS, SILENT_FOR = 0.06, 300.0


def understood(spec: str) -> dict[str, int]:
    """ "clinician=4,crt=2" as numbers, what is left out as usual; "none" is nobody."""
    if spec == "none":
        return dict.fromkeys(USUAL, 0)
    asked = dict(USUAL)
    for part in filter(None, spec.split(",")):
        role, _equals, number = part.partition("=")
        if role not in USUAL or not number.isdecimal() or int(number) > MOST:
            known = ", ".join(USUAL)
            raise CommandError(f"--staff {part}: ROLE=0 to {MOST}, of {known}.")
        asked[role] = int(number)
    return asked


def found(
    code: str, zone: str, document: Mapping[str, object], staff: Mapping[str, int]
) -> Agency:
    """The centre with its people, off duty; its crews are named after their units."""
    agency = setup.add_agency(
        code=code,
        name="Rehearsal (simulated)",
        time_zone=zone,
        document=document,
        by=whom.OPERATOR,
    )
    for role, number in staff.items():
        for each in range(1, number + 1):
            _join(agency.pk, code, role, each)
    return agency


def _join(agency: UUID, code: str, role: str, number: int) -> None:
    works_on = role in TEAMS
    setup.add_user(
        agency_id=agency,
        username=f"{code}-{role}-{number:02d}",
        role="responder" if works_on else role,
        short_name=f"{role.capitalize()} {number}",
        simulated=True,
        by=whom.OPERATOR,
    )
    if works_on:
        setup.add_unit(
            agency_id=agency,
            name=f"{role.upper()} {number:02d}",
            kind=role,
            simulated=True,
            by=whom.OPERATOR,
        )


def silent(person: str, then: datetime) -> bool:
    """Whether nothing is heard of this person at that moment of the rehearsed day."""
    hour = then.replace(minute=0, second=0, microsecond=0)
    if draw(person, hour, "silent") >= SILENT_HOURS:
        return False
    begins = draw(person, hour, "from") * (3600 - SILENT_FOR)
    return begins <= (then - hour).total_seconds() < begins + SILENT_FOR
