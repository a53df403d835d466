"""Rows → the core's facts, in the form that is stored with every decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dispatch import free, near, planned
from dispatch.models import Call
from dispatch.states import OPEN_CALL
from dispatch.wrong import seconds
from routing.core import facts
from routing.core.facts import ANSWERS, CallFacts
from routing.core.protocol import Protocol

PERSON_KINDS = {"clinician": "ccd", "navigator": "cn"}
YEAR = timedelta(days=365)

# Free for this call: whom it asked in vain a moment ago cannot serve it now.
FREE_UNITS = f"""
    SELECT n.kind FROM dispatch_unit n
    WHERE n.agency_id = %(agency)s AND {free.UNIT}
      AND {free.not_asked("o.unit_id = n.id", "%(call)s", "n.kind")}
"""  # noqa: S608  our own words
FREE_PEOPLE = f"""
    SELECT u.role FROM dispatch_presence p
    JOIN dispatch_user u ON u.id = p.user_id
    JOIN dispatch_heartbeat h ON h.user_id = p.user_id
    WHERE p.agency_id = %(agency)s AND u.role IN ('clinician', 'navigator')
      AND {free.PERSON}
      AND {free.not_asked("o.person_id = p.user_id", "%(call)s", "'ccd'")}
"""  # noqa: S608  our own words
# Earlier calls from this number to which somebody was sent. The number's own calls are
# found first: left to choose, PostgreSQL sometimes walked every call of the agency.
HISTORY = """
    WITH heard AS MATERIALIZED (
      SELECT call_id FROM dispatch_caller
      WHERE call_id <> %(call)s AND phone_lookup = (
        SELECT phone_lookup FROM dispatch_caller
        WHERE call_id = %(call)s AND phone_lookup <> ''))
    SELECT count(*) FROM heard
    WHERE %(agency)s = (SELECT agency_id FROM dispatch_call WHERE id = heard.call_id)
      AND EXISTS (
        SELECT FROM dispatch_seat s JOIN dispatch_assignment a ON a.seat_id = s.id
        WHERE s.call_id = heard.call_id
          AND a.accepted_at > %(year)s AND a.accepted_at <= %(at)s)
"""
KNOWN = f"""
    SELECT
      (SELECT json_object_agg(question, value) FROM dispatch_answer
       WHERE call_id = %(call)s),
      (SELECT json_agg(json_build_array(response, state, why, since >= %(triaged)s)
                       ORDER BY since, id)
       FROM dispatch_seat WHERE call_id = %(call)s),
      (SELECT json_object_agg(kind, n) FROM
       (SELECT kind, count(*) AS n FROM ({FREE_UNITS}) AS free GROUP BY kind) AS kinds),
      (SELECT json_object_agg(role, n) FROM
       (SELECT role, count(*) AS n FROM ({FREE_PEOPLE}) AS free GROUP BY role) AS roles),
      ({HISTORY}),
      (SELECT language FROM dispatch_caller WHERE call_id = %(call)s),
      ({near.ANY})
"""  # noqa: S608  our own words


WAITS = """
    SELECT EXISTS (
      SELECT FROM dispatch_seat s JOIN dispatch_call c ON c.id = s.call_id
      WHERE s.state = 'wanted' AND s.response = %s AND c.agency_id = %s
        AND c.state = ANY(%s) AND c.decision_wanted_at IS NULL
        AND NOT EXISTS (
          SELECT FROM dispatch_offer o WHERE o.seat_id = s.id AND o.state = 'pending'))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision looks up beside the call's own row, read in one statement.

    ``seats`` are (response, state, why, since the last triage), the oldest first;
    ``free`` is kind → how many of ours could take a call now.
    """

    answers: Mapping[str, str]
    seats: Sequence[tuple[str, str, str, bool | None]]
    free: Mapping[str, int]
    history: int
    language: str = ""
    # Another open call at the same place names a danger.
    danger_near: bool = False

    @property
    def available(self) -> dict[str, int]:
        """Who could take this call: less what it looked for in vain, and who is on it."""
        counts = dict(self.free)
        for kind in self.given_up:
            counts[kind] = 0
        # Somebody already on this call can still serve it.
        for kind, state, _why, _since in self.seats:
            if state == "filled" and kind in counts:
                counts[kind] = max(counts[kind], 1)
        return counts

    @property
    def given_up(self) -> dict[str, str]:
        """Kinds that this call cannot have again, with the reason.

        Looked for since the last triage and not found; or there since then and done:
        if the call still wants help, it is not more of the same.
        """
        recent = [seat for seat in self.seats if seat[3] is not False]
        done = [kind for kind, state, _why, _since in recent if state == "done"]
        missed = {
            kind: why for kind, state, why, _since in recent if state == "unfilled"
        }
        return dict.fromkeys(done, "done") | missed


def known(
    agency: UUID, call: Call | None, protocol: Protocol, *, at: datetime
) -> Known:
    """Answers, seats, history and who is free; without a call only who is free."""
    absent_after = timedelta(seconds=protocol.clocks["absent_after"])
    values = {
        "agency": agency,
        "call": call.pk if call else None,
        "triaged": call.triaged_at if call else None,
        "fresh": at - absent_after,
        "year": at - YEAR,
        "at": at,
        "asked": at - seconds(protocol, "ask_again"),
        **limits(protocol),
    }
    answers, seats, units, people, history, language, danger = planned.ask(
        KNOWN, values
    )[0]
    counts = dict.fromkeys(["ccd", "crt", "cor", "cn"], 0) | (units or {})
    for role, number in (people or {}).items():
        counts[PERSON_KINDS[role]] += number
    return Known(
        answers=answers or {},
        seats=seats or [],
        free=counts,
        history=history,
        language=language or "",
        danger_near=danger,
    )


def limits(protocol: Protocol) -> dict[str, object]:
    """What ``free.PERSON`` wants to know of an agency's rules."""
    queue = protocol.queue
    return {
        "capacity": queue.capacity,
        "missed": queue.missed_offers,
        "rostered": queue.roster,
    }


def waits(agency: UUID, kind: str) -> bool:
    """Whether a call wants this kind while nobody is asked."""
    return bool(planned.ask(WAITS, [kind, agency, list(OPEN_CALL)])[0][0])


def line(call: Call, seen: Known, *, at: datetime) -> dict[str, object]:
    """The JSON facts of this call at this moment."""
    return {
        "id": str(call.pk),
        "at": at.isoformat(),
        "source": call.source,
        "type": call.type or None,
        "caller": call.caller_kind or None,
        **{key: seen.answers.get(key, "not_asked") for key in ANSWERS},
        "urgent": call.urgent,
        "hazard": call.hazard or seen.danger_near,
        "location": {
            "verified": call.location_verified,
            "inside": call.inside,
            "zone": call.zone or None,
        },
        "history": seen.history,
        "available": seen.available,
        "offence": call.offence,
        "language": seen.language or None,
    }


def read(stored: Mapping[str, object]) -> CallFacts:
    return facts.read(stored)
