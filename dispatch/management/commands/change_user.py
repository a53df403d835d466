"""Change somebody's account: the role, the door, the employer, the password."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from dispatch.actions import account
from dispatch.management import arguments, whom
from dispatch.models import Assignment, Role, Shift, User


class Command(BaseCommand):
    help = "Change a user. Whatever ends their access closes their open pages' lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True, help="whose account")
        parser.add_argument("--role", help=", ".join(Role))
        door = parser.add_mutually_exclusive_group()
        door.add_argument(
            "--deactivate",
            dest="active",
            action="store_false",
            default=None,
            help="may not sign in any more",
        )
        door.add_argument(
            "--activate",
            dest="active",
            action="store_true",
            default=None,
            help="may sign in again",
        )
        parser.add_argument(
            "--employer",
            metavar="CODE",
            help="the partner who sends this counsellor to our desk; '' for our own",
        )
        parser.add_argument(
            "--new-password", action="store_true", help="is asked for twice"
        )
        arguments.add_password_file(parser)

    def handle(self, *args: object, **options: object) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"--username: there is no {options['username']!r}.")
        new = options["new_password"] or options["password_file"] is not None
        said = [options[one] for one in ("role", "active", "employer")]
        if not new and said == [None] * 3:
            raise CommandError(
                "Say what to change: --role, --deactivate, --activate, --employer,"
                " --new-password."
            )
        password = arguments.password(options["password_file"]) if new else None
        with arguments.refused_in_a_line():
            user = account.change(
                user_id=user.pk,
                role=options["role"],
                active=options["active"],
                password=password,
                employer=options["employer"],
                by=whom.OPERATOR,
            )
        door = "may sign in" if user.is_active else "may not sign in"
        self.stdout.write(f"{user.username}, {user.role}, {door}")
        for still in _left_over(user):
            self.stdout.write(f"{still}; say this again when that is over")


def _left_over(user: User) -> list[str]:
    """What keeps somebody on duty whose role does not belong there any more."""
    role = Role(user.role) if user.is_active else None
    found = []
    sessions = Assignment.objects.filter(person=user, ended_at=None)
    if role is not Role.CLINICIAN and sessions.exists():
        found.append("A caller is still with them")
    shift = Shift.objects.filter(user=user, ended_at=None).select_related("unit")
    if role is not Role.RESPONDER and (on := shift.first()):
        found.append(f"{on.unit.name} is on a call with them")
    return found
