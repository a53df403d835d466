"""Handing callers over as pages show it: the panel, whom to hand to, what is due."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import planned, quick
from dispatch.models import Call, HandOff, Partner, Transfer
from dispatch.models.partner import ROUTES
from dispatch.reached import OPENED_AGAIN, opened_again
from dispatch.related import attach
from dispatch.selectors import sentences
from dispatch.selectors.decision import VALUES, Words, word
from dispatch.selectors.noted import plain
from dispatch.selectors.scene import tell_contact
from dispatch.selectors.sentences import AGREED, REASONS, SHARED, TRANSFERS
from dispatch.states import IN_VAIN, OPEN_CALL, TRANSFER_OVER, TransferState

BATCH = 200
TAKES_CALLERS = ("988", "centre", "paramedics")
ROUTE_WORDS: Words = {
    "usual": gettext_lazy("usual line"),
    "veteran": gettext_lazy("Veterans line"),
    "spanish": gettext_lazy("Spanish line"),
    "asl": gettext_lazy("ASL line"),
    "text": gettext_lazy("text line"),
}
AGREED_WORDS: Words = {**VALUES, **AGREED}
STEPS = (
    TransferState.REQUESTED,
    TransferState.DATA_SENT,
    TransferState.OFFERED,
    TransferState.ACCEPTED,
    TransferState.CONFERENCED,
    TransferState.CONFIRMED,
)
# Kind of transfer → how its call ends, and the press that says so.
CLOSES: dict[str, tuple[str, object]] = {
    "911_988": ("moved_to_988", gettext_lazy("Close %(number)s: moved to 988")),
    "centre_centre": (
        "moved_to_partner",
        gettext_lazy("Close %(number)s: handed to %(partner)s"),
    ),
}
# State → the one next press.
NEXT = {
    "requested": "share",
    "data_sent": "dial",
    "declined": "dial",
    "timed_out": "dial",
    "offered": "answered",
    "accepted": "conference",
    "conferenced": "confirm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``at`` is done, now or todo."""

    label: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The partner's page: until when it opens, whether anybody did, what was answered."""

    open: bool
    expires_at: datetime
    opened_at: datetime | None
    answer: str
    by: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The press that closes a call whose caller a partner has, and what it records."""

    outcome: str
    reached: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView:
    """One transfer to or from a partner. ``next`` is the press that it waits for."""

    id: UUID
    incoming: bool
    partner: str
    route: str
    phone: str
    state: str
    label: str
    why: str
    holder: str
    steps: tuple[Step, ...]
    next: str
    press: str
    due_at: datetime | None
    fields: str
    agreed: str
    link: Link | None
    over: bool
    with_partner: bool
    closing: Closing | None
    contact_made_at: datetime | None
    # 988 may be told that somebody is with the person.
    tell_contact: bool
    # Somebody here still has to do with it; and whether its press is the next of them.
    to_do: bool
    # It would be dialled next, and nobody has written down where.
    no_number: bool
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A partner's line that a caller can be handed to; ``value`` is partner:route."""

    value: str
    label: str
    phone: str
    open: bool


# Most calls are handed to nobody: to ask that first costs a tenth of the rows' query.
ANY = """
SELECT EXISTS (
  SELECT FROM dispatch_transfer WHERE call_id = %s AND partner_id IS NOT NULL)
"""


def panel(call: Call) -> tuple[TransferView, ...]:
    """The call's transfers to and from partners, the newest first.

    Four queries; of a call that 988 brought at most five more.
    """
    if not planned.ask(ANY, [call.pk])[0][0]:
        return ()
    rows = Transfer.objects.filter(call=call, partner__isnull=False)
    rows = rows.select_related("partner", "sender", "receiver", "hand_off")
    found = list(rows.order_by("-requested_at", "-pk"))
    brought = any(one.kind == "988_911" for one in found)
    again = opened_again(call)
    there = brought and tell_contact(call)
    shown = [_view(one, call, again, there=there) for one in found]
    first = next((one for one in shown if one.next or one.closing), None)
    return tuple(replace(one, first=one is first) for one in shown)


def rows(call: Call) -> list[Transfer]:
    """The same transfers as rows, for programs."""
    found = Transfer.objects.filter(call=call, partner__isnull=False)
    return list(found.order_by("-requested_at", "-pk"))


def _view(
    one: Transfer, call: Call, again: datetime | None, *, there: bool
) -> TransferView:
    """``again``: when the call was last opened again; ``there``: somebody is with them."""
    assert one.partner is not None
    over = one.state in TRANSFER_OVER
    incoming = one.kind == "988_911"
    # What it came to before the call was opened again is not how it stands now.
    before = again is not None and one.ended_at is not None and one.ended_at < again
    closing = None if before else _closing(one, call)
    press = _next(one, incoming=incoming)
    phone = one.partner.line(one.route)
    contact = one.contact_since(again) if incoming else None
    no_number = press == "dial" and not phone
    return TransferView(
        id=one.pk,
        incoming=incoming,
        partner=one.partner.name,
        route=word(ROUTE_WORDS, one.route),
        phone=phone,
        state=one.state,
        label=_label(one),
        why=word(REASONS, one.why) if one.why else "",
        holder="" if before else _holder(one, incoming=incoming),
        steps=_steps(one),
        next="" if no_number else press,
        press=f"transfer_{press}",
        due_at=None if over else one.due_at,
        fields=", ".join(word(SHARED, name) for name in one.fields),
        agreed=word(AGREED_WORDS, one.agreed),
        link=_link(one),
        over=over,
        with_partner=one.state in {"offered", "accepted", "conferenced"},
        closing=closing,
        contact_made_at=contact,
        tell_contact=there and one.state == TransferState.RELEASED and contact is None,
        # While the caller is lost the press is on the line, and that stands first.
        to_do=bool(press) or closing is not None,
        no_number=no_number,
    )


