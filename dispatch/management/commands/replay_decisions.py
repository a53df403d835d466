"""Decide every recorded decision's facts again; report each that comes out differently."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import UTC, datetime

from django.core.management.base import BaseCommand

from dispatch import facts
from dispatch.management import whom
from dispatch.models import Decision
from routing import store
from routing.core import explain
from routing.core.decide import decide

# Reasons are words, which may be improved; what they say of may not change.
COMPARED = (
    "response",
    "rule",
    "also",
    "excluded",
    "ask",
    "tell",
    "eligibility",
    "not_served",
    "flags",
    "priority",
)
BATCH = 500


def moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("say a date or time like 2026-03-01") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Decide recorded facts again by the recorded protocol; exit 1 on a difference."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", help="the agency's code; else every agency")
        parser.add_argument(
            "--since", type=moment, help="decided since; UTC unless said"
        )

    def handle(self, *args: object, **options: object) -> None:
        rows = Decision.objects.select_related("protocol").order_by("pk")
        if options["agency"]:
            rows = rows.filter(call__agency=whom.agency(options["agency"]))
        if options["since"]:
            rows = rows.filter(at__gte=options["since"])
        number = different = 0
        for row in rows.iterator(chunk_size=BATCH):
            number += 1
            found = list(differences(row))
            different += bool(found)
            for line in found:
                self.stderr.write(f"decision {row.pk}: {line}")
        self.stdout.write(f"{number} decided again, {different} differ")
        if different:
            sys.exit(1)


def differences(row: Decision) -> Iterator[str]:
    """What the recorded facts and protocol say today that the record does not."""
    again = explain.line(decide(facts.read(row.facts), store.read(row.protocol)))
    for key in COMPARED:
        was, is_ = row.line.get(key), again[key]
        if was != is_:
            yield f"{key} was {json.dumps(was)}, is {json.dumps(is_)}"
    if (row.response, row.rule) != (again["response"], again["rule"]):
        yield f"the row says {row.response} by {row.rule}"
