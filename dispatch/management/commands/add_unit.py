"""Add a unit that crews can sign on to; said again it changes nothing."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from dispatch.actions import setup
from dispatch.management import arguments, whom


class Command(BaseCommand):
    help = "Add a unit; it is off duty until a crew signs on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", required=True, help="the agency's code")
        parser.add_argument("--name", required=True, help="as in CRT 1")
        parser.add_argument(
            "--kind",
            required=True,
            help="crt, an unarmed team; cor, a co-response team",
        )

    def handle(self, *args: object, **options: object) -> None:
        agency = arguments.agency(str(options["agency"]))
        with arguments.refused_in_a_line():
            unit = setup.add_unit(
                agency_id=agency.pk,
                name=str(options["name"]),
                kind=str(options["kind"]),
                by=whom.OPERATOR,
            )
        self.stdout.write(f"{unit.name}, {unit.kind} at {agency.code}, is there")
