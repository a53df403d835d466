"""How long each waiting call is expected to wait, and one that would come now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import planned, quick
from dispatch.free import ANSWERS, ON_SHIFT
from dispatch.selectors import decision as spoken
from dispatch.selectors.decision import Words, word
from dispatch.states import OPEN_CALL
from routing.core import ask, queue, wait
from routing.core.overtaking import Rate
from routing.core.protocol import Protocol
from routing.core.queue import Turn, Waiting, Wanted
from routing.core.sessions import Prior
from routing.core.wait import Asks, Person, Queue, Wait

KINDS = ("ccd", "crt", "cor")
# Where nobody has worked yet. A crisis line's call lasts about a quarter of an hour, a
# visit about an hour: assumptions, which sessions of the centre's own soon outweigh.
PRIORS = {
    "ccd": Prior(median=900, ninetieth=2700, source="assumed"),
    "crt": Prior(median=2700, ninetieth=5400, source="assumed"),
    "cor": Prior(median=2700, ninetieth=5400, source="assumed"),
}
NEW = 3  # the priority of a call that would come now
WEEK = timedelta(days=7)
HOUR = 3600.0
SHORT = 30  # seconds: less is said as under a minute
SURE: Words = {
    "good": gettext_lazy("sure"),
    "fair": gettext_lazy("fairly sure"),
    "poor": gettext_lazy("not sure"),
}
WHY: Words = {
    "free": gettext_lazy("somebody is free"),
    "enough_seen": gettext_lazy("many sessions were seen"),
    "wide": gettext_lazy("sessions differ much"),
    "few_seen": gettext_lazy("few sessions were seen yet"),
    "none_seen": gettext_lazy("no session was seen yet"),
    "long_held": gettext_lazy("one session lasts unusually long"),
    "overtaken": gettext_lazy("more urgent calls keep coming"),
    "nobody_there": gettext_lazy("nobody of this kind is there"),
    "skilled": gettext_lazy("a skill is asked for that not everybody has"),
    "on_break": gettext_lazy("somebody is on a break"),
}

WANTED = """
SELECT s.response, c.id::text, c.number, c.priority, s.wanted_at, s.skills::json
FROM dispatch_seat s JOIN dispatch_call c ON c.id = s.call_id
WHERE c.agency_id = %(agency)s AND c.state = ANY(%(open)s)
  AND s.state = 'wanted' AND s.response = ANY(%(kinds)s)
  AND NOT EXISTS (
    SELECT FROM dispatch_offer o WHERE o.seat_id = s.id AND o.state = 'pending')
"""
# Whoever fills such seats and is there or on a break: for how many seconds each call of
# theirs has lasted, an offer that rings among them, a wrap-up and a break; their skills.
THERE = f"""
SELECT 'ccd', CASE p.state WHEN 'wrap_up'
    THEN extract(epoch FROM clock_timestamp() - p.since) END,
  (SELECT json_agg(extract(epoch FROM clock_timestamp() - w.since)) FROM (
    SELECT a.accepted_at AS since FROM dispatch_assignment a
    WHERE a.person_id = p.user_id AND a.ended_at IS NULL
    UNION ALL SELECT o.made_at FROM dispatch_offer o
    WHERE o.person_id = p.user_id AND o.state = 'pending') w),
  CASE p.state WHEN 'break' THEN extract(epoch FROM clock_timestamp() - p.since) END,
  (SELECT json_object_agg(skill, level) FROM dispatch_skill WHERE user_id = p.user_id)
FROM dispatch_presence p
JOIN dispatch_user u ON u.id = p.user_id
JOIN dispatch_heartbeat h ON h.user_id = p.user_id
WHERE p.agency_id = %(agency)s AND u.role = 'clinician' AND h.at > %(fresh)s
  AND p.state IN ('available', 'reserved', 'engaged', 'wrap_up', 'break')
  AND (NOT %(rostered)s OR {ON_SHIFT})
UNION ALL
SELECT n.kind, NULL,
  (SELECT json_agg(extract(epoch FROM clock_timestamp() - w.since)) FROM (
    SELECT a.accepted_at AS since FROM dispatch_assignment a
    WHERE a.unit_id = n.id AND a.ended_at IS NULL
    UNION ALL SELECT o.made_at FROM dispatch_offer o
    WHERE o.unit_id = n.id AND o.state = 'pending') w), NULL, NULL
FROM dispatch_unit n
WHERE n.agency_id = %(agency)s AND n.state NOT IN ('off_duty', 'out_of_service')
  AND {ANSWERS}
