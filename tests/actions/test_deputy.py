"""The deputy of the plan has the alarms of a supervisor's seat that is empty."""

from datetime import timedelta

import pytest

from dispatch import free, planned, wrong
from dispatch.actions import alarm, roster
from dispatch.actions.base import database_now
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Alarm, PlannedShift
from dispatch.states import EARLY_SIGN_IN
from routing import store
from tests import makers
from tests.actions import partners
from tests.actions.rosters import HOUR, moved

pytestmark = pytest.mark.django_db


def deputised(centre, role="dispatcher", **known):
    """Somebody who is there, planned as deputy from an hour ago for eight hours."""
    user = makers.a_user(centre, role)
    makers.here(user)
    now = database_now()
    said = {"starts_at": now - HOUR, "ends_at": now + 7 * HOUR, "deputy": True}
    shift = roster.plan(
        agency_id=centre.pk, role=role, user_id=user.pk, by=CLOCK, **said | known
    )
    return user, shift


def owner_of_the_next_alarm(centre):
    row = makers.a_unit(centre)
    row.emergency_at = database_now()
    row.save()
    _version, protocol = store.published(centre.pk)
    for found in wrong.sweep(centre.pk, protocol):
        alarm.see_to(found, by=CLOCK)
    made = Alarm.objects.get(unit=row)
    return made.to, made.owner


@pytest.mark.parametrize("role", sorted(roster.DEPUTIES))
def test_the_deputy_of_the_plan_gets_the_alarm(centre, role):
    user, _shift = deputised(centre, role)

    to = "supervisor" if role == "supervisor" else "deputy"
    assert owner_of_the_next_alarm(centre) == (to, user)


def test_a_supervisor_who_is_there_comes_before_the_deputy(centre):
    lead = makers.a_user(centre, "supervisor")
    makers.here(lead)
    deputised(centre)

    assert owner_of_the_next_alarm(centre) == ("supervisor", lead)


def test_a_partner_s_counsellor_gets_no_alarm_of_a_call_that_is_not_theirs(centre):
    guest, _shift = deputised(centre, "clinician")
    guest.employer = partners.a_partner(centre, co_located=True)
    guest.save()
    assert owner_of_the_next_alarm(centre) == ("floor", None)

    ours, _shift = deputised(centre)

    assert owner_of_the_next_alarm(centre) == ("deputy", ours)


@pytest.mark.parametrize("ended", ["over", "dropped", "not yet"])
def test_who_is_not_on_that_shift_now_is_no_deputy(centre, ended):
    _user, shift = deputised(centre)
    if ended == "dropped":
        roster.drop(shift_id=shift.pk, why="sick", by=CLOCK)
    elif ended == "over":
        moved(shift, starts_at=-9, ends_at=0)
    else:
        moved(shift, starts_at=0.1, ends_at=8)

    assert owner_of_the_next_alarm(centre) == ("floor", None)


def test_who_takes_an_open_deputys_shift_is_the_deputy(centre):
    _first, shift = deputised(centre)
    roster.drop(shift_id=shift.pk, why="sick", by=CLOCK, again=True)
    left = PlannedShift.objects.get(agency=centre, dropped_at=None)
    second = makers.a_user(centre, "dispatcher")
    makers.here(second)

    roster.take(shift_id=left.pk, user_id=second.pk, by=makers.by(second))

    assert owner_of_the_next_alarm(centre) == ("deputy", second)


@pytest.mark.parametrize("role", ["responder", "navigator", "administrator"])
def test_whoever_gets_no_alarms_is_not_planned_as_deputy(centre, role):
    with pytest.raises(Invalid):
        deputised(centre, role)


# on shift, said once


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("before", False),
        ("early", True),
        ("start", True),
        ("end", False),
    ],
)
def test_a_shift_begins_with_its_first_moment_and_is_over_at_its_last(
    centre, moment, there
):
    user, shift = deputised(centre)
    at = {
        "before": shift.starts_at - EARLY_SIGN_IN - timedelta(microseconds=1),
        "early": shift.starts_at - EARLY_SIGN_IN,
        "start": shift.starts_at,
        "end": shift.ends_at,
    }[moment]
    sql = free.ON_SHIFT.replace("clock_timestamp()", "%(at)s::timestamptz")

    found = planned.ask(
        f"SELECT {sql} FROM dispatch_presence p WHERE p.user_id = %(person)s",
        {"at": at, "person": user.pk},
    )

    assert found == [(there,)]


def test_who_is_asked_only_on_shift_is_asked_by_the_same_words():
    assert free.ON_SHIFT in free.PERSON
