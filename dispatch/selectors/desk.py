"""The clinician's desk: what rings, who is on the line, and how one stands oneself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import access, quick, unheard
from dispatch.elsewhere import Elsewhere
from dispatch.models import Assignment, Contact, Offer, Presence, Transfer, User
from dispatch.selectors import call as calls
from dispatch.selectors import roster, words
from dispatch.selectors.call import CallView
from dispatch.selectors.decision import Words, word
from dispatch.selectors.line import Line
from dispatch.states import OfferState, PresenceState, TransferState
from routing import store
from routing.core.queue import Queue

# So long the desk says who was quicker: time to look up and read one line.
TOLD_FOR = timedelta(seconds=15)
DECLINES: Words = {
    "busy_with_call": gettext_lazy("Busy with a call"),
    "conflict_of_interest": gettext_lazy("I know the person"),
    "language": gettext_lazy("Not my language"),
    "needs_break": gettext_lazy("I need a break"),
    "technical": gettext_lazy("Telephone or screen fails"),
    "other": gettext_lazy("Another reason"),
}
# Why an offer came to somebody, by the code that it keeps.
BECAUSE: Words = {
    "knows": gettext_lazy("You have worked with this person before."),
    "has": gettext_lazy("Wanted here, and yours: %(skill)s."),
    "lacks": gettext_lazy("Wanted here, and nobody free has it: %(skill)s."),
    "holding": gettext_lazy("You have a caller; too few others are free."),
}
BREAKS: Words = {
    "meal": gettext_lazy("Meal"),
    "rest": gettext_lazy("Rest"),
    "meeting": gettext_lazy("Meeting"),
    "training": gettext_lazy("Training"),
    "other": gettext_lazy("Other"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody's presence and what they may say next."""

    state: str
    label: str
    shape: str
    since: datetime
    reason: str
    may_come: bool
    may_pause: bool
    may_leave: bool
    wrap_up_until: datetime | None
    # Whether another call may ring, in words; shown while none does.
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """A call put to this clinician, with all that is known of it."""

    id: UUID
    call: CallView
    since: datetime
    until: datetime
    seconds: int
    left: int
    fallback_at: datetime | None
    because: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A ring that somebody else answered first, in words."""

    id: UUID
    said: str
    # Seconds for which the desk says it.
    lasts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A caller this clinician has accepted; ``confirmed_at`` None: still with dispatch.

    ``lost``: nobody has them now, so that they cannot be taken, and the session not ended.
    ``gone``: no caller is on a line any more, and nobody else is there to be taken;
    ``helps``: none is, and they are wanted all the same, by whoever is there.
    ``elsewhere``: they came back on somebody else's line.
    """

    id: UUID
    call: CallView
    accepted_at: datetime
    confirmed_at: datetime | None
    lost: bool
    gone: bool
    helps: bool
    elsewhere: Elsewhere | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The same caller as its forms name it: no data of the call but its number."""

    id: UUID
    call_id: UUID
    number: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    name: str
    label: str
    shape: str
    since: datetime
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Who else is there, and whose coming and going changes that."""

    colleagues: tuple[Colleague, ...]
    free: int
    ids: tuple[str, ...]


def standing(user: User) -> Standing:
    row = Presence.objects.get(user=user)
    label, shape = words.presence(row.state)
    _version, protocol = store.published(row.agency_id)
    wrap_up = timedelta(seconds=protocol.clocks["wrap_up"])
    taken = {PresenceState.RESERVED, PresenceState.ENGAGED}
    return Standing(
        state=row.state,
        label=label,
        shape=shape,
        since=row.since,
        reason=_reason(row),
        may_come=row.state not in {*taken, PresenceState.AVAILABLE},
        may_pause=row.state
        in {PresenceState.AVAILABLE, PresenceState.WRAP_UP, PresenceState.RESERVED},
        may_leave=row.state not in {PresenceState.OFFLINE, PresenceState.ENGAGED},
        wrap_up_until=(
            row.since + wrap_up if row.state == PresenceState.WRAP_UP else None
        ),
        next=_next(row, protocol.queue, label),
    )


def _next(row: Presence, rules: Queue, label: str) -> str:
    """Whether another call may ring. One statement where one may have several callers."""
    if row.state == PresenceState.AVAILABLE:
        return _("No call rings. You are available; the next one appears here.")
    if row.state != PresenceState.ENGAGED or rules.capacity == 1:
        shown = _("You are shown as: %(state)s. Nothing rings until you are available.")
        return shown % {"state": label}
    if row.missed >= rules.missed_offers:
        return _(
            "%(n)d rings in a row were not answered. No other call rings until you have"
            " ended a session."
        ) % {"n": row.missed}
    held = Assignment.objects.filter(person=row.user_id, ended_at=None).count()
    if held >= rules.capacity:
        return _(
            "You have as many callers as one may have. Nothing rings until a session"
            " ends."
        )
    return _("You have a caller. Another call may still ring.")


