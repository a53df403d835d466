"""Play the day: calls come, people act, the clock goes round, until nothing is open."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction

from dispatch.actions import decision, intake, protocol, staff, unit
from dispatch.actions.base import database_now
from dispatch.errors import DispatchError
from dispatch.events import ROUTER, Actor
from dispatch.management import whom
from dispatch.management.centre import deeds, driving, plan, scene
from dispatch.management.centre.scene import Scene
from dispatch.management.centre.step import Step
from dispatch.management.commands.clock import round_
from dispatch.management.rehearsal import floor, scaled
from dispatch.management.rehearsal.staff import HABITS, silent
from dispatch.management.replay import answers
from dispatch.management.replay.calls_for_service import CallForService
from dispatch.management.replay.feed import Wish, described
from dispatch.models import Agency, Alarm, Unit, User
from routing.core.protocol import CLOCKS

# The people look and the clock goes round so often, in seconds of this machine.
TICK = 0.1
# Seconds of the rehearsed day: positions are sent, a refused step rests, the hours are
# looked at, a line is told.
DRIVE_EVERY, REST, LOOK_EVERY, TELL_EVERY = 60.0, 30.0, 60.0, 3600.0
# How long after the last call it goes on at most, in seconds of the rehearsed day.
LINGER = 3 * 3600.0
RULES = [rule for rule in plan.RULES if rule not in {plan.arrivals, plan.for_guests}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is rehearsed. ``calls``: those that map, with their types, by time."""

    calls: Sequence[tuple[CallForService, str]]
    zone: ZoneInfo
    speed: float
    document: scaled.Document
    seed: int
    area: str | None
    until_empty: bool

    @property
    def begins(self) -> datetime:
        return self.calls[0][0].received_at


@dataclass(slots=True, kw_only=True)
class Played:
    """How it went, in seconds of this machine. ``lag``: how late a call came at worst."""

    fed: int = 0
    rejected: int = 0
    lag: float = 0.0
    late: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    turns: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    # How long a call was at worst without an owner and without an alarm.
    unseen: float = 0.0
    stopped: bool = False


