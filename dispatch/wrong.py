"""What is wrong now, in one statement: what an alarm is about, and when it is over.

Named parameters of the SQL: ``agency``, ``absent`` (no heartbeat for so long is away),
a time for each kind that has one, and the targets of each kind of help.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from dispatch import planned
from dispatch.models.contact import CALLERS
from dispatch.states import IN_VAIN, OPEN_CALL
from routing.core.protocol import CLOCKS, Protocol

BATCH = 200
# Told by a person, within the clock `tell_within` (30 s; assumption: as long as a call may
# be without an owner) unless an agency sets a target of its own under queue.targets.
OUTSIDE = ("ems", "police", "fire", "988", "cit")
# A crew that drove and reported, and has been silent for so many times the age at which
# a position is stale. On scene the safety check asks instead: a phone in a pocket
# reports nothing, and an alarm for that would hide the others.
SILENT_TIMES = 5

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_CALL))
_VAIN = ", ".join(f"'{outcome}'" for outcome in sorted(IN_VAIN))
_CALLERS = ", ".join(f"'{purpose}'" for purpose in CALLERS)
HERE = """
SELECT u.id, u.role, u.role = 'clinician' AND u.employer_id IS NOT NULL AS guest
FROM dispatch_user u JOIN dispatch_heartbeat h ON h.user_id = u.id
WHERE u.agency_id = %(agency)s::uuid AND u.is_active
  AND h.at > statement_timestamp() - %(absent)s::interval
"""
WRONG = f"""
SELECT 'unowned' AS about, c.id AS subject, c.id AS call_id, NULL::uuid AS seat_id,
  NULL::uuid AS assignment_id, NULL::uuid AS unit_id, NULL::uuid AS person_id,
  FALSE AS lost
FROM dispatch_call c LEFT JOIN dispatch_user o ON o.id = c.owner_id
LEFT JOIN dispatch_heartbeat h ON h.user_id = c.owner_id
WHERE c.agency_id = %(agency)s::uuid AND c.state IN ({_OPEN})
  AND COALESCE(c.owner_since, c.opened_at)
    < statement_timestamp() - %(unowned)s::interval
  AND (o.id IS NULL OR NOT o.is_active
    OR o.role NOT IN ('dispatcher', 'clinician', 'supervisor')
    -- Whoever has the call is not there. Who went away with the caller, or in the middle
    -- of a hand-over, is an alarm already.
    OR c.state IN ('new', 'triaging', 'decided', 'working')
      AND GREATEST(h.at, c.owner_since, c.opened_at)
        < statement_timestamp() - GREATEST(%(absent)s::interval, %(unowned)s::interval)
      AND NOT EXISTS (
        SELECT FROM dispatch_assignment w JOIN dispatch_seat p ON p.id = w.seat_id
        WHERE p.call_id = c.id AND w.person_id = c.owner_id
          AND w.ended_at IS NULL AND w.confirmed_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM dispatch_transfer t
        WHERE t.call_id = c.id AND t.state NOT IN ('released', 'fallback', 'withdrawn')))
UNION ALL
SELECT 'forgotten', a.id, c.id, s.id, a.id, NULL, a.person_id,
  a.confirmed_at IS NULL
    AND (h.at IS NULL OR h.at < statement_timestamp() - %(absent)s::interval)
FROM dispatch_assignment a
JOIN dispatch_seat s ON s.id = a.seat_id JOIN dispatch_call c ON c.id = s.call_id
LEFT JOIN dispatch_heartbeat h ON h.user_id = a.person_id
WHERE a.ended_at IS NULL AND a.person_id IS NOT NULL
  AND c.agency_id = %(agency)s::uuid AND c.state IN ({_OPEN})
  AND CASE WHEN a.confirmed_at IS NULL
    THEN a.accepted_at < statement_timestamp() - %(forgotten)s::interval
    ELSE GREATEST(h.at, a.confirmed_at)
      < statement_timestamp() - %(absent)s::interval END
UNION ALL
SELECT 'waiting', s.id, c.id, s.id, NULL, NULL, NULL, FALSE
FROM dispatch_seat s JOIN dispatch_call c ON c.id = s.call_id
JOIN unnest(%(kinds)s::text[], %(targets)s::float8[]) AS t (kind, seconds)
  ON t.kind = s.response
