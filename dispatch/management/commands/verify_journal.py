"""Walk each agency's hash chain and say whether the log is whole."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from dispatch.management import whom
from dispatch.selectors import chain


class Command(BaseCommand):
    help = "Verify the journal: prints each agency's head; exit status 1 if a line is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", help="the agency's code; else every agency")

    def handle(self, *args: object, **options: object) -> None:
        code = options["agency"]
        agencies = [whom.agency(code)] if code else list(whom.agencies(None))
        if not agencies:
            raise CommandError("There is no agency yet.", returncode=2)
        broken = False
        for agency in agencies:
            verdict = chain.verify(agency)
            for fault in verdict.faults:
                broken = True
                self.stderr.write(f"{verdict.agency}: {fault}")
            word = "BROKEN" if verdict.faults else "whole"
            self.stdout.write(
                f"{verdict.agency}: {verdict.events} events, {word},"
                f" head {verdict.head or '(empty)'}"
            )
        if broken:
            sys.exit(1)
