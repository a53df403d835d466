"""The report's tables and its chart: how many calls, by what, and how fast."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dispatch.models import Agency
from dispatch.selectors import board, measures, words
from dispatch.selectors import decision as spoken
from dispatch.selectors.cohort import Story
from dispatch.selectors.decision import word
from dispatch.selectors.measures import Span
from dispatch.selectors.sentences import OUTCOMES
from dispatch.selectors.timeline import span
from routing.core.protocol import Protocol

TALLEST, STEP = 150, 30  # of a bar, in the chart's own units


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: counts of calls or people, then what is said of them in words."""

    label: str
    counts: tuple[int, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``parts``: the counts add up, so that one that is hidden could be worked out."""

    code: str
    title: str
    means: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    of: int
    parts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    count: int
    x: int
    middle: int
    y: int
    above: int
    height: int
    named: bool


Rows = Sequence[tuple[str, tuple[int, ...]]]


def table(
    code: str,
    title: str,
    means: str,
    columns: tuple[str, ...],
    rows: Rows,
    *,
    of: int,
    parts: bool = True,
) -> Table:
    return Table(
        code=code,
        title=title,
        means=means,
        columns=columns,
        lines=tuple(Line(label=label, counts=counts) for label, counts in rows),
        of=of,
        parts=parts,
    )


def tables(
    stories: Sequence[Story], protocol: Protocol, agency: Agency
) -> tuple[Table, ...]:
    """Every table, the ones that explain the figures first."""
    calls = measures.counted(stories)
    served = measures.served(stories)
    ours = measures.ours(stories)
    return (
        _counts(
            "not_served",
            _("Eligible and not served"),
            _("The reason that was kept with the call."),
            _("Why"),
            {_(words.NOT_SERVED[why]): n for why, n in served.reasons.items()},
        ),
        _counts(
            "ineligible",
            _("Not eligible"),
            _("By the rule that said so."),
            _("Rule"),
            served.ineligible,
        ),
        _counts(
            "response",
            _("By help that took the call"),
            _("A call with two kinds of help stands under both."),
            _("Help"),
            Counter(words.response(kind) for one in ours for kind in one.helps),
            of=len(ours),
        ),
        _counts(
            "outcome",
            _("By outcome"),
            _("How calls ended; a call may have several."),
            _("Outcome"),
            Counter(
                word(OUTCOMES, code)
                for one in ours
                for code in {code for end in one.ends for code in end.outcomes}
            ),
            of=len(ours),
        ),
        _times(ours),
        _overrides(ours),
        _counts(
            "type",
            _("By type"),
            _("The type the call has now."),
            _("Type"),
            Counter(board.type_label(one.type, "", protocol) for one in calls),
        ),
        _counts(
            "zone",
            _("By zone"),
            _("The zone of the place."),
            _("Zone"),
            Counter(one.zone or _("not known") for one in calls),
        ),
        _hours(calls, agency),
    )


def _counts(
    code: str,
    title: str,
    means: str,
    head: str,
    counts: Mapping[str, int],
    of: int | None = None,
) -> Table:
    """Most frequent first. ``of`` is given where one call may stand in two rows."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return table(
        code,
        title,
        means,
        (head, _("Calls")),
        [(name, (count,)) for name, count in ranked],
        of=sum(counts.values()) if of is None else of,
        parts=of is None,
    )


def _times(calls: Sequence[Story]) -> Table:
    """Times between moments that the console itself saw."""
    found = measures.spans(calls)
    labels = {
        "decision": _("Call opened to decided"),
        "accept": _("Offer made to accepted by the clinician"),
        "confirm": _("Accepted by the clinician to caller taken over"),
        "acknowledge": _("Unit dispatched to acknowledged"),
        "en_route": _("Unit dispatched to en route"),
        "on_scene": _("Unit dispatched to on scene"),
    }
    return Table(
        code="times",
        title=_("Times"),
        means=_(
            "Minutes and seconds: the median, and the time that nine of ten do not"
            " exceed. The telephone is not connected, so nobody knows how long it rang;"
            " recorded calls brought in later are left out."
        ),
        columns=(_("From, to"), _("n"), _("Median"), _("90th")),
        lines=(
            Line(
                label=_("Call rings to answered"),
                counts=(0,),
                said=(_("not measured"), ""),
            ),
            *(_timed(labels[step], found[step]) for step in labels),
        ),
        of=len(calls),
        parts=False,
    )


def _timed(label: str, found: Span) -> Line:
    if found.median is None or found.ninetieth is None:
        return Line(label=label, counts=(0,), said=(_("no cases"), ""))
    said = (span(found.median), span(found.ninetieth))
    return Line(label=label, counts=(found.n,), said=said)


def _overrides(calls: Sequence[Story]) -> Table:
    """Per rule and reason, beside how often the rule decided at all."""
    weighed = [made for one in calls for made in one.weighed]
    decided = Counter(made.rule for made in weighed)
    changed = Counter((made.rule, made.reason) for made in weighed if made.instead)
    rows = [
        (
            _("%(rule)s: %(reason)s")
            % {"rule": rule, "reason": word(spoken.OVERRIDE_REASONS, reason)},
            (n, decided[rule]),
        )
        for (rule, reason), n in sorted(
            changed.items(), key=lambda pair: (-pair[1], pair[0])
        )
    ]
    return table(
        "overrides",
        _("Overrides"),
        _("Decisions that a person changed, by the rule that decided and the reason."),
        (_("Rule and reason"), _("Changed"), _("Rule decided")),
        rows,
        of=len(weighed),
        parts=False,
    )


def _hours(calls: Sequence[Story], agency: Agency) -> Table:
    counts = _by_hour(calls, agency)
    return table(
        "hour",
        _("By hour of the day"),
        _("When calls were opened, in the agency's own time."),
        (_("Hour"), _("Calls")),
        [(f"{hour:02d}", (counts[hour],)) for hour in range(24)],
        of=len(calls),
    )


def _by_hour(calls: Iterable[Story], agency: Agency) -> Counter[int]:
    return Counter(one.opened_at.astimezone(agency.zone).hour for one in calls)


def bars(calls: Iterable[Story], agency: Agency) -> tuple[Bar, ...]:
    """Calls by hour of the day, as rectangles of a drawing."""
    hours = _by_hour(calls, agency)
    most = max(hours.values(), default=0) or 1
    heights = {hour: round(TALLEST * hours[hour] / most) for hour in range(24)}
    return tuple(
        Bar(
            label=f"{hour:02d}",
            count=hours[hour],
            x=hour * STEP,
            middle=hour * STEP + STEP // 2 - 2,
            y=TALLEST - height + 20,
            above=TALLEST - height + 15,
            height=height,
            named=hour % 3 == 0,
        )
        for hour, height in heights.items()
    )
