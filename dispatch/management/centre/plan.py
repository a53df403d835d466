"""What the simulated people do next: a scene in, steps out, the same every time.

Nothing is remembered between two looks. How long somebody takes, and what they say,
is drawn from the ids of the rows; so the demo carries on after any restart.
"""

from collections.abc import Callable, Iterator
from uuid import UUID

from dispatch.management.centre.field import crews, teams
from dispatch.management.centre.guests import Guest
from dispatch.management.centre.scene import (
    Colleague,
    Later,
    OpenCall,
    Ringing,
    Scene,
    Work,
)
from dispatch.management.centre.step import Step, consent_of, gives_way, pace_of, ripe
from dispatch.management.replay.chance import draw

OURS = {"ccd", "crt", "cor"}
TO_TALK = {"suicide_threat", "mental_health_crisis", "overdose"}
FEW, MANY = 6, 14
AWAY = {"break", "unavailable"}
# Seconds from when a clinician is wanted until the first is asked, at most.
AT_ONCE = 3
HANDED_TO = {
    "police": "handed_to_police",
    "cit": "handed_to_police",
    "ems": "handed_to_ems",
    "fire": "handed_to_ems",
    "988": "moved_to_988",
}


def steps(scene: Scene) -> list[Step]:
    return [step for rule in RULES for step in rule(scene)]


def people(scene: Scene) -> Iterator[Step]:
    """Come in, come back from wrap-up and break, let a real clinician go first."""
    for one in scene.colleagues:
        key = (one.id, one.since)
        if one.state == "offline":
            yield Step(verb="present", by=one.id, row=one.id)
        elif one.state == "wrap_up" and ripe(
            scene, one.since, *scene.habits.writes, *key
        ):
            yield Step(verb="end_wrap_up", by=one.id, row=one.id)
        elif one.state in AWAY and ripe(scene, one.since, *_away(scene, one), *key):
            yield Step(verb="present", by=one.id, row=one.id)
        elif _before_a_guest(scene, one):
            yield Step(verb="step_back", by=one.id, row=one.id)


def _away(scene: Scene, one: Colleague) -> tuple[float, float]:
    """A break is a break; whom the console took out for missed offers is back soon."""
    return (240, 480) if one.state == "break" else scene.habits.back_after_missing


def _before_a_guest(scene: Scene, one: Colleague) -> bool:
    """Whether this clinician would be asked before a real one who is free."""
    free = one.role == "clinician" and one.state == "available"
    return free and gives_way(scene, "ccd", one)


def arrivals(scene: Scene) -> Iterator[Step]:
    """Few calls at once in the beginning, then one every now and then."""
    open_now = sum(call.simulated and not call.ref for call in scene.calls.values())
    if scene.dispatcher is None or open_now >= MANY or not _room(scene):
        return
    last = scene.last_opened
    low, high = (4, 7) if open_now < FEW else (15, 30)
    if open_now == 0 or last is None or ripe(scene, last, low, high, last):
        said = {"at": str(scene.now), "to_talk": _to_talk(scene)}
        yield Step(verb="open", by=scene.dispatcher, said=said)


def _room(scene: Scene) -> bool:
    """Whether each kind of help has more people free than there are calls in triage.

    A real person who is free is to get a call, whoever else is.
    """
    if not scene.habits.careful or scene.guests.free:
        return True
    asking = sum(_asking(call) for call in scene.calls.values())
    return all(_free(scene, kind) > asking for kind in OURS if _staffed(scene, kind))


def _staffed(scene: Scene, kind: str) -> bool:
    return any(_states(scene, kind))


def _free(scene: Scene, kind: str) -> int:
    """How many simulated people or crews of this kind could take a call now."""
    return _states(scene, kind).count("available")


def _states(scene: Scene, kind: str) -> list[str]:
    if kind == "ccd":
        return [one.state for one in scene.colleagues if one.role == "clinician"]
    return [crew.state for crew in scene.crews if crew.kind == kind]


