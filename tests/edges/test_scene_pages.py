"""Which unit, on the call's page and the crew's: sent, moved, relieved, released."""

import re

import pytest
from django.urls import reverse

from dispatch.actions import outside, scene
from dispatch.events import CLOCK
from dispatch.models import Seat, Shift, Transfer
from tests import makers
from tests.edges.centres import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(centre):
    return signed_in(makers.a_user(centre, "dispatcher"))


def a_call(centre, **known):
    return makers.decided(makers.a_call(centre, **{"type": "trespass"} | known))


def text(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def press(client, name, *args, **said):
    return client.post(reverse(name, args=args), said)


def phone_of(unit):
    return signed_in(Shift.objects.get(unit=unit, ended_at=None).user)


def test_the_page_lists_which_unit_and_sends_it(centre, desk):
    makers.off(makers.a_unit(centre, name="Workshop"))
    call = makers.triaged(makers.a_call(centre, type="trespass"))
    car = makers.a_unit(centre, name="CRT 7")

    page = text(desk, "call_acts", call.pk)
    assert "Which unit" in page
    assert "Send CRT 7" in page
    assert "position not known" in page
    assert "Workshop" in page
    press(desk, "call_send", call.pk, unit=car.pk)

    assert makers.ringing(call, "crt").unit == car


def test_who_may_not_send_sees_no_list(centre):
    makers.a_unit(centre)
    call = a_call(centre)

    clinician = signed_in(makers.a_clinician(centre))

    assert "Which unit" not in text(clinician, "call_acts", call.pk)


def test_a_unit_on_its_way_elsewhere_is_moved_here(centre, desk):
    car = makers.a_unit(centre, name="CRT 7")
    makers.accepted(a_call(centre), "crt")
    call = a_call(centre, type="welfare_check")

    assert "Move CRT 7 here" in text(desk, "call_acts", call.pk)
    press(desk, "call_move", call.pk, unit=car.pk, reason="more_urgent")

    assert makers.ringing(call, "crt").unit == car


def test_no_reason_for_moving_a_unit_is_chosen_beforehand(centre, desk):
    car = makers.a_unit(centre, name="CRT 7")
    makers.accepted(a_call(centre), "crt")
    call = a_call(centre, type="welfare_check")

    page = text(desk, "call_acts", call.pk)
    answer = press(desk, "call_move", call.pk, unit=car.pk, reason="")

    assert '<option value="">Reason, one is needed</option>' in page
    assert answer.status_code == 422
    assert makers.fresh(car).state == "acknowledged"


def test_taking_a_unit_from_a_more_urgent_call_asks_a_second_time(centre, desk):
    car = makers.a_unit(centre, name="CRT 7")
    worse = a_call(centre, type="welfare_check")
    makers.accepted(worse, "crt")
    call = a_call(centre)

    assert "Take CRT 7 from a more urgent call" in text(desk, "call_acts", call.pk)
    asked = press(desk, "call_move", call.pk, unit=car.pk, reason="nearer")
    page = asked.content.decode()
    assert asked.status_code == 422
    assert makers.fresh(car).state == "acknowledged"
    for said in ("Nobody was moved", worse.number, "Welfare check", "Soon"):
        assert said in page
    assert "a more urgent call</option>" not in page
    (confirmed,) = re.findall(r'name="confirmed" value="([^"]+)"', page)
    press(
        desk,
        "call_move",
        call.pk,
        unit=car.pk,
        reason="nearer",
        confirmed=confirmed,
    )

    assert makers.ringing(call, "crt").unit == car
    assert "You are nearer to the other call." in text(phone_of(car), "crew")


def test_a_team_is_named_to_lead_and_another_asked_to_relieve_it(centre, desk):
    makers.a_unit(centre, name="CRT 7")
    call = a_call(centre)
    work = makers.accepted(call, "crt")
    other = makers.a_unit(centre, name="CRT 8")

    press(desk, "seat_lead", call.pk, work.seat_id)
    assert "leads" in text(desk, "call_live", call.pk)
    press(desk, "seat_replace", call.pk, work.seat_id, unit=other.pk)

    assert makers.ringing(call, "crt").unit == other


def test_police_there_and_released_stand_in_one_sentence(centre, desk):
    makers.a_unit(centre, name="CRT 7")
    call = a_call(centre)
    work = makers.on_scene(call)
    police = scene.backup(seat_id=work.seat_id, response="police", by=CLOCK)

    press(desk, "seat_there", call.pk, police.pk)
    press(desk, "seat_release", call.pk, police.pk, reason="scene_safe")

    page = text(desk, "call_live", call.pk)
    assert "CRT 7 came first" in page
    assert "CRT 7 leads." in page
    assert "Police released" in page


def test_a_crew_releases_police_in_its_own_name(centre):
    car = makers.a_unit(centre, name="CRT 7")
    work = makers.on_scene(a_call(centre))
    police = scene.backup(seat_id=work.seat_id, response="police", by=CLOCK)
    outside.arrived(seat_id=police.pk, by=CLOCK)
    phone = phone_of(car)

    assert "Police may go" in text(phone, "crew")
    press(phone, "crew_release", assignment=work.pk, seat=police.pk)

    assert Seat.objects.get(pk=police.pk).released_by == "CRT 7"


def test_a_crew_releases_nobody_of_another_call(centre):
    car = makers.a_unit(centre)
    work = makers.on_scene(a_call(centre))
    makers.a_unit(centre)
    elsewhere = makers.on_scene(a_call(centre))
    police = scene.backup(seat_id=elsewhere.seat_id, response="police", by=CLOCK)
    outside.arrived(seat_id=police.pk, by=CLOCK)

    phone = phone_of(car)
    answer = press(phone, "crew_release", assignment=work.pk, seat=police.pk)

    assert answer.status_code == 404
    assert Seat.objects.get(pk=police.pk).released_at is None


def test_contact_made_is_pressed_only_where_988_waits_to_hear_it(centre):
    car = makers.a_unit(centre)
    work = makers.on_scene(a_call(centre))
    phone = phone_of(car)
    assert "Contact made" not in text(phone, "crew")
    waits = Transfer.objects.create(call=work.seat.call, kind="988_911")

    assert "Contact made" in text(phone, "crew")
    press(phone, "crew_contact", assignment=work.pk)

    assert makers.fresh(waits).contact_made_at is not None
    assert "Contact made" not in text(phone, "crew")


def test_backup_from_the_phone_is_one_more_team(centre):
    car = makers.a_unit(centre, "crt")
    work = makers.on_scene(a_call(centre))
    more = makers.a_unit(centre, "crt")

    press(phone_of(car), "crew_ask", assignment=work.pk, response="crt")

    assert makers.ringing(work.seat.call, "crt").unit == more
