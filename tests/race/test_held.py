"""A row that somebody holds: the clock waits for it once a beat, a person a few times."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from dispatch.actions import intake, offer
from dispatch.actions.base import TRIES, action
from dispatch.errors import Busy
from dispatch.events import CLOCK, ROUTER
from dispatch.management.commands import clock
from dispatch.models import Offer
from dispatch.selectors import due
from tests import makers


def rung(centre):
    """A ring whose deadline has passed."""
    makers.a_clinician(centre)
    ring = makers.ringing(makers.decided(makers.a_call(centre)))
    Offer.objects.filter(pk=ring.pk).update(expires_at=Now())
    return ring


@pytest.fixture
def ring(centre):
    """The same; its call is held by somebody else."""
    return rung(centre)


@pytest.fixture
def held(own_database, ring):
    connection.cursor().execute("SET lock_timeout = '20ms'")
    with closing(psycopg2.connect(own_database.database_url)) as holder:
        lock = "SELECT 1 FROM dispatch_call WHERE id = %s FOR UPDATE"
        holder.cursor().execute(lock, [str(ring.seat.call_id)])
        yield holder


def tries(asked):
    return [one["sql"] for one in asked].count("ROLLBACK")


def beat():
    each = due.offers()
    clock.each(each, lambda pk: offer.expire(offer_id=pk, by=CLOCK))
    return len(each)


def test_a_held_call_costs_the_clock_one_try_and_the_others_nothing(ring, held):
    other = rung(makers.an_agency())

    with CaptureQueriesContext(connection) as asked:
        assert beat() == 2

    assert tries(asked) == 1
    assert makers.fresh(other).state == "expired"
    assert makers.fresh(ring).state == "pending"
    held.rollback()
    beat()
    assert makers.fresh(ring).state == "expired"


def test_somebody_else_tries_a_few_times_before_it_is_busy(ring, held):
    with CaptureQueriesContext(connection) as asked, pytest.raises(Busy):
        intake.add_note(call_id=ring.seat.call_id, text="seen", by=ROUTER)

    assert tries(asked) == TRIES


@action
def crossing(*, tried, by):
    """Meets a colleague who holds what it wants, and the other way round, once."""
    tried.append(by)
    if len(tried) == 1:
        raised = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"
        connection.cursor().execute(raised)


def test_where_two_cross_the_clock_tries_again_at_once(centre):
    tried = []

    crossing(tried=tried, by=CLOCK)

    assert len(tried) == 2
