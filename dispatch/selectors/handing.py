"""How far a caller is on the way to a partner, or what came of it there: a word for it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_noop as N_

from dispatch import planned
from dispatch.selectors.said import said as _

# Of the call ``c``: the transfer to a partner that runs, else the one by which a partner
# has had the caller since the call was last decided. A link that was taken back says
# nothing any more, and a line that is not dialled does not ring. The second is that of one
# act, which moves the call just after the transfer.
OF_CALL = """
(SELECT json_build_array(r.kind, r.name,
    CASE WHEN p.outcome <> '' THEN p.outcome
      WHEN p.answer = 'acknowledged' AND p.revoked_at IS NULL
        AND t.state IN ('requested', 'data_sent') THEN 'acknowledged'
      WHEN t.state = 'offered' AND t.partner_leg_id IS NULL THEN 'data_sent'
      ELSE t.state END,
    COALESCE(p.outcome_at, t.ended_at, t.accepted_at, l.since, p.answered_at,
      t.requested_at)::text,
    t.due_at::text, t.accepted_at::text)::text
  FROM dispatch_transfer t JOIN dispatch_partner r ON r.id = t.partner_id
  LEFT JOIN dispatch_handoff p ON p.transfer_id = t.id
  LEFT JOIN dispatch_contact l ON l.id = t.partner_leg_id
  WHERE t.call_id = c.id AND t.kind <> '988_911' AND t.receiver_id IS NULL
    AND (t.state NOT IN ('released', 'fallback', 'withdrawn')
      OR t.state = 'released' AND t.ended_at >= c.state_since - interval '1 second')
  ORDER BY t.requested_at DESC, t.id DESC LIMIT 1)
"""
ONE = f"SELECT {OF_CALL} FROM dispatch_call c WHERE c.id = %s"  # noqa: S608  our words

# Of each help of a call that was asked of a partner: when one last answered, also where
# the transfer failed afterwards, and whether one has had the caller.
PAST = """
SELECT t.seat_id, max(COALESCE(t.accepted_at, e.at)), bool_or(t.confirmed_at IS NOT NULL)
FROM dispatch_transfer t LEFT JOIN dispatch_event e ON e.call_id = t.call_id
  AND e.kind = 'TransferMoved' AND e.body->>'transfer' = t.id::text
  AND e.body->>'after' = 'accepted'
WHERE t.call_id = %s AND t.seat_id IS NOT NULL AND t.partner_id IS NOT NULL
GROUP BY t.seat_id
"""


class Past(NamedTuple):
    """When a partner last answered for a help, and whether one has had the caller."""

    answered: datetime | None
    had: bool


class Word(NamedTuple):
    """The board's word, the seat's own, its shape, and whether somebody must act."""

    board: str
    seat: str
    shape: str
    act: bool = False


WORDS: Final = {
    "acknowledged": Word(
        N_("Dial %(who)s: they wait"),
        N_("Acknowledged, waits to be dialled"),
        "half",
        act=True,
    ),
    "offered": Word(N_("Ringing %(who)s"), N_("Ringing"), "ring"),
    "accepted": Word(N_("%(who)s answered: stay on"), N_("Answered"), "half"),
    "conferenced": Word(N_("%(who)s joins: stay on"), N_("On the line"), "half"),
    "caller_dropped": Word(
        N_("Call the caller back"), N_("Waits for the call-back"), "half", act=True
    ),
    "callback": Word(
        N_("Call the caller back"), N_("Waits for the call-back"), "half", act=True
    ),
    "released": Word(N_("With %(who)s"), N_("Has the caller"), "full"),
    "helped": Word(
        N_("%(who)s helped: close the call"), N_("Helped them"), "full", act=True
    ),
    "follow_up": Word(
        N_("%(who)s helped: close the call"), N_("Helped them"), "full", act=True
    ),
    "other": Word(
        N_("%(who)s is done: close the call"), N_("Is done"), "full", act=True
    ),
    "not_reached": Word(
        N_("%(who)s did not reach them"), N_("Did not reach them"), "dash", act=True
    ),
    "sent_to_911": Word(
        N_("%(who)s sends them back"), N_("Sends them back to 911"), "dash", act=True
    ),
}
# A partner has done with the caller, or has them: whoever else helps is said before that.
AT_LAST: Final = frozenset({"released", "helped", "follow_up", "other"})
# The partner answered and is there, or has the caller: nobody is waited for.
ANSWERED: Final = frozenset({"accepted", "conferenced", "released"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """``code``: a key of WORDS, or an early state of the transfer, in which nobody knows.

    ``since``, ``due`` and ``accepted`` are PostgreSQL's text of a moment.
    """

    kind: str
    who: str
    code: str
    since: str
    due: str | None
    accepted: str | None

    @property
    def word(self) -> Word | None:
        return WORDS.get(self.code)

    @property
    def label(self) -> str:
        """The board's word; empty while nobody there knows of the caller."""
        return _(self.word.board) % {"who": self.who} if self.word else ""


def read(stored: str | None) -> Handing | None:
    """What OF_CALL gave; 988 is called so, whatever the name of its centre."""
    if stored is None:
        return None
    kind, name, code, since, due, accepted = json.loads(stored)
    return Handing(
        kind=kind,
        who="988" if kind == "988" else name,
        code=code,
        since=since,
        due=due,
        accepted=accepted,
    )


def of_call(call: UUID) -> Handing | None:
    """The same of one call. One query."""
    rows = planned.ask(ONE, [call])
    return read(rows[0][0]) if rows else None


def past(call: UUID) -> dict[UUID, Past]:
    """The same of each help that was asked of partners, by its seat. One query."""
    rows = planned.ask(PAST, [call])
    return {seat: Past(answered=answered, had=had) for seat, answered, had in rows}
