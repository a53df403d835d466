"""A figure: what was measured, what it must be, and the raw limit of the same run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    must: float
    aim: float
    unit: str
    more_is_better: bool = False

    def held(self, value: float, limit: float) -> bool:
        return value >= limit if self.more_is_better else value <= limit


BUDGETS = {
    "decide_ms": Budget(must=1, aim=0.2, unit="ms, median"),
    "snapshot_200_ms": Budget(must=40, aim=10, unit="ms, median"),
    "snapshot_2000_ms": Budget(must=200, aim=40, unit="ms, median"),
    "boards_200_ms": Budget(must=150, aim=50, unit="ms, p99"),
    "boards_1000_ms": Budget(must=250, aim=100, unit="ms, p99"),
    "decision_on_board_ms": Budget(must=500, aim=150, unit="ms, p99"),
    "open_api_ms": Budget(must=150, aim=60, unit="ms, p99 at 40/s"),
    "call_page_ms": Budget(must=150, aim=60, unit="ms, p95"),
    # Issue 3: everybody else is told within 300 ms.
    "storm_told_ms": Budget(must=300, aim=150, unit="ms, p95 of the last told"),
    "full_path_per_s": Budget(must=15, aim=40, unit="calls/s", more_is_better=True),
    "wait_error_to_plain": Budget(must=1, aim=0.9, unit="ratio of medians"),
    "wait_inside": Budget(must=0.7, aim=0.78, unit="share", more_is_better=True),
    "open_to_raw": Budget(must=0.03, aim=0.08, unit="ratio", more_is_better=True),
}


def figure(
    name: str,
    value: float | None,
    *,
    raw: float | None = None,
    raw_is: str = "",
    **more: object,
) -> dict[str, object]:
    """``value`` None says that it could not be measured; then ``why`` says why."""
    budget = BUDGETS[name]
    rule = asdict(budget)
    held = None if value is None else budget.held(value, budget.must)
    aimed = None if value is None else budget.held(value, budget.aim)
    shown = {"what": name, "value": short(value), **rule, "holds": held, "aimed": aimed}
    if raw is not None:
        shown |= {"raw": short(raw), "raw_is": raw_is}
    return shown | more


def short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def quantile(values: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def spread(values: Sequence[float]) -> dict[str, float | int | None]:
    return {
        "n": len(values),
        "p50": short(quantile(values, 0.5)),
        "p95": short(quantile(values, 0.95)),
        "p99": short(quantile(values, 0.99)),
        "max": short(max(values)),
    }
