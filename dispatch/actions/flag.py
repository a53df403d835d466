"""Cautions on a place, a number or a person: raised from a call, prolonged, ended."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, planned, quick
from dispatch.actions.base import action, coded, database_now, lock_call
from dispatch.actions.details import Details, correct_locked
from dispatch.actions.triage import look_again
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import Actor
from dispatch.models import Call, Caller, Flag
from dispatch.models.flag import SUBJECTS as SUBJECTS
from dispatch.states import OPEN_CALL, UNRESOLVED
from routing import store

# What somebody saw or was told, never what a person has or is.
CODES = (
    "weapon_seen",
    "violence_before",
    "dangerous_animal",
    "unsafe_access",
    "officer_caution",
    "communication_need",
    "other",
)
END_WHY = ("not_true", "no_longer", "entered_by_mistake", "other")
NOTHING_TO_FIND = _(
    "Nothing to find it again by: say a house or a crossing, a number or a full name."
)
ALIKE = """
  SELECT c.id FROM dispatch_caller p JOIN dispatch_call c ON c.id = p.call_id
  WHERE (p.phone_lookup = %(lookup)s OR p.place_lookup = %(lookup)s
         OR p.person_lookup = %(lookup)s)
    AND c.agency_id = %(agency)s AND c.state = ANY(%(open)s)
"""


@action
def raise_(
    *,
    call_id: UUID,
    subject: str,
    code: str,
    by: Actor,
    hazard: bool = False,
    text: str = "",
) -> Flag:
    """From now on shown wherever the same place, number or person comes again.

    A hazard holds an unarmed team back at once, also on other open calls of the same.
    """
    assert by.id
    if code not in CODES:
        raise Invalid(field="code", why=_("choose one of the list"))
    found = quick.find(Call, id=call_id)
    if found is None:
        raise NotFound
    lookup = lookup_of(call_id, subject)
    calls = _locked(found, lookup)
    flag = Flag(
        agency_id=found.agency_id,
        code=code,
        hazard=hazard,
        subject=subject,
        lookup=lookup,
        call_id=call_id,
        author_id=by.id,
        expires_at=_expires(found.agency_id),
        text=text.strip(),
    )
    quick.add(flag)
    raised = events.FlagRaised(flag=flag.pk, code=code, subject=subject)
    journal.append(raised, call=calls[call_id], by=by)
    for call in calls.values():
        if call.state in OPEN_CALL:
            changed = correct_locked(call, Details(), by)
            if call.state in UNRESOLVED:
                look_again(call, changed, by)
    return flag


@action
def end(*, flag_id: UUID, why: str, by: Actor) -> Flag:
    """It holds no more. A call that it was seen on keeps its hazard. Twice is once."""
    flag = _lock(flag_id)
    if flag.ended_at is None:
        _end(flag, coded("reason", why), by)
    return flag


@action
def extend(*, flag_id: UUID, by: Actor) -> Flag:
    """The same again, from now on and by this author; the old one is kept as ended."""
    assert by.id
    flag = _lock(flag_id)
    if flag.ended_at is not None:
        raise LostRace
    again = Flag(
        agency_id=flag.agency_id,
        code=flag.code,
        hazard=flag.hazard,
        subject=flag.subject,
        lookup=flag.lookup,
        call_id=flag.call_id,
        author_id=by.id,
        expires_at=_expires(flag.agency_id),
        text=flag.text,
    )
    _end(flag, "extended", by)
    quick.add(again)
    raised = events.FlagRaised(flag=again.pk, code=again.code, subject=again.subject)
    journal.append(raised, agency=flag.agency_id, by=by)
    return again


def lookup_of(call_id: UUID, subject: str) -> str:
    """By what this call's place, number or person is found again; Invalid without."""
    if subject not in SUBJECTS:
        raise Invalid(field="subject", why=_("place, number or person"))
    caller = Caller.objects.get(call=call_id)
    keys = {
        "place": caller.place_lookup,
        "number": caller.phone_lookup,
        "person": caller.person_lookup,
    }
    if not keys[subject]:
        raise Invalid(NOTHING_TO_FIND, field="subject")
    return str(keys[subject])


def _locked(first: Call, lookup: str) -> dict[UUID, Call]:
    """This call and every open one of the same, in the order of their ids."""
    values = {
        "lookup": lookup,
        "agency": first.agency_id,
        "open": [state.value for state in OPEN_CALL],
    }
    others = {pk for (pk,) in planned.ask(ALIKE, values)}
    return {pk: lock_call(pk) for pk in sorted({first.pk, *others})}


def _expires(agency_id: UUID) -> datetime:
    _row, protocol = store.published(agency_id)
    return database_now() + timedelta(seconds=protocol.clocks["flag_lasts"])


def _end(flag: Flag, why: str, by: Actor) -> None:
    quick.write(flag, {"ended_at": Now(), "ended_by": str(by)[:60], "why": why})
    ended = events.FlagEnded(flag=flag.pk, why=why)
    journal.append(ended, agency=flag.agency_id, by=by)


def _lock(flag_id: UUID) -> Flag:
    flag = quick.locked(Flag, flag_id)
    if flag is None:
        raise NotFound
    return flag
