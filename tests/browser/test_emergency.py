"""A crew without a call needs help: its line on the board looks like nothing else."""

import pytest
from playwright.sync_api import expect

from dispatch.actions import safety
from dispatch.events import CLOCK
from dispatch.models import Call, Event, Shift
from tests import makers
from tests.browser.desks import DESK, PHONE, elsewhere, live, screens

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

        elsewhere(safety.emergency, unit_id=car.pk, by=makers.by(dispatcher))

        expect(line.locator(".mark--sos")).to_contain_text("Emergency")
        expect(line.locator(".act")).to_have_count(0)  # nobody takes it for a check


@pytest.fixture
def crt(centre):
    return makers.a_unit(centre, name="CRT 2")


@pytest.fixture
def phone(stack, crt):
    """The crew's page on a phone, signed on to CRT 2 and live."""
    stack.start("web")
    crew = Shift.objects.get(unit=crt).user
    with screens(stack.url, crew=(crew, PHONE, "/crew/")) as pages:
        live(pages["crew"])
        yield pages["crew"]


def hold(page):
    """One second and a bit on the button, as a thumb does."""
    box = page.locator("[data-hold]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    held(page)
    page.mouse.up()


def held(page):
    """Until the second is over that the button shows."""
    page.locator(".is-holding").wait_for()
    page.locator(".is-holding").wait_for(state="detached")


def emergencies():
    return elsewhere(Event.objects.filter(kind="CrewEmergency").count)


def test_an_emergency_on_a_cut_line_goes_out_once_when_the_line_is_back(phone, crt):
    phone.context.set_offline(True)
    hold(phone)
    state = phone.locator("[data-emergency-state]")
    expect(state).to_contain_text("EMERGENCY is not there yet")
    expect(state.locator("a[href^='tel:']")).to_be_visible()
    assert emergencies() == 0

    phone.context.set_offline(False)

    expect(phone.locator("main")).to_contain_text("Sent to dispatch, ")
    assert emergencies() == 1
    assert elsewhere(Call.objects.count) == 1
    assert phone.evaluate("localStorage.getItem('crew-emergency')") is None


def test_an_emergency_survives_a_reload_on_the_same_key(phone, crt):
    # The server acts, and its answer is lost on the way.
    taken = []

    def lose(route):
        taken.append(route.fetch().status)
        route.abort()

    phone.route("**/crew/emergency/", lose)
    hold(phone)
    expect(phone.locator("[data-emergency-state]")).to_contain_text("not there yet")
    kept = phone.evaluate("Object.keys(JSON.parse(localStorage['crew-emergency']))")
    assert sorted(kept) == ["key", "unit"]
    assert set(taken) == {200}

    phone.unroute_all(behavior="ignoreErrors")
    phone.reload()

    expect(phone.locator("main")).to_contain_text("Sent to dispatch, ")
    assert emergencies() == 1


def test_an_emergency_after_the_session_ended_says_phone_and_waits(phone, crt):
    phone.context.clear_cookies()

    hold(phone)

    state = phone.locator("[data-emergency-state]")
    expect(state).to_contain_text("EMERGENCY is not sent: you are signed out")
    expect(state.locator("a[href^='tel:']")).to_be_visible()
    assert emergencies() == 0
    phone.reload()
    expect(phone.locator("[data-emergency-state]")).to_contain_text("signed out")


def test_the_keyboard_holds_as_a_thumb_does_and_a_short_press_sends_nothing(phone, crt):
    button = phone.locator("[data-hold]")
    button.click()
    button.press("Enter")
    assert phone.locator("[data-emergency-state]").is_hidden()
    assert emergencies() == 0

    button.focus()
    phone.keyboard.down("Enter")
    held(phone)
    phone.keyboard.up("Enter")

    expect(phone.locator("main")).to_contain_text("Sent to dispatch, ")
    assert emergencies() == 1


def test_a_second_emergency_after_the_first_is_over_goes_out_too(phone, crt):
    for count in (1, 2):
        hold(phone)
        expect(phone.locator("[data-emergency-out]")).to_be_visible()
        elsewhere(safety.end_emergency, unit_id=crt.pk, by=CLOCK)
        expect(phone.locator("[data-emergency-out]")).to_have_count(0)
        assert emergencies() == 2 * count
