"""What is known here of a number, a place or a person: calls of twelve months, a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy

from dispatch import access, lookups, planned, quick, reach
from dispatch.facts import YEAR
from dispatch.models import Caller, Plan, User
from dispatch.models.row import NO_ROW
from dispatch.selectors import sentences, wish, words
from dispatch.selectors.decision import Words, word
from dispatch.selectors.fields import Typed
from routing import store

# F2: so many responses to one person in a year want a review and a plan.
FAMILIAR = 5
# Of each kind the same call is told once; a linked call is told as the one it went to.
# To a real call no simulated one, and the other way round. From what is known to its
# calls: left to choose, the planner may walk the centre's whole year for each of them.
BEFORE = """
  WITH heard AS MATERIALIZED (
    SELECT call_id, 'number' AS subject FROM dispatch_caller
    WHERE phone_lookup = %(number)s AND phone_lookup <> ''
    UNION SELECT call_id, 'number' FROM dispatch_contact
    WHERE number_lookup = %(number)s AND number_lookup <> ''
    UNION SELECT call_id, 'place' FROM dispatch_caller
    WHERE place_lookup = %(place)s AND place_lookup <> ''
    UNION SELECT call_id, 'person' FROM dispatch_caller
    WHERE person_lookup = %(person)s AND person_lookup <> '')
  SELECT h.subject, c.id, c.opened_at, c.type, c.source_wording,
    (SELECT array_agg(s.response ORDER BY s.id) FROM dispatch_seat s
     WHERE s.call_id = c.id AND EXISTS (
       SELECT FROM dispatch_assignment a WHERE a.seat_id = s.id)),
    (SELECT d.outcomes FROM dispatch_disposition d WHERE d.call_id = c.id
     ORDER BY d.at DESC, d.id DESC LIMIT 1),
    EXISTS (SELECT FROM dispatch_callnote n WHERE n.call_id = c.id AND n.kind = 'note')
  FROM heard h
  CROSS JOIN LATERAL (SELECT * FROM dispatch_call WHERE id = h.call_id OFFSET 0) c
  WHERE c.agency_id = %(agency)s AND c.opened_at > %(since)s AND c.id <> %(but)s
    AND (c.simulated <> '') = coalesce(
      (SELECT b.simulated <> '' FROM dispatch_call b WHERE b.id = %(but)s), false)
    AND c.state <> 'duplicate'
  ORDER BY c.opened_at DESC LIMIT 500
"""
PLANS = """
  WHERE agency_id = %(agency)s AND ended_at IS NULL
    AND (subject = 'number' AND lookup = %(number)s
         OR subject = 'person' AND lookup = %(person)s)
  ORDER BY subject DESC, id
"""
SAME: Words = {
    "number": gettext_lazy("Same number"),
    "place": gettext_lazy("Same place"),
    "person": gettext_lazy("Same name"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The look-ups of one call; empty where nothing is known to look up."""

    number: str = ""
    place: str = ""
    person: str = ""
    building: str = ""

    @property
    def any(self) -> bool:
        return bool(self.number or self.place or self.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Calls of one kind. ``notes`` is how many have notes, told to clinicians only."""

    subject: str
    label: str
    count: int
    last: datetime
    how: str
    types: str
    responses: int
    notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan as this reader may see it: ``text`` is empty for who may only know of it."""

    id: UUID
    text: str
    approved: bool
    author: str
    review_at: datetime
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """``wish``: how this number asked to be reached on another call, in words."""

    before: tuple[Before, ...]
    familiar: bool
    plans: tuple[Planned, ...]
    wish: str = ""


def keys_of(caller: Caller) -> Keys:
    return Keys(
        number=caller.phone_lookup,
        place=caller.place_lookup,
        person=caller.person_lookup,
        building=caller.building_lookup,
    )


def keys_typed(typed: Typed) -> Keys:
    return Keys(
        number=lookups.number(typed["phone"]),
        place=lookups.place(typed["address"]),
        person=lookups.person_of(
            typed["caller_kind"], typed["name"], typed["person_name"]
        ),
        building=lookups.building(typed["address"]),
    )


def for_reader(
    keys: Keys, user: User, *, at: datetime, but: UUID | None = None
) -> Known:
    """What this person may know: by role, and a partner's counsellor no other calls."""
    assert user.agency_id is not None
    found = known(
        keys,
        agency_id=user.agency_id,
        at=at,
        but=but,
        clinical=access.require(user, "call.see") == access.CLINICAL,
        plans=access.may(user, "plan.see"),
    )
    if access.may(user, "beside.see"):
        return found
    return replace(found, before=(), familiar=False, wish="")


def known(
    keys: Keys,
    *,
    agency_id: UUID,
    at: datetime,
    but: UUID | None = None,
    clinical: bool = False,
    plans: bool = False,
) -> Known:
    """Calls before this one, ``but`` left out; three statements, none without keys.

    ``clinical``: the reader may know that notes exist. ``plans``: and read a plan.
    """
    if not keys.any:
        return Known(before=(), familiar=False, plans=())
    rows = planned.ask(
        BEFORE,
        {
            "agency": agency_id,
            "number": keys.number,
            "place": keys.place,
            "person": keys.person,
            "since": at - YEAR,
            "but": but or NO_ROW,
        },
    )
    _row, protocol = store.published(agency_id)
    types = {code: one.label for code, one in protocol.types.items()}
    groups = [
        _before(
            subject,
            [row for row in rows if row[0] == subject],
            types,
            clinical=clinical,
        )
        for subject in SAME
        if any(row[0] == subject for row in rows)
    ]
    return Known(
        before=tuple(groups),
        familiar=any(
            one.responses >= FAMILIAR for one in groups if one.subject != "place"
        ),
        plans=_plans(keys, agency_id, at, may_read=plans),
        wish=wish.before(reach.remembered(keys.number, agency_id, but=but)),
    )


def plan(plan_id: UUID) -> Plan:
    """One as it now stands, with what the database has filled in."""
    return Plan.objects.get(pk=plan_id)


def _before(
    subject: str,
    rows: Sequence[tuple[object, ...]],
    types: Mapping[str, str],
    *,
    clinical: bool,
) -> Before:
    newest = rows[0]
    assert isinstance(newest[2], datetime)
    said = dict.fromkeys(types.get(str(row[3]), str(row[4])) for row in rows)
    return Before(
        subject=subject,
        label=word(SAME, subject),
        count=len(rows),
        last=newest[2],
        how=_how(newest),
        types=", ".join(name for name in said if name),
        responses=sum(len(_list(row[5])) for row in rows),
        notes=sum(bool(row[7]) for row in rows) if clinical else 0,
    )


def _how(row: tuple[object, ...]) -> str:
    """Who came and how it ended, in codes' words."""
    kinds = dict.fromkeys(_list(row[5]))
    outcomes = [word(sentences.OUTCOMES, code) for code in _list(row[6])]
    said = [*(words.response(kind) for kind in kinds), *outcomes]
    return ", ".join(said)


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _plans(
    keys: Keys,
    agency_id: UUID,
    at: datetime,
    *,
    may_read: bool,
) -> tuple[Planned, ...]:
    """Drafts are shown to whoever may read plans, marked as not approved."""
    values = {"agency": agency_id, "number": keys.number, "person": keys.person}
    rows = quick.picked(Plan, PLANS, values)
    return tuple(
        Planned(
            id=row.pk,
            text=row.text if may_read else "",
            approved=row.approved_at is not None,
            author=row.author.short_name if may_read else "",
            review_at=row.review_at,
            late=row.review_at < at,
        )
        for row in rows
        if may_read or row.approved_at is not None
    )
