"""A crew without a call needs help: its line on the board looks like nothing else."""

import pytest
from playwright.sync_api import expect

from dispatch.actions import unit
from tests import makers
from tests.browser.desks import DESK, elsewhere, live, screens

pytestmark = pytest.mark.browser


def test_an_emergency_without_a_call_is_marked_on_the_unit_s_line(stack, centre):
    car = makers.a_unit(centre, name="CRT 7")
    dispatcher = makers.a_user(centre, "dispatcher")
    stack.start("web")
    with screens(stack.url, dispatcher=(dispatcher, DESK, "/board/")) as pages:
        page = pages["dispatcher"]
        live(page)
        line = page.locator(".roster__one--unit", has_text="CRT 7")
        expect(line.locator(".mark--ok")).to_be_visible()

        elsewhere(unit.emergency, unit_id=car.pk, by=makers.by(dispatcher))

        expect(line.locator(".mark--sos")).to_contain_text("Emergency")
        expect(line.locator(".act")).to_have_count(0)  # nobody takes it for a check
