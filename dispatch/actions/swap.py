"""Shifts that change hands: offered to one or to all, answered once, or taken back."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, quick
from dispatch.actions.base import action, database_now, lock_presence
from dispatch.actions.roster import (
    end_swap,
    hand,
    lock_worker,
    refuse_overlap,
    withdraw_swaps,
)
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import Actor
from dispatch.models import PlannedShift, ShiftSwap
from dispatch.states import SwapState


@action
def ask_swap(
    *, shift_id: UUID, by: Actor, to: UUID | None = None, instead: UUID | None = None
) -> ShiftSwap:
    """Offer one's own shift to a colleague or to all, perhaps for one of theirs.

    Whoever asks the same again is answered with what stands.
    """
    shifts = _lock_shifts(shift_id, instead)
    shift, other = shifts[shift_id], shifts.get(instead) if instead else None
    if shift.user_id is None or shift.user_id != by.id:
        raise NotFound
    _refuse_begun(shift)
    to = _whose(other, to)
    found = quick.find(ShiftSwap, shift=shift.pk, state=SwapState.ASKED)
    if found is not None:
        return _refuse_other(found, to, instead)
    if to is not None:
        _refuse_self(to, by)
        _hold(by.id, to)
        lock_worker(to, shift)
        refuse_overlap(to, shift, other)
    if other is not None:
        lock_worker(by.id, other)
        refuse_overlap(by.id, other, shift)
    swap = ShiftSwap(shift=shift, asked_by_id=by.id, to_id=to, instead=other)
    quick.add(swap)
    said = events.SwapAsked(swap=swap.pk, shift=shift.pk, person=by.id)
    journal.append(said, agency=shift.agency_id, by=by)
    return swap


def _whose(other: PlannedShift | None, to: UUID | None) -> UUID | None:
    """Whom to ask: whoever has the shift that is wanted instead."""
    if other is None:
        return to
    if other.user_id is None or to not in {None, other.user_id}:
        raise Invalid(field="instead", why=_("that is not a shift of this colleague"))
    _refuse_begun(other)
    return other.user_id


def _refuse_self(to: UUID, by: Actor) -> None:
    if to == by.id:
        raise Invalid(field="to", why=_("choose a colleague"))


def _refuse_other(found: ShiftSwap, to: UUID | None, instead: UUID | None) -> ShiftSwap:
    if (found.to_id, found.instead_id) != (to, instead):
        raise Invalid(
            field="shift", why=_("it is offered already; take that back first")
        )
    return found


def _refuse_begun(shift: PlannedShift) -> None:
    if shift.dropped_at is not None:
        raise LostRace
    if shift.starts_at <= database_now():
        raise Invalid(field="shift", why=_("it has begun and cannot change hands"))


@action
def answer_swap(*, swap_id: UUID, take: bool, by: Actor) -> ShiftSwap:
    """Take the offered shift, giving the other for it, or say no.

    Offered to all, the first one has it and the others are told.
    """
    shift, other, swap = _lock_swap(swap_id)
    assert by.id is not None
    if take and swap.state == SwapState.TAKEN and swap.to_id == by.id:
        return swap
    if by.id == swap.asked_by_id:
        raise NotFound
    if swap.state == SwapState.ASKED and swap.to_id not in {None, by.id}:
        raise NotFound
    if swap.state != SwapState.ASKED:
        raise LostRace
    if take:
        _exchange(swap, shift, other, by)
    elif swap.to_id is None:
        raise Invalid(field="answer", why=_("it is offered to all; leave it to others"))
    else:
        end_swap(swap, SwapState.REFUSED, shift, by)
    return swap


def _exchange(
    swap: ShiftSwap, shift: PlannedShift, other: PlannedShift | None, by: Actor
) -> None:
    """Both shifts change hands, or neither. The caller holds shifts and swap."""
    giver, taker = swap.asked_by_id, by.id
    assert taker is not None
    if shift.user_id != giver or (other and other.user_id != taker):
        raise LostRace
    for one in (shift, other):
        if one is not None:
            _refuse_begun(one)
    _hold(giver, taker)
    lock_worker(taker, shift)
    refuse_overlap(taker, shift, other)
    if other is not None:
        lock_worker(giver, other)
        refuse_overlap(giver, other, shift)
        # Nobody's for a moment: both may begin at the same time.
        PlannedShift.objects.filter(pk=shift.pk).update(user=None)
        hand(other, giver, by)
    hand(shift, taker, by)
    quick.write(swap, {"to_id": taker})
    end_swap(swap, SwapState.TAKEN, shift, by)
    for one in (shift, other):
        if one is not None:
            withdraw_swaps(one, by)


@action
def withdraw_swap(*, swap_id: UUID, by: Actor) -> ShiftSwap:
    """Whoever offered it keeps the shift after all."""
    shift, _other, swap = _lock_swap(swap_id)
    if swap.asked_by_id != by.id:
        raise NotFound
    if swap.state == SwapState.TAKEN:
        raise LostRace
    if swap.state == SwapState.ASKED:
        end_swap(swap, SwapState.WITHDRAWN, shift, by)
    return swap


def _lock_swap(
    swap_id: UUID,
) -> tuple[PlannedShift, PlannedShift | None, ShiftSwap]:
    """Its shifts first, which never change, then the swap."""
    found = ShiftSwap.objects.filter(pk=swap_id).first()
    if found is None:
        raise NotFound
    shifts = _lock_shifts(found.shift_id, found.instead_id)
    swap = quick.locked(ShiftSwap, swap_id)
    assert swap is not None
    other = shifts[found.instead_id] if found.instead_id else None
    return shifts[found.shift_id], other, swap


def _lock_shifts(*ids: UUID | None) -> dict[UUID, PlannedShift]:
    """By id, so that two who exchange never wait for each other in a ring."""
    wanted = sorted({one for one in ids if one is not None})
    rows = quick.rows(PlannedShift, order=["id"], lock="NO KEY UPDATE", id=wanted)
    if len(rows) < len(wanted):
        raise NotFound
    return {row.pk: row for row in rows}


def _hold(*people: UUID | None) -> None:
    """Both by id, before anything is said of either."""
    for person in sorted(_named(people)):
        lock_presence(person)


def _named(people: Iterable[UUID | None]) -> set[UUID]:
    return {person for person in people if person is not None}