"""  # noqa: S608  our own words
# The last sessions of each kind in a week, and how many calls of each priority wanted
# that kind in this hour of those days.
SEEN = """
WITH recent AS MATERIALIZED (
  SELECT s.id, s.response, c.priority, s.wanted_at FROM dispatch_call c
  JOIN dispatch_seat s ON s.call_id = c.id
  WHERE c.agency_id = %(agency)s AND c.opened_at > %(week)s
    AND s.response = ANY(%(kinds)s))
SELECT response,
  (SELECT json_agg(lasted) FROM (
    SELECT extract(epoch FROM a.ended_at - a.accepted_at) AS lasted
    FROM recent r JOIN dispatch_assignment a ON a.seat_id = r.id
    WHERE r.response = k.response AND a.ended_at IS NOT NULL
    ORDER BY a.ended_at DESC LIMIT 200) AS last),
  (SELECT json_object_agg(priority, n) FROM (
    SELECT priority, count(*) AS n FROM recent r
    WHERE r.response = k.response
      AND extract(hour FROM r.wanted_at) = extract(hour FROM clock_timestamp())
    GROUP BY priority) AS hourly)
FROM unnest(%(kinds)s::text[]) AS k(response)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One call of the queue; ``said`` is its wait in words, ``wait`` its seconds.

    ``time`` is how long alone, ``sure`` how sure where that is not as for a new call.
    ``raised`` says that its age raised its priority; empty where it did not.
    """

    call: str
    number: str
    priority: int
    raised: str
    since: datetime
    wait: Wait
    said: str
    time: str
    sure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The queue for one kind of help, and how long a call that comes now would wait."""

    kind: str
    label: str
    there: int
    free: int
    waiting: tuple[Expected, ...]
    new: Wait
    said: str
    time: str
    sure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """Somebody who is there or on a break, and at which level they have which skill."""

    person: Person
    skills: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """Seconds that sessions lasted, and calls an hour by priority, of one kind."""

    lasted: tuple[float, ...]
    hourly: Mapping[int, float]


