"""One call for service, through the same actions as every call.

Live, it goes on as a call of today. Else it is a call of the past: opened at its own
time, decided as of then for the record, rung to nobody, and handed back, for help
reached it long ago by another way.
"""

from dataclasses import dataclass
from uuid import UUID

from dispatch.actions import callers, decision, intake, triage
from dispatch.actions.base import database_now
from dispatch.actions.intake import Intake
from dispatch.events import Actor
from dispatch.management.replay import answers, places
from dispatch.management.replay.answers import Drawn
from dispatch.management.replay.calls_for_service import CallForService
from dispatch.models import Call, Contact
from dispatch.selectors import alike
from dispatch.states import OPEN_CALL, CallState

PAST = "past"
NOTHING = Drawn(answers={}, caller="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command was asked to make of the rows."""

    agency_id: UUID
    by: Actor
    seed: int | None = None
    area: str | None = None
    live: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What became of one row; ``new`` is false when it was there before.

    ``joined``: one more caller of a call that was there, and no call of its own.
    """

    call: UUID
    type: str
    new: bool
    joined: bool = False


def feed(row: CallForService, type_: str, wish: Wish) -> Fed:
    """Safe to repeat: a call that is there is not opened again, only carried on."""
    call = Call.objects.filter(agency=wish.agency_id, source_ref=row.call_id).first()
    if call is not None and not _begun(call, wish):
        return Fed(call=call.pk, type=call.type, new=False)
    drawn = NOTHING
    if wish.seed is not None:
        drawn = answers.of(row.call_id, type_, wish.seed)
    if call is None:
        known = described(row, type_, drawn, wish)
        if wish.link and (fed := _joined(row, known, drawn, wish)):
            return fed
        call = intake.open_call(agency_id=wish.agency_id, intake=known, by=wish.by)
    if call.state in {CallState.NEW, CallState.TRIAGING}:
        triage.complete(
            call_id=call.pk, answers=drawn.answers, by=wish.by, nudged=wish.live
        )
        decision.decide(
            call_id=call.pk,
            by=wish.by,
            now=None if wish.live else row.received_at,
            send=wish.live,
        )
    # Another caller may follow: the command hands it back when that can be no more.
    if not wish.live and not wish.link:
        hand_back(call.pk, wish)
    return Fed(call=call.pk, type=type_, new=True)


def hand_back(call_id: UUID, wish: Wish) -> None:
    """A call of the past is over: help reached it long ago by another way."""
    intake.return_to_911(call_id=call_id, reason=PAST, by=wish.by)


def _joined(row: CallForService, known: Intake, drawn: Drawn, wish: Wish) -> Fed | None:
    """What is sure to be an event that is open becomes one more caller of it."""
    ref = callers.reference(wish.agency_id, row.call_id)
    leg = Contact.objects.filter(source_ref=ref).order_by("pk").last()
    if leg is not None:
        return Fed(call=leg.call_id, type=known.type, new=False)
    same = alike.unattended(
        known,
        agency_id=wish.agency_id,
        at=database_now() if wish.live else row.received_at,
        answers=drawn.answers,
    )
    if same is None:
        return None
    callers.attach(call_id=same, intake=known, answers=drawn.answers, by=wish.by)
    return Fed(call=same, type=known.type, new=True, joined=True)


def _begun(call: Call, wish: Wish) -> bool:
    """Whether an earlier try stopped half way; a live call goes on by itself once told."""
    if wish.live:
        return call.state == CallState.NEW
    return call.state in OPEN_CALL


def described(row: CallForService, type_: str, drawn: Drawn, wish: Wish) -> Intake:
    """The call as the intake form would say it; what is made up is named."""
    made_up = ["replay"]
    if wish.seed is not None:
        made_up.append("answers")
    point, zone, address = row.point, row.district, row.location
    if wish.area is not None:
        place = places.place(wish.area, row.call_id)
        point, zone, address = place.point, place.zone, place.words
        made_up.append("place")
    return Intake(
        source="911",
        type=type_,
        source_wording=row.wording,
        source_ref=row.call_id,
        simulated=",".join(made_up),
        caller_kind=drawn.caller,
        location_verified=wish.area is not None,
        inside=True if wish.area is not None else None,
        zone=zone[:80],
        address=address,
        point=point,
        opened_at=None if wish.live else row.received_at,
    )
