"""Alarms as people read them: mine and the most urgent, the open ones, today's ended."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import planned
from dispatch.models import Agency, Alarm, Role
from dispatch.selectors import sentences, telling, tries, words
from dispatch.selectors.decision import OURS, Words, word
from dispatch.states import AlarmState, CallState

PAGE = 200
# The most urgent first. A crew in need stands before every call; then the call's own
# priority counts, and this order within it. "untold" is a wait for outside help.
CREW = ("emergency", "check")
RANKS = (
    *CREW,
    "untold",
    "forgotten",
    "unowned",
    "nobody",
    "told",
    "unanswered",
    "callback",
    "on_hold",
    "transfer",
    "crew_still",
    "interpreter",
    "waiting",
    "position",
)
WHY: Words = {
    "put_right": gettext_lazy("put right"),
    "heard": gettext_lazy("somebody knows it now"),
    "call_ended": gettext_lazy("the call ended"),
    "line_over": gettext_lazy("the caller is on the line no longer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One alarm. ``name`` is the call's number or the unit's name, ``with_`` who has it.

    ``priority`` is the call's, None where no call of ours is known; ``rank`` is the place
    of what it is about in RANKS. ``took`` is the time from raised to over, "0:41"; empty while it is open.
    """

    id: UUID
    about: str
    what: str
    rank: int
    priority: int | None
    name: str
    call: UUID | None
    unit: str
    since: datetime
    with_: str
    state: str
    taken: bool
    mine: bool
    to_take: bool
    ended: datetime | None
    took: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """How many are mine, the one of them that presses most, and how many more."""

    count: int
    first: Shown
    more: int


FLOOR = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
UNDECIDED = frozenset({CallState.NEW, CallState.TRIAGING})
ANY = "SELECT EXISTS (SELECT FROM dispatch_alarm WHERE agency_id = %s AND state <> %s)"


def any_open(agency: UUID) -> bool:
    """Whether there is anything to show. Every page asks, and mostly there is not."""
    return bool(planned.ask(ANY, [agency, AlarmState.ENDED])[0][0])


def strip(alarms: QuerySet[Alarm], user: UUID, role: str) -> Strip | None:
    """What stands above every page; None while nothing is mine. One query."""
    mine = [one for one in open_ones(alarms, user, role) if one.mine]
    return Strip(count=len(mine), first=mine[0], more=len(mine) - 1) if mine else None


def open_ones(alarms: QuerySet[Alarm], user: UUID, role: str) -> list[Shown]:
    """Those that are not over: mine first, what nobody has first, the most urgent.

    A crew in need first, then by the call's priority, the kind and the age.
    """
    rows = _with_names(alarms.exclude(state=AlarmState.ENDED)).order_by("raised_at")
    return sorted(_all(list(rows[:PAGE]), user, role), key=_pressing)


def ended_today(
    alarms: QuerySet[Alarm], agency: Agency, user: UUID, role: str, *, now: datetime
) -> list[Shown]:
    """Those that ended since midnight in the centre's time zone, the latest first."""
    today = now.astimezone(agency.zone).date()
    midnight = datetime.combine(today, time(), agency.zone)
    over = alarms.filter(state=AlarmState.ENDED, ended_at__gte=midnight)
    rows = _with_names(over).order_by("-ended_at")
    return _all(list(rows[:PAGE]), user, role)


def _all(rows: list[Alarm], user: UUID, role: str) -> list[Shown]:
    """Each with how often a lost caller was tried, and with what was told."""
    tried, told = tries.of_alarms(rows), telling.of_alarms(rows)
    shown = []
    for row in rows:
        one, more = _shown(row, user, role), tried.get(row.subject)
        what = f"{one.what}, {more}" if more else told.get(row.subject, one.what)
        shown.append(replace(one, what=what))
    return shown


def _with_names(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    return alarms.select_related("call", "unit__agency", "owner", "seat")


def _pressing(one: Shown) -> tuple[bool, bool, bool, int, int, datetime]:
    """What presses most sorts first; a priority that is not known counts as the highest."""
    crew = one.about in CREW
    priority = 1 if crew or one.priority is None else one.priority
    return not one.mine, one.taken, not crew, priority, one.rank, one.since


def _untold(row: Alarm) -> bool:
    """Whether it is about outside help that nobody has told yet."""
    return (
        row.about == "waiting"
        and row.seat is not None
        and row.seat.response not in OURS
    )


def _what(row: Alarm) -> str:
    """What is wrong, and of a wait, which help: "EMS: not told yet"."""
    said = _("not told yet") if _untold(row) else word(sentences.ALARMS, row.about)
    if row.about == "nobody" and row.subject != row.call_id:
        return _("a caller is on the line, and nobody said who has them")
    if row.about == "nobody" and row.call and row.call.state in UNDECIDED:
        return _("its triage is open for long")
    if row.about != "waiting" or row.seat is None:
        return said
    return _("%(help)s: %(said)s") % {
        "help": words.response(row.seat.response),
        "said": said,
    }


def _shown(row: Alarm, user: UUID, role: str) -> Shown:
    unit = words.whose(row.unit, row.agency_id) if row.unit else ""
    raised = row.state == AlarmState.RAISED
    # A crew's emergency is everybody's on the floor until one of them has it.
    everybody = row.owner_id is None or (raised and row.about == "emergency")
    mine = row.owner_id == user or (everybody and role in FLOOR)
    return Shown(
        id=row.pk,
        about=row.about,
        what=_what(row),
        rank=RANKS.index("untold" if _untold(row) else row.about),
        priority=row.call.priority if row.call else None,
        name=row.call.number if row.call else unit,
        call=row.call_id,
        unit=unit if row.call else "",
        since=row.raised_at,
        with_=_with(row),
        state=row.state,
        taken=row.state == AlarmState.TAKEN,
        mine=mine and row.state != AlarmState.ENDED,
        to_take=raised,
        ended=row.ended_at,
        took=_took(row),
        why=word(WHY, row.why) if row.why else "",
    )


def _with(row: Alarm) -> str:
    """Who has it, or whom it is put to: "D12 Lee", "M. Ortiz, the supervisor"."""
    if row.owner is None:
        return word(sentences.ALARM_TO, row.to)
    if row.state != AlarmState.RAISED:
        return str(row.owner)
    where = word(sentences.ALARM_TO, row.to)
    return _("%(who)s, %(where)s") % {"who": row.owner, "where": where}


def _took(row: Alarm) -> str:
    """m:ss, hours as minutes: an alarm should be over long before."""
    if row.ended_at is None:
        return ""
    minutes, seconds = divmod(int((row.ended_at - row.raised_at).total_seconds()), 60)
    return f"{minutes}:{seconds:02d}"


def plain(alarms: QuerySet[Alarm]) -> list[Alarm]:
    """The open ones as rows, the oldest first."""
    return list(alarms.exclude(state=AlarmState.ENDED).order_by("raised_at")[:PAGE])
