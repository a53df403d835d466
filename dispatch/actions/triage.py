"""Record answers and complete the triage, which asks for a decision."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, nudge, quick
from dispatch.actions.backup import ARMED, back_up
from dispatch.actions.base import action, database_now, lock_call, move
from dispatch.actions.details import Details, correct_locked
from dispatch.actions.notice import tell
from dispatch.actions.seat import OPEN_SEAT, hold_back, stage_all
from dispatch.actions.weigh import held_back, weighed
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Answer, Call, Seat
from dispatch.models.unit import UNARMED
from dispatch.states import OPEN_CALL, UNRESOLVED, CallState, SeatState
from routing import store
from routing.core.facts import ANSWERS
from routing.core.facts import Answer as Value

# A yes to one of these keeps unarmed teams out until the scene is cleared.
DANGER = frozenset(
    {"attempt", "medical", "violence", "household", "weapon", "crime", "threat"}
)
# What the safety rules look at: arriving late, it is a reason to decide again.
SAFETY = DANGER | {"minor_alone", "imminent", "type", "hazard", "urgent", "caller_kind"}
LATE = frozenset({CallState.DECIDED, CallState.WORKING, CallState.RESOLVED})


@action
def record_answers(
    *,
    call_id: UUID,
    answers: Mapping[str, str],
    by: Actor,
    details: Details | None = None,
    seen: int | None = None,
) -> Call:
    """Store what was answered. A safety answer after the decision asks for a new one."""
    call = lock_call(call_id, seen)
    _record(call, answers, details, by)
    return call


@action
def complete(
    *,
    call_id: UUID,
    by: Actor,
    answers: Mapping[str, str] | None = None,
    details: Details | None = None,
    seen: int | None = None,
    nudged: bool = True,
) -> Call:
    """The dispatcher is done asking for now: the call wants a decision.

    Without ``nudged`` no worker is woken, whatever is recorded: whoever completes
    decides at once as well.
    """
    call = lock_call(call_id, seen)
    complete_locked(call, answers or {}, by, details=details, nudged=nudged)
    return call


def complete_locked(
    call: Call,
    answers: Mapping[str, str],
    by: Actor,
    *,
    details: Details | None = None,
    nudged: bool = True,
) -> None:
    """Record these answers and ask for a decision. The caller holds the call."""
    stored = _record(call, answers, details, by, nudged=nudged)
    if call.state != CallState.TRIAGING:
        move(call, CallState.TRIAGING)
    want_decision(call, nudged=nudged)
    still_open = tuple(
        key for key in ANSWERS if stored.get(key, "not_asked") == Value.NOT_ASKED
    )
    journal.append(events.CallTriaged(open_questions=still_open), call=call, by=by)


def record_locked(call: Call, answers: Mapping[str, str], by: Actor) -> None:
    """Store these answers. The caller holds the call."""
    _record(call, answers, None, by)


def want_decision(call: Call, *, nudged: bool = True) -> None:
    """Mark the locked call; a worker is nudged after commit, the clock looks anyway."""
    quick.write(call, {"decision_wanted_at": Now(), "triaged_at": Now()})
    if nudged:
        transaction.on_commit(lambda: nudge.route(call.pk), robust=True)


def _record(
    call: Call,
    answers: Mapping[str, str],
    details: Details | None,
    by: Actor,
    *,
    nudged: bool = True,
) -> dict[str, str]:
    """Store what is new; what is known afterwards. Holds the call."""
    if call.state not in OPEN_CALL:
        raise Invalid(field="call", why=_("it is closed; reopen it first"))
    if details is not None:
        look_again(call, correct_locked(call, details, by), by, nudged=nudged)
    stored = {one.question: one for one in quick.rows(Answer, call=call.pk)}
    before = {question: one.value for question, one in stored.items()}
    new = {
        key: value
        for key, value in answers.items()
        if _checked(key, value) != before.get(key, Value.NOT_ASKED)
    }
    if not new:
        return before
    _store(call, new, stored, by)
    journal.append(events.AnswersRecorded(answers=dict(new)), call=call, by=by)
    if call.state == CallState.NEW:
        move(call, CallState.TRIAGING)
    yes = [key for key, value in new.items() if value == Value.YES]
    danger = sorted(DANGER.intersection(yes))
    look_again(call, frozenset(new), by, danger=danger, nudged=nudged)
    return before | new


@action
def hear_near(*, call_id: UUID, by: Actor) -> Call:
    """What other open calls at this building name of danger holds unarmed teams here too.

    The clock asks it of each call that has not heard (`near.unheard`): a call of its own
    at a time, for two that told each other would wait for each other.
    """
    call = lock_call(call_id)
    if call.state in UNRESOLVED:
        look_again(call, correct_locked(call, Details(), by), by)
    return call


def look_again(
    call: Call,
    changed: frozenset[str],
    by: Actor,
    *,
    danger: Sequence[str] = (),
    nudged: bool = True,
) -> None:
    """What bears on safety came late: decide again, and let nobody walk into danger.

    An unarmed team that rings is let go, one on its way stages, one inside is told to
    leave: at once, whenever the decision comes. Holds the call. Without ``nudged`` the
    caller has it decided, and no worker is woken.
    """
    if not SAFETY & changed:
        return
    if call.hazard and "hazard" in changed:
        danger = [*danger, "hazard"]
    helps = quick.rows(Seat, call=call.pk, state=OPEN_SEAT)
    crews = [one for one in helps if one.response == UNARMED]
    held = bool(crews) and _hold_unarmed(call, danger, by)
    # Rows as they were before: who is staged already is told nothing new.
    held = held and any(one.mode != "staged" for one in crews)
    _backed_up(call, crews, danger, by)
    if helps and (danger or held):
        tell(call, "u1", by)
    again(call, nudged=nudged)


def _backed_up(
    call: Call, crews: Sequence[Seat], danger: Sequence[str], by: Actor
) -> None:
    """A weapon or violence where an unarmed team is or goes: backup now. Holds the call."""
    on_call = any(one.state == SeatState.FILLED for one in crews)
    if on_call and ARMED.intersection(danger):
        back_up(call, danger, by, kind=UNARMED)


def again(call: Call, *, nudged: bool = True) -> None:
    """A call that was decided is triaged and decided anew. The caller holds it."""
    if call.state in LATE:
        move(call, CallState.TRIAGING)
        want_decision(call, nudged=nudged)


def told_of(call: Call, question: str, by: Actor) -> None:
    """Somebody there says yes to a safety question. The caller holds the call."""
    _record(call, {question: Value.YES}, None, by)


def _hold_unarmed(call: Call, danger: Sequence[str], by: Actor) -> bool:
    """What the floor says now of the teams that ring or roll; whether it holds them."""
    _row, protocol = store.published(call.agency_id)
    stand = weighed(call, protocol, database_now())
    if held := held_back(stand.line, UNARMED):
        hold_back(call, UNARMED, danger or held, by)
    elif UNARMED in stand.staged:
        stage_all(call, UNARMED, danger or ("new_information",), by)
    return bool(held) or UNARMED in stand.staged


def carry_over(call: Call, other: Call, by: Actor) -> None:
    """What a duplicate knows of danger goes on with the other call. Holds both."""
    answers = dict(call.answers.values_list("question", "value"))
    tell_on(other, answers, Details(hazard=True) if call.hazard else None, by)


def tell_on(
    call: Call, answers: Mapping[str, str], details: Details | None, by: Actor
) -> None:
    """What another caller says of danger holds for this call. Holds the call."""
    yes = {
        key: value
        for key, value in answers.items()
        if key in SAFETY and value == Value.YES
    }
    _record(call, yes, details, by)


def _checked(key: str, value: str) -> str:
    if key not in ANSWERS:
        raise Invalid(field=key, why=_("no such question"))
    if value not in set(Value):
        raise Invalid(field=key, why=_("yes, no, not_known or not_asked"))
    return value


def _store(
    call: Call, new: Mapping[str, str], stored: Mapping[str, Answer], by: Actor
) -> None:
    for key, value in new.items():
        if key in stored:
            quick.write(stored[key], {"value": value, "by": str(by), "at": Now()})
        else:
            quick.add(Answer(call=call, question=key, value=value, by=str(by)))