WHERE s.state = 'wanted' AND c.agency_id = %(agency)s::uuid AND c.state IN ({_OPEN})
  AND s.wanted_at < statement_timestamp() - t.seconds * interval '1 second'
  -- 988 that rings, answered, or acknowledged its page is told; the transfer has a clock.
  AND NOT (s.response = '988' AND EXISTS (
    SELECT FROM dispatch_transfer g LEFT JOIN dispatch_handoff p ON p.transfer_id = g.id
    WHERE g.seat_id = s.id AND (g.state IN ('accepted', 'conferenced', 'callback')
      OR g.state = 'offered' AND g.partner_leg_id IS NOT NULL
      OR g.state IN ('requested', 'data_sent')
        AND p.answer = 'acknowledged' AND p.revoked_at IS NULL)))
UNION ALL
-- Decided, or still not decided, and nobody is with it or looked for; or its triage is
-- not ended, or not begun, for long. A partner that has
-- the caller is with it, until it says that it did not reach them or sends them back.
SELECT 'nobody', c.id, c.id, NULL, NULL, NULL, NULL, FALSE
FROM dispatch_call c
WHERE c.agency_id = %(agency)s::uuid AND (
    c.state IN ('decided', 'working') AND c.decision_wanted_at IS NULL
    OR c.state IN ('new', 'triaging')
      AND c.state_since < statement_timestamp() - %(triage)s::interval
    OR c.state IN ({_OPEN})
      AND c.decision_wanted_at < statement_timestamp() - %(grace)s::interval)
  AND c.state_since < statement_timestamp() - %(grace)s::interval
  AND NOT EXISTS (SELECT FROM dispatch_seat s LEFT JOIN dispatch_transfer g
      ON g.seat_id = s.id AND g.state = 'released'
    LEFT JOIN dispatch_handoff p ON p.transfer_id = g.id
    WHERE s.call_id = c.id AND (s.state IN ('wanted', 'filled')
        AND COALESCE(p.outcome, '') NOT IN ({_VAIN})
        -- Who was told before it was opened again is not with it now.
        AND (s.state = 'wanted' OR c.state NOT IN ('new', 'triaging')
          OR s.since >= c.state_since OR EXISTS (SELECT FROM dispatch_assignment w
            WHERE w.seat_id = s.id AND w.ended_at IS NULL))
      OR s.since > statement_timestamp() - %(grace)s::interval))
  AND NOT EXISTS (SELECT FROM dispatch_transfer g
    LEFT JOIN dispatch_handoff p ON p.transfer_id = g.id
    WHERE g.call_id = c.id AND g.kind <> '988_911' AND g.partner_id IS NOT NULL
      AND (g.state NOT IN ('released', 'fallback', 'withdrawn')
        OR g.state = 'released' AND g.receiver_id IS NULL
          AND g.ended_at >= c.state_since - interval '1 second'
          AND COALESCE(p.outcome, '') NOT IN ({_VAIN})))
UNION ALL
-- Whether the call goes on or not: until somebody has taken it.
SELECT 'told', c.id, c.id, NULL, NULL, NULL, NULL, FALSE
FROM dispatch_call c
WHERE c.agency_id = %(agency)s::uuid AND c.supervisor_told_at IS NOT NULL
UNION ALL
SELECT k.about, u.id, own.id, s.id, a.id, u.id, NULL, FALSE
FROM dispatch_unit u
LEFT JOIN dispatch_assignment a ON a.unit_id = u.id AND a.ended_at IS NULL
LEFT JOIN dispatch_offer f ON f.unit_id = u.id AND f.state = 'pending'
LEFT JOIN dispatch_seat s ON s.id = COALESCE(a.seat_id, f.seat_id)
-- A lent unit's alarm is its own centre's: the neighbour's call is not named in it.
LEFT JOIN dispatch_call own ON own.id = s.call_id AND own.agency_id = u.agency_id
LEFT JOIN dispatch_unitposition p ON p.unit_id = u.id
CROSS JOIN LATERAL (VALUES
  ('emergency', u.emergency_at IS NOT NULL),
  ('check', u.check_late),
  ('crew_still', u.state IN ('dispatched', 'acknowledged') AND s.id IS NOT NULL
    AND u.state_since < statement_timestamp() - %(crew_still)s::interval),
  ('position', u.state IN ('en_route', 'transporting') AND p.at > a.accepted_at
    AND p.at < statement_timestamp() - %(silent)s::interval)
) AS k (about, holds)
WHERE u.agency_id = %(agency)s::uuid AND k.holds
UNION ALL
-- As much an alarm where the call is that a unit is lent to: there it is about the loan,
-- for one thing has one alarm, and a crew in need may have no place on the call yet.
SELECT k.about, l.id, c.id, s.id, a.id, u.id, NULL, FALSE
FROM dispatch_loan l JOIN dispatch_unit u ON u.id = l.unit_id
JOIN dispatch_call c ON c.id = l.call_id
LEFT JOIN dispatch_assignment a ON a.unit_id = u.id AND a.ended_at IS NULL
LEFT JOIN dispatch_seat s ON s.id = a.seat_id
CROSS JOIN LATERAL (VALUES
  ('emergency', u.emergency_at IS NOT NULL), ('check', u.check_late)) AS k (about, holds)
