"""Open calls that may be the same event as the one being typed, with reasons in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy

from dispatch import lookups, planned, told
from dispatch.models import Call, CallNote, Contact
from dispatch.models import Caller as CallerRow
from dispatch.models.row import NO_ROW
from dispatch.seal import unseal
from dispatch.selectors import board
from dispatch.selectors import decision as spoken
from dispatch.selectors.decision import Words, word
from dispatch.selectors.fields import Typed
from dispatch.states import OPEN_CALL
from routing import store
from routing.core import alike, wording
from routing.core.alike import Alike, Code, Reason, Seen
from routing.core.facts import ANSWERS, Caller, Point

SHOWN = 3
# Older calls are not looked at, nor more than so many: those of the same number, place
# or person first, then those of the same or no zone, each the newest first.
RECENT, MOST = timedelta(hours=4), 300
OPEN = [state.value for state in OPEN_CALL]
CALLS = """
  SELECT c.id::text, c.number, c.opened_at, c.type, c.source_wording, c.zone,
         c.caller_kind, p.id::text, p.phone_lookup, p.person_lookup,
         p.point, p.address, p.said, n.id, n.text,
         (SELECT string_agg(a.value || ' ' || a.question, ',' ORDER BY a.question)
          FROM dispatch_answer a
          WHERE a.call_id = c.id AND a.value IN ('yes', 'no'))
  FROM dispatch_call c
  JOIN dispatch_caller p ON p.call_id = c.id
  LEFT JOIN LATERAL (
    SELECT id::text, text FROM dispatch_callnote
    WHERE call_id = c.id AND kind = 'note' ORDER BY at LIMIT 1) n ON true
  WHERE c.agency_id = %(agency)s AND c.state = ANY(%(open)s)
    AND c.opened_at > %(since)s AND c.id <> %(but)s
    AND (c.simulated <> '') = %(simulated)s
  ORDER BY coalesce(p.phone_lookup = nullif(%(number)s, ''), false)
        OR coalesce(p.place_lookup = nullif(%(place)s, ''), false)
        OR coalesce(p.person_lookup = nullif(%(person)s, ''), false) DESC,
    c.zone IN (%(zone)s, '') DESC, c.opened_at DESC
  LIMIT %(most)s
"""
FURTHER = """
  SELECT call_id::text, id::text, number_lookup, said, point, began_at
  FROM dispatch_contact
  WHERE call_id = ANY(%(calls)s::uuid[]) AND purpose IN ('caller', 'callback')
  ORDER BY dispatch_contact.id
"""
Stored = tuple[Any, ...]
NONE: frozenset[str] = frozenset()
REASONS: Words = {
    Code.SAME_NUMBER: gettext_lazy("same number"),
    Code.SAME_PERSON: gettext_lazy("same person"),
    Code.SAME_ADDRESS: gettext_lazy("same address"),
    Code.SAME_BLOCK: gettext_lazy("same block"),
    Code.NEAR: gettext_lazy("%(n)s m away"),
    Code.MINUTES: gettext_lazy("%(n)s min apart"),
    Code.SAME_TYPE: gettext_lazy("same type"),
    Code.KIN_TYPE: gettext_lazy("a type like it"),
    Code.SAME_WORDS: gettext_lazy("%(n)s words in common"),
    Code.OTHER_TYPE: gettext_lazy("another type"),
    Code.OTHER_PERSON: gettext_lazy("another person"),
    Code.BOTH_FOR_SELF: gettext_lazy("both call for themselves"),
    Code.OTHER_DANGER: gettext_lazy("one says yes, the other no: %(names)s"),
    Code.ONE_DANGER: gettext_lazy("only one names it: %(names)s"),
    Code.OTHER_HOUSE: gettext_lazy("another house"),
    Code.OTHER_STREET: gettext_lazy("another street"),
    Code.OTHER_WORDS: gettext_lazy("no words in common"),
    Code.OTHER_ZONE: gettext_lazy("another zone"),
    Code.FAR: gettext_lazy("%(n)s m away"),
    Code.LONG_AGO: gettext_lazy("%(n)s min apart"),
}
DANGERS = frozenset({Code.OTHER_DANGER, Code.ONE_DANGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one sealed text says, in the form that is compared."""

    point: Point | None = None
    address: frozenset[str] = NONE
    words: frozenset[str] = NONE
    dangers: frozenset[str] = NONE

    def __add__(self, other: "Told") -> "Told":
        words, dangers = self.words | other.words, self.dangers | other.dangers
        return replace(self, words=words, dangers=dangers)


