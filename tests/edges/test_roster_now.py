"""The roster as it stands now: its parts are fetched anew, and who works elsewhere is said."""

import pytest
from django.urls import reverse

from dispatch.actions import roster
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from routing import store
from tests import makers
from tests.edges.pages import words
from tests.edges.test_roster_pages import HOUR, browser, press

pytestmark = pytest.mark.django_db


def planned_now(centre, role, user=None, unit=None):
    now = database_now()
    return roster.plan(
        agency_id=centre.pk,
        role=role,
        user_id=user and user.pk,
        unit_id=unit and unit.pk,
        starts_at=now - HOUR,
        ends_at=now + 7 * HOUR,
        by=CLOCK,
    )


@pytest.mark.parametrize("name", ["roster_live", "roster_own"])
def test_a_part_of_the_roster_is_fetched_anew_by_the_page(centre, name):
    user = makers.a_user(centre, "clinician")
    page = browser(user).get(reverse("roster")).content.decode()
    assert f'data-live-fragment="{reverse(name)}"' in page

    planned_now(centre, "clinician", user)
    part = browser(user).get(reverse(name))

    assert "<html" not in part.content.decode()
    assert "now" in words(part) or "Your shift ends at" in words(part)


def test_the_days_are_asked_for_when_somebody_on_them_comes_or_goes(centre):
    user = makers.a_user(centre, "clinician")
    planned_now(centre, "clinician", user)

    page = browser(makers.a_user(centre, "supervisor")).get(reverse("roster"))

    assert f'data-live-calls="{user.pk}"' in page.content.decode()


def test_a_supervisor_takes_an_open_supervisors_shift(centre):
    lead = makers.a_user(centre, "supervisor")
    shift = planned_now(centre, "supervisor")

    assert press(lead, "shift_take", shift.pk).status_code == 302
    assert makers.fresh(shift).user == lead


def test_a_crew_planned_on_another_unit_signs_on_and_both_sides_hear_it(centre):
    here, there = (
        makers.a_unit(centre, name=n, crewed=False) for n in ("CRT 6", "CRT 2")
    )
    crew = makers.a_user(centre, "responder")
    planned_now(centre, "responder", crew, there)

    assert press(crew, "crew_sign_on", unit=here.pk).status_code == 302

    said = words(browser(crew).get(reverse("crew")))
    assert "The roster has you on CRT 2 now." in said
    assert makers.fresh(here).state == "available"
    lead = makers.a_user(centre, "supervisor")
    assert "signed on to CRT 6" in words(browser(lead).get(reverse("roster")))


def test_a_crew_on_the_unit_it_is_planned_for_hears_nothing(centre):
    unit = makers.a_unit(centre, name="CRT 6", crewed=False)
    crew = makers.a_user(centre, "responder")
    planned_now(centre, "responder", crew, unit)
    makers.signed_on(unit, crew)

    assert "roster has you" not in words(browser(crew).get(reverse("crew")))
    assert "signed on to" not in words(browser(crew).get(reverse("roster")))


@pytest.mark.parametrize("counts", [True, False])
def test_a_crew_that_is_not_planned_hears_so_only_where_the_roster_counts(
    centre, counts
):
    document = makers.open_all_day()
    queue = document["queue"] | {"roster": counts}
    store.publish(centre.pk, document | {"queue": queue})
    crew = makers.a_user(centre, "responder")
    makers.signed_on(makers.a_unit(centre, crewed=False), crew)

    said = words(browser(crew).get(reverse("crew")))

    assert ("You are not on shift by the roster." in said) is counts
