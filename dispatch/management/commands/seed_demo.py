"""Make the demo centre by calling actions, so it is always valid; twice changes nothing."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dispatch.actions import account, integration, setup
from dispatch.management import whom
from dispatch.management.centre import accounts, people
from dispatch.management.commands.publish_protocol import read
from dispatch.management.replay import wordings
from dispatch.models import Agency, Unit, User
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
    agency = Agency.objects.filter(code=people.CODE).first()
    if agency is None:
        agency = setup.add_agency(
            code=people.CODE,
            name=people.NAME,
            time_zone=people.TIME_ZONE,
            document=read(store.DEFAULT),
            by=whom.OPERATOR,
        )
    _accounts(agency, path)
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
    return agency


def _accounts(agency: Agency, path: Path) -> None:
    passwords, new = accounts.make_missing(path)
    for each in people.ACCOUNTS:
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
