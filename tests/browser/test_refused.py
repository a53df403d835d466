"""What a refused form came back with stands there still when its call changes meanwhile."""

import pytest
from playwright.sync_api import expect

from dispatch.actions import intake
from dispatch.events import CLOCK
from tests import makers
from tests.actions import partners
from tests.browser.desks import DESK, elsewhere, live, screens

pytestmark = pytest.mark.browser


def test_what_was_unticked_stays_so_through_a_refusal_and_a_live_refresh(stack, centre):
    partners.a_partner(centre, "lifeline", name="988 Lifeline")
    dispatcher = makers.a_user(centre, "dispatcher", "D7 Ortiz")
    call = makers.decided(makers.a_call(centre, dispatcher))
    stack.start("web")
    page = {"d": (dispatcher, DESK, f"/calls/{call.pk}/")}
    with screens(stack.url, **page) as pages:
        page = pages["d"]
        live(page)
        fold = page.locator("details", has_text="Hand the caller to a partner")
        fold.locator("summary").click()
        name = fold.locator("input[name=fields][value=name]")
        name.uncheck()
        fold.get_by_role("button", name="Begin, and make their page").click()
        expect(page.get_by_role("alert").first).to_contain_text("agree")
        expect(name).not_to_be_checked()
        live(page)

        elsewhere(intake.add_note, call_id=call.pk, text="A neighbour rang.", by=CLOCK)

        waits = page.locator("[data-fragment-waits]")
        expect(waits).to_contain_text("what you typed here is lost")
        expect(name).not_to_be_checked()
