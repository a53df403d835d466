"""Crews, navigators and the clock pressing at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connections

from dispatch.actions import account, followup, unit
from dispatch.errors import Forbidden, Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.management.whom import OPERATOR
from dispatch.models import Disposition, Event, FollowUp, Shift
from tests import makers


def test_two_of_a_crew_clear_a_call_once(centre, at_once):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    work = makers.on_scene(call)

    told = at_once(
        *[
            partial(
                unit.clear, unit_id=work.unit_id, outcome="resolved_on_scene", by=CLOCK
            )
        ]
        * 4,
        losing=Invalid,
    )

    assert sum(isinstance(one, Invalid) for one in told) == 3
    assert Disposition.objects.filter(call=call).count() == 1


def test_one_status_pressed_by_two_is_one_event(centre, at_once):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    work = makers.accepted(call, "crt")

    at_once(*[partial(unit.report, unit_id=work.unit_id, to="en_route", by=CLOCK)] * 4)

    assert Event.objects.filter(call=call, kind="UnitMoved").count() == 1


def test_nobody_signs_on_to_two_units_at_once(centre, at_once):
    crew = makers.a_user(centre, "responder")
    cars = [makers.a_unit(centre, crewed=False) for _ in range(2)]

    told = at_once(
        *[partial(unit.sign_on, unit_id=car.pk, by=makers.by(crew)) for car in cars],
        losing=Invalid,
    )

    assert sum(isinstance(one, Invalid) for one in told) == 1
    assert Shift.objects.filter(user=crew, ended_at=None).count() == 1


def test_one_navigator_claims_a_follow_up(centre, at_once):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.ended(makers.with_clinician(call), consent="yes")
    row = FollowUp.objects.get(call=call)
    several = [makers.somebody_free(centre, "navigator") for _ in range(5)]

    told = at_once(
        *[
            partial(followup.claim, followup_id=row.pk, by=makers.by(one))
            for one in several
        ],
        losing=LostRace,
    )

    assert sum(isinstance(one, LostRace) for one in told) == 4
    assert makers.fresh(row).claimed_by in several


def test_who_loses_the_role_while_signing_on_is_on_no_unit(centre, at_once):
    """Whichever of the two is first: no unit is on duty with somebody who may not act."""
    car = makers.a_unit(centre, crewed=False)
    for _ in range(6):
        crew = makers.a_user(centre, "responder")

        at_once(
            partial(unit.sign_on, unit_id=car.pk, by=makers.by(crew)),
            partial(account.change, user_id=crew.pk, active=False, by=OPERATOR),
            losing=Forbidden,
        )

        assert not Shift.objects.filter(user=crew, ended_at=None).exists()
        assert makers.fresh(car).state == "off_duty"


def test_a_sign_on_that_commits_while_the_account_is_looked_at_is_ended(
    centre, monkeypatch
):
    """The shift is read before the locks, and again under them."""
    car = makers.a_unit(centre, crewed=False)
    crew = makers.a_user(centre, "responder")
    lock = account.lock_presence

    def signing_on_first(user_id):
        def sign_on():
            unit.sign_on(unit_id=car.pk, by=makers.by(crew))
            connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(sign_on).result(timeout=20)
        return lock(user_id)

    monkeypatch.setattr(account, "lock_presence", signing_on_first)

    account.change(user_id=crew.pk, active=False, by=OPERATOR)

    assert not Shift.objects.filter(user=crew, ended_at=None).exists()
    assert makers.fresh(car).state == "off_duty"
