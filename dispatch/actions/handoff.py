"""The partner's page without sign-in: make it, open it, and what the partner answers.

Whoever has the link may answer; only the hash of its secret is kept. What the partner
says there is the same step as when the sender records it by voice.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.base import action, database_now
from dispatch.actions.ending import open_again
from dispatch.actions.handover import (
    TO_DIAL,
    WITH_PARTNER,
    accept_locked,
    confirm_locked,
    decline_locked,
    go,
    lock,
)
from dispatch.actions.linking import lock_event
from dispatch.actions.targets import clocks, patience_of
from dispatch.actions.transfer import close_page, unfill
from dispatch.actions.triage import again, want_decision
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import Actor
from dispatch.models import Call, HandOff, Transfer
from dispatch.states import IN_VAIN, CallState, TransferState

TO_SHARE = TO_DIAL | {TransferState.REQUESTED}
DECLINE_WHY = (
    "no_capacity",
    "not_our_area",
    "language",
    "needs_911",
    "technical",
    "other",
)
ENDED = (CallState.RESOLVED, CallState.CLOSED, CallState.CANCELLED)
OUTCOMES = ("helped", "follow_up", "not_reached", "sent_to_911", "other")
NAME, NOTE = 80, 2000


@action
def share(*, transfer_id: UUID, secret_hash: str, by: Actor) -> HandOff:
    """Make the partner's page. Making it again ends the first link."""
    call, one = lock(transfer_id)
    if one.kind == "988_911" or one.state not in TO_SHARE | WITH_PARTNER:
        raise LostRace
    ends = database_now() + timedelta(seconds=clocks(call)["handoff_link"])
    made = quick.find(HandOff, transfer=one.pk)
    if made is None:
        made = HandOff(transfer=one, hash=secret_hash, expires_at=ends)
        quick.add(made)
    else:
        anew = {"hash": secret_hash, "made_at": Now(), "expires_at": ends}
        empty = {"revoked_at": None, "opened_at": None, "answer": "", "reason": ""}
        quick.write(made, anew | empty)
    said = events.TransferShared(
        transfer=one.pk, fields=tuple(one.fields), agreed=one.agreed
    )
    journal.append(said, call=call, by=by)
    if one.state == TransferState.REQUESTED:
        go(call, one, TransferState.DATA_SENT, by, patience_of(call, one))
    return made


@action
def revoke(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The link shows nothing any more; the transfer goes on by voice."""
    _call, one = lock(transfer_id)
    close_page(one)
    return one


@action
def opened(*, hand_off_id: UUID, by: Actor, seen: str | None = None) -> HandOff:
    """Somebody who has the link looked at it. Only the first time is news."""
    call, one, page = _lock(hand_off_id, by, seen)
    if page.opened_at is None:
        quick.write(page, {"opened_at": Now()})
        journal.append(events.HandOffOpened(transfer=one.pk), call=call, by=by)
    return page


@action
def acknowledge(
    *, hand_off_id: UUID, name: str, by: Actor, seen: str | None = None
) -> HandOff:
    """The partner reads it and will take the caller; on a ringing line, that is yes.

    Said again, or after they have the caller, it changes nothing.
    """
    call, one, page = _lock(hand_off_id, by, seen)
    if page.answer or one.state == TransferState.RELEASED:
        return page
    _answer(call, one, page, "acknowledged", name, by)
    if one.state == TransferState.OFFERED:
        accept_locked(call, one, by)
    return page


@action
def decline(
    *, hand_off_id: UUID, name: str, reason: str, by: Actor, seen: str | None = None
) -> HandOff:
    """The partner cannot; the page ends, and the sender is told whom to ask next."""
    call, one, page = _lock(hand_off_id, by, seen)
    if reason not in DECLINE_WHY:
        raise Invalid(field="reason", why=_("choose one of the list"))
    decline_locked(call, one, reason, by)
    _answer(call, one, page, "declined", name, by, reason=reason)
    return page


@action
def have(
    *, hand_off_id: UUID, name: str, by: Actor, seen: str | None = None
) -> HandOff:
    """The partner has the caller: all were on the line, and the sender may go."""
    call, one, page = _lock(hand_off_id, by, seen)
    if one.state == TransferState.RELEASED:
        return page
    confirm_locked(call, one, by)
    _answer(call, one, page, "accepted", name, by)
    return page


@action
def outcome(
    *, hand_off_id: UUID, code: str, note: str, by: Actor, seen: str | None = None
) -> HandOff:
    """How it went with the partner, said once.

    Of a call that was linked since, it is the other's news: that one goes on for them.
    """
    event = _event(hand_off_id)
    call, one, page = _lock(hand_off_id, by, seen)
    if page.outcome_at is not None:
        return page
    if code not in OUTCOMES:
        raise Invalid(field="outcome", why=_("choose one of the list"))
    if one.state != TransferState.RELEASED:
        raise LostRace
    quick.write(
        page, {"outcome": code, "outcome_note": note[:NOTE], "outcome_at": Now()}
    )
    said = events.HandOffAnswered(transfer=one.pk, answer="outcome")
    journal.append(said, call=call, by=by)
    if event.pk != call.pk:
        journal.append(said, call=event, by=by)
    if code in IN_VAIN:
        _without_help(call, one, event, code, by)
    return page


def _event(hand_off_id: UUID) -> Call:
    """The call that goes on for the page's own: locked before anything else of them."""
    page = quick.find(HandOff, id=hand_off_id)
    one = quick.find(Transfer, id=page.transfer_id) if page else None
    if one is None:
        raise NotFound
    _handed_over, event = lock_event(one.call_id)
    return event


def _without_help(call: Call, one: Transfer, event: Call, code: str, by: Actor) -> None:
    """Nobody has the person: it is decided anew, and who owns it sees it. Holds both.

    The partner's help counts as not to be had: else it would stand there as told, and
    nobody would be sought.
    """
    if event.state in ENDED:
        open_again(event, code, by)
        want_decision(event)
    else:
        again(event)
    if one.seat_id is not None:
        unfill(call, one.seat_id, code, by)


def _answer(
    call: Call,
    one: Transfer,
    page: HandOff,
    answer: str,
    name: str,
    by: Actor,
    *,
    reason: str = "",
) -> None:
    if not name.strip():
        raise Invalid(field="name", why=_("say who you are"))
    quick.write(
        page,
        {
            "answer": answer,
            "reason": reason,
            "answered_at": Now(),
            "answered_by": name.strip()[:NAME],
        },
    )
    said = events.HandOffAnswered(transfer=one.pk, answer=answer)
    journal.append(said, call=call, by=by)


def _lock(
    hand_off_id: UUID, by: Actor, seen: str | None
) -> tuple[Call, Transfer, HandOff]:
    """The call, the transfer and its page, if the page is still open; else NotFound.

    A transfer has one page, made anew for each partner that is asked. ``seen`` is the
    hash of the link that was pressed: whoever held an earlier one answers nothing.
    """
    made = quick.find(HandOff, id=hand_off_id)
    if made is None:
        raise NotFound
    call, one = lock(made.transfer_id)
    page = quick.locked(HandOff, hand_off_id)
    if page is None or page.expires_at <= database_now() or page.revoked_at:
        raise NotFound
    theirs = by.kind != "partner" or by.id == one.partner_id
    if not theirs or seen not in {None, page.hash}:
        raise NotFound
    return call, one, page
