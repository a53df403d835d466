"""The hard day on four screens: nobody answers, one declines, a crew is in danger.

And a caller goes to 988, whose counsellor has no console but a page in any browser.
"""

import re

import pytest
from playwright.sync_api import expect

from dispatch.models import Call, Event, Seat, Transfer, Unit
from dispatch.selectors import chain
from routing import store
from tests import makers
from tests.actions import partners
from tests.browser.desks import DESK, PHONE, elsewhere, live, screens, stayed, stays
from tests.browser.test_emergency import hold
from tests.browser.test_story import take_the_call

pytestmark = pytest.mark.browser

RINGS = 12  # seconds: time enough to press, and to wait for a ring that nobody hears


@pytest.fixture
def cast(centre):
    """Beside the four a clinician whose desk is empty, and a 988 centre."""
    document = makers.open_all_day()
    clocks = document["clocks"] | {"offer_rings": RINGS}
    store.publish(centre.pk, document | {"clocks": clocks, "version": "hard"})
    partners.a_partner(centre, "lifeline", name="988 Lifeline")
    team = makers.a_unit(centre, "crt", "CRT 2", crewed=False)
    crew = makers.a_user(centre, "responder", "R. Crew")
    makers.signed_on(team, crew)
    makers.a_clinician(centre, "K. Boone")
    return {
        "dispatcher": (
            makers.a_user(centre, "dispatcher", "D7 Ortiz"),
            DESK,
            "/board/",
        ),
        "clinician": (makers.a_clinician(centre, "D. Mercer"), DESK, "/desk/"),
        "crew": (crew, PHONE, "/crew/"),
        "supervisor": (makers.a_user(centre, "supervisor", "S. Hale"), DESK, "/board/"),
    }


def test_nobody_waits_unseen_on_four_screens_and_a_partner_s_page(stack, centre, cast):
    stack.start("web", "worker", "clock")
    with screens(stack.url, **cast) as pages:
        dispatcher, clinician = pages["dispatcher"], pages["clinician"]
        crew, supervisor = pages["crew"], pages["supervisor"]
        for page in (clinician, crew, supervisor):
            live(page)
            stays(page)

        take_the_call(dispatcher, rings="K. Boone")
        call = dispatcher.locator("#call-live")
        crew.get_by_role("button", name="Acknowledge").click()
        crew.get_by_role("button", name="En route").click()

        # An expiry: nobody is at K. Boone's desk. Then a decline.
        expect(clinician.locator("[data-accept]")).to_be_visible(timeout=30_000)
        expect(call).to_contain_text("K. Boone: no answer")
        clinician.locator("[data-decline] summary").click()
        clinician.get_by_role("button", name="I need a break").click()
        expect(call).to_contain_text("D. Mercer: declined")
        expect(clinician.locator("[data-accept]")).to_have_count(0)

        # The crew asks for backup, and then needs help itself.
        crew.get_by_role("button", name="On scene").click()
        backup = crew.get_by_role("button", name=re.compile("^Backup"))
        with crew.expect_navigation():
            backup.click()
        live(crew)
        expect(call).to_contain_text("Co-Response")
        hold(crew)
        expect(crew.locator("[data-emergency-out]")).to_contain_text("Sent to dispatch")
        lane = supervisor.locator("[data-rows=lane] .row", has_text="Suicide threat")
        expect(lane).to_contain_text("Emergency")
        assert stayed(supervisor)
        call.get_by_role("button", name="End the emergency of CRT 2").click()
        expect(crew.locator("[data-emergency-out]")).to_have_count(0)

        hand_over_to_988(dispatcher, stack.url, centre, cast["dispatcher"][0])

    assert Unit.objects.get(agency=centre, name="CRT 2").emergency_at is None
    told = set(Event.objects.filter(agency=centre).values_list("kind", flat=True))
    assert {"OfferExpired", "OfferDeclined", "TeamRequested", "CrewEmergency"} <= told
    assert Seat.objects.filter(call__agency=centre, response="cor").exists()
    assert chain.verify(centre).faults == ()


def hand_over_to_988(page, url, centre, dispatcher):
    """Share, dial, they acknowledge, all on the line, they have the caller, close."""
    made = elsewhere(partners.a_counselling_call, agency=centre, dispatcher=dispatcher)
    page.goto(f"{url}/calls/{made.pk}/")
    page.locator("summary", has_text="Hand the caller to a partner").click()
    page.select_option("select[name=agreed]", "yes")
    page.get_by_role("button", name="Begin, and make their page").click()
    link = page.get_by_label("Link to their page").input_value()
    page.get_by_role("button", name=re.compile("^Dial ")).click()

    counsellor = page.context.browser.new_context(java_script_enabled=False).new_page()
    counsellor.goto(link)
    expect(counsellor.locator("body")).to_contain_text("1012 W Main St")
    counsellor.get_by_label("Who are you?").first.fill("Ana at 988")
    counsellor.get_by_role("button", name="Acknowledge: we will take them").click()
    page.get_by_role("button", name="All three are on the line").click()
    counsellor.get_by_role("button", name="Load again").click()
    assert elsewhere(Call.objects.get, pk=made.pk).owner_id == dispatcher.pk
    counsellor.get_by_label("Who are you?").first.fill("Ana at 988")
    counsellor.get_by_role("button", name="We have the caller").click()
    expect(counsellor.locator("body")).to_contain_text("You have the caller")

    page.get_by_role("button", name=re.compile("moved to 988")).click()
    expect(page.locator("#call-live")).to_contain_text("Closed")
    assert elsewhere(Transfer.objects.get, call=made).state == "released"