WHERE l.state = 'lent' AND c.agency_id = %(agency)s::uuid AND k.holds
  AND (u.emergency_at IS NOT NULL OR u.check_late) AND c.state IN ({_OPEN})
UNION ALL
SELECT k.about, l.id, c.id, NULL, NULL, NULL, NULL, FALSE
FROM dispatch_call c JOIN dispatch_contact l ON l.call_id = c.id
CROSS JOIN LATERAL (VALUES
  ('interpreter', l.due = 'interpreter'
    AND COALESCE(l.due_at < statement_timestamp() - %(grace)s::interval, TRUE)),
  -- Since their session nobody has said who holds the caller: nobody is with them.
  ('nobody', l.due = 'session_over'
    AND COALESCE(l.due_at < statement_timestamp() - %(grace)s::interval, TRUE)),
  ('callback', l.state IN ('callback_due', 'callback_attempted')
    AND (l.due_at < statement_timestamp() - %(grace)s::interval OR 'not_made' = (
      SELECT e.body->>'result' FROM dispatch_event e
      WHERE e.call_id = c.id AND e.kind = 'CallbackTried'
        AND e.body->>'contact' = l.id::text
      ORDER BY e.number DESC LIMIT 1))),
  -- Of a call without an owner the alarm about that says it; a new one looks first.
  ('unanswered', l.state = 'ringing' AND l.purpose IN ({_CALLERS}) AND NOT l.outgoing
    AND c.owner_since < statement_timestamp() - %(grace)s::interval
    AND l.since < statement_timestamp() - %(unanswered)s::interval),
  ('on_hold', l.state = 'holding' AND l.purpose IN ({_CALLERS})
    AND l.since < statement_timestamp() - %(on_hold)s::interval)
) AS k (about, holds)
WHERE c.agency_id = %(agency)s::uuid AND c.state IN ({_OPEN}) AND k.holds
  -- Of most legs nothing is asked further.
  AND (l.due IN ('interpreter', 'session_over')
    OR l.state IN ('ringing', 'holding', 'callback_due', 'callback_attempted'))
UNION ALL
SELECT 'transfer', t.id, c.id, t.seat_id, NULL, NULL, NULL, FALSE
FROM dispatch_transfer t JOIN dispatch_call c ON c.id = t.call_id
WHERE t.due_at < statement_timestamp() - %(grace)s::interval
  AND t.state NOT IN ('released', 'fallback', 'withdrawn')
  AND c.agency_id = %(agency)s::uuid AND c.state IN ({_OPEN})
"""  # noqa: S608  our own states
# Raised to somebody who is away, it does not wait for its time to pass.
SWEEP = f"""
WITH here AS ({HERE}), wrong AS ({WRONG}), known AS (
  SELECT a.*, EXISTS (SELECT FROM here WHERE here.id = a.owner_id) AS there
  FROM dispatch_alarm a
  WHERE a.agency_id = %(agency)s::uuid AND a.state <> 'ended')
SELECT CASE WHEN k.id IS NULL THEN 'raise' WHEN w.about IS NULL THEN 'end'
    WHEN w.lost THEN 'give_back' ELSE 'pass_on' END,
  COALESCE(w.about, k.about), COALESCE(w.subject, k.subject),
  COALESCE(w.call_id, k.call_id), w.seat_id, w.assignment_id,
  COALESCE(w.unit_id, k.unit_id), w.person_id, k.id
FROM wrong w FULL JOIN known k ON k.about = w.about AND k.subject = w.subject
WHERE k.id IS NULL OR w.about IS NULL OR w.lost
  OR k.state = 'raised' AND (k.passes_at <= statement_timestamp()
    OR k.owner_id IS NOT NULL AND NOT k.there)
  OR k.state = 'taken' AND NOT k.there
    AND k.taken_at < statement_timestamp() - %(absent)s::interval
LIMIT {BATCH}
"""  # noqa: S608  as above
HOLDS = f"""
SELECT 1 FROM ({WRONG}) w WHERE about = %(about)s AND subject = %(subject)s::uuid
"""  # noqa: S608  as above
# Who could have it, each at most once; an empty seat is no row.
IN_LINE = f"""
WITH here AS ({HERE}), busy AS (
  SELECT owner_id, count(*) AS alarms FROM dispatch_alarm
  WHERE agency_id = %(agency)s::uuid AND state <> 'ended' GROUP BY owner_id)
