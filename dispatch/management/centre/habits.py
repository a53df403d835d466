"""How simulated people are: how long they take, how often they let something slip."""

from dataclasses import dataclass

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Shares are of one, spans seconds from and to. As given here: the demo centre,
    where a minute is a town's five. All of it is assumed, nothing of it is measured.
    """

    asks_for: Span = (8, 18)
    declines: float = 0.06
    lets_ring: float = 0.04
    answers_after: Span = (4, 12)
    crew_lets_ring: float = 0
    talks: Span = (60, 170)
    talks_while_others_wait: Span = (25, 60)
    asks_for_team: Span = (25, 45)
    writes: Span = (15, 45)
    back_after_missing: Span = (60, 180)
    sets_off: Span = (4, 12)
    drives: Span = (40, 90)
    stays: Span = (60, 180)
    stays_long: Span = (620, 700)
    long_stays: float = 0.05
    # Around the time when the check is due: in the demo before, when the phone asks.
    says_safe_after: Span = (-20, -5)
    misses_check: float = 0
    clears_scene: Span = (70, 130)
    # Faster than any street allows, as everything in the demo is.
    km_per_second: float = 0.12
    # Nothing is let come to an alarm: no more callers than there are people free, a team
    # is asked for only if one is, and a call that somebody passed on is taken at once.
    careful: bool = False


DEMO = Habits(careful=True)
