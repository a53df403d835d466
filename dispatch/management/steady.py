"""Carry on through a restart of the database: connect anew and say it again."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from dispatch.errors import Busy

logger = logging.getLogger(__name__)

R = TypeVar("R")
PAUSE = 0.5
PATIENCE = 60.0


def through_restarts(act: Callable[[], R], *, patience: float = PATIENCE) -> R:
    """Try until it is done; what is tried must be safe to repeat.

    A database that stays away longer than ``patience`` seconds ends it.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError, Busy) as error:
            if time.monotonic() > end:
                raise
            logger.warning("tried again", extra={"error": type(error).__name__})
            forget_connection()
            time.sleep(PAUSE)


def forget_connection() -> None:
    """The next query connects anew. Inside a transaction there is no way back."""
    if connection.in_atomic_block:
        return
    try:
        connection.close()
    except (DatabaseError, InterfaceError):
        connection.connection = None
