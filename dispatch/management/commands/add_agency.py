"""Add an agency, with its log and its first protocol; said again it changes nothing."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dispatch.actions import setup
from dispatch.management import whom
from dispatch.management.arguments import refused_in_a_line
from dispatch.management.centre import people
from dispatch.management.commands.publish_protocol import read
from routing import store

UNPLACED = (
    "Nobody said where it is (--at LAT,LON, or centre in its protocol): a phone whose"
    " latitude and longitude are exchanged is not noticed."
)


class Command(BaseCommand):
    help = "Add an agency, whose calls the shipped protocol decides from the first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", required=True, help="short, as in durham")
        parser.add_argument("--name", required=True, help="as its people read it")
        parser.add_argument("--time-zone", required=True, help="as in America/New_York")
        parser.add_argument(
            "--fallback-phone", default="", help="what to dial when all else is down"
        )
        parser.add_argument(
            "--protocol", type=Path, metavar="FILE", help="in place of the shipped one"
        )
        parser.add_argument(
            "--at",
            default="",
            metavar="LAT,LON",
            help="the middle of where its crews work, in degrees",
        )

    def handle(self, *args: object, **options: object) -> None:
        code, zone = str(options["code"]), str(options["time_zone"])
        if settings.PRODUCTION and code == people.CODE:
            raise CommandError(f"--code: {code} is kept for the demo centre.")
        with refused_in_a_line():
            agency = setup.add_agency(
                code=code,
                name=str(options["name"]),
                time_zone=zone,
                fallback_phone=str(options["fallback_phone"]),
                document=_document(options["protocol"], zone) | _centre(options["at"]),
                by=whom.OPERATOR,
            )
        row, protocol = store.published(agency.pk)
        self.stdout.write(
            f"{agency.code} is there; version {row.number} of {row.name} decides"
        )
        if protocol.centre is None:
            self.stdout.write(UNPLACED)


def _document(path: object, zone: str) -> dict[str, object]:
    """The file as it is; the shipped protocol with its hours in the agency's zone."""
    if path is None:
        shipped = read(store.DEFAULT) | {"time_zone": zone}
        # It is Durham's, and this agency may be elsewhere.
        shipped.pop("centre", None)
        return shipped
    try:
        return read(Path(str(path)))
    except CommandError as error:
        raise CommandError(f"--{error}") from None


def _centre(said: object) -> dict[str, object]:
    """The protocol's centre out of "LAT,LON"; nothing where nobody said."""
    if not said:
        return {}
    lat, comma, lon = str(said).partition(",")
    try:
        here = {"lat": float(lat), "lon": float(lon)}
    except ValueError:
        raise CommandError(f"--at: {said}: LAT,LON in degrees") from None
    if not (comma and abs(here["lat"]) <= 90 and abs(here["lon"]) <= 180):
        raise CommandError(f"--at: {said}: LAT,LON in degrees")
    return {"centre": here}