class Rehearsal:
    """One centre, one day; what it remembers is who is silent and what rests."""

    def __init__(self, agency: Agency, day: Day, tell: Callable[[str], object]) -> None:
        self.agency, self.day, self.tell = agency, day, tell
        self.went = Played()
        rows = User.objects.filter(agency=agency).order_by("username")
        self.people = {row.pk: row for row in rows}
        self.dispatchers = [r.pk for r in rows if r.role == "dispatcher"]
        self.wish = Wish(
            agency_id=agency.pk,
            by=Actor(kind="simulator", name="Rehearsal"),
            seed=day.seed,
            area=day.area,
            live=True,
        )
        clocks = CLOCKS | dict(day.document["clocks"])  # type: ignore[call-overload]
        self.beat_every = clocks["absent_after"] / 2
        self.hours: object = None
        self.resting: dict[tuple[str, UUID | None], float] = {}
        self.began = time.monotonic()
        self.beat_at = self.drove_at = self.told_at = self.looked_at = float("-inf")

    def play(self) -> Played:
        self._report_for_duty()
        self.began = time.monotonic()
        waiting = list(reversed(self.day.calls))
        while True:
            begun = time.monotonic()
            self._feed(waiting)
            seen = self._turn()
            took = time.monotonic() - begun
            self.went.turns.append(took)
            self.went.busy += took
            if not waiting and self._over(seen):
                break
            time.sleep(max(TICK - took, 0.0))
        self.went.seconds = time.monotonic() - self.began
        return self.went

    def _report_for_duty(self) -> None:
        for row in Unit.objects.filter(agency=self.agency).order_by("name"):
            mark = row.name.lower().replace(" ", "-")
            crew = next(p for p in self.people.values() if p.username.endswith(mark))
            unit.sign_on(unit_id=row.pk, by=self._as(crew.pk))

    def _as(self, person: UUID | None) -> Actor:
        if person is None:
            return self.wish.by
        name = self.people[person].short_name
        return Actor(kind="simulator", id=person, name=name)

    @property
    def elapsed(self) -> float:
        """Seconds of the rehearsed day."""
        return (time.monotonic() - self.began) * self.day.speed

    @property
    def then(self) -> datetime:
        at = self.day.begins + timedelta(seconds=self.elapsed)
        return at.astimezone(self.day.zone)

    def _over(self, seen: Scene) -> bool:
        if not seen.calls:
            return True
        last = (self.day.calls[-1][0].received_at - self.day.begins).total_seconds()
        over = not self.day.until_empty and self.elapsed > last + LINGER
        self.went.stopped = over
        return over

    # What comes in

    def _feed(self, waiting: list[tuple[CallForService, str]]) -> None:
        """Every call that is due; those that come late because we are slow are counted."""
        while waiting:
            row, type_ = waiting[-1]
            due = (row.received_at - self.day.begins).total_seconds()
            late = (self.elapsed - due) / self.day.speed
            if late < 0:
                return
            waiting.pop()
            self.went.lag = max(self.went.lag, late)
            self.went.late += late > 1.0
            self._open(row, type_)

    def _open(self, row: CallForService, type_: str) -> None:
        drawn = answers.of(row.call_id, type_, self.day.seed)
        said = described(row, type_, drawn, self.wish)
        awake = self._awake()
        turn = self.went.fed % len(awake) if awake else 0
        by = self._as(awake[turn] if awake else None)
        try:
            intake.open_call(agency_id=self.agency.pk, intake=said, by=by)
            self.went.fed += 1
        except DispatchError as error:
            self.went.rejected += 1
            self.tell(f"{row.call_id}: {error.code}")

    # Who does what

    def _awake(self) -> list[UUID]:
        then = self.then
        names = self.people
        return [p for p in self.dispatchers if not silent(names[p].short_name, then)]

    def _turn(self) -> Scene:
        """The people look and act, the worker decides, the clock goes round."""
        self._hours()
        self._beat()
        seen = scene.look(self.agency.pk, self.day.speed, HABITS)
        for call in seen.calls.values():
            if call.wants_decision:
                self._try(
                    "decide", call.id, lambda pk: decision.decide(call_id=pk, by=ROUTER)
                )
        alarms = floor.open_alarms(self.agency.pk)
        steps = [step for rule in RULES for step in rule(seen)]
        for step in [*floor.steps(seen, alarms, self._awake()), *steps]:
            self._do(seen, step)
        self._drive(seen)
        self._beat()
        round_(sealing=False)
        self._unseen(seen, alarms)
        self._say(seen, len(alarms))
        return seen

    def _unseen(self, seen: Scene, alarms: list[Alarm]) -> None:
        alarmed = {one.call_id for one in alarms}
        for call in seen.calls.values():
            if call.owner is None and call.id not in alarmed:
                waited = (seen.now - call.opened).total_seconds()
                self.went.unseen = max(self.went.unseen, waited)

    def _do(self, seen: Scene, step: Step) -> None:
        who = floor.acting(seen, step)
        if who is None or silent(self.people[who].short_name, self.then):
            return
        do = {**deeds.DEEDS, **floor.DEEDS}[step.verb]
        by = self._as(who)
        self._try(step.verb, step.row, lambda pk: do(pk, by, step.said))

    def _try(self, verb: str, row: UUID | None, act: Callable[[UUID], object]) -> None:
        """What is refused is counted and rests; what fails is a fault, and said so."""
        self._beat()
        if row is None or self.resting.get((verb, row), 0) > self.elapsed:
            return
        try:
            act(row)
        except DispatchError as error:
            self.went.refused[f"{verb}: {error.code}"] += 1
            self.resting[verb, row] = self.elapsed + REST
        except DatabaseError as error:
            self.went.failed[f"{verb}: {type(error).__name__}"] += 1
            self.resting[verb, row] = self.elapsed + REST

    def _beat(self) -> None:
        if time.monotonic() - self.beat_at < self.beat_every:
            return
        then = self.then
        # One commit for all: a beat of its own for each would be most of our work.
        with transaction.atomic():
            for person, row in self.people.items():
                if row.role != "responder" and not silent(row.short_name, then):
                    staff.beat(user_id=person)
        self.beat_at = time.monotonic()

    def _drive(self, seen: Scene) -> None:
        since = self.elapsed - self.drove_at
        if since >= DRIVE_EVERY:
            with transaction.atomic():
                driving.drive(seen, min(since, DRIVE_EVERY) / self.day.speed)
            self.drove_at = self.elapsed

    def _hours(self) -> None:
        """The rehearsed hour opens and closes kinds of help, as a new version does."""
        if self.elapsed - self.looked_at < LOOK_EVERY:
            return
        self.looked_at = self.elapsed
        zone = ZoneInfo(str(self.day.document["time_zone"]))
        made = scaled.in_force(
            self.day.document, self.then, database_now().astimezone(zone)
        )
        opened = scaled.opened(made)
        if opened != self.hours:
            protocol.publish(agency_id=self.agency.pk, document=made, by=whom.OPERATOR)
            self.hours = opened

    def _say(self, seen: Scene, alarms: int) -> None:
        if self.elapsed - self.told_at >= TELL_EVERY:
            self.told_at = self.elapsed
            self.tell(
                f"{self.then:%H:%M}  {self.went.fed} calls, {len(seen.calls)} open,"
                f" {alarms} alarms, at worst {self.went.lag:.1f} s late"
            )
