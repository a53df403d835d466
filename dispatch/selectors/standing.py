"""The board's word for a call: the most pressing thing that is true of it now.

It is derived from the call's seats, offers and assignments; nothing stores it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as N_

from dispatch.selectors import words
from dispatch.selectors.said import said as _

Values = Mapping[str, Any]
OURS = frozenset({"ccd", "crt", "cor", "cn"})
WALL_WORDS = {
    "ringing": N_("Ringing"),
    "with_clinician": N_("With a clinician"),
    "joining": N_("Clinician joins"),
}


@dataclass(slots=True)
class Parts:
    """What hangs on one call while its card is made."""

    seats: list[Values] = field(default_factory=list)
    offers: list[Values] = field(default_factory=list)
    assignments: list[Values] = field(default_factory=list)
    risks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One thing that is true of a call now; the most pressing becomes its word."""

    code: str
    label: str
    since: datetime
    shape: str = "open"
    act: bool = False
    due: datetime | None = None


def state(row: Values, parts: Parts) -> State:
    """The most pressing thing that is true of this call."""
    return next(
        found
        for found in (
            _alarm(parts),
            _staging(parts),
            _untold(parts),
            _deciding(row),
            _asked(parts),
            _unseated(parts),
            _joining(parts),
            _unowned(row),
            _team(parts),
            _session(parts),
            _own(row, parts),
        )
        if found is not None
    )


def without_names(state: State) -> str:
    """The same word for a wall that anybody may read."""
    return _(WALL_WORDS[state.code]) if state.code in WALL_WORDS else state.label


def _alarm(parts: Parts) -> State | None:
    for row in parts.assignments:
        if row["emergency"]:
            label = _("Emergency %(unit)s") % {"unit": row["unit_name"]}
            return State(
                code="crew_emergency",
                label=label,
                since=row["emergency"],
                shape="full",
                act=True,
            )
    for row in parts.assignments:
        if row["check_late"]:
            label = _("Safety check %(unit)s") % {"unit": row["unit_name"]}
            since = row["check_due"]
            return State(code="check_late", label=label, since=since, act=True)
    return None


def _staging(parts: Parts) -> State | None:
    """An unarmed team that was told to stage and does not stand staged yet."""
    for row in parts.assignments:
        told = row["mode"] == "staged" and row["unit_kind"] == "crt"
        if told and row["unit_state"] == "on_scene":
            label = _("%(unit)s must leave: scene not safe") % {
                "unit": row["unit_name"]
            }
            since = row["unit_since"]
            return State(code="staging", label=label, since=since, act=True)
    return None


def _untold(parts: Parts) -> State | None:
    """An outside service that is wanted and that nobody has confirmed yet."""
    waiting = [
        seat
        for seat in parts.seats
        if seat["state"] == "wanted" and seat["response"] not in OURS
    ]
    if not waiting:
        return None
    names = ", ".join(words.response(seat["response"]) for seat in waiting)
    staged = any(seat["mode"] == "staged" for seat in waiting)
    label = _("Tell %(who)s, staged") if staged else _("Tell %(who)s")
    since = min(seat["since"] for seat in waiting)
    return State(code="tell", label=label % {"who": names}, since=since, act=True)


def _deciding(row: Values) -> State | None:
    if row["decision_wanted_at"] is None:
        return None
    return State(
        code="deciding",
        label=_("Deciding"),
        since=row["decision_wanted_at"],
        shape="half",
    )


def _asked(parts: Parts) -> State | None:
    """Who is being asked right now."""
    for row in parts.offers:
        if row["who"]:
            label = _("Ringing %(who)s") % {"who": row["who"]}
            code, shape = "ringing", "ring"
        else:
            label = _("Dispatched %(unit)s") % {"unit": row["unit_name"]}
            code, shape = "dispatched", "diamond"
        return State(
            code=code,
            label=label,
            since=row["made_at"],
            shape=shape,
            due=row["expires_at"],
        )
    return None


def _unseated(parts: Parts) -> State | None:
    """A help of ours that is wanted while nobody is being asked."""
    for seat in parts.seats:
        if seat["state"] != "wanted" or seat["response"] not in OURS:
            continue
        since = seat["since"]
        if seat["response"] == "cn":
            return State(
                code="on_list", label=_("On the navigators' list"), since=since
            )
        if seat["response"] == "ccd":
            label = _("Waits for a clinician")
        else:
            label = _("Send %(kind)s, none free") % {
                "kind": words.response(seat["response"])
            }
        return State(code="no_unit", label=label, since=since, act=True)
    return None


def _joining(parts: Parts) -> State | None:
    for row in parts.assignments:
        if row["who"] and row["confirmed_at"] is None:
            label = _("%(who)s joins: stay on the line") % {"who": row["who"]}
            return State(
                code="joining", label=label, since=row["accepted_at"], shape="half"
            )
    return None


def _unowned(row: Values) -> State | None:
    if row["owner_name"] is not None:
        return None
    since = row["owner_since"] or row["opened_at"]
    return State(code="no_owner", label=_("No owner"), since=since, act=True)


def _team(parts: Parts) -> State | None:
    teams = [row for row in parts.assignments if row["unit_name"]]
    if not teams:
        return None
    # The team that is furthest along is what a dispatcher looks for.
    ranks = list(words.UNIT)
    row = max(teams, key=lambda team: ranks.index(team["unit_state"]))
    word, shape = words.unit(row["unit_state"])
    label = f"{word} {row['unit_name']}"
    return State(
        code=row["unit_state"], label=label, since=row["unit_since"], shape=shape
    )


def _session(parts: Parts) -> State | None:
    for row in parts.assignments:
        if row["who"]:
            label = _("With %(who)s") % {"who": row["who"]}
            return State(
                code="with_clinician",
                label=label,
                since=row["confirmed_at"],
                shape="full",
            )
    return None


def _own(row: Values, parts: Parts) -> State:
    """What the call's own state says when nothing else is going on."""
    if row["state"] in {"decided", "working"} and not parts.seats:
        label = _("Nobody is on it")
        return State(code="nobody", label=label, since=row["state_since"], act=True)
    label = _(words.CALL[row["state"]])
    shape = "full" if row["state"] in {"working", "resolved"} else "open"
    act = row["state"] == "resolved"
    return State(
        code=row["state"], label=label, since=row["state_since"], shape=shape, act=act
    )
