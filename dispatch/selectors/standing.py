"""The board's word for a call: the most pressing thing that is true of it now.

It is derived from the call's seats, offers and assignments; nothing stores it.
"""

import json
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_noop as N_

from dispatch.selectors import handing, words
from dispatch.selectors.said import said as _

OURS = frozenset({"ccd", "crt", "cor", "cn"})
WALL_WORDS = {
    "ringing": N_("Ringing"),
    "with_clinician": N_("With a clinician"),
    "joining": N_("Clinician joins"),
    "elsewhere": N_("Clinician to join"),
}
ALARM_WORDS = {
    "forgotten": N_("Clinician is silent"),
    "crew_still": N_("Crew has not moved"),
    "unanswered": N_("Answer the caller"),
    "on_hold": N_("Caller on hold"),
    "callback": N_("Call back"),
    "interpreter": N_("No interpreter yet"),
    "transfer": N_("Transfer waits"),
    "position": N_("Crew is silent"),
    "undecided": N_("Triage open for long"),
    # A caller on the line after their session.
    "nobody": N_("Who has the caller?"),
}


class OpenCall(NamedTuple):
    """A call as the board's statement gives it; all but numbers is PostgreSQL's text."""

    id: str
    number: str
    version: int
    head: int
    state: str
    state_since: str
    priority: int
    type: str
    source_wording: str
    zone: str
    simulated: str
    opened_at: str
    decision_wanted_at: str | None
    owner_since: str | None
    owner: str | None
    caller: str | None
    address: str | None
    seats: str | None
    risks: str | None
    protocol: str | None
    # The oldest open alarm of those that nothing else here says: about, raised at.
    alarm: str | None
    # The caller who is handed to a partner: see ``handing.OF_CALL``.
    handing: str | None
    # When the last help that is over now ended; None before the decision.
    left: str | None
    # Since when nobody is on its line, and whether somebody is to be called back; None
    # while a caller is there, or each line ended as it should.
    nobody_there: str | None


