"""The crew's phone: one press a status, twice is once, and help one second away."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from dispatch.actions import intake, offer, seat, triage, unit
from dispatch.events import CLOCK
from dispatch.models import (
    AccessRecord,
    Assignment,
    CallNote,
    Disposition,
    Shift,
    Unit,
    UnitPosition,
)
from tests import makers

pytestmark = pytest.mark.django_db
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def crt(centre):
    return makers.a_unit(centre, "crt", "CRT 2", crewed=False)


@pytest.fixture
def phone(centre, client):
    """The phone of a responder who is on no unit yet."""
    client.user = makers.a_user(centre, "responder", "R. Diaz")
    client.force_login(client.user)
    return client


@pytest.fixture
def on(phone, crt):
    """The same phone, signed on to CRT 2."""
    unit.sign_on(unit_id=crt.pk, by=makers.by(phone.user))
    return phone


@pytest.fixture
def call(centre, on):
    """A call that CRT 2 is sent to."""
    return makers.decided(makers.a_call(centre, type="trespass"))


def press(client, name, *args, headers=None, **fields):
    fields = {"key": str(uuid4()), **fields}
    return client.post(reverse(name, args=args), fields, headers=headers)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def shown(client):
    return words(client.get(reverse("crew")))


def going(client, call):
    """Acknowledged; the answer is what a press on this call must name."""
    press(client, "crew_accept", makers.ringing(call, "crt").pk)
    return Assignment.objects.get(seat__call=call, ended_at=None).pk


def state(row):
    return Unit.objects.get(pk=row.pk).state


def test_somebody_chooses_a_unit_and_signs_on_once(phone, crt):
    assert "Which unit are you on?" in shown(phone)

    press(phone, "crew_sign_on", unit=crt.pk)
    press(phone, "crew_sign_on", unit=crt.pk)

    assert Shift.objects.filter(user=phone.user, ended_at=None).count() == 1
    assert state(crt) == "available"
    assert "No call. Dispatch can send you." in shown(phone)


def test_a_unit_of_another_centre_is_not_there(phone):
    other = makers.a_unit(makers.an_agency(), crewed=False)

    assert press(phone, "crew_sign_on", unit=other.pk).status_code == 404


def test_the_assignment_says_where_what_and_what_to_beware_of(centre, on):
    call = makers.a_call(
        centre, type="trespass", hazard=True, said="bay 8", address="Durham Station"
    )
    makers.decided(call, threat="not_known")
    makers.override(call, "cor")
    row = Unit.objects.get(name="CRT 2")
    Unit.objects.filter(pk=row.pk).update(kind="cor")
    offer.make(call_id=call.pk, by=CLOCK)

    page = on.get(reverse("crew"))

    said = words(page)
    assert "Durham Station" in said
    assert "bay 8" in said
    assert "A hazard is known" in said
    assert "Acknowledge" in said
    assert 'href="geo:0,0?q=Durham%20Station"' in page.content.decode()


def test_one_press_a_status_from_acknowledged_to_clear(on, crt, call):
    work = going(on, call)
    assert state(crt) == "acknowledged"

    for to in ("en_route", "on_scene"):
        press(on, "crew_status", to=to, assignment=work)
        press(on, "crew_status", to=to, assignment=work)
        assert state(crt) == to

    assert "asks the outcome, then frees CRT 2" in shown(on)
    assert "how did" in words(on.get(reverse("crew_clear")))
    done = press(
        on,
        "crew_clear",
        outcome="resolved_on_scene",
        person_reached="no",
        followup_consent="not_known",
        assignment=work,
    )
    assert done.url == reverse("crew")
    assert state(crt) == "available"
    made = Disposition.objects.get()
    assert (made.person_reached, made.followup_consent) == (False, "not_known")


def test_clearing_asks_how_it_ended(on, crt, call):
    work = going(on, call)

    answer = press(on, "crew_clear", assignment=work)

    assert answer.status_code == 422
    assert "choose how it ended" in words(answer)
    assert state(crt) == "acknowledged"


def test_a_press_meant_for_an_older_call_changes_nothing(centre, on, crt, call):
    old = going(on, call)
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)
    second = makers.decided(makers.a_call(centre, type="trespass"))
    going(on, second)

    answer = press(on, "crew_status", to="en_route", assignment=old)

    assert answer.status_code == 409
    assert "This call is not yours any more" in words(answer)
    assert state(crt) == "acknowledged"


def test_a_crew_declines_with_a_reason(on, crt, call):
    ring = makers.ringing(call, "crt")

    refused = press(on, "crew_decline", ring.pk)
    press(on, "crew_decline", ring.pk, reason="too_far")

    assert refused.status_code == 422
    ring.refresh_from_db()
    assert (ring.state, ring.reason) == ("declined", "too_far")
    assert state(crt) == "available"


def test_a_staged_unarmed_crew_is_not_asked_to_enter(on, crt, call):
    work = going(on, call)
    press(on, "crew_status", to="en_route", assignment=work)
    triage.record_answers(call_id=call.pk, answers={"violence": "yes"}, by=CLOCK)

    press(on, "crew_status", to="staged", assignment=work)
    refused = press(on, "crew_status", to="on_scene", assignment=work)

    assert refused.status_code == 422
    assert state(crt) == "staged"
    said = shown(on)
    assert "Stage. Do not enter." in said
    assert "wait until dispatch says that the scene is clear" in said
    assert "Somebody is violent now" in said


def test_what_nobody_asked_about_a_weapon_is_a_hazard(on, call):
    makers.accepted(call, "crt")
    triage.record_answers(call_id=call.pk, answers={"weapon": "not_asked"}, by=CLOCK)

    assert "Weapon: nobody has asked" in shown(on)


def test_the_script_gets_the_sentence_of_a_refusal(on, call):
    answer = press(on, "crew_status", to="moon", headers=SCRIPT)

    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("This call is not yours")


def test_we_are_ok_answers_the_safety_check(on, crt, call):
    work = going(on, call)
    for to in ("en_route", "on_scene"):
        press(on, "crew_status", to=to, assignment=work)
    Unit.objects.filter(pk=crt.pk).update(check_late=True)
    assert "Late since" in shown(on)

    press(on, "crew_safe")

    row = Unit.objects.get(pk=crt.pk)
    assert not row.check_late
    assert row.check_due_at
    assert "Safety check at" in shown(on)


def test_an_emergency_held_goes_out_at_once(on, crt, call):
    going(on, call)

    press(on, "crew_emergency", sure="held")
    press(on, "crew_emergency", sure="held")

    assert Unit.objects.get(pk=crt.pk).emergency_at
    assert makers.kinds(call).count("CrewEmergency") == 1
    assert makers.seat_of(call, "police").requested
    assert "EMERGENCY is out" in shown(on)


def test_an_emergency_pressed_without_script_asks_first(on, crt):
    asked = press(on, "crew_emergency", sure="")

    assert "send the emergency?" in words(asked)
    assert Unit.objects.get(pk=crt.pk).emergency_at is None
    press(on, "crew_emergency", sure="held")
    assert Unit.objects.get(pk=crt.pk).emergency_at


def test_the_floor_ends_the_emergency_from_the_call(centre, client, on, crt, call):
    going(on, call)
    press(on, "crew_emergency", sure="held")
    row = makers.seat_of(call, "crt")
    client.force_login(makers.a_user(centre, "dispatcher"))
    page = words(client.get(reverse("call", args=[call.pk])))
    assert "End the emergency of CRT 2" in page

    done = press(client, "seat_calm", call.pk, row.pk)

    assert done.url == reverse("call", args=[call.pk])
    assert Unit.objects.get(pk=crt.pk).emergency_at is None


def test_the_script_hears_that_an_emergency_arrived_and_when(on, crt):
    sent = {"sure": "held", "unit": crt.pk, "key": "one", "headers": SCRIPT}

    first, again = (
        press(on, "crew_emergency", **sent),
        press(on, "crew_emergency", **sent),
    )

    assert first.json() == again.json()
    assert first.json()["taken"]
    assert re.fullmatch(r"\d\d:\d\d:\d\d", first.json()["at"])


def test_an_emergency_of_whoever_was_just_signed_off_is_heard(on, crt):
    press(on, "crew_sign_off")
    assert "CRT 2: hold 1 second" in shown(on)

    press(on, "crew_emergency", sure="held", unit=crt.pk)

    assert Unit.objects.get(pk=crt.pk).emergency_at


def test_nobody_presses_for_a_unit_that_they_were_never_on(centre, on):
    other = makers.a_unit(centre)

    answer = press(on, "crew_emergency", sure="held", unit=other.pk, headers=SCRIPT)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_crew_inside_is_told_to_leave_and_says_that_it_does(on, crt, call):
    work = going(on, call)
    for to in ("en_route", "on_scene"):
        press(on, "crew_status", to=to, assignment=work)
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)
    assert "Leave now A weapon is said to be there" in shown(on)

    press(on, "crew_status", to="staged", assignment=work)

    assert state(crt) == "staged"
    assert "Leave now" not in shown(on)


def test_a_crew_says_that_it_is_not_safe_and_why(on, crt, call):
    work = going(on, call)
    assert "We are not safe" in shown(on)

    refused = press(on, "crew_unsafe", why="moon", assignment=work)
    press(on, "crew_unsafe", why="crowd", assignment=work)

    assert refused.status_code == 422
    assert makers.kinds(call).count("CrewUnsafe") == 1
    assert makers.seat_of(call, "crt").mode == "staged"


@pytest.mark.parametrize(("label", "kind"), [("EMS", "ems"), ("police", "police")])
def test_more_help_is_one_press_away(on, call, label, kind):
    work = going(on, call)
    assert f"Ask {label}" in shown(on)

    press(on, "crew_ask", response=kind, assignment=work)

    assert makers.seat_of(call, kind).requested


def test_backup_is_the_next_kind_up(on, call):
    work = going(on, call)
    assert 'value="cor"' in on.get(reverse("crew")).content.decode()

    press(on, "crew_ask", response="cor", assignment=work)

    assert makers.seat_of(call, "cor").requested


def test_a_crew_adds_a_note_once(on, call):
    fields = {"assignment": going(on, call), "text": "At the door.", "key": "one"}

    press(on, "crew_note", **fields)
    press(on, "crew_note", **fields)

    assert CallNote.objects.get().text == "At the door."


def test_the_phone_says_where_it_is(on, crt):
    done = press(on, "crew_position", lat="35.99", lon="-78.9")
    wrong = press(on, "crew_position", lat="north")

    turned = press(on, "crew_position", lat="-78.9", lon="35.99")
    nowhere = press(on, "crew_position", lat="0", lon="0")

    assert (done.status_code, wrong.status_code) == (204, 422)
    assert (turned.status_code, nowhere.status_code) == (422, 422)
    assert UnitPosition.objects.get(unit=crt).lat == 35.99


def test_out_of_service_has_a_reason_and_comes_back(on, crt):
    refused = press(on, "crew_out", reason="")
    press(on, "crew_out", reason="vehicle")
    assert "Out of service: Vehicle" in shown(on)
    press(on, "crew_back")

    assert refused.status_code == 422
    assert state(crt) == "available"


def test_the_last_of_the_crew_takes_the_unit_off_duty(on, crt):
    press(on, "crew_sign_off")

    assert state(crt) == "off_duty"
    assert "Which unit are you on?" in shown(on)


def test_nobody_signs_off_in_the_middle_of_a_call(on, crt, call):
    going(on, call)

    answer = press(on, "crew_sign_off")

    assert answer.status_code == 422
    assert "clear the call first" in words(answer)


def test_who_is_on_no_unit_reports_nothing(phone):
    answer = press(phone, "crew_emergency", sure="held")

    assert answer.status_code == 422
    assert "sign on first" in words(answer)


def test_looking_at_the_assignment_leaves_a_record(on, call):
    on.get(reverse("crew"))

    assert AccessRecord.objects.filter(user=on.user, call=call).count() == 1


def test_the_phone_costs_the_same_however_long_the_history(
    on, call, django_assert_max_num_queries
):
    going(on, call)
    for _ in range(5):
        intake.add_note(call_id=call.pk, text="At the door.", by=CLOCK)
    on.get(reverse("crew"))

    with django_assert_max_num_queries(21):
        on.get(reverse("crew"))
    with django_assert_max_num_queries(21):
        on.get(reverse("crew_live"))
