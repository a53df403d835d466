"""A danger that another open call at the place names, on the pages of who goes there."""

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.actions import safety, triage
from dispatch.events import CLOCK
from dispatch.models import Call
from tests import makers
from tests.edges.pages import typed, words

pytestmark = pytest.mark.django_db
SAID = "A weapon is said to be at this place"
SECOND = {"address": "1012 W Main St", "phone": "919-555-0199", "type": "trespass"}


@pytest.fixture
def armed(centre):
    return makers.late(makers.a_call(centre), weapon="yes")


def test_it_is_shown_at_intake_and_after_accept(centre, desk, armed):
    crt = makers.a_unit(centre, "crt")

    preview = words(
        desk.post(reverse("preview"), typed(**SECOND), headers={"HX-Request": "true"})
    )
    desk.post(reverse("intake"), typed(do="accept", **SECOND))

    assert f"Hazard: {SAID}, another open call {armed.number}" in preview
    assert "S6" in preview
    made = Call.objects.exclude(pk=armed.pk).get()
    makers.decide(made)
    page = words(desk.get(reverse("call", args=[made.pk])))
    assert f"Hazard {SAID} (another open call)" in page
    assert f"Another open call: {SAID}" in page
    short = words(desk.get(reverse("call_drawer", args=[made.pk])))
    assert "Hazard at this place, or noted of it or the person" in short
    assert makers.fresh(crt).state == "available"


def test_an_unarmed_team_is_not_chosen_past_it(centre, desk, armed):
    answer = desk.post(
        reverse("intake"),
        typed(do="override", response="crt", reason="officer_asks", **SECOND),
    )

    assert answer.status_code == 422
    assert Call.objects.count() == 1


def test_a_crew_on_the_way_reads_the_danger_that_another_call_names_later(centre):
    first = makers.a_call(centre)
    makers.a_unit(centre, "crt")
    work = makers.accepted(
        makers.decided(makers.a_call(centre, type="trespass")), "crt"
    )
    phone = Client()
    phone.force_login(work.unit.shifts.get(ended_at=None).user)
    assert "at this place" not in words(phone.get(reverse("crew")))

    makers.late(first, violence="yes")
    triage.hear_near(call_id=work.seat.call_id, by=CLOCK)

    page = words(phone.get(reverse("crew")))
    assert "Stage. Do not enter." in page
    assert "Violence is said to happen at this place, another open call" in page


@pytest.mark.parametrize(
    ("press", "said"),
    [
        (safety.emergency, "A crew at this place needs help now"),
        (safety.unsafe, "A crew at this place says that it is not safe"),
    ],
)
def test_a_crew_in_danger_is_read_next_door_and_on_the_call(centre, desk, press, said):
    makers.a_unit(centre, "crt")
    quiet = {"type": "trespass", "phone": ""}
    crew = makers.on_scene(makers.decided(makers.a_call(centre, **quiet)))
    makers.a_unit(centre, "crt")
    work = makers.accepted(makers.decided(makers.a_call(centre, **quiet)), "crt")
    phone = Client()
    phone.force_login(work.unit.shifts.get(ended_at=None).user)

    why = {"why": "crowd"} if press is safety.unsafe else {}
    press(unit_id=crew.unit_id, by=CLOCK, **why)
    triage.hear_near(call_id=work.seat.call_id, by=CLOCK)

    assert f"{said}, another open call" in words(phone.get(reverse("crew")))
    page = words(desk.get(reverse("call", args=[work.seat.call_id])))
    assert f"Hazard {said} (another open call)" in page
    assert f"Another open call: {said}" in page
