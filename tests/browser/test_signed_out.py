"""Signed out elsewhere: a page starts anew, but never over what somebody typed there."""

import re

import pytest
from playwright.sync_api import expect

from dispatch.actions import account
from dispatch.events import CLOCK
from dispatch.models import Call
from tests import makers
from tests.browser.desks import DESK, elsewhere, live, screens, stayed, stays
from tests.live.test_board_line import cookie

pytestmark = pytest.mark.browser


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher", "D7 Ortiz")


@pytest.fixture
def new_call(stack, dispatcher):
    """The page for a new call, signed in and live."""
    stack.start("web")
    with screens(stack.url, one=(dispatcher, DESK, "/calls/new/")) as pages:
        live(pages["one"])
        stays(pages["one"])
        yield pages["one"]


def end_access(user):
    password = "another-long-password"
    elsewhere(account.change, user_id=user.pk, password=password, by=CLOCK)


def sign_in_again(door, user):
    """With new cookies, as the form gives them; tests hash passwords in another way."""
    expect(door.get_by_label("Password")).to_be_visible()
    door.context.clear_cookies()
    elsewhere(user.refresh_from_db)
    name, value = elsewhere(cookie, user=user).split("=", 1)
    home = door.url.replace("/login/", "/")
    door.context.add_cookies([{"name": name, "value": value, "url": home}])
    door.goto(home)
    live(door)
    door.close()


def test_a_page_with_nothing_typed_starts_anew(new_call, dispatcher):
    end_access(dispatcher)

    expect(new_call).to_have_url(re.compile("/login/"))


def test_what_was_typed_stays_and_is_sent_after_signing_in_again(
    centre, new_call, dispatcher
):
    new_call.fill("input[name=address]", "1012 W Main St")
    new_call.fill("textarea[name=note]", "He is on the bridge")

    end_access(dispatcher)

    line = new_call.locator("[data-signed-out]")
    expect(line).to_contain_text(
        "You were signed out here. What you typed is still on the page."
    )
    with new_call.context.expect_page() as opened:
        line.get_by_role("link", name="Sign in again").click()
    sign_in_again(opened.value, dispatcher)
    new_call.bring_to_front()
    new_call.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(line).to_have_count(0)
    live(new_call)
    assert stayed(new_call)
    expect(new_call.locator("textarea[name=note]")).to_have_value("He is on the bridge")
    new_call.get_by_role("button", name=re.compile("^Save")).click()
    expect(new_call).to_have_url(re.compile("/calls/(?!new)"))
    assert elsewhere(lambda: Call.objects.get(agency=centre).caller.address) == (
        "1012 W Main St"
    )
