"""Publish a protocol document from a file; from then on calls are decided by it."""

import json
from argparse import ArgumentParser
from pathlib import Path

import yaml
from django.core.management.base import BaseCommand, CommandError

from dispatch.actions import protocol
from dispatch.management import whom
from routing import store
from routing.core.protocol import ProtocolError


class Command(BaseCommand):
    help = "Publish a protocol (YAML or JSON); the same document again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=store.DEFAULT)
        parser.add_argument("--agency", help="the agency's code")

    def handle(self, *args: object, **options: object) -> None:
        agency = whom.agency(options["agency"])
        try:
            row = protocol.publish(
                agency_id=agency.pk, document=read(options["file"]), by=whom.OPERATOR
            )
        except ProtocolError as error:
            raise CommandError(f"protocol: {error}", returncode=2) from None
        self.stdout.write(
            f"{agency.code}: version {row.number} of {row.name} holds now"
        )


def read(path: Path) -> dict[str, object]:
    """The document as JSON has it, so that a bare 988 is a key like "988"."""
    try:
        document = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"protocol: {path}: {error}", returncode=2) from None
    except (yaml.YAMLError, RecursionError, TypeError, ValueError) as error:
        raise CommandError(
            f"protocol: {path} is not YAML: {error}", returncode=2
        ) from None
    return document
