"""The living demo centre: simulated callers, dispatcher, clinicians, crews, navigator.

It acts through the actions alone and remembers nothing: killed and started again, it
goes on with what stands in the database.
"""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, OperationalError

from dispatch.actions import staff
from dispatch.errors import DispatchError
from dispatch.management import steady, whom
from dispatch.management.centre import deeds, driving, people, plan, scene
from dispatch.management.centre.plan import Step
from dispatch.models import User

logger = logging.getLogger(__name__)

TICK = 1.0
LEAST_TICK = 0.05
BEAT_EVERY = 10.0
DRIVE_EVERY = 3.0
# A step that was refused is not tried again at once.
REST = 15.0


class Command(BaseCommand):
    help = "Run the simulated people of the demo centre until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", default=people.CODE)
        parser.add_argument("--seconds", type=float, help="stop after so long")

    def handle(self, *, agency: str, seconds: float | None, **options: object) -> None:
        if settings.PRODUCTION:
            raise CommandError("No simulated people where real callers are.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        centre = Centre(
            steady.through_restarts(lambda: whom.agency(agency).pk),
            speed=float(os.environ.get("HEART_DEMO_SPEED", "1")),
        )
        end = time.monotonic() + seconds if seconds is not None else None
        while not stop.wait(centre.tick):
            centre.turn_or_rest()
            if end is not None and time.monotonic() > end:
                return


class Centre:
    """The loop's little memory: when it last beat and drove, and what was refused."""

    def __init__(self, agency: UUID, *, speed: float) -> None:
        self.agency, self.speed = agency, speed
        self.tick = max(TICK / speed, LEAST_TICK)
        self.names: dict[UUID, str] = {}
        self.beat_at = self.drove_at = float("-inf")
        self.resting: dict[tuple[str, UUID | None], float] = {}

    def turn_or_rest(self) -> None:
        """A database that went away ends this turn only; the next connects anew."""
        try:
            self.turn()
        except (OperationalError, InterfaceError) as error:
            logger.warning("no turn", extra={"error": type(error).__name__})
            steady.forget_connection()

    def turn(self) -> None:
        self._beat()
        now = time.monotonic()
        self.resting = {key: end for key, end in self.resting.items() if end > now}
        seen = scene.look(self.agency, self.speed)
        for step in plan.steps(seen):
            if (step.verb, step.row) not in self.resting:
                self._do(step)
        since = now - self.drove_at
        if since * self.speed >= DRIVE_EVERY:
            driving.drive(seen, min(since, DRIVE_EVERY))
            self.drove_at = now

    def _do(self, step: Step) -> None:
        try:
            deeds.do(step, self.agency, self.names)
        except (OperationalError, InterfaceError):
            raise
        except (DispatchError, DatabaseError) as error:
            # Somebody else was quicker, or the rules say no: both are life.
            code = getattr(error, "code", type(error).__name__)
            logger.info("refused", extra={"verb": step.verb, "code": code})
            self.resting[step.verb, step.row] = time.monotonic() + REST / self.speed

    def _beat(self) -> None:
        if time.monotonic() - self.beat_at < BEAT_EVERY:
            return
        rows = User.objects.filter(agency=self.agency, simulated=True).order_by("pk")
        self.names = dict(rows.values_list("pk", "short_name"))
        for user_id in self.names:
            staff.beat(user_id=user_id)
        self.beat_at = time.monotonic()
