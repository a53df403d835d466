"""The one-second clock: two may run, one leads; it looks for what is due.

Deadlines are columns, so a clock that was away finds everything on its return. One that
hangs falls silent: PostgreSQL ends its session, and with it the lock that makes it lead.
"""

import argparse
import logging
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from dispatch import near, nudge, wrong
from dispatch.actions import (
    alarm,
    contact,
    decision,
    details,
    handover,
    incoming,
    loan,
    offer,
    safety,
    staff,
    triage,
)
from dispatch.errors import DispatchError
from dispatch.events import CLOCK
from dispatch.models import Session
from dispatch.selectors import due, shifts, telephone, transfer
from dispatch.selectors.leader import LEADER
from routing import store

logger = logging.getLogger(__name__)

Key = TypeVar("Key")

BEAT = 1.0  # seconds
# Seconds without a statement, in a transaction or not, after which a session ends. With
# the other's beat it leads within five; longer than a beat and a nudge that fails.
SILENCE = 3
SEAL_EVERY = 10


class Command(BaseCommand):
    help = "Look every second for what is due. Two may run: one leads, one waits."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="One round, then end.")

    def handle(self, *, once: bool, **options: object) -> None:
        if once:
            round_(sealing=True)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        _end_when_silent()
        beats = 0
        while not stop.wait(BEAT):
            beats += 1
            try:
                if _leads():
                    round_(sealing=beats % SEAL_EVERY == 0)
            except (DatabaseError, InterfaceError) as error:
                # The database went away; the next beat connects anew.
                logger.warning("no round", extra={"error": type(error).__name__})
                connection.close()


def _end_when_silent() -> None:
    """For every session that this process opens from now on."""
    options = connection.settings_dict["OPTIONS"]
    for name in ("idle_session_timeout", "idle_in_transaction_session_timeout"):
        options["options"] += f" -c {name}={SILENCE}s"
    connection.close()


def _leads() -> bool:
    """Whether this session holds the leader's lock; asking again is harmless."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"
            " AND pid = pg_backend_pid() AND granted) OR pg_try_advisory_lock(%s)",
            [LEADER],
        )
        return bool(cursor.fetchone()[0])


def round_(*, sealing: bool) -> None:
    """Everything that is due now, each in an action of its own."""
    each(due.offers(), lambda pk: offer.expire(offer_id=pk, by=CLOCK))
    each(due.loans(), lambda pk: loan.expire(loan_id=pk, by=CLOCK))
    each(transfer.due(), lambda pk: handover.expire(transfer_id=pk, by=CLOCK))
    each(transfer.reached(), lambda pk: incoming.contact_made(call_id=pk, by=CLOCK))
    each(near.unplaced(), lambda pk: details.place(call_id=pk, by=CLOCK))
    each(near.unheard(), lambda pk: triage.hear_near(call_id=pk, by=CLOCK))
    each(due.undecided(), lambda pk: decision.decide(call_id=pk, by=CLOCK))
    each(due.agencies(), _people)
    each(due.silent_offers(), lambda pk: offer.drop(offer_id=pk, by=CLOCK))
    each(due.waiting_calls(), lambda pk: offer.make(call_id=pk, by=CLOCK))
    each(due.contacts(), lambda pk: contact.due(contact_id=pk, by=CLOCK))
    each(telephone.waiting(), nudge.phone)
    each(due.checks(), lambda pk: safety.check_overdue(unit_id=pk, by=CLOCK))
    each(due.late_checks(), lambda pk: safety.escalate_check(unit_id=pk, by=CLOCK))
    silent = due.unanswered_checks()
    each(silent, lambda pk: safety.check_unanswered(unit_id=pk, by=CLOCK))
    each(due.agencies(), _alarms)
    if sealing:
        each(due.sealing(), lambda pk: staff.seal_reads(agency_id=pk, by=CLOCK))
        Session.get_session_store_class().clear_expired()


def _people(agency: UUID) -> None:
    _row, protocol = store.published(agency)
    silent = due.silent(agency, timedelta(seconds=protocol.clocks["absent_after"]))
    each(silent, lambda pk: staff.mark_absent(user_id=pk, by=CLOCK))
    over = due.wrap_ups(agency, timedelta(seconds=protocol.clocks["wrap_up"]))
    each(over, lambda pk: staff.end_wrap_up(user_id=pk, by=CLOCK))
    if protocol.queue.roster:
        each(shifts.ended(agency), lambda pk: staff.end_shift(user_id=pk, by=CLOCK))


def _alarms(agency: UUID) -> None:
    _row, protocol = store.published(agency)
    each(wrong.sweep(agency, protocol), lambda found: alarm.see_to(found, by=CLOCK))


def each(ids: Iterable[Key], act: Callable[[Key], object]) -> None:
    """One refused row must not keep the others waiting.

    OperationalError, InterfaceError: the session ended, and perhaps somebody else leads.
    """
    session = connection.connection
    for pk in ids:
        try:
            act(pk)
        except DispatchError as error:
            logger.warning("refused", extra={"id": str(pk), "code": error.code})
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  nor may one that cannot be worked on
            logger.error("failed on %s: %s", pk, type(error).__name__)
        if connection.connection is not session:
            # A rollback that found it gone says nothing, and Django would connect anew.
            raise OperationalError("the session ended in mid-round")