def _label(one: Transfer) -> str:
    """How far it is; who read the page and waits for the ring is not merely sent it."""
    page: HandOff | None = getattr(one, "hand_off", None)
    waits = page is not None and page.answer == "acknowledged" and not page.revoked_at
    if waits and one.state in {TransferState.REQUESTED, TransferState.DATA_SENT}:
        return _("acknowledged: they wait for the ring")
    return word(TRANSFERS, one.state)


def _closing(one: Transfer, call: Call) -> Closing | None:
    """How the call ends once the partner has the caller; None while it has not.

    A partner's counsellor at our own desk ends their session there.
    """
    if one.state != TransferState.RELEASED or one.receiver_id is not None:
        return None
    if one.kind not in CLOSES or _in_vain(one):
        return None
    outcome, label = CLOSES[one.kind]
    # Whoever called may not be the person in need: then nobody knows yet.
    reached = "yes" if call.caller_kind == "person" else ""
    said = {"number": call.number, "partner": one.partner}
    return Closing(outcome=outcome, reached=reached, label=str(label) % said)


def _in_vain(one: Transfer) -> bool:
    """They said that the caller is without help again: then nothing moved to them."""
    page: HandOff | None = getattr(one, "hand_off", None)
    return page is not None and page.outcome in IN_VAIN


def _holder(one: Transfer, *, incoming: bool) -> str:
    """Who has the caller now; empty once a transfer that failed says nothing of that."""
    if one.state in TRANSFER_OVER and one.state != TransferState.RELEASED:
        return ""
    ours = one.receiver if incoming else one.sender
    us = str(ours) if ours else _("nobody yet")
    if one.state == TransferState.CALLBACK:
        return _("nobody: the caller is called back")
    if _in_vain(one):
        return ""
    theirs = (one.state == TransferState.RELEASED) != incoming
    return str(one.partner) if theirs else us


def _next(one: Transfer, *, incoming: bool) -> str:
    if incoming:
        return "" if one.state in TRANSFER_OVER else "take"
    if one.state == TransferState.OFFERED and one.partner_leg_id is None:
        return "dial"
    return NEXT.get(one.state, "")


def _steps(one: Transfer) -> tuple[Step, ...]:
    """The way from asked for to confirmed; off the way, only what was asked is done."""
    state = TransferState(one.state)
    place = STEPS.index(state) if state in STEPS else 1
    if state == TransferState.RELEASED:
        place = len(STEPS)
    return tuple(
        Step(
            label=word(TRANSFERS, step.value),
            at="done" if number < place else "now" if step == state else "todo",
        )
        for number, step in enumerate(STEPS)
    )


def _link(one: Transfer) -> Link | None:
    page: HandOff | None = getattr(one, "hand_off", None)
    if page is None:
        return None
    return Link(
        open=page.revoked_at is None,
        expires_at=page.expires_at,
        opened_at=page.opened_at,
        answer=word(sentences.ANSWERS, page.answer) if page.answer else "",
        by=plain(page.answered_by),
        outcome=word(REASONS, page.outcome) if page.outcome else "",
        note=plain(page.outcome_note),
    )


def targets(agency_id: UUID, now: datetime) -> tuple[Target, ...]:
    """Every line of every partner that takes callers: open ones first, by rank."""
    partners = quick.rows(Partner, agency=agency_id, active=True)
    rows = [one for one in partners if one.kind in TAKES_CALLERS]
    attach(rows, "agency")
    found = [
        (not partner.open_at(now), partner.rank, partner.name, order, partner, route)
        for partner in rows
        for order, route in enumerate(ROUTES)
        if partner.line(route)
    ]
    return tuple(
        Target(
            value=f"{partner.pk}:{route}",
            label=f"{partner.name}, {word(ROUTE_WORDS, route)}",
            phone=partner.line(route),
            open=not shut,
        )
        for shut, _rank, _name, _order, partner, route in sorted(
            found, key=lambda one: one[:4]
        )
    )


def due() -> list[UUID]:
    """Partners that did not answer in time, and transfers of calls that have ended."""
    rows = Transfer.objects.exclude(state__in=TRANSFER_OVER).exclude(partner=None)
    late = Q(state=TransferState.OFFERED, due_at__lte=Now()) & ~Q(kind="988_911")
    rows = rows.filter(late | ~Q(call__state__in=OPEN_CALL))
    return list(rows.order_by("requested_at").values_list("pk", flat=True)[:BATCH])


def reached() -> list[UUID]:
    """Calls from 988 on which somebody has recorded that the person was reached.

    What was recorded before the call was last opened again is not said of it any more.
    """
    rows = Transfer.objects.filter(kind="988_911", contact_made_at=None).filter(
        call__dispositions__person_reached=True,
        call__dispositions__at__gte=Coalesce(OPENED_AGAIN, "requested_at"),
    )
    return list(rows.order_by("pk").values_list("call", flat=True).distinct()[:BATCH])