SELECT 'owner', here.id FROM dispatch_call c JOIN here ON here.id = c.owner_id
WHERE c.id = %(call)s::uuid AND here.role IN ('dispatcher', 'clinician')
  AND here.id IS DISTINCT FROM %(person)s::uuid
UNION ALL
(SELECT 'supervisor', here.id FROM here LEFT JOIN busy ON busy.owner_id = here.id
WHERE here.role = 'supervisor' ORDER BY COALESCE(busy.alarms, 0), here.id LIMIT 1)
UNION ALL
(SELECT 'deputy', here.id FROM here LEFT JOIN busy ON busy.owner_id = here.id
-- A partner's counsellor at our desk opens their own calls alone.
WHERE here.role IN ('dispatcher', 'clinician', 'supervisor') AND NOT here.guest
  AND EXISTS (
  SELECT FROM dispatch_plannedshift p WHERE p.user_id = here.id AND p.deputy
  AND p.dropped_at IS NULL
  AND statement_timestamp() >= p.starts_at AND statement_timestamp() < p.ends_at)
ORDER BY COALESCE(busy.alarms, 0), here.id LIMIT 1)
"""  # noqa: S608  as above
THERE = f"SELECT 1 FROM ({HERE}) here WHERE id = %(person)s::uuid"  # noqa: S608  as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the clock has to do: raise, pass_on, end, or give_back what was forgotten.

    ``about`` and ``subject`` name it; ``alarm`` is the open one, if there is one.
    """

    agency: UUID
    act: str
    about: str
    subject: UUID
    call: UUID | None
    seat: UUID | None
    assignment: UUID | None
    unit: UUID | None
    person: UUID | None
    alarm: UUID | None

    def __str__(self) -> str:
        return f"{self.about} {self.subject}"


def seconds(protocol: Protocol, name: str) -> timedelta:
    """A clock of the protocol; an older document that lacks it has the field's usual."""
    return timedelta(seconds=protocol.clocks.get(name, CLOCKS[name]))


def _values(agency: UUID, protocol: Protocol) -> dict[str, Any]:
    grace = seconds(protocol, "grace")
    tell_within = seconds(protocol, "tell_within").total_seconds()
    targets = dict.fromkeys(OUTSIDE, tell_within) | {
        kind.value: target for kind, target in protocol.queue.targets.items()
    }
    return {
        "agency": agency,
        "absent": seconds(protocol, "absent_after"),
        "unowned": seconds(protocol, "unowned_alarm"),
        "forgotten": seconds(protocol, "forgotten"),
        "crew_still": seconds(protocol, "crew_still"),
        "silent": seconds(protocol, "position_stale") * SILENT_TIMES,
        # A deadline may be over so long before somebody is told (10 s): the clock and
        # whoever is just pressing come first. Assumption.
        "grace": grace,
        "unanswered": seconds(protocol, "answer_within"),
        "triage": seconds(protocol, "triage_within"),
        "on_hold": seconds(protocol, "on_hold") + grace,
        "kinds": list(targets),
        "targets": list(targets.values()),
    }


def sweep(agency: UUID, protocol: Protocol) -> list[Found]:
    """All that is to be done about alarms now. One statement; mostly nothing."""
    rows = planned.ask(SWEEP, _values(agency, protocol))
    return [_found(agency, *row) for row in rows]


def _found(agency: UUID, act: str, about: str, *ids: object) -> Found:
    subject, *others = (UUID(str(one)) if one else None for one in ids)
    assert subject is not None
    call, seat, assignment, unit, person, alarm = others
    return Found(
        agency=agency,
        act=act,
        about=about,
        subject=subject,
        call=call,
        seat=seat,
        assignment=assignment,
        unit=unit,
        person=person,
        alarm=alarm,
    )


def holds(agency: UUID, protocol: Protocol, about: str, subject: UUID) -> bool:
    """Whether this is wrong still: asked again under the lock."""
    values = _values(agency, protocol) | {"about": about, "subject": subject}
    return bool(planned.ask(HOLDS, values))


def in_line(
    agency: UUID, protocol: Protocol, call: UUID | None, person: UUID | None
) -> dict[str, UUID]:
    """Who is there to have an alarm of this call that is not about this person."""
    values = {
        "agency": agency,
        "absent": seconds(protocol, "absent_after"),
        "call": call,
        "person": person,
    }
    return {to: UUID(str(who)) for to, who in planned.ask(IN_LINE, values)}


def there(agency: UUID, protocol: Protocol, person: UUID | None) -> bool:
    """Whether this person's page was heard of just now."""
    absent = seconds(protocol, "absent_after")
    values = {"agency": agency, "absent": absent, "person": person}
    return bool(planned.ask(THERE, values))
