"""Who tells of a linked call locks both in the order in which they are linked: no ring."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from dispatch.actions import arrival, incoming, intake, phone
from dispatch.actions.base import lock_call
from dispatch.actions.incoming import Brought
from dispatch.errors import Invalid
from dispatch.events import CLOCK, TELEPHONE, Actor
from dispatch.models import Call, Caller, Contact
from tests import makers
from tests.actions import partners

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def older(centre):
    return makers.a_call(centre)


def brought(centre):
    """A call of 988, and the act of sending it again with a danger."""
    lifeline = partners.a_partner(centre)
    by = Actor(kind="partner", id=lifeline.pk, name=lifeline.name)

    def send(**answers):
        said = Brought(reference="L-1", address="12 Elm St", answers=answers)
        return incoming.bring(partner=lifeline, brought=said, by=by).call

    return send(weapon="no"), partial(send, weapon="yes")


def announced(centre):
    """A call that the telephone announced, and the act of announcing more of it."""

    def ring(**more):
        leg = arrival.Arrival(ref="leg-1", channel="voice", **more)
        return arrival.arrive(agency_id=centre.pk, arrival=leg, by=TELEPHONE)

    leg = ring(number="919-555-0199")
    # Over, it does not go on with the other call: what is told of it does.
    Contact.objects.filter(pk=leg.pk).update(state="completed")
    call = Contact.objects.get(pk=leg.pk).call
    return call, partial(ring, number="919-555-0199", address="14 Oak Ave")


def closing(act):
    try:
        return act()
    finally:
        connection.close()


def until_somebody_waits():
    with connection.cursor() as cursor:
        for _look in range(1000):
            cursor.execute("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits for the older call")


@pytest.mark.parametrize("made", [brought, announced])
def test_who_waits_for_the_older_call_does_not_hold_the_younger(centre, older, made):
    call, tell = made(centre)
    intake.link_calls(call_id=call.pk, duplicate_of=older.pk, by=CLOCK)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_call(older.pk)
            telling = other.submit(closing, tell)
            until_somebody_waits()
            free = Call.objects.select_for_update(no_key=True, skip_locked=True)
            seen = free.filter(pk=call.pk).exists()
        telling.result(timeout=20)

    assert seen
    assert older.notes.exists() or older.answers.filter(value="yes").exists()


@pytest.mark.parametrize("made", [brought, announced])
def test_told_while_it_is_linked_nobody_is_refused_and_nothing_is_lost(
    centre, older, at_once, made
):
    call, tell = made(centre)
    link = partial(intake.link_calls, call_id=call.pk, duplicate_of=older.pk, by=CLOCK)

    at_once(link, tell)

    assert makers.fresh(call).state == "duplicate"
    # Told first it stands with the call itself, which the other's page links to.
    assert Caller.objects.get(call=call).address == "14 Oak Ave" or any(
        one.notes.exists() or one.answers.filter(value="yes").exists()
        for one in (call, older)
    )


def test_who_hangs_up_while_their_call_is_linked_is_missed_on_one_of_the_two(
    centre, at_once
):
    for number in range(10):
        call, other = makers.a_call(centre), makers.a_call(centre)
        leg = Contact.objects.get(call=call)
        name = f"CA{number:032d}"
        Contact.objects.filter(pk=leg.pk).update(carrier="in", carrier_ref=name)
        gone = partial(
            phone.heard,
            contact_id=leg.pk,
            said="completed",
            series="call",
            number=None,
            carrier_ref=name,
            ring=0,
            by=TELEPHONE,
        )
        link = partial(
            intake.link_calls, call_id=call.pk, duplicate_of=other.pk, by=CLOCK
        )

        at_once(link, gone, losing=Invalid)

        # Lost before the link, which is refused then; else where the line went on.
        legs = Contact.objects.filter(carrier_ref=name)
        assert [one.state for one in legs] == ["callback_due"]
