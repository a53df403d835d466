"""Let two centres ask each other for units, or end that; said again it changes nothing."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from dispatch.actions import loan
from dispatch.management import arguments, whom


class Command(BaseCommand):
    help = "Let two centres ask each other for units."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", required=True, help="the agency's code")
        parser.add_argument("--neighbour", required=True, help="the other's code")
        parser.add_argument("--end", action="store_true", help="not any more")

    def handle(self, *args: object, **options: object) -> None:
        agency = arguments.agency(str(options["agency"]))
        other = arguments.agency(str(options["neighbour"]))
        with arguments.refused_in_a_line():
            loan.agree(
                agency_id=agency.pk,
                neighbour_id=other.pk,
                by=whom.OPERATOR,
                ended=bool(options["end"]),
            )
        said = "do not lend" if options["end"] else "may lend"
        self.stdout.write(f"{agency.code} and {other.code} {said} each other units")