NOTHING = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """An open call with what speaks for one event and against; ``dangers`` stand bold."""

    id: UUID
    number: str
    opened_at: datetime
    type: str
    contacts: int
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    dangers: tuple[str, ...]


class Heard(Protocol):
    """What a new call tells, as ``actions.intake.Intake`` holds it."""

    @property
    def source_wording(self) -> str: ...
    @property
    def simulated(self) -> str: ...
    @property
    def point(self) -> tuple[float, float] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a row says beside the account of its first caller."""

    number: str
    opened_at: datetime
    type: str


def likely(
    typed: Typed,
    *,
    agency_id: UUID,
    at: datetime,
    call: Call | None = None,
    note: str = "",
    apart: frozenset[str] = frozenset(),
) -> tuple[Likely, ...]:
    """At most three, the likeliest first; ``apart`` are those said to be other events.

    Three statements with the protocol's, whatever the number of open calls.
    """
    new = account(typed, at=at, call=call, note=note)
    if not (new.number or new.person or new.address or new.words or new.point):
        return ()
    played = bool(call and call.simulated)
    seen, found = _open(new, typed, agency_id, at, call, played=played)
    others = [one for one in alike.likely(new, seen) if one.id not in apart]
    _row, protocol = store.published(agency_id)
    return tuple(
        Likely(
            id=UUID(one.id),
            number=found[one.id].number,
            opened_at=found[one.id].opened_at,
            type=board.type_label(found[one.id].type, "", protocol),
            contacts=one.contacts,
            reasons=_words(one, against=False),
            against=_words(one, against=True),
            dangers=tuple(_sentence(r) for r in one.reasons if r.code in DANGERS),
        )
        for one in others[:SHOWN]
    )


def unattended(
    known: Heard, *, agency_id: UUID, at: datetime, answers: Mapping[str, str]
) -> UUID | None:
    """The call that a replay which nobody attends may add this caller to; None without."""
    names = ("type", "zone", "address", "said", "phone", "caller_kind", "name")
    typed = {name: str(getattr(known, name)) for name in (*names, "person_name")}
    point = Point(lat=known.point[0], lon=known.point[1]) if known.point else None
    # What another system called it may name a danger, as words do.
    new = account(
        {**typed, **answers}, at=at, call=None, point=point, named=known.source_wording
    )
    played = bool(known.simulated)
    seen, _found = _open(new, typed, agency_id, at, None, played=played)
    return next((UUID(one.id) for one in alike.likely(new, seen) if one.links), None)


def account(
    typed: Typed,
    *,
    at: datetime,
    call: Call | None,
    note: str = "",
    point: Point | None = None,
    named: str = "",
) -> Seen:
    """What these fields say, in the form that is compared. Nothing of it is kept."""
    said = f"{typed['said']} {note}"
    if call is not None and typed["address"] == call.caller.address:
        point = _point(call.caller.point)
    return Seen(
        id=str(call.pk) if call else "",
        opened_at=call.opened_at if call else at,
        point=point,
        zone=typed["zone"] or None,
        type=typed["type"] or None,
        address=wording.normalise(typed["address"]),
        words=wording.words(said),
        number=lookups.number(typed["phone"]) or None,
        person=_person(typed) or None,
        caller=_kind(typed["caller_kind"]),
        yes=_answered(typed, "yes") | wording.dangers(f"{said} {named}"),
        no=_answered(typed, "no"),
    )


def _person(typed: Typed) -> str:
    name, other = typed["name"], typed["person_name"]
    return lookups.person_of(typed["caller_kind"], name, other)


def _answered(answers: Mapping[str, str], value: str) -> frozenset[str]:
    return frozenset(key for key in ANSWERS if answers.get(key) == value)


def _kind(said: str) -> Caller | None:
    """None also for what no page offers: its form is about to be refused."""
    return Caller(said) if said in {*Caller} else None


def _point(stored: str) -> Point | None:
    lat, _comma, lon = stored.partition(",")
    return Point(lat=float(lat), lon=float(lon)) if lon else None


def _open(
    new: Seen,
    typed: Typed,
    agency_id: UUID,
    at: datetime,
    call: Call | None,
    *,
    played: bool,
) -> tuple[list[Seen], dict[str, Found]]:
    """Each open call's accounts, one a caller, and what is shown of the call.

    Those of simulated calls if ``played``, else those of real ones: never both.
    """
    values = {
        "agency": agency_id,
        "open": OPEN,
        "since": at - RECENT,
        "but": call.pk if call else NO_ROW,
        "simulated": played,
        "number": new.number or "",
        "place": lookups.place(typed["address"]),
        "person": new.person or "",
        "zone": typed["zone"],
        "most": MOST,
    }
    rows = [_kept(row) for row in planned.ask(CALLS, values)]
    ids = planned.uuids(row[0] for row in rows)
    callers: dict[object, list[Stored]] = {}
    for pk, *leg in planned.ask(FURTHER, {"calls": ids}):
        callers.setdefault(pk, []).append(_kept(leg))
    seen: list[Seen] = []
    found = {}
    for row in rows:
        seen += _accounts(row, tuple(callers.get(row[0], ())))
        found[row[0]] = Found(number=row[1], opened_at=row[2], type=row[3])
    return seen, found


def _kept(row: Iterable[Any]) -> Stored:
    """What a row says in a form that outlives its statement and can be a key."""
    return tuple(bytes(one) if type(one) is memoryview else one for one in row)


@lru_cache(maxsize=2048)
def _accounts(row: Stored, legs: tuple[Stored, ...]) -> tuple[Seen, ...]:
    """Of the first caller, and of each further one what differs: number and words.

    Once for what is stored: each key that is pressed compares the same calls again.
    In the memory of this process only, and no more than the last so many calls.
    """
    (pk, _number, at, type_, source_wording, zone, kind, caller, phone, person) = row[
        :10
    ]
    (point, address, said, note, text, answers) = row[10:]
    heard = _told(CallerRow, "said", caller, said) + _told(CallNote, "text", note, text)
    # As "yes weapon,no medical".
    given = dict(one.split(" ")[::-1] for one in answers.split(",")) if answers else {}
    first = Seen(
        id=pk,
        opened_at=at,
        point=_told(CallerRow, "point", caller, point).point,
        zone=zone or None,
        type=type_ or None,
        address=_told(CallerRow, "address", caller, address).address,
        words=heard.words,
        number=phone or None,
        person=person or None,
        caller=_kind(kind),
        yes=_answered(given, "yes") | heard.dangers | wording.dangers(source_wording),
        no=_answered(given, "no"),
        contacts=max(len(legs), 1),
    )
    return (first, *(_further(first, leg) for leg in legs if any(leg[1:4])))


def _further(first: Seen, leg: Stored) -> Seen:
    """Another caller of that call: where and what they said, and when."""
    pk, number, said, point, began = leg
    one = replace(
        _told(Contact, "said", pk, said),
        point=_told(Contact, "point", pk, point).point,
    )
    elsewhere = one.point or one.address
    return Seen(
        id=first.id,
        opened_at=began,
        point=one.point if elsewhere else first.point,
        zone=first.zone,
        type=first.type,
        address=one.address if elsewhere else first.address,
        words=one.words,
        number=number or None,
        person=first.person,
        yes=first.yes | one.dangers,
        no=first.no,
        contacts=first.contacts,
    )


def _told(
    model: type[CallerRow] | type[CallNote] | type[Contact],
    column: str,
    pk: str,
    stored: bytes | None,
) -> Told:
    """A sealed column, read without its row, in the form that is compared."""
    if stored is None:
        return NOTHING
    text = unseal(stored, f"{model._meta.db_table}/{column}/{pk}")
    if column == "point":
        return Told(point=_point(text))
    if column == "address":
        return Told(address=wording.normalise(text))
    where, words = told.parts(text) if model is Contact else ("", text)
    return Told(
        address=wording.normalise(where),
        words=wording.words(words),
        dangers=wording.dangers(f"{where}\n{words}"),
    )


def _words(one: Alike, *, against: bool) -> tuple[str, ...]:
    """Without the dangers, which stand by themselves."""
    said = [
        reason
        for reason in one.reasons
        if reason.against == against and reason.code not in DANGERS
    ]
    return tuple(_sentence(reason) for reason in said)


def _sentence(reason: Reason) -> str:
    names = ", ".join(word(spoken.QUESTIONS, name) for name in reason.names)
    return str(REASONS[reason.code]) % {"n": reason.amount, "names": names}
