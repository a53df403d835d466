"""Two clocks, and the leading one hangs: the other leads, and what is due is done once."""

import os
import signal
from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from dispatch import quick
from dispatch.errors import Stale
from dispatch.management.commands import clock
from dispatch.models import Offer
from dispatch.selectors import leader
from tests import makers
from tests.live.test_once import wait_until
from tests.stack import COMMANDS

NAMES = {"clock", "other clock"}
SESSIONS = """
    SELECT application_name, pid, wait_event_type = 'Lock',
      EXISTS (SELECT FROM pg_locks l
        WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)
    FROM pg_stat_activity a
    WHERE datname = current_database() AND application_name LIKE '%%clock'
"""


@pytest.fixture
def clocks(stack, monkeypatch):
    """One of them leads, the other waits; each session says whose it is."""
    for name in NAMES:
        monkeypatch.setitem(COMMANDS, name, COMMANDS["clock"])
        monkeypatch.setenv("PGAPPNAME", name)
        stack.start(name)
    wait_until(lambda: leading() and sessions().keys() == NAMES)
    return stack


def rows():
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS, [])
        return cursor.fetchall()


def sessions():
    return {name: pid for name, pid, _waits, _leads in rows()}


def leading():
    return [name for name, _pid, _waits, leads in rows() if leads]


def waiting():
    return [name for name, _pid, waits, _leads in rows() if waits]


def send(stack, name, number):
    os.killpg(stack.running[name].pid, number)


def over(ring):
    now = Now()
    rows = Offer.objects.filter(pk=ring.pk)
    rows.update(made_at=now - timedelta(minutes=2), expires_at=now)


def hangs_between_rounds(stack, first, _place, ring):
    send(stack, first, signal.SIGSTOP)
    over(ring)


def hangs_in_a_transaction(stack, first, place, ring):
    """The row it waits for is let go, and then it holds the row itself."""
    with closing(psycopg2.connect(place.database_url)) as holder:
        holder.cursor().execute("SELECT FROM dispatch_call FOR UPDATE")
        over(ring)
        wait_until(lambda: waiting() == [first])
        send(stack, first, signal.SIGSTOP)


@pytest.mark.parametrize("hangs", [hangs_between_rounds, hangs_in_a_transaction])
def test_the_other_clock_leads_when_the_first_hangs_and_an_offer_expires_once(
    clocks, own_database, centre, hangs
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    (first,) = leading()
    (other,) = NAMES - {first}
    before = sessions()[first]

    hangs(clocks, first, own_database, ring)
    wait_until(lambda: makers.fresh(ring).state == "expired")
    assert leading() == [other]
    assert leader.fault() == ""

    send(clocks, first, signal.SIGCONT)
    wait_until(lambda: sessions().get(first, before) != before)
    assert leading() == [other]
    assert makers.kinds(call).count("OfferExpired") == 1

    clocks.kill(other)
    wait_until(lambda: leading() == [first])


def test_a_clock_whose_session_ended_asks_again_before_it_goes_on(own_database):
    """A rollback that finds the session gone says nothing: a refusal is all one hears."""
    worked = []

    def act(pk):
        worked.append(pk)
        with transaction.atomic():
            quick.now()
            end_session(own_database, connection.connection.info.backend_pid)
            raise Stale

    quick.now()
    with pytest.raises(OperationalError):
        clock.each([1, 2], act)
    assert worked == [1]


def end_session(place, pid):
    with closing(psycopg2.connect(place.database_url)) as line:
        line.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
