"""Partners as their page lists them, whose key was shown, and what a partner may know."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from dispatch.models import (
    Agency,
    Assignment,
    Call,
    Partner,
    PartnerKey,
    Transfer,
    WriteKey,
)
from dispatch.models.partner import hashed
from dispatch.reached import opened_again
from dispatch.selectors.decision import Words, word
from dispatch.states import OPEN_CALL, CallState

KIND_WORDS: Words = {
    "988": gettext_lazy("988 centre"),
    "centre": gettext_lazy("Neighbouring centre"),
    "paramedics": gettext_lazy("Community paramedics"),
    "hospital": gettext_lazy("Hospital"),
    "shelter": gettext_lazy("Shelter"),
    "justice": gettext_lazy("Justice Services"),
    "other": gettext_lazy("Other"),
}
# What a partner that brought a call hears of it, and nothing more.
STATUS_WORDS: Words = {
    "received": gettext_lazy("Received. A dispatcher is being told."),
    "updated": gettext_lazy("What you sent again has been added to the call."),
    "has_dispatcher": gettext_lazy("A dispatcher has it."),
    "on_the_way": gettext_lazy("Responders are on the way."),
    "contact_made": gettext_lazy("Responders made contact with the person."),
    "ended": gettext_lazy("The call has ended here."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """One partner of the list; ``keys`` is how many of its keys open."""

    id: UUID
    code: str
    name: str
    kind: str
    kind_label: str
    phone: str
    routes: dict[str, str]
    hours: str
    rank: int
    takes_text: bool
    co_located: bool
    active: bool
    open: bool
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A call that a partner brought: our number of it, and how far we are."""

    reference: str
    status: str
    words: str
    received_at: datetime
    # When they last sent it again with something new; None if they did not.
    updated_at: datetime | None
    # When it was last opened again, so that the times below it begin anew.
    opened_again_at: datetime | None
    dispatcher_at: datetime | None
    on_the_way_at: datetime | None
    contact_made_at: datetime | None
    ended_at: datetime | None
    time_zone: str

    @property
    def stays(self) -> bool:
        """Whether whoever brought it is still the one who has the person."""
        return not (self.dispatcher_at or self.contact_made_at or self.ended_at)


def listing(agency_id: UUID, now: datetime) -> tuple[PartnerRow, ...]:
    """Those that work with us first, by kind, rank and name."""
    good = Q(keys__revoked_at=None) & _unexpired("keys__")
    rows = Partner.objects.filter(agency=agency_id).select_related("agency")
    rows = rows.annotate(good=Count("keys", filter=good & Q(keys__isnull=False)))
    return tuple(
        _row(one, now, one.good)
        for one in rows.order_by("-active", "kind", "rank", "name", "pk")
    )


def _row(one: Partner, now: datetime, keys: int) -> PartnerRow:
    return PartnerRow(
        id=one.pk,
        code=one.code,
        name=one.name,
        kind=one.kind,
        kind_label=word(KIND_WORDS, one.kind),
        phone=one.phone,
        routes=dict(one.routes),
        hours=one.hours,
        rank=one.rank,
        takes_text=one.takes_text,
        co_located=one.co_located,
        active=one.active,
        open=one.open_at(now),
        keys=keys,
    )


def _unexpired(prefix: str = "") -> Q:
    return Q(**{f"{prefix}expires_at": None}) | Q(**{f"{prefix}expires_at__gt": Now()})


def by_key(secret: str) -> Partner | None:
    """Whose key this is, if it still opens; None alike for every other secret."""
    mine = hashed(secret)
    rows = PartnerKey.objects.filter(_unexpired(), hash=mine, revoked_at=None)
    found = rows.select_related("partner__agency").first()
    if found is None or not compare_digest(found.hash, mine):
        return None
    return found.partner if found.partner.active else None


def brought(partner: Partner, reference: str) -> Brought | None:
    """A call that this partner brought to us; None for anybody else's."""
    rows = Transfer.objects.filter(
        partner=partner, kind="988_911", call__number=reference
    )
    one = rows.select_related("call__agency").first()
    return _brought(one, partner.agency) if one is not None else None


def _brought(one: Transfer, agency: Agency) -> Brought:
    call = _goes_on(one.call)
    since = opened_again(one.call)
    ended = None if call.state in OPEN_CALL else call.closed_at or call.state_since
    made = one.contact_since(since)
    dispatcher, rolled = _dispatcher(one, call, since), _on_the_way(call, since)
    if made and rolled and rolled > made:
        rolled = None  # who rolls after contact is not on the way to it
    status = _furthest(
        (
            ("ended", ended),
            ("contact_made", made),
            ("on_the_way", rolled),
            ("has_dispatcher", dispatcher),
        )
    )
    return Brought(
        reference=one.call.number,
        status=status,
        words=word(STATUS_WORDS, status),
        received_at=one.requested_at,
        updated_at=_updated(one),
        opened_again_at=since,
        dispatcher_at=dispatcher,
        on_the_way_at=rolled,
        contact_made_at=made,
        ended_at=ended,
        time_zone=agency.time_zone,
    )


def _goes_on(call: Call) -> Call:
    """Of calls that are one event, the one that is worked on."""
    while call.state == CallState.DUPLICATE and call.duplicate_of is not None:
        call = call.duplicate_of
    return call


def _dispatcher(one: Transfer, call: Call, since: datetime | None) -> datetime | None:
    """Since when somebody here has it; None while nobody does."""
    if call.owner_id is None:
        return None
    first = one.confirmed_at
    return first if first and (since is None or first >= since) else call.owner_since


def _on_the_way(call: Call, since: datetime | None) -> datetime | None:
    """When the first team left that is under way or came; who was taken off did not."""
    rolled = Assignment.objects.filter(
        Q(ended_at=None) | Q(on_scene_at__isnull=False),
        seat__call=call,
        unit__isnull=False,
        en_route_at__isnull=False,
    )
    if since is not None:
        rolled = rolled.filter(Q(ended_at=None) | Q(ended_at__gte=since))
    times = rolled.order_by("en_route_at").values_list("en_route_at", flat=True)
    return times.first()


def _updated(one: Transfer) -> datetime | None:
    actor, key = one.message()
    rows = WriteKey.objects.filter(actor=actor, key=key, result__isnull=False)
    return rows.values_list("at", flat=True).first()


def answered(found: Brought) -> Brought:
    """The same, as whoever has just sent it hears it: what was kept comes first."""
    if found.updated_at is None:
        return found
    return replace(found, status="updated", words=word(STATUS_WORDS, "updated"))


def _furthest(steps: Iterable[tuple[str, datetime | None]]) -> str:
    return next((name for name, at in steps if at is not None), "received")
