"""Statements planned once a connection: the same rows, whatever becomes of the rest."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from dispatch import planned, quick
from dispatch.actions import intake
from dispatch.events import CLOCK
from dispatch.models import Call
from tests import databases, makers

OLDER = "SELECT count(*) FROM dispatch_call WHERE opened_at < clock_timestamp() - %s"
OF = "SELECT id FROM dispatch_call WHERE id = ANY(%s::uuid[]) ORDER BY id"


def is_planned(sql):
    return planned.text(sql).startswith("EXECUTE")


@pytest.mark.django_db
def test_a_statement_is_planned_at_its_second_time_and_says_the_same():
    sql = "SELECT %s::int + 1, '100 %%', %s"

    said = [planned.ask(sql, [1, "50 % {x}"]) for _ in range(8)]

    assert is_planned(sql)
    assert said == [[(2, "100 %", "50 % {x}")]] * 8


@pytest.mark.django_db
def test_values_by_name_may_stand_more_than_once():
    sql = "SELECT %(a)s::int, %(b)s::text IS NULL, %(a)s::int * 2"

    said = [planned.ask(sql, {"a": 4, "b": None, "more": 1}) for _ in range(3)]

    assert said == [[(4, True, 8)]] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("ids", [[], [UUID(int=1)], [UUID(int=1), UUID(int=2)]])
def test_lists_of_ids_of_every_length_are_one_statement(ids):
    for _ in range(3):
        assert planned.ask(OF, [planned.uuids(ids)]) == []


@pytest.mark.django_db
def test_an_error_is_djangos_and_the_statement_works_afterwards():
    sql = "SELECT 10 / %s::int"
    planned.ask(sql, [1])

    for _ in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            planned.ask(sql, [0])

    assert planned.ask(sql, [5]) == [(2,)]


@pytest.mark.django_db
def test_what_cannot_be_planned_says_so_and_is_not_taken_for_planned():
    planned.ask(OLDER, [timedelta(days=1)])

    for _ in range(2):
        with pytest.raises(DatabaseError, match="type casts"), transaction.atomic():
            planned.ask(OLDER, [timedelta(days=1)])


@pytest.mark.django_db
def test_a_rollback_does_not_forget_a_plan_that_the_connection_has():
    sql = "SELECT %s::int + 41"
    planned.ask(sql, [1])

    with transaction.atomic():
        planned.ask(sql, [1])
        transaction.set_rollback(True)

    assert planned.ask(sql, [1]) == [(42,)]


@pytest.mark.django_db
def test_planning_does_not_send_an_actions_waiting_writes(django_assert_num_queries):
    call = makers.a_call(makers.an_agency())
    sql = "SELECT zone FROM dispatch_call WHERE id = %s"
    planned.ask(sql, [call.pk])

    with quick.riding(), django_assert_num_queries(1) as seen:
        quick.write(call, {"zone": "District 2"})
        assert planned.ask(sql, [call.pk]) == [("District 2",)]

    assert "EXECUTE" in seen.captured_queries[0]["sql"]


def test_a_new_connection_plans_anew(own_database):
    call = makers.a_call(makers.an_agency())
    for _ in range(2):
        assert quick.find(Call, id=call.pk) is not None

    connection.close()

    for _ in range(3):
        assert quick.find(Call, id=call.pk) is not None


def again(place, statement):
    """The statement, said by the owner on another connection."""
    with databases.admin(place.owner_url) as admin:
        admin.execute(statement)


def test_a_migration_that_changes_a_type_costs_no_read_and_no_action(own_database):
    call = makers.a_call(makers.an_agency())
    for _ in range(3):
        quick.find(Call, id=call.pk)
        intake.add_note(call_id=call.pk, text="before", by=CLOCK)
    again(own_database, "ALTER TABLE dispatch_call ALTER zone TYPE varchar(90)")

    assert quick.find(Call, id=call.pk) is not None
    intake.add_note(call_id=call.pk, text="after", by=CLOCK)

    again(own_database, "ALTER TABLE dispatch_call ALTER zone TYPE varchar(91)")
    intake.add_note(call_id=call.pk, text="once more", by=CLOCK)
    assert call.notes.count() == 5


def test_a_kept_connection_that_was_cut_is_found_out_before_a_plan_is_used(
    own_database,
):
    call = makers.a_call(makers.an_agency())
    for _ in range(3):
        quick.find(Call, id=call.pk)
    pid = planned.send("SELECT pg_backend_pid()", [])[0][0]
    again(own_database, f"SELECT pg_terminate_backend({pid})")
    # As at the beginning of a request or a task.
    connection.health_check_enabled, connection.health_check_done = True, False

    assert quick.find(Call, id=call.pk) is not None
