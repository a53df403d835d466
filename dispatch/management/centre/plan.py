"""What the simulated people do next: a scene in, steps out, the same every time.

Nothing is remembered between two looks. How long somebody takes, and what they say,
is drawn from the ids of the rows; so the demo carries on after any restart.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dispatch.management.centre.guests import Guest
from dispatch.management.centre.scene import (
    Colleague,
    Crew,
    Later,
    OpenCall,
    Ringing,
    Scene,
    Work,
)
from dispatch.management.replay.chance import between, draw

OURS = {"ccd", "crt", "cor"}
TO_TALK = {"suicide_threat", "mental_health_crisis", "overdose"}
FEW, MANY = 6, 14
# From the first share that the draw falls below.
CREW_OUTCOMES = (
    (0.60, "resolved_on_scene"),
    (0.72, "declined_help"),
    (0.82, "not_located"),
    (0.94, "transported_willingly"),
    (1.00, "no_help_needed"),
)
HANDED_TO = {
    "police": "handed_to_police",
    "cit": "handed_to_police",
    "ems": "handed_to_ems",
    "fire": "handed_to_ems",
    "988": "moved_to_988",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action of one person on one row."""

    verb: str
    by: UUID | None
    row: UUID | None = None
    said: dict[str, object] = field(default_factory=dict)


def steps(scene: Scene) -> list[Step]:
    return [step for rule in RULES for step in rule(scene)]


def ripe(scene: Scene, at: datetime, low: float, high: float, *key: object) -> bool:
    """Whether between ``low`` and ``high`` seconds have passed; the key draws which."""
    waited = (scene.now - at).total_seconds() * scene.speed
    return waited >= between(low, high, *key)


def people(scene: Scene) -> Iterator[Step]:
    """Come in, come back from wrap-up and break, let a real clinician go first."""
    for one in scene.colleagues:
        key = (one.id, one.since)
        if one.state == "offline":
            yield Step(verb="present", by=one.id, row=one.id)
        elif one.state == "wrap_up" and ripe(scene, one.since, 15, 45, *key):
            yield Step(verb="end_wrap_up", by=one.id, row=one.id)
        elif one.state == "break" and ripe(scene, one.since, 240, 480, *key):
            yield Step(verb="present", by=one.id, row=one.id)
        elif _before_a_guest(scene, one):
            yield Step(verb="step_back", by=one.id, row=one.id)


def _before_a_guest(scene: Scene, one: Colleague) -> bool:
    """Whether this clinician would be asked before a real one who is free."""
    free = one.role == "clinician" and one.state == "available"
    return free and _gives_way(scene, "ccd", one)


def _gives_way(scene: Scene, kind: str, one: Colleague | Crew) -> bool:
    """Soon, but not all in the same second: the board is to look like people."""
    for guest in scene.guests.behind(kind, one.since):
        low, high = (40, 90) if guest.missed else (3, 20)
        if ripe(scene, guest.since, low, high, one.id, guest.since):
            return True
    return False


def teams(scene: Scene) -> Iterator[Step]:
    """Sign on, let a real crew go first, and answer the safety checks."""
    for crew in scene.crews:
        if crew.driver is None:
            continue
        if crew.state == "off_duty":
            yield Step(verb="sign_on", by=crew.driver, row=crew.id)
        elif crew.state == "available":
            if _gives_way(scene, crew.kind, crew):
                yield Step(verb="step_back_unit", by=crew.driver, row=crew.id)
        elif crew.state == "out_of_service" and ripe(
            scene, crew.since, 120, 300, crew.id, crew.since
        ):
            yield Step(verb="in_service", by=crew.driver, row=crew.id)
        if crew.check_due and ripe(scene, crew.check_due, 2, 8, crew.check_due):
            yield Step(verb="safe", by=crew.driver, row=crew.id)


def arrivals(scene: Scene) -> Iterator[Step]:
    """Few calls at once in the beginning, then one every now and then."""
    open_now = sum(call.simulated and not call.ref for call in scene.calls.values())
    if scene.dispatcher is None or open_now >= MANY:
        return
    last = scene.last_opened
    low, high = (4, 7) if open_now < FEW else (15, 30)
    if open_now == 0 or last is None or ripe(scene, last, low, high, last):
        said = {"at": str(scene.now), "to_talk": _to_talk(scene)}
        yield Step(verb="open", by=scene.dispatcher, said=said)


def _to_talk(scene: Scene) -> bool | None:
    """A real clinician who is free gets one call to talk, and not two at once."""
    if not scene.guests.waited_for("ccd"):
        return None
    asking = [call for call in scene.calls.values() if _asking(call)]
    return not any(call.type in TO_TALK or call.id in scene.held for call in asking)


def triage(scene: Scene) -> Iterator[Step]:
    """The simulated dispatcher asks, then is done asking."""
    asking = [call for call in scene.calls.values() if _asking(call)]
    done = [c for c in asking if ripe(scene, c.since, 8, 18, c.id, c.since)]
    waits = _waits(scene, [call for call in done if call.id in scene.held])
    for call in asking:
        if call in done:
            if call is not waits:
                yield Step(verb="complete", by=scene.dispatcher, row=call.id)
        elif call.state == "new" and ripe(scene, call.opened, 3, 7, call.id):
            said = {"type": call.type}
            yield Step(verb="answer", by=scene.dispatcher, row=call.id, said=said)


