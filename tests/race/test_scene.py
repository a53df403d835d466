"""Two at one scene at the same moment: one leads, one is moved, nobody is sent twice."""

from functools import partial

from dispatch.actions import scene
from dispatch.errors import DispatchError
from dispatch.events import CLOCK
from dispatch.models import Offer, Seat
from tests import makers


def a_call(centre, **known):
    return makers.decided(makers.a_call(centre, **{"type": "trespass"} | known))


def test_two_dispatchers_name_two_leads_and_one_leads(centre, at_once):
    makers.a_unit(centre)
    call = a_call(centre)
    first = makers.accepted(call, "crt")
    makers.a_unit(centre)
    scene.backup(seat_id=first.seat_id, response="crt", by=CLOCK)
    second = makers.accepted(call, "crt")

    at_once(
        *[
            partial(scene.lead, seat_id=work.seat_id, by=CLOCK)
            for work in (first, second, first, second)
        ]
    )

    assert Seat.objects.filter(call=call, lead=True).count() == 1


def test_a_team_moved_to_two_calls_at_once_goes_to_one(centre, at_once):
    car = makers.a_unit(centre)
    makers.accepted(a_call(centre), "crt")
    several = [a_call(centre, type="welfare_check") for _ in range(3)]

    at_once(
        *[
            partial(
                scene.reassign,
                unit_id=car.pk,
                call_id=call.pk,
                why="more_urgent",
                by=CLOCK,
            )
            for call in several
        ],
        losing=DispatchError,
    )

    assert Offer.objects.filter(unit=car, state="pending").count() == 1


def test_two_of_a_crew_ask_for_backup_and_one_team_comes(centre, at_once):
    makers.a_unit(centre)
    call = a_call(centre)
    work = makers.on_scene(call)
    makers.a_unit(centre)

    at_once(
        *[partial(scene.backup, seat_id=work.seat_id, response="crt", by=CLOCK)] * 4
    )

    assert Seat.objects.filter(call=call, response="crt").count() == 2
