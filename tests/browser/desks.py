"""Four people at four screens: real Chromium windows, signed in, never reloaded."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from playwright.sync_api import TimeoutError as NotShown
from playwright.sync_api import expect, sync_playwright

from tests import chromium
from tests.live.test_board_line import cookie

DESK = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=15_000)


@contextmanager
def screens(url, **people):
    """A page a person; ``people`` is name=(user, size, path). Fails on a page error."""
    cookies = {name: cookie(user) for name, (user, _size, _path) in people.items()}
    faults = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.path(), args=list(chromium.ARGUMENTS)
        )
        pages = {}
        for name, (_user, size, path) in people.items():
            context = browser.new_context(viewport=size)
            session = cookies[name].split("=", 1)[1]
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}]
            )
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: _csp(said.text, faults))
            page.goto(url + path)
            pages[name] = page
        yield pages
        browser.close()
    assert faults == []


def elsewhere(action, **words):
    """While screens are open: on a thread of its own, for Playwright has this one."""

    def act():
        try:
            return action(**words)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(act).result()


def _csp(text, faults):
    if "Content Security Policy" in text:
        faults.append(text)


def stays(page):
    """Mark the document: a reload would lose the mark."""
    page.evaluate("document.documentElement.dataset.same = 'yes'")


def stayed(page):
    return page.evaluate("document.documentElement.dataset.same") == "yes"


def live(page):
    expect(page.locator("[data-live-tag]")).to_have_text("LIVE")


def press_until(page, key, shown):
    """An offer ignores keys in its first half second: press again until it is heard."""
    for _ in range(20):
        page.keyboard.press(key)
        try:
            return shown.wait_for(timeout=600)
        except NotShown:
            continue
    raise AssertionError(f"{key} was never heard")
