"""Where things stand: what must never be covered, and what must fit a phone or a desk."""

import pytest
from playwright.sync_api import expect

from dispatch.actions import triage
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.models import Call, Shift, Unit
from tests import makers
from tests.actions import partners
from tests.actions.alarms import ago
from tests.browser.desks import PHONE, live, screens

pytestmark = pytest.mark.browser

SMALL = {"width": 360, "height": 640}  # the smallest phone that crews carry
LAPTOP = {"width": 1366, "height": 768}
THUMB = 64  # pixels that a press in need is high, at least
ROWS = 2  # of names of what can be done with a call
SECRET = "a-secret-that-only-this-layout-knows"
WIDER = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def crt(centre):
    return makers.a_unit(centre, name="CRT 2")


@pytest.fixture
def crew(crt):
    return Shift.objects.get(unit=crt).user


@pytest.fixture
def inside(centre, crt):
    """CRT 2 with somebody, at a place with a long name and a long story."""
    return makers.on_scene(
        makers.decided(
            makers.a_call(
                centre,
                type="trespass",
                address="515 W Pettigrew St, Durham Station, bay 8",
                said="By the glass bench at the far end. " * 6,
            )
        )
    )


def told_to_leave(work):
    found = {"weapon": "yes", "violence": "yes"}
    triage.record_answers(call_id=work.seat.call_id, answers=found, by=CLOCK)


def told_to_leave_and_silent(work):
    found = {"weapon": "not_known", "violence": "not_known"}
    triage.record_answers(call_id=work.seat.call_id, answers=found, by=CLOCK)
    Unit.objects.filter(pk=work.unit_id).update(check_due_at=ago(60))


def top_and_bottom(found):
    box = found.bounding_box()
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("befalls", [told_to_leave, told_to_leave_and_silent])
def test_no_button_covers_the_hazards_or_what_is_asked_of_the_crew(
    stack, crew, inside, befalls
):
    befalls(inside)
    stack.start("web")
    phones = {"usual": (crew, PHONE, "/crew/"), "small": (crew, SMALL, "/crew/")}
    with screens(stack.url, **phones) as pages:
        for page in pages.values():
            live(page)
            help_top, help_bottom = top_and_bottom(page.locator("[data-hold]"))
            assert help_bottom <= page.viewport_size["height"]
            assert help_bottom - help_top >= THUMB
            asked = page.locator("main [role=alert]:visible, .hazards")
            assert asked.count() >= 1
            for number in range(asked.count()):
                top, bottom = top_and_bottom(asked.nth(number))
                assert top >= 0
                assert bottom <= help_top
            expect(page.locator(".hazards")).to_be_visible()


def test_nothing_on_a_phone_has_to_be_pushed_sideways(stack, centre, crew, inside):
    told_to_leave(inside)
    dispatcher = makers.a_user(centre, "dispatcher")
    supervisor = makers.a_user(centre, "supervisor")
    partner = partners.a_partner(centre)
    call = partners.a_counselling_call(centre, dispatcher)
    asked = partners.asked(call, partner, dispatcher)
    partners.page_of(asked, dispatcher, SECRET)
    Call.objects.filter(pk=makers.a_call(centre).pk).update(opened_at=ago(60))
    clock._alarms(centre.pk)
    stack.start("web")
    paths = {
        "crew": (crew, "/crew/"),
        "clear": (crew, "/crew/clear/"),
        "alarms": (supervisor, "/alarms/"),
        "waits": (supervisor, "/waits/"),
        "partners": (supervisor, "/partners/"),
        "handoff": (dispatcher, f"/handoff/{SECRET}/"),
    }
    phones = {name: (who, PHONE, path) for name, (who, path) in paths.items()}
    with screens(stack.url, **phones) as pages:
        expect(pages["alarms"].locator(".work__take").first).to_be_visible()
        for name, page in pages.items():
            assert page.evaluate(WIDER) <= 0, name
            assert page.locator(".scroll-x").evaluate_all(
                "found => found.every(one => one.scrollWidth <= one.clientWidth)"
            ), name


def test_the_list_of_units_leaves_the_call_readable_on_a_laptop(stack, centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    for _ in range(6):
        makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    stack.start("web")
    with screens(stack.url, desk=(dispatcher, LAPTOP, f"/calls/{call.pk}/")) as pages:
        page = pages["desk"]
        page.locator(".units").first.evaluate("found => { found.open = true; }")
        expect(page.locator(".units__one button").first).to_be_visible()
        read = page.locator(".call__read").bounding_box()
        foot = page.locator(".call__foot").bounding_box()
        assert read["height"] >= LAPTOP["height"] / 3
        assert read["y"] + read["height"] <= foot["y"] + 1
        rows = page.locator(".call__acts > .panel:not([open])").evaluate_all(
            "found => new Set(found.map(one => one.getBoundingClientRect().top)).size"
        )
        assert rows <= ROWS
        last = page.locator(".call__acts > .panel").last
        assert last.bounding_box()["y"] < foot["y"] + foot["height"]
