"""Ten calls at one house name a weapon in the same moment: each is heard, none waits."""

from functools import partial

from dispatch import near
from dispatch.actions import triage
from dispatch.events import CLOCK
from dispatch.models import Event
from tests import makers


def test_ten_that_say_it_at_once_are_all_heard(centre, at_once):
    calls = [makers.a_call(centre, phone="") for _ in range(10)]
    quiet = makers.a_call(centre, phone="")

    said = at_once(*(partial(makers.late, call, weapon="yes") for call in calls))
    assert [call.pk for call in said] == [call.pk for call in calls]
    assert near.unheard() == [quiet.pk]
    triage.hear_near(call_id=quiet.pk, by=CLOCK)

    told = Event.objects.filter(call=quiet, kind="DangerNear")
    assert {one.body["other"] for one in told} == {str(call.pk) for call in calls}
    assert near.unheard() == []
