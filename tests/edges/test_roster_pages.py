"""The roster page: my shifts first, gaps at once, a press to take, offer and answer."""

import re
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.actions import roster, swap
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from dispatch.models import PlannedShift, ShiftSwap, Skill
from dispatch.selectors import local
from tests import makers

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def centre():
    """A centre where it is about noon now: no midnight falls into the test."""
    hours = database_now().astimezone(UTC).hour - 12
    return makers.an_agency(zone=f"Etc/GMT{hours:+d}")


@pytest.fixture
def clinicians(centre):
    return [
        makers.a_user(centre, "clinician", name) for name in ("D. Mercer", "R. Okafor")
    ]


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def press(user, name, *args, **said):
    return browser(user).post(reverse(name, args=args), {"key": str(uuid4()), **said})


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(user, **said):
    return words(browser(user).get(reverse("roster"), said))


def planned(centre, user=None, start=2, **said):
    now = database_now()
    return roster.plan(
        agency_id=centre.pk,
        role="clinician",
        user_id=user and user.pk,
        starts_at=now + start * HOUR,
        ends_at=now + (start + 8) * HOUR,
        by=CLOCK,
        **said,
    )


def test_an_open_shift_is_counted_and_taken_with_one_press(centre, clinicians):
    mine, other = clinicians
    shift = planned(centre)

    assert "1 shift is open" in page(other)
    taken = press(mine, "shift_take", shift.pk)
    late = press(other, "shift_take", shift.pk)

    assert taken.status_code == 302
    assert late.status_code == 409
    assert "A colleague took this shift first." in words(late)
    assert makers.fresh(shift).user == mine
    assert "no shift is open" in page(other)


def test_who_has_another_role_sees_the_gap_and_cannot_take_it(centre):
    navigator = makers.a_user(centre, "navigator")
    shift = planned(centre)

    assert "Take" not in page(navigator)
    assert press(navigator, "shift_take", shift.pk).status_code == 422


def test_a_shift_is_not_offered_to_who_works_then_already(centre, clinicians):
    mine, other = clinicians
    planned(centre)
    planned(centre, mine, start=9)

    assert "Take" in page(other)
    assert "Take" not in page(mine)


@pytest.mark.parametrize(("said", "state"), [("yes", "taken"), ("no", "refused")])
def test_a_shift_is_offered_for_one_of_theirs_and_answered(
    centre, clinicians, said, state
):
    mine, other = clinicians
    shift, theirs = planned(centre, mine), planned(centre, other, start=24)
    to = f"{other.pk}:{theirs.pk}"
    assert (
        f'value="{to}"'
        in browser(mine).get(reverse("roster"), {"open": shift.pk}).content.decode()
    )

    press(mine, "shift_offer", shift.pk, to=to)
    asked = ShiftSwap.objects.get()
    assert "offered to R. Okafor" in page(mine)
    assert "Colleagues ask you" in page(other)
    press(other, "swap_answer", asked.pk, answer=said)

    assert makers.fresh(asked).state == state
    assert makers.fresh(shift).user == (other if said == "yes" else mine)
    assert "Colleagues ask you" not in page(other)


def test_what_was_offered_to_all_can_be_kept(centre, clinicians):
    mine, other = clinicians
    shift = planned(centre, mine)
    press(mine, "shift_offer", shift.pk, to="")
    asked = ShiftSwap.objects.get()
    assert "Asked of everybody with your role." in page(other)

    press(mine, "swap_withdraw", asked.pk)

    assert "Colleagues ask you" not in page(other)


def typed(centre, hours):
    at = (database_now() + hours * HOUR).astimezone(centre.zone)
    return at.strftime("%Y-%m-%dT%H:%M")


def test_a_supervisor_plans_and_drops_and_others_do_not(centre, clinicians):
    mine, _other = clinicians
    supervisor = makers.a_user(centre, "supervisor")
    said = {"person": mine.pk, "starts": typed(centre, 2), "ends": typed(centre, 9)}

    assert press(mine, "shift_plan", **said).status_code == 403
    press(supervisor, "shift_plan", **said, deputy="yes")
    shift = PlannedShift.objects.get()
    assert (shift.user, shift.role, shift.deputy) == (mine, "clinician", True)
    again = press(supervisor, "shift_plan", **said | {"ends": typed(centre, 10)})
    assert again.status_code == 422
    assert "is planned to work at that time already" in words(again)
    assert said["ends"][:11] in again.content.decode()
    assert "Leave it open for others" in page(supervisor, open=shift.pk)
    press(supervisor, "shift_drop", shift.pk, reason="sick", again="yes")

    assert makers.fresh(shift).why == "sick"
    assert "1 shift is open" in page(supervisor)


def test_an_unplanned_shift_is_started_until_a_time(centre, clinicians):
    mine, _other = clinicians

    press(mine, "shift_start", until=typed(centre, 3))

    assert "Your shift ends at" in page(mine)
    assert "unplanned" in page(mine)


def test_the_page_says_that_a_shift_ends_soon(centre, clinicians):
    mine, _other = clinicians
    shift = planned(centre, mine)
    now = database_now()
    PlannedShift.objects.filter(pk=shift.pk).update(
        starts_at=now - HOUR, ends_at=now + timedelta(minutes=4)
    )

    assert (
        'class="act">Your shift ends at'
        in browser(mine).get(reverse("roster")).content.decode()
    )


def test_skills_are_set_on_the_staff_page_and_their_owner_sees_them(centre, clinicians):
    mine, _other = clinicians
    supervisor = makers.a_user(centre, "supervisor")

    set_ = press(supervisor, "skill_set", person=mine.pk, skill="spanish", level="3")

    assert set_.status_code == 302
    assert Skill.objects.get().level == 3
    assert "Speaks Spanish (expert)" in words(browser(supervisor).get(reverse("staff")))
    assert "Speaks Spanish (expert)" in page(mine)
    assert (
        press(mine, "skill_set", person=mine.pk, skill="asl", level="3").status_code
        == 403
    )


def test_the_page_costs_the_same_however_many_shifts(
    centre, clinicians, django_assert_num_queries
):
    client = browser(clinicians[0])
    offered(centre)
    client.get(reverse("roster"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("roster"))
    for _ in range(6):
        offered(centre)

    with django_assert_num_queries(len(few)):
        client.get(reverse("roster"))


def offered(centre):
    user = makers.a_user(centre, "clinician")
    shift = planned(centre, user)
    swap.ask_swap(shift_id=shift.pk, by=makers.by(user))


@pytest.mark.parametrize("said", ["", "07:00", "2026-13-40 07:00", "9999-12-31 23:59"])
def test_a_time_that_is_none_is_refused_by_its_field(said):
    with pytest.raises(local.Invalid, match="starts"):
        local.moment(said, makers.an_agency().zone, "starts")
