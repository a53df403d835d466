"""Feed recorded calls for service through the actions: as history, or live again."""

import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from dispatch.errors import DispatchError
from dispatch.events import Actor
from dispatch.management import steady, whom
from dispatch.management.replay import calls_for_service, pace, places, shipped
from dispatch.management.replay.calls_for_service import (
    CallForService,
    Fault,
    FileFault,
)
from dispatch.management.replay.feed import Fed, Wish, feed, hand_back
from dispatch.management.replay.wordings import Wordings
from dispatch.models import Agency, Decision, User
from dispatch.selectors.alike import RECENT
from routing.models import ProtocolVersion

MOST_UNMAPPED = 10
BATCH = 500


def positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 < value < float("inf"):
        raise ArgumentTypeError("say a number above 0")
    return value


def whole(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError("say a whole number")
    return int(text)


class Command(BaseCommand):
    help = "Feed a file of calls for service (docs/replay.md) and print counts as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=shipped.SAMPLE, help="CSV or CSV.gz"
        )
        parser.add_argument("--speed", type=positive, help="live, N times as fast")
        parser.add_argument("--limit", type=whole, help="stop after so many rows")
        parser.add_argument("--answers", type=int, metavar="SEED", help="draw answers")
        parser.add_argument("--place", choices=sorted(places.AREAS), help="move there")
        parser.add_argument(
            "--link", action="store_true", help="add callers that are surely the same"
        )
        parser.add_argument("--agency", help="the agency's code")

    def handle(self, *args: object, **options: object) -> None:
        agency = whom.agency(options["agency"])
        if not ProtocolVersion.objects.filter(
            agency=agency, state="published"
        ).exists():
            raise CommandError(
                f"{agency.code} has no published protocol: manage.py publish_protocol"
                " --agency CODE",
                returncode=2,
            )
        live = options["speed"] is not None
        wish = Wish(
            agency_id=agency.pk,
            by=_actor(agency, live=live),
            seed=options["answers"],
            area=options["place"],
            live=live,
            link=options["link"],
        )
        replay = Replay(wish, options["speed"], self.stderr.write)
        try:
            replay.run(options["file"], options["limit"])
        except FileFault as fault:
            raise CommandError(str(fault), returncode=2) from None
        finally:
            steady.through_restarts(replay.finish)
        self.stdout.write(json.dumps(replay.counts(), indent=1))
        if replay.tally["rejected"]:
            sys.exit(1)


def _actor(agency: Agency, *, live: bool) -> Actor:
    """Live calls have an owner who acts for them: the simulated dispatcher, if any."""
    simulated = User.objects.filter(agency=agency, role="dispatcher", simulated=True)
    dispatcher = simulated.order_by("username").first() if live else None
    if dispatcher is None:
        return Actor(kind="simulator", name="Replay")
    return Actor(kind="simulator", id=dispatcher.pk, name=dispatcher.short_name)


class Replay:
    """One run over one file, and what it counted."""

    def __init__(
        self, wish: Wish, speed: float | None, complain: Callable[[str], object]
    ) -> None:
        self.wish, self.speed, self.complain = wish, speed, complain
        self.wordings = Wordings(wish.agency_id, wish.by)
        self.tally: Counter[str] = Counter()
        self.unmapped: Counter[str] = Counter()
        self.by: dict[str, Counter[str]] = {
            name: Counter() for name in ("type", "response", "rule", "eligibility")
        }
        self.began = time.monotonic()
        self.before: datetime | None = None
        self.decided: list[UUID] = []
        self.left_open: deque[tuple[datetime, UUID]] = deque()

    def run(self, path: Path, limit: int | None) -> None:
        for number, row in islice(calls_for_service.rows(path), limit):
            self.tally["read"] += 1
            why = row.why if isinstance(row, Fault) else self._take(row)
            if why:
                self.tally["rejected"] += 1
                self.complain(f"line {number}: {why}")

    def _take(self, row: CallForService) -> str:
        """Feed the row; why it was rejected, or nothing."""
        if row.source not in self.wordings.sources:
            return f"source: {row.source!r} is unknown; add a wording of it first"
        if self.speed is not None:
            time.sleep(pace.gap(self.before, row.received_at, self.speed))
            self.before = row.received_at
        steady.through_restarts(lambda: self.hand_back(row.received_at - RECENT))
        type_ = self.wordings.type_of(row.source, row.wording)
        try:
            fed = steady.through_restarts(lambda: feed(row, type_, self.wish))
        except DispatchError as refused:
            return f"{refused.code}: {refused}"
        self._count(row, fed)
        return ""

    def _count(self, row: CallForService, fed: Fed) -> None:
        if not fed.new:
            self.tally["already_there"] += 1
            return
        if fed.joined:
            self.tally["joined"] += 1
            return
        if self.wish.link and not self.wish.live:
            self.left_open.append((row.received_at, fed.call))
        self.tally["opened"] += 1
        steady.through_restarts(lambda: self.wordings.count(row.source, row.wording))
        if not fed.type:
            self.unmapped[row.wording or "(no wording)"] += 1
        self.by["type"][fed.type or "(none)"] += 1
        self.decided.append(fed.call)
        if len(self.decided) >= BATCH:
            steady.through_restarts(self.count_decisions)

    def count_decisions(self) -> None:
        """Many at a time: a look at each would cost a tenth of the replay."""
        rows = Decision.objects.filter(call__in=self.decided).order_by("call", "at")
        found = rows.values_list("call", "response", "rule", "line__eligibility")
        last = {call: said for call, *said in found}
        for response, rule, eligibility in last.values():
            self.by["response"][response] += 1
            self.by["rule"][rule] += 1
            self.by["eligibility"][eligibility] += 1
        self.decided.clear()

    def hand_back(self, until: datetime | None) -> None:
        """Calls of the past that no further caller can join; all of them without one."""
        while self.left_open and (until is None or self.left_open[0][0] <= until):
            hand_back(self.left_open[0][1], self.wish)
            self.left_open.popleft()

    def finish(self) -> None:
        self.hand_back(None)
        self.wordings.flush()
        self.count_decisions()

    def counts(self) -> dict[str, object]:
        seconds = time.monotonic() - self.began
        names = ("read", "opened", "joined", "already_there", "rejected")
        return {
            **{name: self.tally[name] for name in names},
            "unmapped": self.unmapped.total(),
            "unmapped_by_wording": dict(self.unmapped.most_common(MOST_UNMAPPED)),
            **{
                f"by_{name}": dict(each.most_common()) for name, each in self.by.items()
            },
            "seconds": round(seconds, 1),
            "calls_per_second": round(self.tally["opened"] / seconds, 1),
        }
