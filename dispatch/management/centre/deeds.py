"""Carry a step out: each verb is one action, by the simulated person who does it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from uuid import UUID

from dispatch.actions import (
    decision,
    disposition,
    followup,
    intake,
    offer,
    safety,
    seat,
    staff,
    transfer,
    triage,
    unit,
)
from dispatch.actions.intake import Intake
from dispatch.events import Actor
from dispatch.management.centre.plan import TO_TALK, Step
from dispatch.management.replay import answers, calls_for_service, places, shipped
from dispatch.management.replay.calls_for_service import CallForService
from dispatch.management.replay.chance import draw
from dispatch.management.replay.wordings import shipped_rows

SEED = 1
AREA = "durham"
Said = dict[str, object]


def do(step: Step, agency: UUID, names: Mapping[UUID, str]) -> None:
    by = Actor(kind="simulator", id=step.by, name=names.get(step.by, "Simulator"))
    if step.verb == "open":
        open_call(agency, str(step.said["at"]), by, to_talk=step.said["to_talk"])
    else:
        DEEDS[step.verb](step.row, by, step.said)


@cache
def sample(*, to_talk: bool | None) -> list[tuple[CallForService, str]]:
    """The shipped calls that have one of our types, so that the board tells a story.

    ``to_talk``: those that mostly go to a clinician by phone, the others, or all.
    """
    types = {(source, wording): type_ for source, wording, type_ in shipped_rows()}
    rows = calls_for_service.rows(shipped.SAMPLE)
    calls = [row for _number, row in rows if isinstance(row, CallForService)]
    typed = [(row, types.get((row.source, row.wording), "")) for row in calls]
    return [
        (row, type_)
        for row, type_ in typed
        if type_ and to_talk in {None, type_ in TO_TALK}
    ]


def open_call(agency: UUID, mark: str, by: Actor, *, to_talk: bool | None) -> None:
    """A call of the sample, at a place and from a number that the mark draws."""
    rows = sample(to_talk=to_talk)
    row, type_ = rows[int(draw(mark) * len(rows))]
    place = places.place(AREA, mark)
    known = Intake(
        source="officer" if draw(mark, "source") < 0.05 else "911",
        type=type_,
        source_wording=row.wording,
        simulated="call,answers,place",
        caller_kind=answers.of(mark, type_, SEED).caller,
        urgent=type_ == "welfare_check" and draw(mark, "urgent") < 0.2,
        location_verified=True,
        inside=True,
        zone=place.zone,
        address=place.words,
        point=place.point,
    )
    if draw(mark, "phone") < 0.3:
        # 555-0100 to 555-0199 are nobody's: kept for fiction.
        number = f"(919) 555-01{int(draw(mark, 'number') * 100):02d}"
        known = replace(known, phone=number, phone_verified=True)
    intake.open_call(agency_id=agency, intake=known, by=by)


def _answer(row: UUID, by: Actor, said: Said) -> None:
    mark = said.get("ref") or row
    drawn = answers.of(str(mark), str(said["type"]), SEED)
    triage.record_answers(call_id=row, answers=drawn.answers, by=by)


def _end_session(row: UUID, by: Actor, said: Said) -> None:
    disposition.end_session(
        assignment_id=row,
        outcomes=said["outcomes"],
        person_reached=said["person_reached"],
        followup_consent=said["consent"],
        line_over=True,
        by=by,
    )


def _clear(row: UUID, by: Actor, said: Said) -> None:
    unit.clear(
        unit_id=row,
        outcome=said["outcome"],
        person_reached=said["person_reached"],
        followup_consent=said["consent"],
        by=by,
    )


def _step_back(row: UUID, by: Actor, said: Said) -> None:
    """Out of the room for a moment: whoever comes back is the last to be asked."""
    staff.set_presence(user_id=row, to="break", reason="other", by=by)
    staff.set_presence(user_id=row, to="available", by=by)


def _step_back_unit(row: UUID, by: Actor, said: Said) -> None:
    unit.out_of_service(unit_id=row, reason="other", by=by)
    unit.in_service(unit_id=row, by=by)


DEEDS: Mapping[str, Callable[[UUID, Actor, Said], object]] = {
    "present": lambda row, by, said: staff.set_presence(
        user_id=row, to="available", by=by
    ),
    "step_back": _step_back,
    "step_back_unit": _step_back_unit,
    "end_wrap_up": lambda row, by, said: staff.end_wrap_up(user_id=row, by=by),
    "sign_on": lambda row, by, said: unit.sign_on(unit_id=row, by=by),
    "in_service": lambda row, by, said: unit.in_service(unit_id=row, by=by),
    "safe": lambda row, by, said: safety.confirm_safe(unit_id=row, by=by),
    "answer": _answer,
    "complete": lambda row, by, said: triage.complete(call_id=row, by=by),
    "send": lambda row, by, said: offer.send(call_id=row, by=by, **said),
    "accept": lambda row, by, said: offer.accept(offer_id=row, by=by),
    "decline": lambda row, by, said: offer.decline(offer_id=row, by=by, **said),
    "confirm": lambda row, by, said: transfer.confirm(assignment_id=row, by=by),
    "end_session": _end_session,
    "ask_team": lambda row, by, said: decision.request_team(call_id=row, by=by, **said),
    "report": lambda row, by, said: unit.report(unit_id=row, by=by, **said),
    "clear": _clear,
    "told": lambda row, by, said: seat.confirm_told(seat_id=row, by=by),
    "clear_scene": lambda row, by, said: seat.clear_scene(seat_id=row, by=by),
    "close": lambda row, by, said: disposition.close(call_id=row, by=by, **said),
    "hand_back": lambda row, by, said: intake.return_to_911(call_id=row, by=by, **said),
    "claim": lambda row, by, said: followup.claim(followup_id=row, by=by),
    "attempt": lambda row, by, said: followup.attempt(followup_id=row, by=by, **said),
    "finish": lambda row, by, said: followup.complete(followup_id=row, by=by, **said),
}
