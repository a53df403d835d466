"""Make the demo centre by calling actions, so it is always valid; twice changes nothing."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dispatch.actions import account, integration, loan, partner, roster, setup, unit
from dispatch.actions.base import database_now
from dispatch.events import Actor
from dispatch.management import whom
from dispatch.management.centre import accounts, people
from dispatch.management.commands.publish_protocol import read
from dispatch.management.replay import wordings
from dispatch.models import Agency, Partner, PlannedShift, Role, Unit, User
from routing import store


class Command(BaseCommand):
    help = "Make the demo centre; its accounts are written to demo_accounts.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accounts", action="store_true", help="print them as JSON"
        )

    def handle(self, *, accounts: bool, **options: object) -> None:
        if settings.PRODUCTION:
            raise CommandError("No demo centre where real callers are.")
        path = Path(settings.DATA_DIR) / "demo_accounts.json"
        agency = seed(path)
        if accounts:
            self.stdout.write(path.read_text("utf-8"))
        else:
            self.stdout.write(
                json.dumps({"agency": agency.code, "accounts": str(path)})
            )


def seed(path: Path) -> Agency:
    """Everything that is not there yet; what somebody changed since stays."""
    agency = _centre(people.CODE, people.NAME)
    next_door = _centre(people.NEXT_CODE, people.NEXT_NAME)
    _accounts((agency, next_door), path)
    _neighbours(agency, next_door)
    there = set(User.objects.filter(agency=agency).values_list("username", flat=True))
    for each in people.COLLEAGUES:
        if each.username not in there:
            _add(agency, each, None, simulated=True)
    units = set(Unit.objects.filter(agency=agency).values_list("name", flat=True))
    for team in people.TEAMS:
        if team.name not in units:
            setup.add_unit(
                agency_id=agency.pk,
                name=team.name,
                kind=team.kind,
                simulated=team.crew is not None,
                by=whom.OPERATOR,
            )
    integration.load_wordings(
        agency_id=agency.pk, rows=wordings.shipped_rows(), by=whom.OPERATOR
    )
    _partners(agency)
    _roster(agency)
    return agency


def _centre(code: str, name: str) -> Agency:
    found = Agency.objects.filter(code=code).first()
    return found or setup.add_agency(
        code=code,
        name=name,
        time_zone=people.TIME_ZONE,
        document=read(store.DEFAULT),
        by=whom.OPERATOR,
    )


def _neighbours(agency: Agency, next_door: Agency) -> None:
    """They may ask each other for units, and the one next door has one to lend."""
    loan.agree(agency_id=agency.pk, neighbour_id=next_door.pk, by=whom.OPERATOR)
    if Unit.objects.filter(agency=next_door).exists():
        return
    team = setup.add_unit(
        agency_id=next_door.pk,
        name=people.NEXT_TEAM.name,
        kind=people.NEXT_TEAM.kind,
        simulated=False,
        by=whom.OPERATOR,
    )
    crew = User.objects.get(agency=next_door, username=people.NEXT_CREW)
    by = Actor(kind="user", id=crew.pk, name=crew.short_name)
    unit.sign_on(unit_id=team.pk, by=by)


def _partners(agency: Agency) -> None:
    there = set(Partner.objects.filter(agency=agency).values_list("code", flat=True))
    for code, known in people.PARTNERS:
        if code not in there:
            partner.add(agency_id=agency.pk, code=code, known=known, by=whom.OPERATOR)


def _roster(agency: Agency) -> None:
    """What people can, and a week of shifts where none is planned any more."""
    users = {one.username: one for one in User.objects.filter(agency=agency)}
    for username, skills in people.SKILLS.items():
        user = users[username]
        if not user.skills.exists():
            for skill, level in skills.items():
                roster.set_skill(
                    user_id=user.pk, skill=skill, level=level, by=whom.OPERATOR
                )
    now = database_now()
    if PlannedShift.objects.filter(agency=agency, starts_at__gt=now).exists():
        return
    today = now.astimezone(agency.zone).date()
    for number in range(1, people.DAYS + 1):
        day = today + timedelta(days=number)
        for names, first, last in ((people.BY_DAY, 7, 19), (people.BY_NIGHT, 19, 31)):
            for name in names:
                _plan(agency, users.get(name), _at(agency, day, first, last))


def _at(agency: Agency, day: date, *hours: int) -> list[datetime]:
    """These hours of the day, and of the night after it, by the agency's clock."""
    return [
        datetime.combine(
            day + timedelta(days=hour // 24), time(hour % 24), tzinfo=agency.zone
        )
        for hour in hours
    ]


def _plan(agency: Agency, user: User | None, times: list[datetime]) -> None:
    roster.plan(
        agency_id=agency.pk,
        role=user.role if user else Role.CLINICIAN.value,
        user_id=user.pk if user else None,
        starts_at=times[0],
        ends_at=times[1],
        by=whom.OPERATOR,
    )


def _accounts(centres: tuple[Agency, ...], path: Path) -> None:
    passwords, new = accounts.make_missing(path)
    by_code = {one.code: one for one in centres}
    for each in people.ACCOUNTS:
        agency = by_code[each.centre]
        known = User.objects.filter(agency=agency, username=each.username).first()
        password = passwords[each.username]
        if known is None:
            _add(agency, each, password, simulated=False)
        elif each.username in new:
            account.change(user_id=known.pk, password=password, by=whom.OPERATOR)


def _add(
    agency: Agency, each: people.Person, password: str | None, *, simulated: bool
) -> User:
    return setup.add_user(
        agency_id=agency.pk,
        username=each.username,
        role=each.role.value,
        short_name=each.short_name,
        password=password,
        simulated=simulated,
        by=whom.OPERATOR,
    )
