"""One step of a simulated person, and whether its time has come."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dispatch.management.centre.scene import Colleague, Crew, Scene, Work
from dispatch.management.replay.chance import between, draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action of one person on one row."""

    verb: str
    by: UUID | None
    row: UUID | None = None
    said: dict[str, object] = field(default_factory=dict)


def ripe(scene: Scene, at: datetime, low: float, high: float, *key: object) -> bool:
    """Whether between ``low`` and ``high`` seconds have passed; the key draws which."""
    waited = (scene.now - at).total_seconds() * scene.speed
    return waited >= between(low, high, *key)


def gives_way(scene: Scene, kind: str, one: Colleague | Crew) -> bool:
    """Soon, but not all in the same second: the board is to look like people."""
    for guest in scene.guests.behind(kind, one.since):
        low, high = (40, 90) if guest.missed else (3, 20)
        if ripe(scene, guest.since, low, high, one.id, guest.since):
            return True
    return False


def pace_of(scene: Scene, work: Work) -> float:
    """A real person's call is over in a quarter of the time: somebody waits for it."""
    call = scene.calls.get(work.call)
    return 1 if call is None or call.ours else 1 / 4


def consent_of(work: Work) -> str:
    mark = draw(work.id, "consent")
    return "yes" if mark < 0.5 else "no" if mark < 0.8 else "not_asked"
