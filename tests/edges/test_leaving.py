"""The order to leave: one clock, the same on the crew's phone, the call and the board."""

from datetime import datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from dispatch.actions import safety
from dispatch.events import CLOCK
from dispatch.models import Unit
from dispatch.selectors import seat as seats
from routing import store
from tests import makers
from tests.edges.centres import signed_in
from tests.edges.test_crew import words
from tests.selectors.test_board import card

pytestmark = pytest.mark.django_db


def test_it_counts_from_the_order_whatever_the_safety_check_does():
    centre = makers.an_agency()
    crt = makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, type="welfare_check"))
    makers.on_scene(call)
    long_there = Now() - timedelta(minutes=9)
    Unit.objects.filter(pk=crt.pk).update(state_since=long_there)
    makers.late(call, weapon="yes")
    told = makers.events_of(call).filter(kind="StagingOrdered").get().at
    phone = signed_in(crt.shifts.get(ended_at=None).user)
    _row, protocol = store.published(centre.pk)

    for _again in range(2):
        page = phone.get(reverse("crew"))
        found = seats.seats(makers.fresh(call), protocol)
        (team,) = [one for one in found if one.who == crt.name]
        assert "Told to leave" in words(page)
        assert "Answer within" not in words(page)
        assert page.context["crew"].leave_since == team.mark.since == told
        assert datetime.fromisoformat(card(call)["state"]["since"]) == told
        safety.emergency(unit_id=crt.pk, by=CLOCK)
        safety.end_emergency(unit_id=crt.pk, by=CLOCK)
