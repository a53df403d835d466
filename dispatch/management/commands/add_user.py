"""Add somebody who works at an agency; said again it changes nothing."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from dispatch.actions import setup
from dispatch.management import arguments, whom
from dispatch.models import Role, User


class Command(BaseCommand):
    help = "Add a user; the password is asked for twice, or read from a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", required=True, help="the agency's code")
        parser.add_argument("--username", required=True, help="to sign in with")
        parser.add_argument("--role", required=True, help=", ".join(Role))
        parser.add_argument("--name", required=True, help="in full, as in Jo Lee")
        parser.add_argument(
            "--short-name", required=True, help="on a board, as in D12 Lee"
        )
        parser.add_argument(
            "--employer",
            metavar="CODE",
            help="the partner who sends this counsellor to our desk",
        )
        arguments.add_password_file(parser)

    def handle(self, *args: object, **options: object) -> None:
        agency = arguments.agency(str(options["agency"]))
        said = {
            key: str(options[key]) for key in ("username", "role", "name", "short_name")
        }
        employer = options["employer"]
        said["employer"] = str(employer) if employer else ""
        with arguments.refused_in_a_line():
            user = setup.a_user(agency_id=agency.pk, **said)
            known = User.objects.filter(username=user.username).exists()
            if not known:
                password = arguments.password(options["password_file"])
                setup.add_user(
                    agency_id=agency.pk, password=password, by=whom.OPERATOR, **said
                )
        how = "was there already" if known else "can sign in"
        self.stdout.write(f"{user.username}, {user.role} at {agency.code}, {how}")