def _asking(call: OpenCall) -> bool:
    return call.ours and call.state in {"new", "triaging"} and not call.wants_decision


def _waits(scene: Scene, held: list[OpenCall]) -> OpenCall | None:
    """A real dispatcher's call may ring for the real clinician first, for a moment.

    Only one waits, the newest: when another comes, the one before goes on.
    """
    newest = held[-1] if held else None
    if newest is None or ripe(scene, newest.opened, 30, 45, newest.id, "held"):
        return None
    return newest


def for_guests(scene: Scene) -> Iterator[Step]:
    """A real crew without a real dispatcher is sent by the simulated one."""
    free = [one for one in scene.guests.free if one.kind != "ccd"]
    if scene.guests.at_desk:
        return
    for guest in free:
        if ripe(scene, guest.since, 5, 15, guest.id, guest.since):
            yield from _send(scene, guest)


def _send(scene: Scene, guest: Guest) -> Iterator[Step]:
    """To the first simulated call that looks for such a team, whoever rings for it."""
    for call in scene.calls.values():
        for help_ in call.helps:
            wanted = help_.state == "wanted" and help_.response == guest.kind
            if call.ours and wanted and not call.wants_decision:
                said = {"unit_id": guest.id, "mode": help_.mode}
                yield Step(verb="send", by=scene.dispatcher, row=call.id, said=said)
                return


def offers(scene: Scene) -> Iterator[Step]:
    """Accept; now and then decline or let it ring out, but never a real person's call."""
    simulated = {one.id for one in scene.colleagues}
    crews = {crew.id: crew for crew in scene.crews}
    for ring in scene.ringing:
        call = scene.calls.get(ring.call)
        if ring.person in simulated:
            yield from _answer(scene, ring, ours=call is not None and call.ours)
        elif ring.unit in crews and ripe(scene, ring.made, 4, 12, ring.id):
            yield Step(verb="accept", by=crews[ring.unit].driver, row=ring.id)


def _answer(scene: Scene, ring: Ringing, *, ours: bool) -> Iterator[Step]:
    mood = draw(ring.id, "mood")
    if not ours:
        if ripe(scene, ring.made, 7, 9, ring.id):
            yield Step(verb="accept", by=ring.person, row=ring.id)
    elif mood < 0.06:
        if ripe(scene, ring.made, 5, 10, ring.id):
            said = {"reason": "with_somebody"}
            yield Step(verb="decline", by=ring.person, row=ring.id, said=said)
    elif mood > 0.10 and ripe(scene, ring.made, 4, 12, ring.id):
        yield Step(verb="accept", by=ring.person, row=ring.id)


def sessions(scene: Scene) -> Iterator[Step]:
    """Confirm the caller, talk, perhaps ask for a team, end."""
    simulated = {one.id for one in scene.colleagues}
    low, high = _talk(scene)
    for work in scene.work:
        if work.person not in simulated:
            continue
        pace = _pace(scene, work)
        if work.confirmed is None:
            if ripe(scene, work.accepted, 3, 8, work.id):
                yield Step(verb="confirm", by=work.person, row=work.id)
        elif ripe(scene, work.confirmed, low * pace, high * pace, work.id):
            said = _phone_outcome(work, alone=not _team_on(scene, work.call))
            yield Step(verb="end_session", by=work.person, row=work.id, said=said)
        elif pace == 1 and _asks_for_team(scene, work):
            said = {"response": "crt", "reason": "in_person_needed"}
            yield Step(verb="ask_team", by=work.person, row=work.call, said=said)


def _talk(scene: Scene) -> tuple[float, float]:
    """Minutes; but where nobody is free, short: a newcomer's call finds somebody."""
    free = [
        one.role == "clinician" and one.state == "available" for one in scene.colleagues
    ]
    return (60, 170) if any(free) else (25, 60)


def _pace(scene: Scene, work: Work) -> float:
    """A real person's call is over in a quarter of the time: somebody waits for it."""
    call = scene.calls.get(work.call)
    return 1 if call is None or call.ours else 1 / 4


def _team_on(scene: Scene, call: UUID) -> bool:
    found = scene.calls.get(call)
    return found is not None and any(h.response != "ccd" for h in found.helps)


def _asks_for_team(scene: Scene, work: Work) -> bool:
    assert work.confirmed
    return (
        draw(work.id, "team") < 0.3
        and not _team_on(scene, work.call)
        and ripe(scene, work.confirmed, 25, 45, work.id, "team")
    )


def _phone_outcome(work: Work, *, alone: bool) -> dict[str, object]:
    mark = draw(work.id, "outcome")
    outcome = "resolved_by_phone" if alone and mark < 0.8 else "declined_help"
    if not alone:
        outcome = "other"
    return {"outcomes": [outcome], "person_reached": True, "consent": _consent(work)}


