"""Why one stands before another: a code, and what belongs into its sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Never words: those are made per language, where they are read."""

    code: str
    params: tuple[tuple[str, str | int], ...] = ()


def because(code: str, **params: str | int) -> Why:
    return Why(code=code, params=tuple(params.items()))
