"""A caller lost in a session who comes back on somebody else's line: who has them, on each page."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.actions import (
    callback,
    callers,
    contact,
    decision,
    disposition,
    intake,
    seat,
    transfer,
)
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK
from dispatch.models import Contact, Event
from dispatch.selectors import board
from tests import makers
from tests.edges import pages
from tests.edges.pages import words

pytestmark = pytest.mark.django_db
AGAIN = Intake(phone="919-555-0142")


@pytest.fixture
def session(centre, desk):
    makers.a_clinician(centre, "D. Mercer")
    return makers.with_clinician(makers.decided(makers.a_call(centre, desk.user)))


@pytest.fixture
def call(session):
    return session.seat.call


@pytest.fixture
def clinician(session):
    browser = Client()
    browser.force_login(session.person)
    return browser


def leg_of(call):
    return Contact.objects.filter(call=call).earliest("pk")


def lost(call):
    leg = leg_of(call)
    contact.lost(contact_id=leg.pk, by=CLOCK)
    callback.tried(contact_id=leg.pk, result="no_answer", by=CLOCK)


def rings_again(call, by, how="added"):
    """The lost caller is on the line of whoever presses."""
    if how == "added":
        return callers.attach(call_id=call.pk, intake=AGAIN, by=by)
    if how == "connect":
        return contact.connect(contact_id=leg_of(call).pk, by=by)
    return callback.tried(contact_id=leg_of(call).pk, result="reached", by=by)


def page(browser, call):
    return words(browser.get(reverse("call", args=[call.pk])))


def shown(browser):
    return words(browser.get(reverse("desk")))


def word(call):
    [card] = board.cards(call.agency_id, "operations", [call.pk])
    return card["state"]["label"], card["state"]["act"]


@pytest.mark.parametrize("how", ["added", "connect", "reached"])
def test_whoever_is_back_on_the_dispatchers_line_is_not_with_the_clinician(
    desk, call, clinician, how
):
    lost(call)
    rings_again(call, makers.by(desk.user), how)

    said = page(desk, call)
    assert "With caller" not in said + shown(clinician)
    assert "D12 Lee holds it" in said
    assert "Caller is with D12 Lee" in said
    assert "The caller is on your line. To hand them over, bring D. Mercer" in said
    assert "D. Mercer presses “I have the caller” on their desk" in said
    assert word(call) == ("With D12 Lee, not D. Mercer", True)
    asked = shown(clinician)
    assert "Do you have the caller?" in asked
    assert "The caller is back, on the line of D12 Lee" in asked


def test_a_new_call_that_is_the_same_event_says_whose_line_they_are_on(
    desk, call, clinician
):
    lost(call)
    said = pages.typed(same=str(call.pk), do="save")

    desk.post(reverse("intake"), said)

    assert "D12 Lee holds it" in page(desk, call)
    assert "Do you have the caller?" in shown(clinician)


def test_a_call_opened_for_whoever_rings_again_says_so_once_it_is_linked(desk, call):
    lost(call)
    by = makers.by(desk.user)
    other = makers.a_call(call.agency, desk.user)

    intake.link_calls(call_id=other.pk, duplicate_of=call.pk, by=by)

    assert word(call) == ("With D12 Lee, not D. Mercer", True)


def test_the_call_stays_the_clinicians_until_a_person_says_otherwise(
    desk, session, call
):
    lost(call)
    rings_again(call, makers.by(desk.user))
    assert makers.fresh(call).owner == session.person

    intake.take(call_id=call.pk, by=makers.by(desk.user))
    transfer.confirm(assignment_id=session.pk, by=makers.by(session.person))

    assert makers.fresh(call).owner == session.person


def test_i_have_the_caller_takes_them_from_the_dispatchers_line_once(
    desk, session, call, clinician
):
    lost(call)
    leg = rings_again(call, makers.by(desk.user))
    confirmed_at = makers.fresh(session).confirmed_at
    url = reverse("session_confirm", args=[session.pk])

    for _twice in range(2):
        clinician.post(url, {"key": str(uuid4())})

    assert makers.fresh(leg).person == session.person
    assert "With caller" in page(desk, call)
    assert "Do you have the caller?" not in shown(clinician)
    assert word(call) == ("With D. Mercer", False)
    held = Event.objects.filter(call=call, kind="LineHeld")
    assert held.filter(body__person=str(session.person_id)).count() == 1
    # When they had the caller first is what is counted.
    assert makers.fresh(session).confirmed_at == confirmed_at


@pytest.mark.parametrize("how", ["connect", "reached"])
def test_a_clinician_who_reached_them_is_asked_nothing(desk, session, call, how):
    lost(call)
    rings_again(call, makers.by(session.person), how)

    assert "With caller" in page(desk, call)
    assert word(call) == ("With D. Mercer", False)


def test_whoever_takes_the_line_from_a_colleague_holds_it(desk, session, call):
    lost(call)
    leg = rings_again(call, makers.by(desk.user))
    assert "I hold the line" in page(desk, call)

    contact.mine(contact_id=leg.pk, by=makers.by(session.person))

    assert word(call) == ("With D. Mercer", False)


def test_a_bystander_on_somebody_elses_line_takes_no_caller_from_a_clinician(
    desk, call, clinician
):
    bystander = Intake(name="Ada Neighbour", phone="919-555-0177")

    callers.attach(call_id=call.pk, intake=bystander, by=makers.by(desk.user))

    assert "With caller" in page(desk, call)
    assert "Do you have the caller?" not in shown(clinician)
    assert word(call) == ("With D. Mercer", False)


def test_with_a_bystander_heard_a_caller_who_is_back_is_still_with_the_dispatcher(
    desk, call, clinician
):
    bystander = Intake(name="Ada Neighbour", phone="919-555-0177")
    callers.attach(call_id=call.pk, intake=bystander, by=CLOCK)
    lost(call)

    rings_again(call, makers.by(desk.user))

    assert "Caller is with D12 Lee" in page(desk, call)
    assert "Do you have the caller?" in shown(clinician)
    assert word(call) == ("With D12 Lee, not D. Mercer", True)


def test_a_clinician_who_accepted_and_confirms_then_holds_the_line(centre, desk):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, desk.user))
    accepted = makers.accepted(call)
    lost(call)
    rings_again(call, makers.by(desk.user), "reached")

    transfer.confirm(assignment_id=accepted.pk, by=makers.by(clinician))

    assert leg_of(call).person == clinician


def test_a_session_that_ends_takes_nobody_off_a_colleagues_line(desk, session, call):
    lost(call)
    leg = rings_again(call, makers.by(desk.user))

    disposition.end_session(
        assignment_id=session.pk,
        outcomes=["other"],
        line_over=True,
        by=makers.by(session.person),
    )

    leg = makers.fresh(leg)
    assert (leg.state, leg.person, leg.due) == ("connected", desk.user, "")


@pytest.mark.parametrize("linked", [False, True])
def test_a_person_who_says_they_are_back_on_another_number_holds_them(
    centre, desk, session, call, linked
):
    by = makers.by(desk.user)
    lost(call)
    known = Intake(name="The same", phone="919-555-0999")
    if linked:
        other = makers.a_call(centre, desk.user, phone=known.phone)
        intake.link_calls(call_id=other.pk, duplicate_of=call.pk, by=by)
        back = Contact.objects.filter(call=call).latest("pk")
    else:
        back = callers.attach(call_id=call.pk, intake=known, by=CLOCK)

    callback.stop(contact_id=leg_of(call).pk, reason="called_again", by=by)

    assert word(call) == ("With D12 Lee, not D. Mercer", True)
    disposition.end_session(
        assignment_id=session.pk,
        outcomes=["other"],
        line_over=True,
        by=makers.by(session.person),
    )
    back = makers.fresh(back)
    assert (back.state, back.person) == ("connected", desk.user)


def test_who_is_back_on_a_colleagues_line_stays_theirs(centre, desk, call):
    lost(call)
    colleague = makers.a_user(centre, "dispatcher", "D14 Ruiz")
    known = Intake(name="The same", phone="919-555-0999")
    leg = callers.attach(call_id=call.pk, intake=known, by=CLOCK)
    contact.mine(contact_id=leg.pk, by=makers.by(colleague))

    by = makers.by(desk.user)
    callback.stop(contact_id=leg_of(call).pk, reason="called_again", by=by)

    assert makers.fresh(leg).person == colleague


def test_a_bystander_takes_no_call_from_a_clinician_who_helps_the_team(centre, desk):
    by = makers.by(desk.user)
    call = makers.decided(makers.a_call(centre, desk.user, type="trespass"))
    contact.hang_up(
        contact_id=leg_of(call).pk, reason="agreed_end", decided=True, by=by
    )
    clinician = makers.a_clinician(centre, "D. Mercer")
    decision.request_team(call_id=call.pk, response="ccd", reason="more_help", by=by)
    work = makers.accepted(call)
    transfer.confirm(assignment_id=work.pk, by=makers.by(clinician))
    for help_ in call.seats.filter(response="police"):
        seat.confirm_told(seat_id=help_.pk, by=by)

    bystander = Intake(name="Ada Neighbour", phone="919-555-0177")
    leg = callers.attach(call_id=call.pk, intake=bystander, by=by)

    assert word(call) == ("With D. Mercer", False)
    assert "Caller is with D12 Lee" not in page(desk, call)
    transfer.confirm(assignment_id=work.pk, by=makers.by(clinician))
    assert makers.fresh(leg).person == desk.user
