"""More open calls than a board has room for: it says how many, and fetches the rest."""

import re

import pytest
from playwright.sync_api import expect

from dispatch.actions import intake
from tests import makers
from tests.browser.desks import DESK, elsewhere, live, screens, stayed, stays

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(centre):
    """Who looks at a board: each role that has another projection."""
    return {
        role: (makers.a_user(centre, role), DESK, "/board/")
        for role in ("dispatcher", "clinician", "wallboard")
    }


def test_calls_without_room_are_counted_and_come_when_there_is_room(
    stack, limited, centre, cast
):
    limited(PAGE=2)
    owner = cast["dispatcher"][0]
    first, second, third, _last = [makers.a_call(centre, owner) for _ in range(4)]
    with screens(stack.url, **cast) as pages:
        for page in pages.values():
            more = page.locator("[data-board-more]")
            expect(more).to_have_text("4 open calls; the 2 most urgent are shown")
            live(page)
            expect(more).to_have_text("4 open calls; the 2 most urgent are shown")
            expect(page.locator("[data-count=waiting]")).to_have_text("2+")
            stays(page)

        elsewhere(makers.a_call, agency=centre, dispatcher=owner)
        for page in pages.values():
            expect(page.locator("[data-board-more]")).to_have_text(
                re.compile("^5 open calls; 3 are shown: the most urgent, and")
            )
        for call in (first, second, third):
            elsewhere(intake.cancel, call_id=call.pk, reason="x", by=makers.by(owner))
        for page in pages.values():
            expect(page.locator("[data-count=waiting]")).to_have_text("2")
            expect(page.locator("[data-board-more]")).to_be_hidden()
            assert stayed(page)
