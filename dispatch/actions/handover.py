"""Hand a caller to a partner: ask, share, dial, all on the line, they have the caller.

The sender owns the call until the partner confirms, whatever happens in between: a
decline, no answer or a lost line leads to the partner's next line or the next
partner, and when none is left the call wants another decision.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, nudge, quick, unheard
from dispatch.actions import handed, line
from dispatch.actions.base import action, coded, database_now, lock_call, move
from dispatch.actions.seat import open_seat
from dispatch.actions.targets import (
    KIND,
    chosen,
    following,
    partner_of,
    patience,
    patience_of,
)
from dispatch.actions.transfer import let_partner_go, open_transfers, step
from dispatch.actions.weigh import refuse_below_floor, refuse_closed, weighed
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import Actor
from dispatch.models import Call, Contact, Partner, Seat, Transfer
from dispatch.models.transfer import AGREED, MAY_TRAVEL
from dispatch.states import (
    OPEN_CALL,
    TRANSFER_OVER,
    CallState,
    ContactState,
    SeatState,
    TransferState,
)
from routing import store

# No answer yet at this line: who may be dialled now.
TO_DIAL = frozenset(
    {TransferState.DATA_SENT, TransferState.DECLINED, TransferState.TIMED_OUT}
)
# Decided and still open; what was never triaged is not decided by a partner's no.
ANEW = frozenset({CallState.DECIDED, CallState.WORKING})
WITH_PARTNER = frozenset(
    {TransferState.OFFERED, TransferState.ACCEPTED, TransferState.CONFERENCED}
)

NOBODY_THERE = _(
    "No caller is on the line any more, so nobody can have them. Once one is, say it "
    "again; else the call stays with dispatch."
)


@action
def request(
    *,
    call_id: UUID,
    partner_id: UUID,
    by: Actor,
    route: str = "usual",
    fields: Collection[str] = (),
    agreed: str = "not_asked",
    seen: int | None = None,
) -> Transfer:
    """Begin to hand the caller to this partner; the sender owns the call meanwhile.

    Only what may travel by this agreement is kept of ``fields``. Asking the same
    partner again answers with the transfer that runs.
    """
    call = lock_call(call_id, seen)
    refuse_closed(call)
    partner = chosen(call, partner_id, route)
    _check(fields, agreed)
    for one in outgoing(call):
        if one.partner_id == partner.pk:
            return one
        raise Invalid(
            field="transfer", why=_("one is under way; keep the caller first")
        )
    _own(call, by)
    leg = line.caller_leg(call)
    made = Transfer(
        call=call,
        seat=_seat(call, partner, by),
        kind=KIND[partner.kind],
        sender_id=call.owner_id,
        partner=partner,
        route=route,
        caller_leg=leg,
        shared="partner",
        fields=sorted(name for name in fields if agreed in MAY_TRAVEL[name]),
        agreed=agreed,
        due_at=database_now() + patience(call, partner),
    )
    quick.add(made)
    asked = events.TransferRequested(
        transfer=made.pk, between=made.kind, partner=partner.pk
    )
    journal.append(asked, call=call, by=by)
    return made


def _check(fields: Collection[str], agreed: str) -> None:
    if agreed not in AGREED:
        raise Invalid(
            field="agreed", why=_("yes, no, not_known, not_asked or emergency")
        )
    if any(name not in MAY_TRAVEL for name in fields):
        raise Invalid(field="fields", why=_("choose from the list"))


def _own(call: Call, by: Actor) -> None:
    """Somebody owns the call while it is handed over: at least who hands it over."""
    if call.owner_id is None and by.kind in {"user", "simulator"}:
        call.owner_id, call.owner_since = by.id, database_now()
        quick.keep(call, "owner", "owner_since")
        journal.append(events.OwnerChanged(owner=by.id, before=None), call=call, by=by)


def _seat(call: Call, partner: Partner, by: Actor) -> Seat | None:
    """The call's 988 seat, opened if the safety rules that hold now let it."""
    if partner.kind != "988":
        return None
    wanted = quick.rows(
        Seat,
        order=["id"],
        lock="NO KEY UPDATE",
        call=call.pk,
        response="988",
        state=SeatState.WANTED,
    )
    if wanted:
        return wanted[0]
    _row, protocol = store.published(call.agency_id)
    refuse_below_floor(weighed(call, protocol, database_now()), "988")
    return open_seat(call, "988", "now", by, requested=True)


