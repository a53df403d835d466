"""The navigators' worklist: who is to be called back, by when, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import reach
from dispatch.models import Agency, FollowUp
from dispatch.reach import Reach
from dispatch.selectors import board, consent, wish, words
from dispatch.selectors.decision import Words, word
from dispatch.states import FollowUpState
from routing import store
from routing.core.protocol import Protocol

PAGE = 500
SOON = timedelta(hours=48)
TITLES: Words = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "soon": gettext_lazy("Next 48 hours"),
    "later": gettext_lazy("Later"),
}
STATES: Words = {
    "due": gettext_lazy("Not tried yet"),
    "attempted": gettext_lazy("Tried"),
    "reached": gettext_lazy("Reached"),
    "engaged": gettext_lazy("Engaged"),
    "closed": gettext_lazy("Closed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One follow-up in the list: nothing that says who the person is."""

    id: UUID
    version: int
    call: UUID
    number: str
    type: str
    zone: str
    simulated: str
    due: datetime
    late: bool
    state: str
    tries: str
    consent: str
    contact: str
    no_contact: bool
    claimed_by: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    key: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    sections: tuple[Section, ...]
    open: int
    mine: int
    shown: int
    # Not listed: the person has said no.
    refused: int


def open_ones(agency: UUID) -> QuerySet[FollowUp]:
    """The open ones that may be worked on, the earliest due first."""
    rows = consent.not_refused(_unfinished(agency))
    return rows.order_by("due_at", "pk")


def _unfinished(agency: UUID) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(agency=agency).exclude(state=FollowUpState.CLOSED)


def worklist(agency: Agency, reader: UUID, *, now: datetime) -> Worklist:
    """By due time in the agency's zone. Six queries, however long the list."""
    rows = open_ones(agency.pk)
    found = list(rows.select_related("call__caller", "claimed_by")[:PAGE])
    consents = consent.of_calls(row.call_id for row in found)
    wishes = reach.of_callers([row.call for row in found])
    protocol = store.published(agency.pk)[1]
    items = [
        item_of(row, reader, consents, wishes[row.call_id], protocol, now)
        for row in found
    ]
    ends = _ends(agency, now)
    sections: dict[str, list[Item]] = {key: [] for key in ends}
    for item in items:
        key = next(key for key, end in ends.items() if end is None or item.due < end)
        sections[key].append(item)
    return Worklist(
        sections=tuple(
            Section(key=key, title=word(TITLES, key), items=tuple(inside))
            for key, inside in sections.items()
            if inside
        ),
        open=len(found) if len(found) < PAGE else rows.count(),
        mine=sum(item.mine for item in items),
        shown=len(found),
        refused=consent.refused(_unfinished(agency.pk)).count(),
    )


def _ends(agency: Agency, now: datetime) -> dict[str, datetime | None]:
    """Where each section ends; a day ends at midnight of the agency's own zone."""
    local = now.astimezone(agency.zone)
    tomorrow = local.date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time.min, tzinfo=agency.zone)
    return {"overdue": now, "today": midnight, "soon": now + SOON, "later": None}


def item_of(
    row: FollowUp,
    reader: UUID,
    consents: Mapping[UUID, str],
    reached: Reach,
    protocol: Protocol,
    now: datetime,
) -> Item:
    call = row.call
    said = consents.get(call.pk)
    return Item(
        id=row.pk,
        version=row.version,
        call=call.pk,
        number=call.number,
        type=board.type_label(call.type, call.source_wording, protocol),
        zone=call.zone,
        simulated=words.simulated(call.simulated),
        due=row.due_at,
        late=row.due_at < now,
        state=word(STATES, row.state),
        tries=_("%(done)s of %(most)s tries")
        % {"done": row.attempts, "most": protocol.clocks["follow_up_attempts"]},
        # Without a disposition nobody asked: the decision named Care Navigation.
        consent=_("Asked for Care Navigation")
        if said is None
        else _("Agreed to follow-up: %(answer)s") % {"answer": _(words.ANSWER[said])},
        contact=wish.rule(reached),
        no_contact=reached.never,
        claimed_by=row.claimed_by.short_name if row.claimed_by else "",
        mine=row.claimed_by_id == reader,
    )
