"""A crew that writes: what they must do is seen at once, and what they wrote stays."""

import pytest
from playwright.sync_api import expect

from dispatch.actions import flag, safety, seat, triage
from dispatch.events import CLOCK
from dispatch.models import Assignment, Shift
from tests import makers
from tests.browser.desks import PHONE, elsewhere, live, screens, stayed, stays

pytestmark = pytest.mark.browser
NOTE = "He sits down and talks with us."


@pytest.fixture
def inside(centre):
    """CRT 2 with somebody at a place."""
    makers.a_unit(centre, name="CRT 2")
    work = makers.on_scene(makers.decided(makers.a_call(centre, type="trespass")))
    # Read now: while screens are open nobody asks the database on this thread.
    return Assignment.objects.select_related("seat").get(pk=work.pk)


@pytest.fixture
def crew(inside):
    return Shift.objects.get(unit=inside.unit).user


@pytest.fixture
def going(centre):
    """CRT 4 on its way."""
    makers.a_unit(centre, name="CRT 4")
    call = makers.decided(makers.a_call(centre, type="trespass"))
    return makers.accepted(call, "crt")


def told_to_leave(work):
    found = {"weapon": "yes", "violence": "yes"}
    call = work.seat.call_id
    elsewhere(triage.record_answers, call_id=call, answers=found, by=CLOCK)


def in_sight(page, found):
    """Wholly on the screen, with nothing over its middle or its last line."""
    expect(found).to_be_visible()
    box = found.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= page.viewport_size["height"]
    assert found.evaluate(
        """node => { const box = node.getBoundingClientRect();
          return [0.5, 0.95].every(part => node.contains(
            document.elementFromPoint(box.x + box.width / 2, box.y + box.height * part)))
        }"""
    )


def test_an_order_to_leave_is_seen_while_the_crew_says_how_it_ended(
    stack, crew, inside
):
    stack.start("web")
    with screens(stack.url, crew=(crew, PHONE, "/crew/clear/")) as pages:
        page = pages["crew"]
        live(page)
        stays(page)
        page.get_by_text("Help declined").click()
        page.locator("[name=followup_consent][value=yes]").check()
        page.locator(".phone__next").last.scroll_into_view_if_needed()

        told_to_leave(inside)

        expect(page.locator(".crew__leave")).to_contain_text("Leave now")
        in_sight(page, page.locator(".crew__leave"))
        in_sight(page, page.locator(".hazards").first)
        assert page.locator("[name=outcome]:checked").input_value() == "declined_help"
        assert page.locator("[name=followup_consent]:checked").input_value() == "yes"

        page.get_by_role("button", name="Leaving").click()
        expect(page.locator(".crew__leave")).to_have_count(0)
        assert page.locator("[name=outcome]:checked").input_value() == "declined_help"
        assert stayed(page)


def test_an_emergency_and_a_withdrawn_call_are_said_above_the_form(stack, going):
    user = Shift.objects.get(unit=going.unit).user
    stack.start("web")
    with screens(stack.url, crew=(user, PHONE, "/crew/clear/")) as pages:
        page = pages["crew"]
        live(page)
        page.get_by_text("Help declined").click()

        elsewhere(safety.emergency, unit_id=going.unit_id, by=makers.by(user))
        in_sight(page, page.locator("[data-emergency-out]"))
        elsewhere(safety.end_emergency, unit_id=going.unit_id, by=CLOCK)
        expect(page.locator("[data-emergency-out]")).to_have_count(0)
        elsewhere(seat.withdraw, seat_id=going.seat_id, why="not_needed", by=CLOCK)

        expect(page.locator(".crew__orders")).to_contain_text("not yours any more")
        assert page.locator("[name=outcome]:checked").input_value() == "declined_help"


def test_an_order_to_leave_is_seen_while_a_note_is_typed_and_a_press_keeps_the_note(
    stack, crew, inside
):
    stack.start("web")
    with screens(stack.url, crew=(crew, PHONE, "/crew/")) as pages:
        page = pages["crew"]
        live(page)
        page.locator("#note-text").click()
        page.keyboard.type(NOTE)

        told_to_leave(inside)

        expect(page.locator(".crew__leave")).to_contain_text("Leave now")
        page.keyboard.type(" More.")
        in_sight(page, page.locator(".crew__leave"))
        in_sight(page, page.locator(".hazards").first)

        page.get_by_role("button", name="Leaving").click()
        expect(page.locator(".crew__leave")).to_have_count(0)
        expect(page.locator("#note-text")).to_have_value(NOTE + " More.")


@pytest.fixture
def sent_on(centre):
    """CRT 5 taken off two calls, from one of them for a danger, and sent to a third."""
    car = makers.a_unit(centre, name="CRT 5")
    withdrawn = makers.decided(makers.a_call(centre, type="trespass"))
    wanted = makers.seat_of(withdrawn, "crt")
    seat.withdraw(seat_id=wanted.pk, why="not_needed", by=CLOCK)
    armed = makers.a_call(centre, type="trespass", address="9 Elm Road", phone="")
    makers.decided(armed)
    makers.late(armed, weapon="yes")
    asked = makers.a_call(
        centre, type="welfare_check", address="1402 North Roxboro Street", phone=""
    )
    author = makers.by(makers.a_user(centre, "responder"))
    for code in ("dangerous_animal", "unsafe_access"):
        flag.raise_(call_id=asked.pk, subject="place", code=code, by=author)
    assert makers.ringing(makers.decided(asked), "crt").unit == car
    return car


@pytest.mark.parametrize(
    "size", [PHONE, {"width": 320, "height": 844}], ids=["390", "320"]
)
def test_the_new_order_is_answered_without_scrolling_past_the_calls_that_are_gone(
    stack, sent_on, size
):
    user = Shift.objects.get(unit=sent_on).user
    stack.start("web")
    with screens(stack.url, crew=(user, size, "/crew/")) as pages:
        page = pages["crew"]
        expect(page.locator("[data-tell]")).to_have_count(2)
        in_sight(page, page.get_by_role("button", name="Acknowledge"))
        in_sight(page, page.locator("[data-tell]", has_text="Do not go"))
        in_sight(page, page.get_by_role("button", name="Understood"))
        in_sight(page, page.get_by_role("button", name="Sign out"))

        page.get_by_role("button", name="Understood").click()
        expect(page.locator("[data-tell]")).to_have_count(0)


def test_a_staged_crew_sees_its_hazards_and_its_next_press_at_once(stack, going):
    elsewhere(
        triage.record_answers,
        call_id=going.seat.call_id,
        answers={"threat": "yes"},
        by=CLOCK,
    )
    user = Shift.objects.get(unit=going.unit).user
    stack.start("web")
    with screens(stack.url, crew=(user, PHONE, "/crew/")) as pages:
        page = pages["crew"]

        in_sight(page, page.get_by_text("Stage. Do not enter."))
        in_sight(page, page.get_by_role("button", name="En route"))
        in_sight(page, page.locator("[data-hold]"))