def outgoing(call: Call) -> list[Transfer]:
    """Open transfers from here to a partner, locked. The caller holds the call."""
    every = open_transfers(call)
    return [one for one in every if one.partner_id and one.kind != "988_911"]


@action
def dial(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The partner's line rings: from now on its clock runs. Twice is once."""
    call, one = lock_ours(transfer_id)
    if one.state == TransferState.OFFERED and one.partner_leg_id is not None:
        return one
    if one.state not in TO_DIAL | {TransferState.OFFERED}:
        raise LostRace
    partner = partner_of(one)
    leg = line.begin(
        call,
        by,
        purpose="partner",
        channel="text" if one.route == "text" else "voice",
        outgoing=True,
        number=partner.line(one.route),
        partner=partner,
    )
    due = database_now() + patience_of(call, one)
    if one.state == TransferState.OFFERED:
        quick.write(one, {"due_at": due, "partner_leg_id": leg.pk})
    else:
        step(call, one, TransferState.OFFERED, by, due_at=due, partner_leg_id=leg.pk)
    return one


@action
def answered(*, transfer_id: UUID, by: Actor) -> Transfer:
    """Somebody at the partner's took the line and will take the caller."""
    call, one = lock_ours(transfer_id)
    accept_locked(call, one, by)
    return one


def accept_locked(call: Call, one: Transfer, by: Actor) -> None:
    """Saying so twice is saying it once. Holds the call."""
    if one.state in {TransferState.ACCEPTED, TransferState.CONFERENCED}:
        return
    if one.state != TransferState.OFFERED:
        raise LostRace
    _leg(call, one, ContactState.CONNECTED, by)
    go(call, one, TransferState.ACCEPTED, by, patience_of(call, one))
    quick.write(one, {"accepted_at": Now()})


@action
def conference(*, transfer_id: UUID, by: Actor) -> Transfer:
    """Caller, sender and partner are on the line together."""
    call, one = lock_ours(transfer_id)
    if one.state == TransferState.CONFERENCED:
        return one
    if one.state != TransferState.ACCEPTED:
        raise LostRace
    go(call, one, TransferState.CONFERENCED, by, patience_of(call, one))
    if one.caller_leg_id is not None:
        line.changed(one.caller_leg_id)
    return one


@action
def confirm(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The partner has the caller: said on its page, or by voice and recorded here."""
    call, one = lock_ours(transfer_id)
    confirm_locked(call, one, by)
    return one


def confirm_locked(call: Call, one: Transfer, by: Actor) -> None:
    """Only now the sender is free; the record of the call stays with them. Holds it.

    Invalid where the caller has left every line since the partner took theirs.
    """
    if one.state == TransferState.RELEASED:
        return
    if one.state != TransferState.CONFERENCED:
        raise LostRace
    over_at = unheard.none_since(line.callers(call))
    if over_at and one.accepted_at and over_at > one.accepted_at:
        raise Invalid(NOBODY_THERE, field="transfer")
    step(call, one, TransferState.CONFIRMED, by, confirmed_at=Now())
    journal.append(events.TransferConfirmed(transfer=one.pk), call=call, by=by)
    step(call, one, TransferState.RELEASED, by)
    _leg(call, one, ContactState.COMPLETED, by)
    handed.over(call, one, by)


@action
def declined(*, transfer_id: UUID, reason: str, by: Actor) -> Transfer:
    """The partner cannot take the caller; its next line or the next partner is named."""
    call, one = lock_ours(transfer_id)
    decline_locked(call, one, reason, by)
    return one


def decline_locked(call: Call, one: Transfer, reason: str, by: Actor) -> None:
    """Also while the caller is called back: then who is asked next is known already."""
    coded("reason", reason)
    if one.state in {TransferState.DECLINED, TransferState.FALLBACK}:
        return
    if one.state not in WITH_PARTNER | {
        TransferState.DATA_SENT,
        TransferState.CALLBACK,
    }:
        raise LostRace
    _next(call, one, TransferState.DECLINED, reason, by)


@action
def lost(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The partner's line broke off: the caller is still with the sender."""
    call, one = lock_ours(transfer_id)
    lost_locked(call, one, "line_lost", by)
    return one


def lost_locked(call: Call, one: Transfer, why: str, by: Actor) -> None:
    """Nobody is on the partner's line, or nobody came: the next one. Holds both."""
    if one.state in WITH_PARTNER:
        _next(call, one, TransferState.TIMED_OUT, why, by)


@action
def expire(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The clock: nobody answered, or the call ended meanwhile. Early or twice is nothing."""
    call, one = lock(transfer_id)
    if one.state in TRANSFER_OVER:
        return one
    if call.state not in OPEN_CALL:
        let_partner_go(call, one, by)
        _end(call, one, by)
    elif _unanswered(one):
        _next(call, one, TransferState.TIMED_OUT, "no_answer", by)
    return one


def _unanswered(one: Transfer) -> bool:
    late = one.due_at is not None and one.due_at <= database_now()
    ours = one.partner_id is not None and one.kind != "988_911"
    return late and ours and one.state == TransferState.OFFERED


def _end(call: Call, one: Transfer, by: Actor) -> None:
    if one.state == TransferState.CONFIRMED:
        step(call, one, TransferState.RELEASED, by)
        return
    step(call, one, TransferState.WITHDRAWN, by, why="closed")


@action
def keep(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The sender keeps the caller after all. Too late once the partner has them."""
    call, one = lock_ours(transfer_id)
    if one.state == TransferState.WITHDRAWN:
        return one
    if one.state in TRANSFER_OVER:
        raise LostRace
    let_partner_go(call, one, by)
    step(call, one, TransferState.WITHDRAWN, by, why="kept")
    return one


def _next(call: Call, one: Transfer, to: TransferState, why: str, by: Actor) -> None:
    """This line is done with; name the next one, or fall back. Holds the call."""
    let_partner_go(call, one, by)
    tried = [*one.tried, f"{partner_of(one).code}:{one.route}"]
    anew = {"tried": tried, "accepted_at": None, "partner_leg_id": None}
    caller_away = one.state == TransferState.CALLBACK
    if caller_away:
        quick.write(one, anew)
    else:
        step(call, one, to, by, why=why, **anew)
    found = following(call, one)
    if found is None:
        fall_back(call, one, why, by)
        return
    partner, route = found
    quick.write(one, {"partner_id": partner.pk, "route": route})
    if not caller_away:
        quick.write(one, {"due_at": database_now() + patience(call, partner)})


def fall_back(call: Call, one: Transfer, why: str, by: Actor) -> None:
    """No line is left: the caller stays with the sender, the call is decided anew."""
    step(call, one, TransferState.FALLBACK, by, why=why, due_at=Now())
    seat = quick.find(Seat, id=one.seat_id) if one.seat_id else None
    if seat is not None and seat.state == SeatState.WANTED:
        missed = "timed_out" if why == "no_answer" else why
        move(seat, SeatState.UNFILLED, why=missed)
        unfilled = events.SeatUnfilled(seat=seat.pk, response=seat.response, why=missed)
        journal.append(unfilled, call=call, by=by)
    elif seat is not None or call.state not in ANEW:
        return
    quick.write(call, {"decision_wanted_at": Now()})
    transaction.on_commit(lambda: nudge.route(call.pk), robust=True)


def lock(transfer_id: UUID) -> tuple[Call, Transfer]:
    """The transfer's call first, then the transfer."""
    seen = quick.find(Transfer, id=transfer_id)
    if seen is None:
        raise NotFound
    call = lock_call(seen.call_id)
    one = quick.locked(Transfer, transfer_id)
    assert one is not None
    return call, one


def _leg(call: Call, one: Transfer, to: ContactState, by: Actor) -> None:
    if one.partner_leg_id is None:
        return
    leg = quick.locked(Contact, one.partner_leg_id)
    if leg is not None and leg.state not in line.OVER:
        line.step(call, leg, to, by)


def lock_ours(transfer_id: UUID) -> tuple[Call, Transfer]:
    """The same, for what is done with a caller whom we hand over; LostRace for others."""
    call, one = lock(transfer_id)
    if one.partner_id is None or one.kind == "988_911":
        raise LostRace
    return call, one


def go(
    call: Call, one: Transfer, to: TransferState, by: Actor, within: timedelta
) -> None:
    """A step that may not be the last for long: past ``within`` somebody is told."""
    step(call, one, to, by, due_at=database_now() + within)
