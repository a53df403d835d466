"""Play a day of recorded calls many times as fast, with simulated staff, and report."""

import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dispatch.management import whom
from dispatch.management.commands.publish_protocol import read
from dispatch.management.commands.replay import positive, whole
from dispatch.management.rehearsal import printed, report, scaled, staff
from dispatch.management.rehearsal.play import Day, Played, Rehearsal
from dispatch.management.replay import calls_for_service, places
from dispatch.management.replay.calls_for_service import CallForService, FileFault
from dispatch.management.replay.wordings import shipped_rows
from routing import store
from routing.core.protocol import ProtocolError, read_hours
from routing.core.table import is_open

HOURS = re.compile(r"\d\d:\d\d-\d\d:\d\d")


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ArgumentTypeError(f"{name!r} is no time zone") from None


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("say a day like 2025-05-05") from None


def hours(text: str) -> tuple[int, int]:
    if not HOURS.fullmatch(text):
        raise ArgumentTypeError("say hours like 12:00-24:00")
    try:
        return read_hours("hours", text)
    except ProtocolError as error:
        raise ArgumentTypeError(error.sentence) from None


class Command(BaseCommand):
    help = (
        "Rehearse a day of calls for service (docs/replay.md) in a centre of its own;"
        " exit status 1 if a promise is broken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or CSV.gz")
        parser.add_argument("--day", type=day, help="the calls of this local day")
        parser.add_argument("--hours", type=hours, help="of it, like 12:00-24:00")
        parser.add_argument("--first", type=whole, help="so many calls at most")
        parser.add_argument("--zone", type=zone, help="the calls' own time zone")
        parser.add_argument("--speed", type=positive, default=60.0, help="times real")
        parser.add_argument(
            "--staff", default="", help='like "clinician=4,crt=2"; or none'
        )
        parser.add_argument("--agency", default="", help="the new agency's code")
        parser.add_argument("--answers", type=int, default=1, metavar="SEED")
        parser.add_argument("--place", choices=sorted(places.AREAS), default="durham")
        parser.add_argument(
            "--until-empty", action="store_true", help="go on, however long it takes"
        )
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def handle(self, *args: object, **options: object) -> None:
        if settings.PRODUCTION:
            raise CommandError("No rehearsal where real callers are.")
        usual = read(store.DEFAULT)
        speed = options["speed"]
        try:
            document = scaled.scaled(usual, speed)
            code = options["agency"] or f"rehearsal-{timezone.now():%Y%m%d-%H%M%S}"
            if whom.agencies(code).exists():
                raise CommandError(f"There is an agency {code}: rehearse in a new one.")
            works = staff.understood(options["staff"])
            local = options["zone"] or ZoneInfo(usual["time_zone"])
            calls = _wanted(local, options)
        except (FileFault, ProtocolError) as fault:
            raise CommandError(str(fault), returncode=2) from None
        if not calls:
            raise CommandError("No call of the file is wanted and maps.", returncode=2)
        agency = staff.found(code, usual["time_zone"], document, works)
        plan = Day(
            calls=calls,
            zone=local,
            speed=speed,
            document=document,
            seed=options["answers"],
            area=options["place"],
            until_empty=options["until_empty"],
        )
        self.stderr.write(f"{code}: {len(calls)} calls at {speed:g} times the speed")
        went = Rehearsal(agency, plan, self.stderr.write).play()
        found = {
            "rehearsal": _how(plan, went, works, scaled.cut_short(usual, speed)),
            **report.report(agency, speed),
        }
        self._print(found, as_json=options["json"])
        if not report.holds(found) or went.failed:
            sys.exit(1)

    def _print(self, found: dict[str, report.Section], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found, indent=1))
        else:
            self.stdout.write("\n".join(printed.lines(found)))


def _wanted(
    local: ZoneInfo, options: dict[str, object]
) -> list[tuple[CallForService, str]]:
    """The calls of that day whose wording maps to a type, in order of time."""
    types = {(source, wording): type_ for source, wording, type_ in shipped_rows()}
    wanted = (
        (row, type_)
        for _number, row in calls_for_service.rows(options["file"])
        if isinstance(row, CallForService)
        and _in_time(row.received_at.astimezone(local), options)
        and (type_ := types.get((row.source, row.wording)))
    )
    first = islice(wanted, options["first"])
    return sorted(first, key=lambda pair: pair[0].received_at)


def _in_time(at: datetime, options: dict[str, object]) -> bool:
    minute = at.hour * 60 + at.minute
    return options["day"] in {None, at.date()} and is_open(minute, options["hours"])


def _how(
    plan: Day, went: Played, works: dict[str, int], short: list[str]
) -> report.Section:
    """How the rehearsal itself went: whether this machine kept pace, what was not real."""
    speed = plan.speed
    return {
        "speed": speed,
        "calls": len(plan.calls),
        "refused at intake": went.rejected,
        "from": f"{plan.begins.astimezone(plan.zone):%Y-%m-%d %H:%M}",
        "to": f"{plan.calls[-1][0].received_at.astimezone(plan.zone):%Y-%m-%d %H:%M}",
        "staff": works,
        "took, s": round(went.seconds),
        "at work, of it": f"{100 * went.busy / max(went.seconds, 0.001):.0f} %",
        "calls that came more than 1 s late": went.late,
        "latest call, s": round(went.lag, 2),
        "latest call, s of the day": round(went.lag * speed),
        "longest without owner or alarm, s of the day": round(went.unseen * speed),
        "a round, s of the day": {
            "median": round(median(went.turns) * speed, 1),
            "slowest": round(max(went.turns) * speed, 1),
        },
        "stopped before all was over": "yes" if went.stopped else "no",
        "refused to simulated people": dict(went.refused.most_common()),
        "failed": dict(went.failed),
        "clocks that could not be divided so far": short,
    }