def _reason(row: Presence) -> str:
    if row.state == PresenceState.BREAK:
        return word(BREAKS, row.reason)
    if row.state == PresenceState.UNAVAILABLE:
        return _("%(n)d rings in a row were not answered") % {"n": row.missed}
    return ""


def ringing(user: User, *, at: datetime) -> Ringing | None:
    """What waits for this clinician's answer; at most one offer does."""
    row = (
        Offer.objects.filter(person=user, state=OfferState.PENDING)
        .select_related("seat__call")
        .first()
    )
    if row is None:
        return None
    view = calls.view(row.seat.call, access.CLINICAL)
    return Ringing(
        id=row.pk,
        call=view,
        since=row.made_at,
        until=row.expires_at,
        seconds=round((row.expires_at - row.made_at).total_seconds()),
        left=max(0, round((row.expires_at - at).total_seconds())),
        fallback_at=row.seat.give_up_at,
        because=_because(row),
        said=_("A call is ringing for you: %(priority)s, %(type)s, %(place)s.")
        % {
            "priority": view.head.priority_label,
            "type": view.head.type,
            "place": view.person.place or _("place not known"),
        },
    )


def lost(user: User, *, at: datetime) -> Lost | None:
    """Who took what just rang here too, for a moment; None where nobody did."""
    taken = Offer.objects.filter(
        seat__offers__person=user,
        seat__offers__state=OfferState.WITHDRAWN,
        seat__offers__reason="taken",
        seat__offers__ended_at__gt=at - TOLD_FOR,
        state=OfferState.ACCEPTED,
        person__isnull=False,
    ).select_related("person", "seat__call")
    row = taken.order_by("-ended_at").first()
    if row is None or row.person is None:
        return None
    said = _("%(who)s took %(number)s.")
    named = {"who": row.person.short_name, "number": row.seat.call.number}
    lasts = int(TOLD_FOR.total_seconds())
    return Lost(id=row.pk, said=said % named, lasts=lasts)


def _because(offer: Offer) -> tuple[str, ...]:
    """Why this person was asked, in words."""
    _version, protocol = store.published(offer.seat.call.agency_id)
    said = []
    for code in offer.because:
        why, _dot, skill = code.partition(".")
        named = protocol.skills.get(skill, skill.replace("_", " "))
        if why in BECAUSE:
            said.append(str(BECAUSE[why]) % {"skill": named})
    return tuple(said)


def sessions(user: User) -> tuple[Session, ...]:
    """Every caller this clinician has and has not let go, the newest first."""
    rows = Assignment.objects.filter(person=user, ended_at=None)
    return tuple(
        _session(row)
        for row in rows.select_related("seat__call").order_by("-accepted_at", "-pk")
    )


def _session(row: Assignment) -> Session:
    view = calls.view(row.seat.call, access.CLINICAL)
    none = view.line is not None and view.line.none_since is not None
    gone = none and row.confirmed_at is None and _gone(row)
    return Session(
        id=row.pk,
        call=view,
        accepted_at=row.accepted_at,
        confirmed_at=row.confirmed_at,
        lost=view.line is not None and _lost(row, view.line),
        gone=gone,
        helps=none and not gone,
        elsewhere=next(
            (one.elsewhere for one in view.seats if one.id == row.seat_id), None
        ),
    )


def _gone(row: Assignment) -> bool:
    """Two queries, asked only where no caller's line runs."""
    legs = quick.rows(Contact, order=["id"], call=row.seat.call_id)
    return unheard.nobody_to_take(legs, row.accepted_at)


def _lost(row: Assignment, line: Line) -> bool:
    """One query, and none while no caller is to be called back."""
    if line.lost or not line.calling_back or row.confirmed_at is not None:
        return bool(line.lost)
    waits = Transfer.objects.filter(seat=row.seat_id, state=TransferState.CALLBACK)
    return waits.exists()


def ending(user: User) -> tuple[Ending, ...]:
    """The callers whose forms stand on the desk, in the order of the sessions."""
    rows = Assignment.objects.filter(person=user, ended_at=None)
    return tuple(
        Ending(
            id=row.pk,
            call_id=row.seat.call_id,
            number=row.seat.call.number,
            confirmed=row.confirmed_at is not None,
        )
        for row in rows.select_related("seat__call").order_by("-accepted_at", "-pk")
    )


def floor(user: User) -> Floor:
    """Three queries, however many colleagues."""
    assert user.agency_id
    everybody = Presence.objects.filter(agency=user.agency_id, user__role=user.role)
    ids = list(everybody.order_by("pk").values_list("pk", flat=True))
    people = roster.people(user.agency_id, access.CLINICAL, ids)
    return Floor(
        colleagues=tuple(
            Colleague(
                name=one["name"],
                label=one["label"],
                shape=one["shape"],
                since=datetime.fromisoformat(one["since"]),
                call=one["call"] or "",
            )
            for one in people
            if one["state"] != PresenceState.OFFLINE and one["id"] != str(user.pk)
        ),
        free=sum(one["state"] == PresenceState.AVAILABLE for one in people),
        ids=tuple(str(one) for one in ids),
    )
