"""One call as its page shows it: seats, decision in words, history; fixed in queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from dispatch import facts
from dispatch.models import (
    Call,
    CallNote,
    Decision,
    Disposition,
    Event,
    FollowUp,
    Unit,
    User,
)
from dispatch.selectors import (
    consent,
    head,
    line,
    seat,
    sentences,
    timeline,
    triage,
    words,
)
from dispatch.selectors import decision as spoken
from dispatch.selectors.decision import Held, If, InWords, word
from dispatch.selectors.head import Head, Person
from dispatch.selectors.line import Line
from dispatch.selectors.scene import Scene, at_scene
from dispatch.selectors.seat import TEAMS, Mark, SeatView
from dispatch.selectors.timeline import Entry, span
from dispatch.states import OPEN_CALL, UnitState
from routing import store
from routing.core.protocol import Protocol

HISTORY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer. ``kind`` is risk, open or plain."""

    label: str
    value: str
    kind: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    at: datetime
    by: str
    text: str
    radio: bool


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
    person: Person
    marks: tuple[Mark, ...]
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
    """The whole call in this projection. Thirteen queries, however long its history."""
    _row, protocol = store.published(call.agency_id)
    row = Call.objects.select_related("caller", "owner", "duplicate_of").get(pk=call.pk)
    seats = seat.seats(row, protocol)
    made = _decision(row)
    events = list(_events(row))
    shown = events[:HISTORY]
    ends = list(Disposition.objects.filter(call=row).order_by("at", "pk"))
    followup = FollowUp.objects.filter(call=row).order_by("-planned_at").first()
    answers = dict(row.answers.values_list("question", "value").order_by("question"))
    is_open = row.state in OPEN_CALL
    open_seats = tuple(one for one in seats if one.open)
    return CallView(
        head=head.head(row, protocol),
        person=head.person(row.caller),
        marks=_marks(row, open_seats),
        scene=at_scene(seats, row.source),
        seats=open_seats,
        past_seats=tuple(one for one in seats if not one.open),
        given=_given(answers, protocol, projection, made.line["ask"] if made else ()),
        red=tuple(
            word(spoken.QUESTIONS, key)
            for key in triage.RED
            if answers.get(key) == "yes"
        ),
        decision=_decided(made, _opener(events)) if made else None,
        figures=_figures(row, made, seats),
        entries=timeline.entries(shown, row.opened_at, _names(shown)),
        more_entries=len(events) > HISTORY,
        notes=_notes(row),
        ended=_ended(ends) if ends else None,
        followup=followup.state.replace("_", " ") if followup else "",
        followup_due=followup.due_at if followup else None,
        free_units=_free_units(row) if is_open else (),
        line=line.line(row, protocol),
    )


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


def _marks(row: Call, seats: Sequence[SeatView]) -> tuple[Mark, ...]:
    """The head's words: each seat's own, or the call's when it has no seat open."""
    if not seats:
        return (Mark(label=_(words.CALL[row.state]), since=row.state_since),)
    return tuple(
        Mark(
            label=f"{one.mark.label}: {one.who or one.kind}",
            since=one.mark.since,
            shape=one.mark.shape,
            act=one.mark.act,
        )
        for one in seats
    )


def _given(
    answers: Mapping[str, str],
    protocol: Protocol,
    projection: str,
    wanted: Iterable[str],
) -> tuple[Given, ...]:
    """Every safety answer, and whatever else a decision rests on or still asks for.

    What was answered at triage is operational: whoever reads why, reads it too. The
    clinical view shows also what nobody asked.
    """
    shown = {key for key, value in answers.items() if value != "not_asked"}
    shown |= set(wanted)
    return tuple(
        _one_given(question.key, answers.get(question.key, "not_asked"))
        for question in protocol.questions
        if question.group == "safety"
        or question.key in shown
        or projection == "clinical"
    )


def _one_given(key: str, value: str) -> Given:
    risk = value == "yes" and key != "agrees_988"
    return Given(
        label=word(spoken.QUESTIONS, key),
        value=word(spoken.VALUES, value),
        kind="risk" if risk else "open" if value.startswith("not_") else "plain",
    )


def _decision(row: Call) -> Decision | None:
    rows = Decision.objects.filter(call=row).select_related("protocol", "overridden_by")
    return rows.defer("protocol__document").order_by("-at", "-pk").first()


def _opener(events: Iterable[Event]) -> str:
    """Who completed the triage that was decided."""
    return next((one.by_name for one in events if one.kind == "CallTriaged"), "")


def _decided(made: Decision, by: str) -> DecisionView:
    protocol = store.read(made.protocol)
    said = spoken.in_words(made.line, made.findings, protocol)
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
    times = [one.steps[step].at for one in seats if len(one.steps) >= 4]
    return min((at for at in times if at), default=None)


def _figure(label: str, start: datetime, end: datetime | None) -> Figure:
    text = span((end - start).total_seconds()) if end else "–"
    return Figure(label=label, text=text)


def _events(row: Call) -> Iterable[Event]:
    rows = Event.objects.filter(agency=row.agency_id, call=row)
    return rows.select_related("unit").order_by("-number")[: HISTORY + 1]


def _names(events: Sequence[Event]) -> dict[str, str]:
    people = User.objects.filter(pk__in=timeline.people(events))
    pairs = people.order_by("pk").values_list("pk", "short_name")
    return {str(pk): name for pk, name in pairs}


def _notes(row: Call) -> tuple[Note, ...]:
    rows = CallNote.objects.filter(call=row).order_by("-at", "-pk")
    return tuple(
        Note(at=one.at, by=one.by_name, text=one.text, radio=one.kind == "radio")
        for one in rows
    )


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