def _consent(work: Work) -> str:
    mark = draw(work.id, "consent")
    return "yes" if mark < 0.5 else "no" if mark < 0.8 else "not_asked"


def crews(scene: Scene) -> Iterator[Step]:
    """On the way, there, done."""
    by_unit = {crew.id: crew for crew in scene.crews}
    for work in scene.work:
        crew = by_unit.get(work.unit) if work.unit else None
        if crew is None:
            continue
        pace = _pace(scene, work)
        if crew.state == "on_scene":
            low, high = (pace * seconds for seconds in _stay(work))
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
    pace = _pace(scene, work)
    match crew.state:
        case "acknowledged" if ripe(scene, crew.since, 4, 12, *key):
            return "en_route"
        case "en_route" if ripe(scene, crew.since, 40 * pace, 90 * pace, *key):
            return "staged" if held else "on_scene"
        case "staged" if not held and ripe(scene, crew.since, 3, 8, *key):
            return "on_scene"
        case "transporting" if ripe(scene, crew.since, 60, 90, *key):
            return "at_destination"
    return ""


def _stay(work: Work) -> tuple[float, float]:
    """Most stay for minutes; a few so long that the safety check comes due."""
    return (620, 700) if draw(work.id, "long") < 0.05 else (60, 180)


def _scene_outcome(work: Work) -> dict[str, object]:
    mark = draw(work.id, "outcome")
    outcome = next(name for share, name in CREW_OUTCOMES if mark < share)
    reached = outcome != "not_located"
    return {
        "outcome": outcome,
        "person_reached": reached,
        "consent": _consent(work) if reached else "not_asked",
    }


def outside(scene: Scene) -> Iterator[Step]:
    """The simulated dispatcher tells outside services, and clears staged scenes."""
    staged = {work.seat for work in scene.work if work.mode == "staged"}
    for call in scene.calls.values():
        if not call.ours:
            continue
        for help_ in call.helps:
            key = (help_.id, help_.state)
            told = help_.response not in OURS | {"cn"} and help_.state == "wanted"
            if told and ripe(scene, help_.since, 4, 12, *key):
                yield Step(verb="told", by=scene.dispatcher, row=help_.id)
            if help_.id in staged and ripe(scene, help_.since, 70, 130, *key):
                yield Step(verb="clear_scene", by=scene.dispatcher, row=help_.id)


def endings(scene: Scene) -> Iterator[Step]:
    """The simulated dispatcher closes what is over, and what nobody came for."""
    busy = {work.call for work in scene.work} | {ring.call for ring in scene.ringing}
    for call in scene.calls.values():
        if not call.ours or call.id in busy or call.wants_decision:
            continue
        if call.state == "resolved" and ripe(scene, call.since, 10, 30, call.id):
            yield Step(verb="close", by=scene.dispatcher, row=call.id)
        elif call.state in {"decided", "working"}:
            yield from _end_unresolved(scene, call)


def _end_unresolved(scene: Scene, call: OpenCall) -> Iterator[Step]:
    last = max([call.since, *(help_.since for help_ in call.helps)])
    if any(help_.state == "wanted" for help_ in call.helps):
        if ripe(scene, last, 300, 420, call.id):
            said = {"reason": "nobody_free"}
            yield Step(verb="hand_back", by=scene.dispatcher, row=call.id, said=said)
    elif ripe(scene, last, 50, 120, call.id):
        names = [HANDED_TO.get(help_.response) for help_ in call.helps]
        outcomes = sorted({name for name in names if name}) or ["other"]
        said = {"outcomes": outcomes}
        yield Step(verb="close", by=scene.dispatcher, row=call.id, said=said)


def followups(scene: Scene) -> Iterator[Step]:
    """Half are the simulated navigator's; a real one has half an hour for the rest."""
    for later in scene.later:
        step = _followup(scene, later)
        if scene.navigator is not None and step is not None:
            verb, said = step
            yield Step(verb=verb, by=scene.navigator, row=later.id, said=said)


def _followup(scene: Scene, later: Later) -> tuple[str, dict[str, object]] | None:
    if not later.claimed:
        low, high = (60, 240) if draw(later.id, "whose") < 0.5 else (1500, 2100)
        due = ripe(scene, later.planned, low, high, later.id)
        return ("claim", {}) if due else None
    if later.state == "reached":
        over = ripe(scene, later.planned, 640, 760, later.id)
        return ("finish", {"outcome": "engaged"}) if over else None
    if later.attempts < 2 and ripe(
        scene, later.planned, 260 + 200 * later.attempts, 330 + 200 * later.attempts
    ):
        reached = later.attempts == 1 or draw(later.id, "reached") < 0.6
        return "attempt", {"reached": reached}
    return None


Rule = Callable[[Scene], Iterator[Step]]
RULES: tuple[Rule, ...] = (
    people,
    teams,
    for_guests,
    offers,
    sessions,
    crews,
    outside,
    triage,
    endings,
    followups,
    arrivals,
)
