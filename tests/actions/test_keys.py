"""One key, one effect: the second time answers with the first one's row."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from dispatch.actions import intake, triage
from dispatch.actions.intake import Details, Intake
from dispatch.errors import Invalid, KeyReused, Stale
from dispatch.models import Call, CallNote, Event, WriteKey
from tests import makers


def opens(centre, by, **said):
    return intake.open_call(agency_id=centre.pk, intake=Intake(**said), by=by)


def test_the_same_key_and_body_give_the_same_row_and_one_effect(centre, dispatcher):
    by = makers.by(dispatcher, "k1")
    first = opens(centre, by, type="trespass")
    events = Event.objects.filter(agency=centre).count()

    again = opens(centre, by, type="trespass")

    assert again == first
    assert Call.objects.filter(agency=centre).count() == 1
    assert Event.objects.filter(agency=centre).count() == events


def test_a_repeated_key_answers_with_the_row_as_it_is_now(centre, dispatcher):
    by = makers.by(dispatcher, "k1")
    call = opens(centre, by)
    intake.correct(
        call_id=call.pk, details=Details(zone="District 4"), by=makers.by(dispatcher)
    )

    again = opens(centre, by)

    assert again.zone == "District 4"


def test_the_same_key_with_another_body_is_refused(centre, dispatcher):
    by = makers.by(dispatcher, "k1")
    opens(centre, by, type="trespass")

    with pytest.raises(KeyReused):
        opens(centre, by, type="welfare_check")

    assert Call.objects.filter(agency=centre).count() == 1


def test_the_same_key_for_another_verb_is_refused(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    by = makers.by(dispatcher, "k1")
    intake.take(call_id=call.pk, by=by)

    with pytest.raises(KeyReused):
        intake.cancel(call_id=call.pk, reason="caller_declined", by=by)

    assert makers.fresh(call).state == "new"


def test_two_people_may_use_the_same_key(centre, dispatcher):
    colleague = makers.a_user(centre, "dispatcher")

    first = opens(centre, makers.by(dispatcher, "k1"))
    second = opens(centre, makers.by(colleague, "k1"))

    assert first != second


def test_the_order_in_which_answers_are_written_does_not_matter(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    by = makers.by(dispatcher, "k1")
    said = {"weapon": "no", "violence": "no"}
    turned = dict(reversed(said.items()))
    triage.record_answers(call_id=call.pk, answers=said, by=by)

    again = triage.record_answers(call_id=call.pk, answers=turned, by=by)

    assert again == call


def test_a_refused_write_leaves_its_key_free(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    by = makers.by(dispatcher, "k1")
    with pytest.raises(Invalid):
        intake.add_note(call_id=call.pk, text="  ", by=by)

    note = intake.add_note(call_id=call.pk, text="Back door is open", by=by)

    assert note.text == "Back door is open"


def test_a_repeated_write_is_not_stale_though_it_changed_the_call(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    by = makers.by(dispatcher, "k1")
    seen = makers.fresh(call).version
    said = Details(zone="District 4")
    intake.correct(call_id=call.pk, details=said, by=by, seen=seen)

    again = intake.correct(call_id=call.pk, details=said, by=by, seen=seen)

    assert again.version == seen + 1


def test_a_write_that_saw_an_older_version_is_stale_and_changes_nothing(
    centre, dispatcher
):
    call = makers.a_call(centre, dispatcher)
    seen = makers.fresh(call).version
    by = makers.by(dispatcher)
    intake.correct(call_id=call.pk, details=Details(zone="District 4"), by=by)

    with pytest.raises(Stale):
        intake.cancel(call_id=call.pk, reason="caller_declined", by=by, seen=seen)

    assert makers.fresh(call).state == "new"


def test_a_note_does_not_make_a_look_at_the_call_stale(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    seen = makers.fresh(call).version
    by = makers.by(dispatcher)
    intake.add_note(call_id=call.pk, text="On the porch", by=by)

    intake.cancel(call_id=call.pk, reason="caller_declined", by=by, seen=seen)

    assert makers.fresh(call).state == "cancelled"


def test_a_key_holds_no_words_of_the_body(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)

    intake.add_note(
        call_id=call.pk, text="On the porch", by=makers.by(dispatcher, "k1")
    )

    written = WriteKey.objects.get(actor=str(makers.by(dispatcher)), key="k1")
    assert "porch" not in str(written.__dict__)


def at_once(*functions):
    """All at the same moment, each on its own connection; what one raises is raised."""
    gate = Barrier(len(functions))

    def run(function):
        gate.wait()
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def test_twins_sent_at_the_same_moment_have_one_effect(own_database):
    centre = makers.an_agency()
    dispatcher = makers.a_user(centre, "dispatcher")
    call = makers.a_call(centre, dispatcher)
    by = makers.by(dispatcher, "k1")

    def writes():
        return intake.add_note(call_id=call.pk, text="On the porch", by=by)

    notes = at_once(*[writes] * 6)

    assert len({note.pk for note in notes}) == 1
    assert CallNote.objects.filter(call=call).count() == 1
    assert Event.objects.filter(call=call, kind="NoteAdded").count() == 1


def test_twins_that_differ_leave_one_effect_and_one_refusal(own_database):
    centre = makers.an_agency()
    by = makers.by(makers.a_user(centre, "dispatcher"), "k1")

    def writes(kind):
        try:
            return opens(centre, by, type=kind)
        except KeyReused as refused:
            return refused

    made = at_once(lambda: writes("trespass"), lambda: writes("welfare_check"))

    assert sorted(type(one).__name__ for one in made) == ["Call", "KeyReused"]
    assert Call.objects.count() == 1
