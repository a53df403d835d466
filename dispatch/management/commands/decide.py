"""Decide recorded facts from a file, one JSON object a line, without a database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from routing.core import explain, facts, protocol
from routing.core.decide import decide


class MalformedLine(ValueError):
    """A line that is not an object of facts: the key, if one is to blame, and why."""


class Command(BaseCommand):
    help = "Decide facts, one JSON object a line, and print one JSON decision a line."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--protocol", help="a protocol document; else the shipped")
        parser.add_argument("--facts", required=True, help="a file, or - for input")

    def handle(self, *args: object, **options: object) -> None:
        chosen = self.read_protocol(options["protocol"])
        malformed = 0
        for number, raw in enumerate(self.read_lines(str(options["facts"])), start=1):
            if not raw.strip():
                continue
            try:
                call = facts.read(parse(raw))
            except (facts.FactsError, MalformedLine) as error:
                malformed += 1
                # On one line, also where a strange key has line ends of its own.
                self.stderr.write(f"line {number}: {' '.join(str(error).split())}")
                continue
            self.stdout.write(json.dumps(explain.line(decide(call, chosen))))
        if malformed:
            sys.exit(1)

    def read_protocol(self, path: object) -> protocol.Protocol:
        try:
            if path is None:
                return protocol.shipped()
            return protocol.load(Path(str(path)).read_text(encoding="utf-8"))
        except protocol.ProtocolError as error:
            raise CommandError(f"protocol: {error}", returncode=2) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"protocol: {path}: {error}", returncode=2) from None

    def read_lines(self, path: str) -> Iterable[bytes]:
        """The lines as bytes, so that one broken letter spoils one line only."""
        if path == "-":
            yield from sys.stdin.buffer
            return
        try:
            with Path(path).open("rb") as lines:
                yield from lines
        except OSError as error:
            raise CommandError(f"facts: {path}: {error}", returncode=2) from None


def parse(raw: bytes) -> dict[str, object]:
    """The object on a line; a key said twice is refused, for which one was meant?"""
    try:
        # A byte order mark may stand before the first line.
        obj = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=once)
    except UnicodeDecodeError:
        raise MalformedLine("is not UTF-8") from None
    except facts.FactsError:
        raise
    # A number of a thousand digits is a plain ValueError.
    except (ValueError, RecursionError) as error:
        raise MalformedLine(f"is not JSON ({error})") from None
    if not isinstance(obj, dict):
        raise MalformedLine("is not an object")
    return obj


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: dict[str, object] = {}
    for key, value in pairs:
        if key in seen:
            raise facts.FactsError(key, "is there twice")
        seen[key] = value
    return seen