def _to_talk(scene: Scene) -> bool | None:
    """A real clinician who is free gets one call to talk, and not two at once."""
    if not scene.guests.waited_for("ccd"):
        return None
    asking = [call for call in scene.calls.values() if _asking(call)]
    return not any(call.type in TO_TALK or call.id in scene.held for call in asking)


def triage(scene: Scene) -> Iterator[Step]:
    """The simulated dispatcher asks, then is done asking."""
    asking = [call for call in scene.calls.values() if _asking(call)]
    done = [
        c for c in asking if ripe(scene, c.since, *scene.habits.asks_for, c.id, c.since)
    ]
    waits = _waits(scene, [call for call in done if call.id in scene.held])
    for call in asking:
        if call in done:
            if call is not waits:
                yield Step(verb="complete", by=scene.dispatcher, row=call.id)
        elif call.state == "new" and ripe(scene, call.opened, 3, 7, call.id):
            said = {"type": call.type, "ref": call.ref}
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
        elif ring.unit in crews and _heard(scene, ring):
            yield Step(verb="accept", by=crews[ring.unit].driver, row=ring.id)


def _heard(scene: Scene, ring: Ringing) -> bool:
    habits = scene.habits
    missed = draw(ring.id, "crew") < habits.crew_lets_ring
    return not missed and ripe(scene, ring.made, *habits.answers_after, ring.id)


def _answer(scene: Scene, ring: Ringing, *, ours: bool) -> Iterator[Step]:
    mood, habits = draw(ring.id, "mood"), scene.habits
    if not ours:
        if ripe(scene, ring.made, 7, 9, ring.id):
            yield Step(verb="accept", by=ring.person, row=ring.id)
    elif habits.careful and _passed_on(scene, ring):
        if ripe(scene, ring.made, 2, 5, ring.id):
            yield Step(verb="accept", by=ring.person, row=ring.id)
    elif mood < habits.declines:
        if ripe(scene, ring.made, 5, 10, ring.id):
            said = {"reason": "with_somebody"}
            yield Step(verb="decline", by=ring.person, row=ring.id, said=said)
    elif mood > habits.declines + habits.lets_ring and ripe(
        scene, ring.made, *habits.answers_after, ring.id
    ):
        yield Step(verb="accept", by=ring.person, row=ring.id)


def _passed_on(scene: Scene, ring: Ringing) -> bool:
    """Whether the caller had waited for a clinician when this one was asked."""
    call = scene.calls.get(ring.call)
    waits = [one for one in (call.helps if call else ()) if one.response == "ccd"]
    return any(
        (ring.made - one.since).total_seconds() * scene.speed > AT_ONCE
        for one in waits
        if one.state == "wanted"
    )


def sessions(scene: Scene) -> Iterator[Step]:
    """Confirm the caller, talk, perhaps ask for a team, end."""
    simulated = {one.id for one in scene.colleagues}
    low, high = _talk(scene)
    for work in scene.work:
        if work.person not in simulated:
            continue
        pace = pace_of(scene, work)
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
    habits = scene.habits
    return habits.talks if any(free) else habits.talks_while_others_wait


def _team_on(scene: Scene, call: UUID) -> bool:
    found = scene.calls.get(call)
    return found is not None and any(h.response != "ccd" for h in found.helps)


def _asks_for_team(scene: Scene, work: Work) -> bool:
    assert work.confirmed
    return (
        draw(work.id, "team") < 0.3
        and (not scene.habits.careful or _free(scene, "crt") > 0)
        and not _team_on(scene, work.call)
        and ripe(scene, work.confirmed, *scene.habits.asks_for_team, work.id, "team")
    )


def _phone_outcome(work: Work, *, alone: bool) -> dict[str, object]:
    mark = draw(work.id, "outcome")
    outcome = "resolved_by_phone" if alone and mark < 0.8 else "declined_help"
    if not alone:
        outcome = "other"
    return {"outcomes": [outcome], "person_reached": True, "consent": consent_of(work)}


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
            if help_.id in staged and ripe(
                scene, help_.since, *scene.habits.clears_scene, *key
            ):
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
