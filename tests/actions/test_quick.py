"""Rows by hand: what waits goes out with the next statement, in order and once."""

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from dispatch import quick
from dispatch.models import Call, Caller, CallNote
from tests import makers


@pytest.fixture
def call(db):
    return makers.a_call(makers.an_agency(), phone="919-555-0142")


def a_note(call, text):
    note = CallNote(call=call, by="test", by_name="test")
    note.text = text
    return note


def test_a_write_goes_out_with_the_next_statement(call, django_assert_num_queries):
    with quick.riding(), django_assert_num_queries(1):
        quick.write(call, {"zone": "District 2"})
        seen = quick.find(Call, id=call.pk)

    assert seen.zone == "District 2"


def test_a_row_that_changes_twice_is_written_once(call, django_assert_num_queries):
    with django_assert_num_queries(1) as seen, quick.riding():
        quick.write(call, {"zone": "District 1"})
        quick.write(call, {"zone": "District 2", "urgent": True})

    assert seen.captured_queries[0]["sql"].count("UPDATE") == 1
    stored = makers.fresh(call)
    assert (stored.zone, stored.urgent) == ("District 2", True)


def test_new_rows_that_follow_each_other_are_one_statement(call):
    notes = [a_note(call, "100 % sure"), a_note(call, "two")]

    with quick.riding():
        for note in notes:
            quick.add(note)
        found = quick.rows(CallNote, order=["id"], call=call.pk)

    assert [note.text for note in found] == ["100 % sure", "two"]
    assert all(note.at == found[0].at for note in found)


def test_a_new_row_that_changes_before_it_is_stored_is_stored_as_it_ends(call):
    note = a_note(call, "one")

    with quick.riding():
        quick.add(note)
        quick.write(note, {"kind": "radio"})

    assert makers.fresh(note).kind == "radio"


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT '100%%', %s", ["x"]),
        ("SELECT '100%', 'x'", None),
    ],
    ids=["by place", "no values"],
)
def test_whatever_statement_comes_next_carries_what_waits(call, sql, values):
    with quick.riding(), connection.cursor() as cursor:
        quick.write(call, {"zone": "50 % {North}"})
        cursor.execute(sql, values)
        said = cursor.fetchone()

    assert said == ("100%", "x")
    assert makers.fresh(call).zone == "50 % {North}"


def test_what_waited_in_a_block_that_fails_is_not_stored(call):
    def fail():
        with transaction.atomic(), quick.riding():
            quick.write(call, {"zone": "nowhere"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with quick.riding():
        assert quick.find(Call, id=call.pk).zone != "nowhere"


def test_a_step_that_is_taken_back_takes_its_writes_along(call):
    def step():
        with transaction.atomic():
            quick.write(call, {"zone": "inside"})
            raise ZeroDivisionError

    with quick.riding():
        quick.write(call, {"zone": "before"})
        with pytest.raises(ZeroDivisionError):
            step()

    assert makers.fresh(call).zone == "before"


def test_now_is_one_moment_from_lock_to_lock(call, django_assert_num_queries):
    with quick.riding():
        locked = quick.locked(Call, call.pk)
        with django_assert_num_queries(0):
            quick.write(locked, {"triaged_at": Now(), "closed_at": Now()})
            assert locked.triaged_at == locked.closed_at == quick.now()
        before = quick.now()
        quick.locked(Call, call.pk)
        assert quick.now() > before


def test_sealed_words_stay_sealed_on_their_way(call):
    with quick.riding():
        caller = quick.find(Caller, call=call.pk)
        quick.keep(caller, "phone")

    stored = makers.fresh(caller)
    assert stored.phone == "919-555-0142"
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM dispatch_caller WHERE id = %s", [caller.pk])
        assert b"555" not in bytes(cursor.fetchone()[0])


def test_a_list_finds_any_of_its_values_and_none_finds_nothing_stored(call):
    both = [call.pk, makers.a_call(call.agency).pk]

    assert [row.pk for row in quick.rows(Call, order=["id"], id=both)] == both
    assert quick.rows(Call, id=call.pk, duplicate_of=None)
    assert quick.rows(Call, id=[]) == []
