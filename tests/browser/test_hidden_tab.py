"""A clinician reads something else: the hidden page still says that they are there."""

import pytest
from django.db.models.functions import Now
from playwright.sync_api import expect

from dispatch.models import Heartbeat, Presence
from routing import store
from tests import makers
from tests.browser.desks import DESK, elsewhere, live, screens

pytestmark = pytest.mark.browser
# A page beats every 15 seconds; whoever misses one such beat is absent here.
ABSENT_AFTER = 16
# Seconds: past the beat after the one that the page sent when it was shown.
LONG_HIDDEN = 20
# Chromium wakes a page that is hidden for minutes once a minute; here at once, and not
# at all. A worker has timers of its own.
SLEEPY = """
for (const name of ["setInterval", "setTimeout"]) {
  const begin = window[name].bind(window);
  window[name] = (act, ...more) => begin(() => window.asleep || act(), ...more);
}
"""


@pytest.fixture
def clinician(centre):
    document = makers.open_all_day()
    clocks = document["clocks"] | {"absent_after": ABSENT_AFTER}
    store.publish(centre.pk, document | {"version": "2-hidden", "clocks": clocks})
    return makers.a_user(centre, "clinician")


def state(user):
    return elsewhere(lambda: Presence.objects.get(user=user).state)


def silent_for(user):
    """Seconds since the page was last heard, by the database's clock."""
    row = elsewhere(lambda: Heartbeat.objects.annotate(now=Now()).get(user=user))
    return (row.now - row.at).total_seconds()


def later(page, seconds):
    """The page in front has been looked at for so long."""
    page.wait_for_function(
        "(end) => (window.end ??= performance.now() + end) < performance.now()"
        " && delete window.end",
        arg=1000 * seconds,
        timeout=1000 * (seconds + 15),
    )


def hide(page):
    """Another tab in front; from now on the page's own timers sleep."""
    front = page.context.new_page()
    front.goto("about:blank")
    front.bring_to_front()
    page.evaluate("window.asleep = true")
    page.evaluate("setInterval(() => { window.woken = true }, 100)")
    return front


def test_a_hidden_tab_stays_present_and_a_closed_one_does_not(stack, clinician):
    stack.start("web", "clock")
    with screens(stack.url, one=(clinician, DESK, "/desk/")) as pages:
        page = pages["one"]
        page.add_init_script(SLEEPY)
        page.reload()
        live(page)
        expect(page.locator("[data-beat-state]")).to_have_text(
            "The server hears this desk."
        )
        page.get_by_role("button", name="I am available").click()
        expect(page.get_by_role("button", name="End my shift")).to_be_visible()

        front = hide(page)
        for _ in range(LONG_HIDDEN // 2):
            later(front, 2)
            assert state(clinician) == "available"
        assert silent_for(clinician) < ABSENT_AFTER
        assert page.evaluate("window.woken") is None

        page.close()
        later(front, ABSENT_AFTER + 3)
        assert state(clinician) == "offline"
