"""Make the demo centre by calling actions, so it is always valid; twice changes nothing."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from dispatch.actions import integration, protocol, setup
from dispatch.management import whom
from dispatch.management.centre import accounts, people
from dispatch.management.commands.publish_protocol import read
from dispatch.management.replay import wordings
from dispatch.models import Agency, User
from routing import store
from routing.models import ProtocolVersion


class Command(BaseCommand):
    help = "Make the demo centre; its accounts are written to demo_accounts.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accounts", action="store_true", help="print them as JSON"
        )

    def handle(self, *, accounts: bool, **options: object) -> None:
        path = Path(settings.DATA_DIR) / "demo_accounts.json"
        agency = seed(path)
        if accounts:
            self.stdout.write(path.read_text("utf-8"))
        else:
            self.stdout.write(
                json.dumps({"agency": agency.code, "accounts": str(path)})
            )


def seed(path: Path) -> Agency:
    """Everything that is not there yet."""
    agency = setup.create_agency(
        code=people.CODE,
        name=people.NAME,
        time_zone=people.TIME_ZONE,
        by=whom.OPERATOR,
    )
    # A version that somebody published since stays.
    if not ProtocolVersion.objects.filter(agency=agency).exists():
        protocol.publish(
            agency_id=agency.pk, document=read(store.DEFAULT), by=whom.OPERATOR
        )
    _accounts(agency, path)
    for each in people.COLLEAGUES:
        _create(agency, each, None, simulated=True)
    for team in people.TEAMS:
        setup.create_unit(
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
            _create(agency, each, password, simulated=False)
        elif each.username in new:
            setup.set_password(user_id=known.pk, password=password, by=whom.OPERATOR)


def _create(
    agency: Agency, each: people.Person, password: str | None, *, simulated: bool
) -> User:
    return setup.create_user(
        agency_id=agency.pk,
        username=each.username,
        role=each.role,
        short_name=each.short_name,
        password=password,
        simulated=simulated,
        by=whom.OPERATOR,
    )