class OpenSeat(NamedTuple):
    """A seat that is wanted or filled, with the offer that rings and who works on it."""

    response: str
    mode: str
    state: str
    since: str
    offer: str | None
    made_at: str
    expires_at: str
    asked_person: str | None
    asked_unit: str | None
    assignment: str | None
    accepted_at: str
    confirmed_at: str | None
    person: str | None
    unit: str | None
    unit_kind: str
    unit_state: str
    unit_since: str
    check_late: bool
    check_due: str
    emergency: str | None
    asked_emergency: str | None
    # Who else has their caller, and since when: see ``elsewhere.OF_SESSION``.
    elsewhere: list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What hangs on one call: its seats, and of them those that ring or are worked on."""

    seats: list[OpenSeat]
    offers: list[OpenSeat]
    assignments: list[OpenSeat]


@dataclass(slots=True, kw_only=True)
class State:
    """One thing that is true of a call now; the most pressing becomes its word."""

    code: str
    label: str
    since: str
    shape: str = "open"
    act: bool = False
    due: str | None = None


def state(call: OpenCall, parts: Parts) -> State:
    """The most pressing thing that is true of this call."""
    for look in LOOKS if parts.seats else LOOKS_WITHOUT_SEATS:
        found = look(call, parts)
        if found is not None:
            return found
    return _own(call, parts)


def without_names(state: State) -> str:
    """The same word for a wall that anybody may read."""
    return _(WALL_WORDS[state.code]) if state.code in WALL_WORDS else state.label


def _emergency(_call: OpenCall, parts: Parts) -> State | None:
    for seat in (*parts.assignments, *parts.offers):
        since = seat.emergency or seat.asked_emergency
        if since:
            label = _("Emergency %(unit)s") % {"unit": seat.unit or seat.asked_unit}
            return State(
                code="crew_emergency",
                label=label,
                since=since,
                shape="full",
                act=True,
            )
    return None


def _late(_call: OpenCall, parts: Parts) -> State | None:
    for seat in parts.assignments:
        if seat.check_late:
            label = _("Safety check %(unit)s") % {"unit": seat.unit}
            since = seat.check_due
            return State(code="check_late", label=label, since=since, act=True)
    return None


def _staging(_call: OpenCall, parts: Parts) -> State | None:
    """An unarmed team that was told to stage and does not stand staged yet."""
    for seat in parts.assignments:
        told = seat.mode == "staged" and seat.unit_kind == "crt"
        if told and seat.unit_state == "on_scene":
            label = _("%(unit)s must leave") % {"unit": seat.unit}
            since = seat.unit_since
            return State(code="staging", label=label, since=since, act=True)
    return None


def _untold(call: OpenCall, parts: Parts) -> State | None:
    """An outside service that is wanted, that nobody has confirmed and nobody asks."""
    going = handing.read(call.handing)
    asked = {going.kind} if going and going.word else set()
    waiting = [
        seat
        for seat in parts.seats
        if seat.state == "wanted" and seat.response not in OURS | asked
    ]
    if not waiting:
        return None
    names = ", ".join(words.response_short(seat.response) for seat in waiting)
    staged = any(seat.mode == "staged" for seat in waiting)
    label = _("Tell %(who)s, staged") if staged else _("Tell %(who)s")
    since = min(seat.since for seat in waiting)
    return State(code="tell", label=label % {"who": names}, since=since, act=True)


def _handing(call: OpenCall, _parts: Parts) -> State | None:
    """A partner is asked to take the caller, joins, or has them."""
    going = handing.read(call.handing)
    if going is None:
        return None
    if going.word is None:
        # For 988 a seat says so.
        label = _("Tell %(who)s") % {"who": going.who}
        untold = State(code="tell", label=label, since=going.since, act=True)
        return None if going.kind == "988" else untold
    return State(
        code=f"partner_{going.code}",
        label=going.label,
        since=going.since,
        shape=going.word.shape,
        act=going.word.act,
        due=going.due if going.code == "offered" else None,
    )


def _on_the_way(call: OpenCall, parts: Parts) -> State | None:
    """Of these what somebody here still has to do with; what is with them comes last."""
    going = handing.read(call.handing)
    at_last = going is None or going.code in handing.AT_LAST
    return None if at_last else _handing(call, parts)


def _deciding(call: OpenCall, _parts: Parts) -> State | None:
    if call.decision_wanted_at is None:
        return None
    since = call.decision_wanted_at
    return State(code="deciding", label=_("Deciding"), since=since, shape="half")


def _asked(_call: OpenCall, parts: Parts) -> State | None:
    """Who is being asked right now."""
    for seat in parts.offers:
        if seat.asked_person:
            label = _("Ringing %(who)s") % {"who": seat.asked_person}
            code, shape = "ringing", "ring"
        else:
            label = _("Dispatched %(unit)s") % {"unit": seat.asked_unit}
            code, shape = "dispatched", "diamond"
        return State(
            code=code,
            label=label,
            since=seat.made_at,
            shape=shape,
            due=seat.expires_at,
        )
    return None


def _unseated(_call: OpenCall, parts: Parts) -> State | None:
    """A help of ours that is wanted while nobody is being asked."""
    for seat in parts.seats:
        if seat.state != "wanted" or seat.response not in OURS:
            continue
        since = seat.since
        if seat.response == "cn":
            return State(
                code="on_list", label=_("On the navigators' list"), since=since
            )
        if seat.response == "ccd":
            label = _("Waits for a clinician")
        else:
            label = _("Send %(kind)s, none free") % {
                "kind": words.response(seat.response)
            }
        return State(code="no_unit", label=label, since=since, act=True)
    return None


def _joining(_call: OpenCall, parts: Parts) -> State | None:
    for seat in parts.assignments:
        if seat.person and seat.confirmed_at is None:
            label = _("%(who)s joins: stay on the line") % {"who": seat.person}
            since = seat.accepted_at
            return State(code="joining", label=label, since=since, shape="half")
    return None


def _call_back(call: OpenCall, _parts: Parts) -> State | None:
    since, lost = json.loads(call.nobody_there) if call.nobody_there else ("", False)
    if not lost:
        return None
    return State(code="callback", label=_("Call back"), since=since, act=True)


def _unowned(call: OpenCall, _parts: Parts) -> State | None:
    if call.owner is not None:
        return None
    since = call.owner_since or call.opened_at
    return State(code="no_owner", label=_("No owner"), since=since, act=True)


def _alarm(call: OpenCall, _parts: Parts) -> State | None:
    """What an alarm says and nothing else here does."""
    if call.alarm is None:
        return None
    about, since = json.loads(call.alarm)
    return State(code=about, label=_(ALARM_WORDS[about]), since=since, act=True)


def _team(_call: OpenCall, parts: Parts) -> State | None:
    teams = [seat for seat in parts.assignments if seat.unit]
    if not teams:
        return None
    # The team that is furthest along is what a dispatcher looks for.
    ranks = list(words.UNIT)
    seat = max(teams, key=lambda team: ranks.index(team.unit_state))
    word, shape = words.unit(seat.unit_state)
    label = f"{word} {seat.unit}"
    return State(code=seat.unit_state, label=label, since=seat.unit_since, shape=shape)


def _session(call: OpenCall, parts: Parts) -> State | None:
    for seat in parts.assignments:
        if seat.person:
            # Who has not confirmed joins still, and that was looked for before.
            assert seat.confirmed_at is not None
            if call.nobody_there:
                since, _lost = json.loads(call.nobody_there)
                label = _("Nobody on the line")
                return State(code="nobody_there", label=label, since=since, act=True)
            if seat.elsewhere:
                holder, since, *_ids = seat.elsewhere
                label = _("With %(holder)s, not %(who)s")
                label %= {"holder": holder, "who": seat.person}
                return State(code="elsewhere", label=label, since=since, act=True)
            label = _("With %(who)s") % {"who": seat.person}
            since = seat.confirmed_at
            return State(code="with_clinician", label=label, since=since, shape="full")
    return None


def _own(call: OpenCall, parts: Parts) -> State:
    """What the call's own state says when nothing else is going on."""
    since = call.state_since
    if call.state in {"decided", "working"} and not parts.seats:
        since = call.left or since
        return State(code="nobody", label=_("Nobody is on it"), since=since, act=True)
    label = _(words.CALL[call.state])
    shape = "full" if call.state in {"working", "resolved"} else "open"
    act = call.state == "resolved"
    return State(code=call.state, label=label, since=since, shape=shape, act=act)


# The most pressing first.
LOOKS = (
    _emergency,
    _late,
    _staging,
    _untold,
    _on_the_way,
    _deciding,
    _call_back,
    _asked,
    _unseated,
    _joining,
    _unowned,
    _alarm,
    _team,
    _session,
    _handing,
)
LOOKS_WITHOUT_SEATS = (_on_the_way, _deciding, _call_back, _unowned, _alarm, _handing)
