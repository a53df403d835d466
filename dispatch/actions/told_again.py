"""A partner sends a call again: what is new goes on it, and danger is late news at once."""

from collections.abc import Mapping
from dataclasses import asdict

from django.db.models.functions import Now

from dispatch import quick, told
from dispatch.actions import keys
from dispatch.actions.brought import QUESTIONS, Brought, again, decidable, given
from dispatch.actions.details import Details, correct_locked
from dispatch.actions.ending import open_again
from dispatch.actions.intake import note_locked
from dispatch.actions.linking import lock_event
from dispatch.actions.triage import LATE, complete_locked, look_again, record_locked
from dispatch.errors import Ended
from dispatch.events import Actor
from dispatch.models import Agency, Answer, Call, Caller, Transfer, WriteKey
from dispatch.states import OPEN_CALL

# From the freest to the one that leaves the least trace with whoever shares the phone.
SAFER = (
    "not_asked",
    "call_and_text",
    "call_only",
    "no_voicemail",
    "text_first",
    "none",
)


def remember(one: Transfer, brought: Brought) -> None:
    """What was said with this call's first message, so that a repeat is known as one."""
    actor, key = one.message()
    quick.add(WriteKey(actor=actor, key=key, body_hash=_hash(brought)))


def tell_again(one: Transfer, brought: Brought, by: Actor) -> None:
    """The same message again is nothing. Of another one all that is new is kept.

    A call that was linked to another is told there. One that has ended is opened again
    by any yes, and its note names which; for anything else Ended: nobody would read it.
    """
    _brought_here, call = lock_event(one.call_id)
    actor, key = one.message()
    last = quick.find(WriteKey, actor=actor, key=key)
    if last is not None and last.body_hash == _hash(brought):
        return
    new, denied = _news(call, brought.answers)
    anew = call.state not in OPEN_CALL
    opened_by = _open_again(call, brought, by) if anew else []
    first = last is None or last.result is None
    note_locked(call, _told(call, brought, denied, opened_by, first=first), by)
    _keep(call, brought, new, by, anew=anew)
    if last is None:
        last = WriteKey(actor=actor, key=key, body_hash="")
        quick.add(last)
    if brought.agreed in {"yes", "no", "emergency"}:
        quick.write(one, {"agreed": brought.agreed})
    said = {"body_hash": _hash(brought), "result": keys.named(one), "at": Now()}
    quick.write(last, said)


def _hash(brought: Brought) -> str:
    answers = {
        key: said for key, said in brought.answers.items() if said != "not_asked"
    }
    return keys.body_hash(tell_again, {**asdict(brought), "answers": answers})


def _news(call: Call, said: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The answers that are news here, and the questions whose yes they now deny.

    Unknown takes nothing back, and only a person here takes back a yes to danger.
    """
    rows = quick.rows(Answer, call=call.pk)
    known = {one.question: one.value for one in rows}
    new = {
        key: value
        for key, value in said.items()
        if _adds(known.get(key, "not_asked"), value)
    }
    denied = [key for key in said if said[key] == "no" and known.get(key) == "yes"]
    return new, denied


def _adds(before: str, said: str) -> bool:
    over = {
        "yes": {"no", "not_known", "not_asked"},
        "no": {"not_known", "not_asked"},
        "not_known": {"not_asked"},
    }
    return before in over.get(said, set())


def _open_again(call: Call, brought: Brought, by: Actor) -> list[str]:
    """The questions whose yes opened it again; Ended where there is none."""
    asked = [key for key in QUESTIONS if brought.answers.get(key) == "yes"]
    if not asked:
        agency = quick.find(Agency, id=call.agency_id)
        assert agency is not None
        raise Ended(phone=agency.fallback_phone or "–")
    open_again(call, "new_information", by)
    return asked


def _keep(
    call: Call, brought: Brought, new: Mapping[str, str], by: Actor, *, anew: bool
) -> None:
    """What nobody knew yet, the safer way to reach them, and the answers.

    ``anew``: it was just reopened.
    """
    caller = Caller.objects.get(call=call)
    empty = {
        name: getattr(brought, name).strip()
        for name in ("phone", "person_name", "address")
        if getattr(brought, name).strip() and not getattr(caller, name)
    }
    if empty:
        look_again(call, correct_locked(call, Details(**empty), by), by)
        caller.refresh_from_db()
    if brought.point and not caller.point and not caller.address:
        quick.write(caller, {"point": told.stored(brought.point)})
    if SAFER.index(brought.safe_contact) > SAFER.index(caller.safe_contact):
        safer = Details(safe_contact=brought.safe_contact)
        look_again(call, correct_locked(call, safer, by), by)
    known = {one.question: one.value for one in quick.rows(Answer, call=call.pk)}
    asked = decidable({**known, **new}) and call.state not in LATE
    if anew or (new and asked):
        complete_locked(call, new, by)
    elif new:
        record_locked(call, new, by)


def _told(
    call: Call,
    brought: Brought,
    denied: list[str],
    opened_by: list[str],
    *,
    first: bool,
) -> str:
    """What differs from the call; from the second time on all of it, the latest last."""
    caller = Caller.objects.get(call=call)
    known = {
        "place": caller.address,
        "point": caller.point,
        "number": caller.phone,
        "person": caller.person_name,
        "counsellor": caller.name,
        "said": caller.said,
    }
    told = {
        code: text
        for code, text in given(brought).items()
        if not first or text != known[code].strip()
    }
    return again(brought, told, denied, opened_by)
