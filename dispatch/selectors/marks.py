"""The words in the head of a call's page: each seat's own, or that nobody is with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from dispatch.elsewhere import Elsewhere
from dispatch.models import Call
from dispatch.selectors import words
from dispatch.selectors.handing import Handing, of_call
from dispatch.selectors.line import Line
from dispatch.selectors.seat import Mark, SeatView
from dispatch.states import IN_VAIN, CallState

# Decided, so that somebody should be with it.
TO_BE_HELPED = frozenset({CallState.DECIDED, CallState.WORKING})
NOBODY = N_("Nobody is with this call")
GONE = N_("Nobody on the line")


def going(row: Call, seats: Sequence[SeatView]) -> Handing | None:
    """Its caller, to a partner; not asked where other help alone says how far it is."""
    partner = words.response("988")
    if seats and all(one.kind != partner for one in seats):
        return None
    return of_call(row.pk)


def alone(row: Call, seats: Sequence[SeatView], going: Handing | None) -> bool:
    """Decided, and yet nobody is with it or looked for, here or at a partner's.

    ``seats`` are those that are open; ``going`` its caller, to a partner.
    """
    if row.state not in TO_BE_HELPED or row.decision_wanted_at is not None:
        return False
    if going is None:
        return not seats
    others = [one for one in seats if one.kind != words.response(going.kind)]
    return going.code in IN_VAIN and not others


def marks(
    row: Call, every: Sequence[SeatView], going: Handing | None
) -> tuple[Mark, ...]:
    """What is said first: that nobody is with it, then each seat, else the call's own.

    ``every`` is also what is over: since the last of them nobody is with it.
    """
    seats = [one for one in every if one.open]
    since = max((one.mark.since for one in every), default=row.state_since)
    nobody = Mark(label=_(NOBODY), since=max(since, row.state_since), act=True)
    first = (nobody,) if alone(row, seats, going) else ()
    if seats:
        return (*first, *(_seat(one) for one in seats))
    if going is not None and going.word is not None:
        return (*first, _partner(going))
    own = Mark(label=_(words.CALL[row.state]), since=row.state_since)
    return first or (own,)


def with_nobody(seats: Sequence[SeatView], there: Line | None) -> list[SeatView]:
    """The same, but no clinician has a caller who was lost, and nobody else is heard."""
    since = there.nobody_since if there else None
    if since is None:
        return list(seats)
    ours, mark = words.response("ccd"), Mark(label=_(GONE), since=since, act=True)
    return [
        replace(one, mark=mark)
        if one.open and one.kind == ours and one.mark.shape == "full"
        else one
        for one in seats
    ]


def with_other(
    seats: Sequence[SeatView], elsewhere: Mapping[UUID, Elsewhere]
) -> list[SeatView]:
    """The same, but whose caller came back on a colleague's line has them no more."""
    return [
        replace(one, mark=_back(at), elsewhere=at)
        if (at := elsewhere.get(one.id)) and one.mark.shape == "full"
        else one
        for one in seats
    ]


def _back(at: Elsewhere) -> Mark:
    label = _("Caller is with %(who)s") % {"who": at.who}
    return Mark(label=label, since=at.since, act=True)


def _seat(one: SeatView) -> Mark:
    return Mark(
        label=f"{one.mark.label}: {one.who or one.kind}",
        since=one.mark.since,
        shape=one.mark.shape,
        act=one.mark.act,
    )


def _partner(going: Handing) -> Mark:
    assert going.word is not None
    since = datetime.fromisoformat(going.since)
    shape, act = going.word.shape, going.word.act
    return Mark(label=going.label, since=since, shape=shape, act=act)
