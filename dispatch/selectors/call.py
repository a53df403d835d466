"""One call as its page shows it: seats, decision in words, history; fixed in queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from dispatch import elsewhere, facts, quick
from dispatch.models import (
    Answer,
    Call,
    Caller,
    CallNote,
    Decision,
    Disposition,
    Event,
    FollowUp,
    Unit,
    User,
)
from dispatch.models.unit import TEAMS
from dispatch.related import attach
from dispatch.selectors import (
    consent,
    head,
    line,
    linked,
    marks,
    noted,
    seat,
    sentences,
    timeline,
    triage,
    words,
)
from dispatch.selectors import decision as spoken
from dispatch.selectors.decision import Going, Held, If, InWords, word
from dispatch.selectors.given import Given, given
from dispatch.selectors.head import Head, Person
from dispatch.selectors.line import Line
from dispatch.selectors.linked import GoesOn, Other
from dispatch.selectors.noted import Note
from dispatch.selectors.scene import Scene, at_scene
from dispatch.selectors.seat import Mark, SeatView
from dispatch.selectors.timeline import Entry, span
from dispatch.states import UnitState
from routing import store

HISTORY = 200
NEWEST = f"""
  WHERE agency_id = %(agency)s AND call_id = %(call)s
  ORDER BY number DESC LIMIT {HISTORY + 1}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    words: InWords
    at: datetime
    by: str
    changes: tuple[If, ...]
    held: tuple[Held, ...]
    override: str
    override_by: str
    override_at: datetime | None
    planned_next: tuple[Going, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A span in m:ss, or one that still runs since a moment."""

    label: str
    text: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    at: datetime
    by: str
    outcomes: str
    reached: str
    followup: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    head: Head
    # Calls that are one event: where this one goes on, and those linked to it.
    goes_on: GoesOn | None
    linked: tuple[Other, ...]
    person: Person
    marks: tuple[Mark, ...]
    # Whether a help wants an act: it then stands above what is only to be read.
    pressing: bool
    # The seat whose "told" is the next thing to do; None while there is none.
    tell_first: UUID | None
    scene: Scene | None
    seats: tuple[SeatView, ...]
    past_seats: tuple[SeatView, ...]
    given: tuple[Given, ...]
    red: tuple[str, ...]
    decision: DecisionView | None
    figures: tuple[Figure, ...]
    entries: tuple[Entry, ...]
    more_entries: bool
    notes: tuple[Note, ...]
    ended: Ended | None
    followup: str
    followup_due: datetime | None
    free_units: tuple[tuple[UUID, str], ...]
    line: Line | None


def view(call: Call, projection: str) -> CallView:
    """The whole call in this projection; its history adds no query."""
    _row, protocol = store.published(call.agency_id)
    row = _anew(call)
    on_line = line.line(row, protocol)
    seats = marks.with_nobody(seat.seats(row, protocol), on_line)
    if on_line is not None and on_line.held:
        seats = marks.with_other(seats, elsewhere.of_call(row.pk))
    made = _decision(row)
    events = list(_events(row))
    seats = linked.brought(seats, events)
    shown = events[:HISTORY]
    ends = quick.rows(Disposition, order=("at", "id"), call=row.pk)
    planned = quick.rows(FollowUp, order=("planned_at",), call=row.pk)
    followup = planned[-1] if planned else None
    said = quick.rows(Answer, order=("question",), call=row.pk)
    answers = {one.question: one.value for one in said}
    open_seats = tuple(one for one in seats if one.open)
    going = marks.going(row, open_seats)
    top = head.head(row, protocol, sought=any(one.sought for one in seats))
    other = linked.goes_on(row, projection, protocol)
    if marks.alone(row, open_seats, going):
        top = replace(top, service=_(marks.NOBODY))
    if other is not None:
        top = replace(top, service=other.service)
    return CallView(
        head=top,
        goes_on=other,
        linked=linked.with_it(row),
        person=head.person(row.caller),
        marks=(other.mark,) if other else marks.marks(row, seats, going),
        pressing=any(one.mark.act for one in open_seats),
        tell_first=next((one.id for one in open_seats if one.to_tell), None),
        scene=at_scene(seats, row.source),
        seats=open_seats,
        past_seats=tuple(one for one in seats if not one.open),
        given=given(answers, protocol, projection, made.line["ask"] if made else ()),
        red=tuple(
            word(spoken.QUESTIONS, key)
            for key in triage.RED
            if answers.get(key) == "yes"
        ),
        decision=_decided(made, _opener(events), seats) if made else None,
        figures=_figures(row, made, seats),
        entries=timeline.entries(shown, row.opened_at, _names(shown), _verified(row)),
        more_entries=len(events) > HISTORY,
        notes=_notes(row),
        ended=_ended(ends) if ends else None,
        followup=followup.state.replace("_", " ") if followup else "",
        followup_due=followup.due_at if followup else None,
        free_units=_free_units(row) if any(one.to_replace for one in seats) else (),
        line=on_line,
    )


def _anew(call: Call) -> Call:
    """The call anew: the page's number of the log is older than this reading."""
    [row] = quick.rows(Call, id=call.pk)
    [row.caller] = quick.rows(Caller, call=row.pk)
    attach([row], "owner", "duplicate_of")
    return row


def by_number(agency_id: UUID, number: str) -> UUID | None:
    """The call of this number; the year may be left out of the newest one's."""
    calls = Call.objects.filter(agency=agency_id)
    tail = number.strip().removeprefix("#")
    same = (
        calls.filter(number=tail)
        if "-" in tail
        else calls.filter(number__endswith=f"-{tail.zfill(6)}")
    )
    return same.order_by("-opened_at").values_list("pk", flat=True).first()


def _decision(row: Call) -> Decision | None:
    rows = quick.rows(Decision, order=("at", "id"), call=row.pk)
    attach(rows[-1:], "overridden_by")
    return rows[-1] if rows else None


def _opener(events: Iterable[Event]) -> str:
    """Who completed the triage that was decided."""
    return next((one.by_name for one in events if one.kind == "CallTriaged"), "")


def _decided(made: Decision, by: str, seats: Iterable[SeatView]) -> DecisionView:
    protocol = store.by_id(made.protocol_id)
    here = {one.kind for one in seats if one.open and one.who}
    said = spoken.in_words(made.line, made.findings, protocol, here)
    changes = spoken.what_if(facts.read(made.facts), protocol)
    reason = word(spoken.OVERRIDE_REASONS, made.override_reason)
    other = spoken.label(made.override_response, protocol)
    chosen = f"{other}. {reason}. {made.override_note}".strip()
    return DecisionView(
        words=said,
        at=made.at,
        by=by,
        changes=tuple(one for one in changes if not one.same),
        held=said.held,
        override=chosen if made.override_response else "",
        override_by=made.overridden_by.short_name if made.overridden_by else "",
        override_at=made.overridden_at,
        planned_next=spoken.planned_next(said.going, {one.kind for one in seats}),
    )


def _figures(
    row: Call, made: Decision | None, seats: Sequence[SeatView]
) -> tuple[Figure, ...]:
    """The spans that matter, from the moment the call came in."""
    accepted = _earliest(seats, 1)
    there = _earliest([one for one in seats if len(one.steps) == 5], 3)
    out = [
        _figure(_("to decision"), row.opened_at, made.at if made else None),
        _figure(_("to accept"), row.opened_at, accepted),
        _figure(_("to on scene"), row.opened_at, there),
    ]
    if row.closed_at:
        return (*out, _figure(_("in all"), row.opened_at, row.closed_at))
    return (*out, Figure(label=_("open"), text="", since=row.opened_at))


def _earliest(seats: Sequence[SeatView], step: int) -> datetime | None:
    times = [one.steps[step].at for one in seats if len(one.steps) >= 3]
    return min((at for at in times if at), default=None)


def _figure(label: str, start: datetime, end: datetime | None) -> Figure:
    text = span((end - start).total_seconds()) if end else "–"
    return Figure(label=label, text=text)


def _events(row: Call) -> Iterable[Event]:
    rows = quick.picked(Event, NEWEST, {"agency": row.agency_id, "call": row.pk})
    attach(rows, "unit")
    return rows


def _names(events: Sequence[Event]) -> dict[str, str]:
    known = {UUID(one) for one in timeline.people(events)}
    people = quick.rows(User, id=sorted(known)) if known else ()
    return {str(one.pk): one.short_name for one in people}


def _verified(row: Call) -> dict[str, bool]:
    return {
        "location_verified": row.location_verified,
        "phone_verified": row.caller.phone_verified,
    }


def _notes(row: Call) -> tuple[Note, ...]:
    rows = quick.rows(CallNote, order=("at", "id"), call=row.pk)
    return tuple(noted.read(one) for one in reversed(rows))


def _ended(ends: Sequence[Disposition]) -> Ended:
    """The last end, with what the person said of a follow-up at any of them."""
    made = ends[-1]
    agreed = consent.standing([end.followup_consent for end in ends])
    reached = {True: _("yes"), False: _("no"), None: _("not known")}
    return Ended(
        at=made.at,
        by=made.by_name,
        outcomes=", ".join(word(sentences.OUTCOMES, one) for one in made.outcomes),
        reached=reached[made.person_reached],
        followup=_(words.ANSWER[agreed]),
    )


def _free_units(row: Call) -> tuple[tuple[UUID, str], ...]:
    rows = Unit.objects.filter(
        agency=row.agency_id,
        kind__in=TEAMS,
        state=UnitState.AVAILABLE,
        emergency_at=None,
    )
    return tuple(
        (unit.pk, f"{unit.name}, {unit.zone}" if unit.zone else unit.name)
        for unit in rows.order_by("kind", "name")
    )
