"""The log: only ever longer, without gaps, and no change of the past goes unseen."""

from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg2 import errorcodes

from dispatch import access, journal
from dispatch.actions import intake, staff
from dispatch.errors import Invalid, NotFound
from dispatch.events import CLOCK, CallCancelled
from dispatch.models import AccessRecord, AccessSeal, Event, Feed
from dispatch.selectors import chain
from tests import makers

TABLES = ("dispatch_event", "dispatch_accessrecord", "dispatch_accessseal")
CHANGES = {
    "dispatch_event": "UPDATE dispatch_event SET kind = 'CallClosed'",
    "dispatch_accessrecord": "UPDATE dispatch_accessrecord SET verb = 'board.see'",
    "dispatch_accessseal": "UPDATE dispatch_accessseal SET number = 1",
}
ATTACKS = [
    *CHANGES.values(),
    *(f"DELETE FROM {table}" for table in TABLES),
    *(f"TRUNCATE {table} CASCADE" for table in TABLES),
]
DELETIONS = [
    "DELETE FROM dispatch_decision",
    "DELETE FROM dispatch_call",
    "DELETE FROM routing_protocolversion",
]


def numbers(centre):
    rows = Event.objects.filter(agency=centre).order_by("number")
    return list(rows.values_list("number", flat=True))


def story(centre):
    """A call from its opening to its end, somebody reading it, and the reads sealed."""
    dispatcher = makers.a_user(centre, "dispatcher")
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    makers.on_scene(call)
    access.read_call(dispatcher, call.pk)
    return call


