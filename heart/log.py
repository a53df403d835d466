"""A line of the log: what happened and where, never the words an exception carries."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType


class Line(logging.Formatter):
    """A database repeats rows in its refusals, and a row may be somebody's name."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None]
    ) -> str:
        chain = reversed(list(_and_what_led_to(ei[1])))
        return "\nThen:\n".join(_where(error) for error in chain)


def _and_what_led_to(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)


def _where(error: BaseException) -> str:
    kind = type(error)
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{kind.__module__}.{kind.__qualname__}"
