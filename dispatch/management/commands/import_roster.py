"""Import people, skills and shifts from a CSV; said twice it changes nothing."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from dispatch.actions.enrol import Enrolment, Rehearsed, enrol
from dispatch.errors import DispatchError
from dispatch.management import whom
from dispatch.management.roster.known import Known, Spans
from dispatch.management.roster.lines import Fault, FileFault, rows
from dispatch.models import Agency
from dispatch.selectors.words import refusal
from routing.models import ProtocolVersion


class Command(BaseCommand):
    help = (
        "Import people, skills and shifts (docs/operations.md); prints counts as JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in UTF-8, with a header")
        parser.add_argument("--agency", required=True, help="the agency's code")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be, and keep nothing"
        )

    def handle(self, *args: object, **options: object) -> None:
        agency = whom.agency(str(options["agency"]))
        if not ProtocolVersion.objects.filter(
            agency=agency, state="published"
        ).exists():
            raise CommandError(
                f"{agency.code} has no published protocol: manage.py publish_protocol"
                " --agency CODE",
                returncode=2,
            )
        taking = Taking(agency, dry_run=bool(options["dry_run"]))
        try:
            for number, line in rows(Path(str(options["file"])), agency.zone):
                fault = taking.take(number, line)
                if fault is not None:
                    column = f"{fault.column}: " if fault.column else ""
                    self.stderr.write(f"line {number}: {column}{fault.why}")
        except FileFault as fault:
            raise CommandError(str(fault), returncode=2) from None
        finally:
            self.stdout.write(json.dumps(taking.counts()))
        if taking.tally["refused"]:
            sys.exit(1)


class Taking:
    """One run over one file, and what it counted, by line."""

    def __init__(self, agency: Agency, *, dry_run: bool) -> None:
        self.agency, self.dry_run = agency, dry_run
        self.known, self.spans = Known(agency), Spans()
        self.tally: Counter[str] = Counter()
        self.taken: set[str] = set()
        self.first: dict[str, Enrolment] = {}

    def take(self, number: int, line: Enrolment | Fault) -> Fault | None:
        """Take the line; what is wrong with it, or nothing. No line is half taken."""
        fault = line if isinstance(line, Fault) else self._enrol(number, line)
        if fault is not None:
            self.tally["refused"] += 1
        return fault

    def _enrol(self, number: int, line: Enrolment) -> Fault | None:
        other = self.spans.clash(number, line)
        if other is not None:
            return Fault(column="starts", why=f"overlaps the shift of line {other}")
        if self.known.holds(line) or repr(line) in self.taken:
            self.tally["unchanged"] += 1
            return None
        try:
            enrol(
                agency_id=self.agency.pk,
                line=self._whole(line),
                by=whom.OPERATOR,
                dry_run=self.dry_run,
            )
        except Rehearsed:
            pass  # a dry run: the line could be taken, and is counted so
        except DispatchError as error:
            return _fault(error)
        self.first.setdefault(line.username, line)
        self.taken.add(repr(line))
        self.tally["added" if self.known.is_new(line) else "changed"] += 1
        return None

    def _whole(self, line: Enrolment) -> Enrolment:
        """With the names of the person's first line, which a dry run has not kept."""
        first = self.first.get(line.username, line)
        return replace(
            line,
            name=line.name or first.name,
            short_name=line.short_name or first.short_name,
        )

    def counts(self) -> dict[str, object]:
        names = ("added", "changed", "unchanged", "refused")
        return {
            **{name: self.tally[name] for name in names},
            "dry_run": self.dry_run,
        }


def _fault(error: DispatchError) -> Fault:
    """An action's refusal by the name of the column that it is about."""
    if "field" not in error.params:
        return Fault(column="", why=refusal(error))
    field, why = str(error.params["field"]), str(error.params["why"])
    return Fault(
        column={"person": "starts", "skill": "skills"}.get(field, field), why=why
    )