def sealed(centre):
    """As if five seconds had passed: the records are settled and go into the chain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "SETTLED", timedelta(seconds=-5))
        staff.seal_reads(agency_id=centre.pk, by=CLOCK)


def test_numbers_have_no_gap_and_the_feed_knows_the_last(centre):
    story(centre)

    there = numbers(centre)

    assert there == list(range(1, len(there) + 1))
    assert Feed.objects.get(agency=centre).number == len(there)


def test_each_agency_counts_for_itself(centre):
    other = makers.an_agency()
    makers.a_call(centre)
    makers.a_call(other)

    assert numbers(centre) == numbers(other) == [1]


def test_a_refused_action_takes_no_number(centre):
    call = makers.a_call(centre)
    with pytest.raises(Invalid):
        intake.add_note(call_id=call.pk, text=" ", by=CLOCK)

    makers.a_call(centre)

    assert numbers(centre) == [1, 2]


def test_a_write_that_is_rolled_back_gives_its_number_back(centre):
    with transaction.atomic(), journal.collecting() as lines:
        journal.append(CallCancelled(reason="other"), by=CLOCK, agency=centre)
        journal.write(lines)
        assert journal.head(centre.pk) == 1
        transaction.set_rollback(True)

    makers.a_call(centre)

    assert numbers(centre) == [1]


def test_the_log_is_read_in_order_from_a_number(centre):
    story(centre)

    later = journal.since(centre.pk, 3, limit=4)

    assert [event.number for event in later] == [4, 5, 6, 7]


def test_the_chain_holds_after_a_story(centre):
    story(centre)
    sealed(centre)

    verdict = chain.verify(centre)

    assert verdict.faults == ()
    assert verdict.events == len(numbers(centre))


def test_an_event_holds_no_words_of_the_caller(centre):
    call = makers.a_call(
        centre, name="Ada Quill", phone="919-555-0177", address="4 Elm", said="the barn"
    )
    intake.add_note(call_id=call.pk, text="whispers", by=CLOCK)

    told = str(list(Event.objects.filter(agency=centre).values_list("body", "by_name")))

    for word in ("Quill", "555", "Elm", "barn", "whispers"):
        assert word not in told


@pytest.mark.parametrize("attack", [*ATTACKS, *DELETIONS])
def test_the_running_application_cannot_change_the_past(centre, attack):
    story(centre)
    sealed(centre)

    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(attack)

    code = refused.value.__cause__.pgcode
    assert code == errorcodes.INSUFFICIENT_PRIVILEGE


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_owner_is_stopped_by_a_trigger(django_db_setup, attack):
    with closing(psycopg2.connect(django_db_setup.owner_url)) as owner:
        with pytest.raises(psycopg2.Error) as refused:
            owner.cursor().execute(attack)
        owner.rollback()

    assert refused.value.pgcode == errorcodes.RESTRICT_VIOLATION


def test_the_running_application_cannot_switch_the_triggers_off(centre):
    for attack in (
        "ALTER TABLE dispatch_event DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON dispatch_event",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(attack)


@pytest.fixture
def past(own_database):
    """A committed story, and somebody with all power over the database."""
    centre = makers.an_agency()
    story(centre)
    sealed(centre)
    assert chain.verify(centre).faults == ()
    name = urlsplit(own_database.database_url).path.lstrip("/")
    with closing(psycopg2.connect(own_database.admin_url, dbname=name)) as superuser:
        superuser.autocommit = True
        cursor = superuser.cursor()
        cursor.execute("SET session_replication_role = replica")
        yield centre, cursor


FORGERIES = {
    "a body": ("UPDATE dispatch_event SET body = '{}' WHERE number = 3", "altered"),
    "an author": (
        "UPDATE dispatch_event SET by_name = 'X' WHERE number = 3",
        "altered",
    ),
    "a time": (
        "UPDATE dispatch_event SET at = at - interval '1 s' WHERE number = 3",
        "altered",
    ),
    "a call": ("UPDATE dispatch_event SET call_id = NULL WHERE number = 3", "altered"),
    "an event taken out": ("DELETE FROM dispatch_event WHERE number = 3", "missing"),
    "the newest events cut off": (
        "DELETE FROM dispatch_event WHERE number > 5",
        "the feed says",
    ),
    "a read taken out": ("DELETE FROM dispatch_accessrecord", "sealed access records"),
    "a reader exchanged": (
        "UPDATE dispatch_accessrecord SET user_id ="
        " (SELECT id FROM dispatch_user WHERE role = 'responder' LIMIT 1)",
        "sealed access records",
    ),
    "a seal lifted": ("DELETE FROM dispatch_accessseal", "sealed access records"),
}


@pytest.mark.parametrize(("attack", "told"), FORGERIES.values(), ids=FORGERIES)
def test_what_the_superuser_forges_is_found(past, attack, told):
    centre, superuser = past

    superuser.execute(attack)

    assert superuser.rowcount > 0
    assert told in "; ".join(chain.verify(centre).faults)


def test_an_altered_event_with_a_fitting_hash_is_found_by_its_successor(past):
    centre, superuser = past
    event = Event.objects.get(agency=centre, number=3)
    event.by_name = "X"

    superuser.execute(
        "UPDATE dispatch_event SET by_name = 'X', hash = %s WHERE number = 3",
        [journal.digest(event)],
    )

    told = "; ".join(chain.verify(centre).faults)
    assert "event 4 does not follow" in told


def test_reading_a_call_leaves_a_record_and_looking_at_a_foreign_one_none(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    call = makers.a_call(centre)
    foreign = makers.a_call(makers.an_agency())

    access.read_call(dispatcher, call.pk)
    with pytest.raises(NotFound):
        access.read_call(dispatcher, foreign.pk)

    record = AccessRecord.objects.get(user=dispatcher)
    assert (record.call, record.verb, record.projection) == (
        call,
        "call.see",
        "operations",
    )


def test_a_read_is_sealed_into_the_chain_once(centre):
    story(centre)

    sealed(centre)
    sealed(centre)

    seals = Event.objects.filter(agency=centre, kind="AccessSealed")
    assert seals.get().body["count"] == 1
    assert AccessSeal.objects.get(agency=centre).number == seals.get().number


def test_a_read_is_not_sealed_while_its_transaction_may_be_open(centre):
    story(centre)

    staff.seal_reads(agency_id=centre.pk, by=CLOCK)

    assert not AccessSeal.objects.filter(agency=centre).exists()
