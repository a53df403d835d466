"""What simulated crews do next: sign on, drive, stay, clear, say that they are safe."""

from collections.abc import Iterator
from datetime import datetime

from dispatch.management.centre.scene import Crew, Scene, Work
from dispatch.management.centre.step import Step, consent_of, gives_way, pace_of, ripe
from dispatch.management.replay.chance import draw

# From the first share that the draw falls below.
CREW_OUTCOMES = (
    (0.60, "resolved_on_scene"),
    (0.72, "declined_help"),
    (0.82, "not_located"),
    (0.94, "transported_willingly"),
    (1.00, "no_help_needed"),
)


def teams(scene: Scene) -> Iterator[Step]:
    """Sign on, let a real crew go first, and answer the safety checks."""
    for crew in scene.crews:
        if crew.driver is None:
            continue
        if crew.state == "off_duty":
            yield Step(verb="sign_on", by=crew.driver, row=crew.id)
        elif crew.state == "available":
            back = scene.habits.back_after_missing
            looks = crew.missed and ripe(scene, crew.since, *back, crew.id, crew.since)
            if looks or gives_way(scene, crew.kind, crew):
                yield Step(verb="step_back_unit", by=crew.driver, row=crew.id)
        elif crew.state == "out_of_service" and ripe(
            scene, crew.since, 120, 300, crew.id, crew.since
        ):
            yield Step(verb="in_service", by=crew.driver, row=crew.id)
        if crew.check_due and _answers_check(scene, crew, crew.check_due):
            yield Step(verb="safe", by=crew.driver, row=crew.id)


def _answers_check(scene: Scene, crew: Crew, due: datetime) -> bool:
    """Some checks nobody hears; the crew says so when it next looks at the phone."""
    habits = scene.habits
    missed = draw(crew.id, due, "check") < habits.misses_check
    late = 240 if missed else 0
    low, high = habits.says_safe_after
    return ripe(scene, due, low + late, high + late, due)


def crews(scene: Scene) -> Iterator[Step]:
    """On the way, there, done."""
    by_unit = {crew.id: crew for crew in scene.crews}
    for work in scene.work:
        crew = by_unit.get(work.unit) if work.unit else None
        if crew is None:
            continue
        pace = pace_of(scene, work)
        if crew.state == "on_scene":
            low, high = (pace * seconds for seconds in _stay(scene, work))
            if ripe(scene, crew.since, low, high, work.id):
                said = _scene_outcome(work)
                yield Step(verb="clear", by=crew.driver, row=crew.id, said=said)
            continue
        to = _next_status(scene, crew, work)
        if to:
            yield Step(verb="report", by=crew.driver, row=crew.id, said={"to": to})


def _next_status(scene: Scene, crew: Crew, work: Work) -> str:
    key = (work.id, crew.state)
    held = work.mode == "staged" and crew.kind == "crt"
    habits, pace = scene.habits, pace_of(scene, work)
    low, high = (pace * seconds for seconds in habits.drives)
    match crew.state:
        case "acknowledged" if ripe(scene, crew.since, *habits.sets_off, *key):
            return "en_route"
        case "en_route" if ripe(scene, crew.since, low, high, *key):
            return "staged" if held else "on_scene"
        case "staged" if not held and ripe(scene, crew.since, 3, 8, *key):
            return "on_scene"
        case "transporting" if ripe(scene, crew.since, 60, 90, *key):
            return "at_destination"
    return ""


def _stay(scene: Scene, work: Work) -> tuple[float, float]:
    """Most stay for minutes; a few so long that the safety check comes due."""
    long = draw(work.id, "long") < scene.habits.long_stays
    return scene.habits.stays_long if long else scene.habits.stays


def _scene_outcome(work: Work) -> dict[str, object]:
    mark = draw(work.id, "outcome")
    outcome = next(name for share, name in CREW_OUTCOMES if mark < share)
    reached = outcome != "not_located"
    return {
        "outcome": outcome,
        "person_reached": reached,
        "consent": consent_of(work) if reached else "not_asked",
    }