def lines(agency: UUID, protocol: Protocol) -> tuple[Line, ...]:
    """A line for each kind of ours. Two statements, and one a minute."""
    now = quick.now()
    values = {
        "agency": agency,
        "open": list(OPEN_CALL),
        "kinds": list(KINDS),
        "fresh": now - timedelta(seconds=protocol.clocks["absent_after"]),
        "rostered": protocol.queue.roster,
        "missed": protocol.queue.missed_offers,
    }
    wanted = planned.ask(WANTED, {k: values[k] for k in ("agency", "open", "kinds")})
    known = ("agency", "fresh", "rostered", "missed")
    there = planned.ask(THERE, {name: values[name] for name in known})
    recent = _recent(agency, int(now.timestamp()) // 60)
    return tuple(
        _line(
            kind,
            [row[1:] for row in wanted if row[0] == kind],
            [_there(row, protocol) for row in there if row[0] == kind],
            recent[kind],
            protocol,
            now,
        )
        for kind in KINDS
    )


@lru_cache(maxsize=64)
def _recent(agency: UUID, _minute: int) -> dict[str, Recent]:
    """What the last week says. Kept for a minute: it changes little in one."""
    week = quick.now() - WEEK
    rows = planned.ask(SEEN, {"agency": agency, "kinds": list(KINDS), "week": week})
    return {
        kind: Recent(
            lasted=tuple(lasted or ()),
            hourly={int(p): n / WEEK.days for p, n in (hourly or {}).items()},
        )
        for kind, lasted, hourly in rows
    }


def _there(row: Sequence[object], protocol: Protocol) -> There:
    kind, wrapped, held, gone, skills = row
    wrap_up = float(protocol.clocks["wrap_up"])
    spent = wrap_up if wrapped is None else float(str(wrapped))
    assert held is None or isinstance(held, list)
    assert skills is None or isinstance(skills, dict)
    person = Person(
        held=tuple(held or ()),
        wrap_left=max(0.0, wrap_up - spent),
        capacity=protocol.queue.capacity if kind == "ccd" else 1,
        away=gone is not None,
        gone=None if gone is None else float(str(gone)),
    )
    return There(person=person, skills=skills or {})


def _line(
    kind: str,
    wanted: Sequence[Sequence[object]],
    there: Sequence[There],
    recent: Recent,
    protocol: Protocol,
    now: datetime,
) -> Line:
    by_id = {str(row[0]): row for row in wanted}
    turns = queue.order(
        [Waiting(id=str(i), priority=p, since=s) for i, _n, p, s, _skills in wanted],  # type: ignore[arg-type]
        now,
        protocol.queue,
    )
    wrap_up = float(protocol.clocks["wrap_up"]) if kind == "ccd" else 0.0
    rises = protocol.queue.rises
    found = wait.expected(
        Queue(
            people=tuple(one.person for one in there),
            overtaken=tuple(_always(turn.priority, recent) for turn in turns),
            overtaken_new=_always(NEW, recent),
            at_first=tuple(
                _at_first(by_id[turn.id][2], turn.waited_s, recent, rises)  # type: ignore[arg-type]
                for turn in turns
            ),
            at_first_new=_at_first(NEW, 0, recent, rises),
            seen=tuple(one + wrap_up for one in recent.lasted),
            asks=tuple(
                _asks(turn, by_id[turn.id][4], there, protocol.queue)  # type: ignore[arg-type]
                if kind == "ccd"
                else None
                for turn in turns
            ),
            prior=PRIORS[kind],
        )
    )
    here = [one.person for one in there if not one.person.away]
    return Line(
        kind=kind,
        label=spoken.label(kind, protocol),
        there=len(here),
        free=sum(not one.held and not one.wrap_left for one in here),
        waiting=tuple(
            Expected(
                call=turn.id,
                number=str(by_id[turn.id][1]),
                priority=turn.priority,
                raised=_raised(int(str(by_id[turn.id][2])), turn.priority),
                since=by_id[turn.id][3],  # type: ignore[arg-type]
                wait=one,
                said=said(one),
                time=time(one),
                sure=sureness(one, found.new),
            )
            for turn, one in zip(turns, found.waiting, strict=True)
        ),
        new=found.new,
        said=said(found.new),
        time=time(found.new),
        sure=sureness(found.new),
    )


def _raised(own: int, now: int) -> str:
    """A board shows the call's own priority, the queue the one that it has risen to."""
    if own == now:
        return ""
    return _("%(own)d, raised to %(now)d by its age") % {"own": own, "now": now}


def _asks(
    turn: Turn,
    skills: Mapping[str, Mapping[str, int]],
    there: Sequence[There],
    settings: queue.Queue,
) -> Asks | None:
    """Who has what this call still requires; None where everybody has."""
    required = ask.relaxed(Wanted(**skills), turn.waited_s, settings).required
    suited = [
        one.person
        for one in there
        if all(one.skills.get(skill, 0) >= level for skill, level in required.items())
    ]
    if len(suited) == len(there):
        return None
    return Asks(suited=tuple(suited), until=settings.relax_required - turn.waited_s)


def _always(priority: int, recent: Recent) -> float:
    """Calls an hour that go before one of this priority however long it has waited."""
    ahead = min(priority, queue.RISES_TO)
    return sum(rate for other, rate in recent.hourly.items() if other < ahead)


def _at_first(
    priority: int, waited_s: float, recent: Recent, rises: Sequence[float]
) -> Rate:
    """Calls an hour of each kind that goes before it until it has risen, and how long."""
    return tuple(
        (rate, queue.rises_in(priority, other, waited_s, rises))
        for other, rate in sorted(recent.hourly.items())
        if queue.RISES_TO <= other < priority
    )


def said(one: Wait) -> str:
    """A wait in words, with how sure it is and why."""
    sure = sureness(one)
    return f"{time(one)} ({sure})" if sure else time(one)


def time(one: Wait) -> str:
    """How long alone; beside it stands how sure that is."""
    if one.median is None:
        return _("Nobody can say how long")
    if one.median == 0 and not one.high:
        return _("no wait")
    if one.high is None:
        return _("%(low)s or much longer") % {"low": minutes(one.low or 0)}
    median, low, high = (minutes(each or 0) for each in (one.median, one.low, one.high))
    if one.high < SHORT:
        return median
    if low == high:
        return _("about %(median)s") % {"median": median}
    span = {"median": median, "low": low, "high": high}
    if one.median < SHORT:
        return _("%(low)s to %(high)s") % span
    return _("about %(median)s, %(low)s to %(high)s") % span


def sureness(one: Wait, known: Wait | None = None) -> str:
    """How sure and why; empty where nobody waits, or where it is as ``known`` says."""
    if known is not None and (one.sure, one.why) == (known.sure, known.why):
        return ""
    if one.median is None:
        return word(WHY, one.why)
    if one.median == 0 and not one.high:
        return ""
    said = {"sure": word(SURE, one.sure), "why": word(WHY, one.why)}
    # What makes it less sure than it could be is no reason to be sure.
    fair = _("%(sure)s, but %(why)s")
    return (fair if one.sure == "fair" else _("%(sure)s: %(why)s")) % said


def minutes(seconds: float) -> str:
    """Whole minutes: nobody knows the seconds of a wait to come."""
    if seconds < SHORT:
        return _("under a minute")
    return _("%(n)d min") % {"n": max(1, round(seconds / 60))}


def call_waits(call: str, agency: UUID, protocol: Protocol) -> dict[str, str]:
    """Kind → expected wait in words, for what this call waits for now."""
    return {
        line.kind: one.said
        for line in lines(agency, protocol)
        for one in line.waiting
        if one.call == call
    }
