"""The roster: nobody is booked twice, nothing past changes hands, off shift is not asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import roster, staff
from dispatch.actions.base import database_now
from dispatch.errors import Invalid, LostRace, NotFound
from dispatch.events import CLOCK
from dispatch.management.commands.clock import round_
from dispatch.models import Event, Offer, PlannedShift, Presence, Skill
from dispatch.selectors import shifts
from routing import store
from tests import makers
from tests.actions.rosters import HOUR, ask, moved, planned, two, whose

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(centre):
    """Here only people on a planned shift are asked."""
    document = makers.open_all_day()
    queue = document["queue"] | {"roster": True}
    store.publish(centre.pk, document | {"version": "2-roster", "queue": queue})
    return centre


def kinds(centre):
    rows = Event.objects.filter(agency=centre).order_by("number")
    return [kind for kind in rows.values_list("kind", flat=True) if "S" in kind[:1]]


# plan, take, drop


def test_planning_the_same_twice_is_one_shift(centre):
    user = makers.a_user(centre, "clinician")
    now = database_now()
    said = {"starts_at": now + HOUR, "ends_at": now + 9 * HOUR, "role": "clinician"}

    for _ in range(2):
        roster.plan(agency_id=centre.pk, user_id=user.pk, by=CLOCK, **said)

    assert PlannedShift.objects.filter(user=user).count() == 1
    assert kinds(centre) == ["ShiftPlanned"]


@pytest.mark.parametrize("start", [-4, 0, 3, 9])
def test_nobody_is_planned_twice_at_one_time(centre, start):
    user = makers.a_user(centre, "clinician")
    planned(centre, user, start=2, hours=8)

    with pytest.raises(Invalid):
        planned(centre, user, start=start, hours=8)


def test_one_shift_may_begin_where_another_ends(centre):
    user = makers.a_user(centre, "clinician")
    first = planned(centre, user)

    second = roster.plan(
        agency_id=centre.pk,
        role="clinician",
        user_id=user.pk,
        starts_at=first.ends_at,
        ends_at=first.ends_at + HOUR,
        by=CLOCK,
    )

    assert second.user == user


@pytest.mark.parametrize(
    ("start", "hours"), [(2, -1), (2, 0), (-9, 8), (2, 49), (24 * 740, 8)]
)
def test_hours_that_nobody_can_mean_are_refused(centre, start, hours):
    with pytest.raises(Invalid):
        planned(centre, start=start, hours=hours)


def test_a_shift_is_for_somebody_who_has_its_role_and_works_here(centre):
    for role, active in (("navigator", True), ("clinician", False)):
        user = makers.a_user(centre, role)
        type(user).objects.filter(pk=user.pk).update(is_active=active)
        with pytest.raises(Invalid):
            planned(centre, user)
    with pytest.raises(NotFound):
        planned(centre, makers.a_user(makers.an_agency(), "clinician"))


def test_a_unit_is_for_a_crew_of_the_centre(centre):
    car = makers.a_unit(centre, crewed=False)

    assert planned(centre, role="responder", unit_id=car.pk).unit == car
    with pytest.raises(Invalid):
        planned(centre, unit_id=car.pk)
    with pytest.raises(NotFound):
        planned(makers.an_agency(), role="responder", unit_id=car.pk)


def test_who_takes_an_open_shift_has_it_and_the_next_one_is_told(centre):
    first, second = two(centre)
    shift = planned(centre)

    for _ in range(2):
        roster.take(shift_id=shift.pk, user_id=first.pk, by=makers.by(first))
    with pytest.raises(LostRace):
        roster.take(shift_id=shift.pk, user_id=second.pk, by=makers.by(second))

    assert whose(shift) == first
    assert kinds(centre) == ["ShiftPlanned", "ShiftTaken"]


def test_what_is_over_is_neither_taken_nor_dropped(centre):
    user, _other = two(centre)
    shift = planned(centre)
    moved(shift, starts_at=-9, ends_at=-1)

    with pytest.raises(Invalid):
        roster.take(shift_id=shift.pk, user_id=user.pk, by=CLOCK)
    with pytest.raises(Invalid):
        roster.drop(shift_id=shift.pk, why="sick", by=CLOCK)


def test_a_dropped_shift_leaves_a_gap_that_somebody_can_take(centre):
    first, second = two(centre)
    shift = planned(centre, first, deputy=True)
    asked = ask(shift, first)

    for _ in range(2):
        roster.drop(shift_id=shift.pk, why="sick", by=CLOCK, again=True)
    left = PlannedShift.objects.get(dropped_at=None)
    roster.take(shift_id=left.pk, user_id=second.pk, by=makers.by(second))

    assert makers.fresh(asked).state == "withdrawn"
    assert (left.starts_at, left.ends_at) == (shift.starts_at, shift.ends_at)
    assert left.deputy
    assert Event.objects.get(kind="ShiftDropped").body["why"] == "sick"
    with pytest.raises(LostRace):
        roster.take(shift_id=shift.pk, user_id=second.pk, by=CLOCK)


# on shift


def available(user):
    makers.here(user)
    return staff.set_presence(user_id=user.pk, to="available", by=makers.by(user))


@pytest.mark.parametrize(
    ("starts", "ends", "there"),
    [(-1, 1, True), (0.2, 8, True), (0.3, 8, False), (-8, -0.01, False)],
    ids=["on shift", "12 minutes early", "18 minutes early", "over"],
)
def test_only_who_is_on_shift_says_that_they_are_there(strict, starts, ends, there):
    user = makers.a_user(strict, "clinician")
    moved(planned(strict, user), starts_at=starts, ends_at=ends)

    if there:
        available(user)
    else:
        with pytest.raises(Invalid):
            available(user)

    assert roster.on_shift(user.pk) is there
    assert makers.presence(user) == ("available" if there else "offline")


def test_where_the_roster_does_not_count_anybody_may_be_there(centre):
    assert makers.presence(makers.a_clinician(centre)) == "available"
    assert shifts.mine(two(centre)[0], now=database_now()).counts is False


@pytest.mark.parametrize("state", ["available", "break", "unavailable"])
def test_when_the_shift_is_over_one_is_gone_and_not_asked(strict, state):
    user = makers.a_user(strict, "clinician")
    shift = planned(strict, user)
    moved(shift, starts_at=-8, ends_at=1)
    available(user)
    Presence.objects.filter(user=user).update(state=state)
    round_(sealing=False)
    assert makers.presence(user) == state
    moved(shift, ends_at=0)

    round_(sealing=False)
    makers.decided(makers.a_call(strict))

    assert makers.presence(user) == "offline"
    assert Presence.objects.get(user=user).reason == "off_shift"
    assert not Offer.objects.exists()


def test_who_has_a_caller_finishes_first_and_is_gone_after_the_notes(strict):
    user = makers.a_user(strict, "clinician")
    shift = planned(strict, user)
    moved(shift, starts_at=-8, ends_at=1)
    available(user)
    session = makers.with_clinician(makers.decided(makers.a_call(strict)))
    moved(shift, ends_at=0)

    round_(sealing=False)
    assert makers.presence(user) == "engaged"
    makers.ended(session)
    round_(sealing=False)
    assert makers.presence(user) == "wrap_up"
    Presence.objects.filter(user=user).update(since=Now() - timedelta(hours=1))
    round_(sealing=False)

    assert makers.presence(user) == "offline"


def unplanned(user, hours):
    until = database_now() + hours * HOUR
    return roster.start_unplanned(until=until, by=makers.by(user))


def test_an_unplanned_shift_begins_now_or_where_the_planned_one_ends(strict):
    user = makers.a_user(strict, "clinician")

    first = unplanned(user, 4)
    available(user)
    second = unplanned(user, 6)

    assert second.starts_at == first.ends_at
    said = Event.objects.filter(kind="ShiftPlanned").latest("number")
    assert (said.by, said.body["person"]) == (f"user:{user.pk}", str(user.pk))


@pytest.mark.parametrize("hours", [-1, 12.1])
def test_an_unplanned_shift_lasts_twelve_hours_at_most(centre, hours):
    with pytest.raises(Invalid):
        unplanned(makers.a_user(centre, "clinician"), hours)


# skills


def skill(user, code, level):
    return roster.set_skill(user_id=user.pk, skill=code, level=level, by=CLOCK)


def test_a_skill_is_one_of_the_protocol_and_said_twice_is_once(centre):
    user = makers.a_user(centre, "clinician")
    for level in (1, 3, 3, 0, 0, 2):
        skill(user, "spanish", level)

    assert Skill.objects.get(user=user).level == 2
    said = Event.objects.filter(kind="SkillSet").order_by("number")
    assert [one.body["level"] for one in said] == [1, 3, 0, 2]
    for code, level in (("klingon", 1), ("youth", 4), ("youth", -1)):
        with pytest.raises(Invalid):
            skill(user, code, level)


# the night the clocks change


@pytest.mark.parametrize(
    ("night", "hours"),
    [((2027, 3, 13, 23), 7), ((2027, 11, 6, 22), 9)],
    ids=["forward", "back"],
)
def test_a_shift_over_the_change_of_clocks_says_its_hours(centre, night, hours):
    starts = datetime(*night, tzinfo=centre.zone)
    ends = datetime(*night[:3], 6, tzinfo=centre.zone) + timedelta(days=1)
    user = makers.a_user(centre, "clinician")
    roster.plan(
        agency_id=centre.pk,
        role="clinician",
        user_id=user.pk,
        starts_at=starts,
        ends_at=ends,
        by=CLOCK,
    )

    page = shifts.page(user, now=starts.astimezone(UTC) - HOUR)

    span = page.mine[0].span
    assert span.startswith(f"{night[3]}:00–06:00 (")
    elapsed = (ends.astimezone(UTC) - starts.astimezone(UTC)) / HOUR
    assert f"{elapsed:g} hours" in span
    assert elapsed == {7: 6, 9: 9}[hours]
