"""Two operators set up the same at the same moment."""

from functools import partial

from dispatch.actions import setup
from dispatch.errors import Invalid
from dispatch.management.whom import OPERATOR
from dispatch.models import Agency, Event, Unit, User
from tests import makers


def test_two_who_say_the_same_add_it_once(centre, at_once):
    agency = partial(
        setup.add_agency,
        code="durham",
        name="Durham",
        time_zone="America/New_York",
        document=makers.open_all_day(),
        by=OPERATOR,
    )
    car = partial(
        setup.add_unit, agency_id=centre.pk, name="CRT 1", kind="crt", by=OPERATOR
    )

    at_once(agency, car, agency, car)

    assert Agency.objects.filter(code="durham").count() == 1
    assert Unit.objects.count() == 1
    assert Event.objects.filter(kind="UnitAdded").count() == 1


def test_a_user_name_that_two_centres_want_goes_to_one(centre, at_once):
    other = makers.an_agency()
    said = {"username": "jlee", "role": "dispatcher", "short_name": "D12 Lee"}

    told = at_once(
        *[
            partial(setup.add_user, agency_id=one.pk, **said, by=OPERATOR)
            for one in (centre, other)
        ],
        losing=Invalid,
    )

    assert sum(isinstance(one, Invalid) for one in told) == 1
    assert User.objects.filter(username="jlee").count() == 1
