"""A form sent twice at the same moment is one deed."""

from functools import partial

from dispatch.actions import intake
from dispatch.actions.intake import Intake
from dispatch.errors import KeyReused
from dispatch.models import Call, CallNote
from tests import makers


def test_one_key_pressed_many_times_opens_one_call(centre, at_once):
    dispatcher = makers.a_user(centre, "dispatcher")
    press = partial(
        intake.open_call,
        agency_id=centre.pk,
        intake=Intake(said="on the bridge"),
        by=makers.by(dispatcher, key="form-1"),
    )

    told = at_once(*[press] * 8)

    assert len(set(told)) == 1
    assert Call.objects.count() == 1


def test_one_key_with_two_bodies_is_one_deed_and_one_refusal(centre, at_once):
    call = makers.a_call(centre)
    by = makers.by(makers.a_user(centre, "dispatcher"), key="form-2")

    told = at_once(
        *[
            partial(intake.add_note, call_id=call.pk, text=text, by=by)
            for text in ("gate is open", "gate is shut")
        ],
        losing=KeyReused,
    )

    assert sum(isinstance(one, KeyReused) for one in told) == 1
    assert CallNote.objects.count() == 1
