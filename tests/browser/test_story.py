"""One call, all the way, on four screens at once, and nobody reloads a board."""

import re

import pytest
from playwright.sync_api import expect

from dispatch.models import Call, FollowUp, Presence, Unit
from dispatch.selectors import chain
from tests import makers
from tests.browser.desks import (
    DESK,
    PHONE,
    elsewhere,
    live,
    press_until,
    screens,
    stayed,
    stays,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(centre):
    """A dispatcher, a clinician, a crew signed on to CRT 2, and a supervisor."""
    team = makers.a_unit(centre, "crt", "CRT 2", crewed=False)
    crew = makers.a_user(centre, "responder", "R. Crew")
    makers.signed_on(team, crew)
    return {
        "dispatcher": (
            makers.a_user(centre, "dispatcher", "D7 Ortiz"),
            DESK,
            "/board/",
        ),
        "clinician": (makers.a_clinician(centre, "D. Mercer"), DESK, "/desk/"),
        "crew": (crew, PHONE, "/crew/"),
        "supervisor": (
            makers.a_user(centre, "supervisor", "S. Hale"),
            DESK,
            "/board/",
        ),
    }


def take_the_call(page, rings="D. Mercer"):
    """The dispatcher: F3, the place, the questions by digits, Ctrl+Enter."""
    page.keyboard.press("F3")
    expect(page.get_by_role("heading", name="New call")).to_be_visible()
    page.fill("input[name=address]", "1012 W Main St, apt 4")
    page.check("input[name=location_verified]")
    page.select_option("select[name=inside]", "yes")
    page.fill("input[name=phone]", "919-555-0132")
    page.select_option("select[name=caller_kind]", "third_party")
    page.select_option("select[name=type]", "suicide_threat")
    page.locator("[data-question]").first.locator("input[type=radio]").first.focus()
    for _ in range(8):
        page.keyboard.press("2")
    expect(page.locator("#advice")).to_contain_text("Community Response Team")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#call-live")).to_contain_text(rings)


def test_one_call_from_the_ring_to_the_follow_up_on_four_screens(stack, centre, cast):
    stack.start("web", "worker", "clock")
    with screens(stack.url, **cast) as pages:
        dispatcher, clinician = pages["dispatcher"], pages["clinician"]
        crew, supervisor = pages["crew"], pages["supervisor"]
        for page in (clinician, crew, supervisor):
            live(page)
            stays(page)

        take_the_call(dispatcher)
        stays(dispatcher)

        row = supervisor.locator("[data-rows=waiting] .row", has_text="Suicide threat")
        expect(row).to_be_visible()
        expect(row).to_contain_text("1012 W Main St")
        expect(supervisor.locator("body")).to_contain_text("CRT 2")

        expect(clinician.locator("[data-accept]")).to_be_visible()
        assert stayed(clinician)
        have = clinician.get_by_role("button", name="I have the caller")
        press_until(clinician, "F8", have)
        expect(dispatcher.locator("#call-live")).to_contain_text("D. Mercer")
        have.click()

        active = supervisor.locator(
            "[data-rows=active] .row", has_text="Suicide threat"
        )
        expect(active).to_be_visible()
        expect(active).to_contain_text("D. Mercer")

        acknowledge = crew.get_by_role("button", name="Acknowledge")
        expect(acknowledge).to_be_visible()
        assert stayed(crew)
        acknowledge.click()
        crew.get_by_role("button", name="En route").click()
        expect(active).to_contain_text("En route CRT 2")
        crew.get_by_role("button", name="On scene").click()
        expect(active).to_contain_text("On scene CRT 2")
        expect(dispatcher.locator("#call-live")).to_contain_text("On scene")

        clinician.get_by_label("Resolved by phone").check()
        clinician.get_by_label("The caller's line is over").check()
        clinician.get_by_role("button", name="End the session").click()
        expect(clinician.get_by_role("button", name="Available again")).to_be_visible()

        crew.get_by_role("link", name="Clear").click()
        crew.get_by_label("Resolved on scene").check()
        crew.locator("input[name=person_reached][value=yes]").check()
        crew.locator("input[name=followup_consent][value=yes]").check()
        crew.get_by_role("button", name="Clear, free CRT 2").click()
        expect(crew.locator("body")).to_contain_text("Dispatch can send you")

        expect(dispatcher.locator("#call-live")).to_contain_text("Ended, to be closed")
        assert stayed(dispatcher)
        # The forms are fetched beside what is read, and may come a moment later.
        newest = str(elsewhere(Call.objects.get, agency=centre).version)
        form = dispatcher.locator(".call__foot input[name=seen]").first
        expect(form).to_have_value(newest)
        dispatcher.locator("summary", has_text="End the call").click()
        dispatcher.get_by_role("button", name=re.compile(r"^Close \d\d-")).click()
        expect(
            supervisor.locator("[data-rows=active] .row", has_text="Suicide threat")
        ).to_have_count(0)
        assert stayed(supervisor)

    call = Call.objects.get(agency=centre)
    assert call.state == "closed"
    assert call.service == "served"
    assert FollowUp.objects.get(call=call).state == "due"
    assert Unit.objects.get(agency=centre).state == "available"
    assert Presence.objects.get(user__short_name="D. Mercer").state != "engaged"
    assert chain.verify(centre).faults == ()


def test_with_worker_and_clock_stopped_the_page_itself_decides(stack, centre, cast):
    stack.start("web")
    with screens(stack.url, dispatcher=cast["dispatcher"]) as pages:
        take_the_call(pages["dispatcher"])

    assert Call.objects.get(agency=centre).decision_wanted_at is None


def test_a_lost_line_is_said_in_words_and_never_looks_like_a_quiet_night(
    stack, centre, cast
):
    stack.start("web")
    with screens(stack.url, supervisor=cast["supervisor"]) as pages:
        page = pages["supervisor"]
        live(page)
        stack.kill("web")
        expect(page.locator("[data-live-tag]")).to_have_text("LAGGING")
        expect(page.locator("[data-strip]")).to_contain_text("No live data for")
        expect(page.locator("[data-live-tag]")).to_have_text("OFFLINE", timeout=20_000)

        stack.start("web")
        expect(page.locator("[data-live-tag]")).to_have_text("LIVE", timeout=60_000)
