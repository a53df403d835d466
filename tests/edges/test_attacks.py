"""What an attacker types: refused with a page or a line, and nobody else suffers."""

import json
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from dispatch import access
from dispatch.actions import offer, unit
from dispatch.events import CLOCK
from dispatch.hub import Hub, Line
from dispatch.management.commands import clock
from dispatch.models import Call, Seat
from dispatch.selectors import due
from tests import makers

pytestmark = pytest.mark.django_db
MARK = '"><script>alert(1)</script>'


@pytest.fixture
def desk(centre):
    """A dispatcher's browser, signed in."""
    return signed_in(makers.a_user(centre, "dispatcher"))


def signed_in(user):
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


def typed(**fields):
    return {"source": "911", "do": "save", "key": "k1", **fields}


@pytest.mark.parametrize("field", ["zone", "type", "key", "said", "note", "address"])
def test_a_nul_in_any_field_is_refused_not_a_fault(desk, field):
    answer = desk.post(reverse("intake"), typed(**{field: "a\0b"}))
    assert answer.status_code == 400
    assert not Call.objects.exists()


def test_a_nul_in_an_address_is_refused(desk):
    assert desk.get(reverse("board") + "?since=%00").status_code == 400


def test_a_form_of_no_known_length_is_not_taken_for_an_empty_one(desk):
    headers = {"Transfer-Encoding": "chunked"}
    answer = desk.post(reverse("intake"), typed(), headers=headers)
    assert answer.status_code == 400
    assert not Call.objects.exists()


def test_a_value_too_long_for_its_place_is_refused_not_a_fault(desk):
    answer = desk.post(reverse("intake"), typed(type="x" * 80))
    assert answer.status_code == 422
    assert not Call.objects.exists()


def test_json_nested_without_end_is_unreadable_not_a_fault(centre):
    # With the check of the token, which reads the body before the verb does.
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    browser.force_login(makers.a_user(centre, "dispatcher"))
    answer = browser.post(
        reverse("api:open-call"),
        "[" * 100_000,
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert answer.status_code in {400, 403}
    assert answer.headers["Content-Type"] == "application/json"


def test_another_site_is_no_way_back(desk):
    answer = desk.get("/nowhere/", headers={"Referer": "https://evil.example/x"})
    assert answer.status_code == 404
    assert "evil.example" not in answer.content.decode()
    ours = desk.get("/nowhere/", headers={"Referer": "http://testserver/board/"})
    assert "http://testserver/board/" in ours.content.decode()


def test_words_are_never_markup_on_any_page(centre, desk):
    crew = makers.a_user(centre, "responder")
    team = makers.a_unit(centre, name="CRT <b>", crewed=False)
    makers.signed_on(team, crew)
    call = makers.a_call(
        centre,
        type="trespass",
        address=MARK,
        name=MARK,
        said=MARK,
        person_name=MARK,
        zone=MARK,
        source_wording=MARK,
        simulated=MARK,
    )
    makers.decided(call)
    desk.post(reverse("call_note", args=[call.pk]), {"key": "n", "text": MARK})
    makers.accepted(call, "crt")
    pages = [
        reverse("board"),
        reverse("call", args=[call.pk]),
        reverse("call_drawer", args=[call.pk]),
        reverse("triage", args=[call.pk]),
    ]
    shown = [desk.get(page) for page in pages]
    shown.append(signed_in(crew).get(reverse("crew")))
    for answer in shown:
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
        assert "CRT <b>" not in answer.content.decode()
        assert "'self'" in answer.headers["Content-Security-Policy"]


def test_a_crew_reads_the_call_it_is_on_and_none_from_before(centre):
    crew = makers.a_user(centre, "responder")
    team = makers.a_unit(centre, crewed=False)
    makers.signed_on(team, crew)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    assert access.visible_calls(crew).filter(pk=call.pk).exists()
    work = makers.on_scene(call)
    assert access.visible_calls(crew).filter(pk=call.pk).exists()
    makers.cleared(work)
    assert not access.visible_calls(crew).filter(pk=call.pk).exists()


def test_a_crew_that_declined_reads_the_call_no_more(centre):
    crew = makers.a_user(centre, "responder")
    team = makers.a_unit(centre, crewed=False)
    makers.signed_on(team, crew)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    ring = makers.ringing(call, "crt")
    offer.decline(offer_id=ring.pk, reason="too_far", by=CLOCK)
    assert not access.visible_calls(crew).filter(pk=call.pk).exists()


def test_a_board_that_asks_without_end_is_answered_once():
    told = []
    hub = Hub()
    hub._thread = object()  # nobody follows: the asks stay to be counted
    line = Line(agency=None, projection="wall", user=None, push=told.append, loop=None)
    hub.register(line, None)
    for number in range(1000):
        hub.ask(line, number)
    assert hub._asks[None] == {line: 999}
    hub.leave(line)
    assert hub._asks[None] == {}


def test_one_row_that_cannot_be_worked_on_does_not_stop_the_clock():
    worked = []

    def act(pk):
        if pk == 1:
            raise KeyError
        worked.append(pk)

    clock.each([1, 2], act)
    assert worked == [2]


def test_a_centre_whose_rules_cannot_be_read_does_not_stop_the_clock(centre, caplog):
    """Its protocol lacks a time; the late safety check of another is still seen."""
    broken = makers.an_agency()
    version = broken.protocols.get(state="published")
    document = dict(version.document, clocks={})
    type(version).objects.filter(pk=version.pk).update(document=document)
    team = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)
    type(team).objects.filter(pk=team.pk).update(
        check_due_at=Now() - timedelta(seconds=1)
    )
    clock.round_(sealing=False)
    assert makers.fresh(team).check_late
    assert due.checks() == []


def test_a_seat_of_another_centre_is_not_there(centre, desk):
    other = makers.an_agency()
    foreign = makers.decided(makers.a_call(other, type="trespass"), attempt="yes")
    seat = Seat.objects.filter(call=foreign).first()
    own = makers.decided(makers.a_call(centre))
    body = json.dumps({"version": own.version, "unit": str(makers.a_unit(other).pk)})
    answers = [
        desk.post(reverse("seat_clear", args=[own.pk, seat.pk]), {"key": "a"}),
        desk.post(
            reverse("api:clear-scene", args=[seat.pk]),
            json.dumps({"version": 1}),
            content_type="application/json",
            headers={"Idempotency-Key": "b"},
        ),
        desk.post(
            reverse("api:send-unit", args=[own.pk]),
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "c"},
        ),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_crew_sees_nothing_of_the_unit_it_left(centre):
    crew = makers.a_user(centre, "responder")
    team = makers.a_unit(centre)
    makers.signed_on(team, crew)
    unit.sign_off(unit_id=team.pk, by=makers.by(crew))
    call = makers.decided(makers.a_call(centre, type="trespass"))
    assert makers.ringing(call, "crt").unit_id == team.pk
    assert not access.visible_calls(crew).filter(pk=call.pk).exists()
