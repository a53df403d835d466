"""A device tells where its unit is: with a key, never backwards, never for ever."""

import base64
import json
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dispatch.actions import position_key
from dispatch.events import CLOCK
from dispatch.models import PositionKey, UnitPosition
from dispatch.models.partner import hashed
from tests import makers
from tests.edges.centres import signed_in

pytestmark = pytest.mark.django_db
SECRET = "a-key-of-two-hundred-and-fifty-six-bits"
ADDRESS = "/api/v1/positions/"
PLACE = {"lat": 35.99, "lon": -78.9}


@pytest.fixture
def car():
    row = makers.a_unit(makers.an_agency())
    position_key.make(unit_id=row.pk, hashed=hashed(SECRET), by=CLOCK)
    return row


def tell(said, *, header=f"Bearer {SECRET}", query=""):
    return Client().post(
        ADDRESS + query,
        json.dumps(said),
        content_type="application/json",
        headers={"Authorization": header} if header else {},
    )


def seen(car):
    return UnitPosition.objects.filter(unit=car).first()


def ago(seconds):
    return (timezone.now() - timedelta(seconds=seconds)).isoformat()


def test_a_program_tells_with_its_key(car):
    assert tell(PLACE | {"accuracy": 12}).status_code == 200

    assert (seen(car).lat, seen(car).accuracy_m) == (35.99, 12)


def test_owntracks_tells_with_the_key_as_its_password(car):
    basic = base64.b64encode(f"crt-1:{SECRET}".encode()).decode()
    said = {"_type": "location", **PLACE, "tst": int(timezone.now().timestamp())}

    answer = tell(said, header=f"Basic {basic}")

    assert answer.json() == []
    assert seen(car).source == "owntracks"


def test_traccar_and_osmand_tell_with_the_key_as_the_device(car):
    query = f"?id={SECRET}&lat=35.99&lon=-78.9"

    assert Client().get(ADDRESS + query).status_code == 200

    assert seen(car).source == "traccar"


@pytest.mark.parametrize("name", ["id", "device_id"])
def test_a_key_that_no_text_can_hold_is_no_key(car, name):
    said = {name: chr(0xD800), "lat": 1, "lon": 1}

    assert tell(said, header="").status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic !!", "Bearer "])
def test_nobody_tells_without_the_key(car, header):
    assert tell(PLACE, header=header).status_code == 401

    assert seen(car) is None


def test_a_revoked_key_tells_nothing_more(car):
    position_key.revoke_all(unit_id=car.pk, by=CLOCK)
    position_key.revoke_all(unit_id=car.pk, by=CLOCK)

    assert tell(PLACE).status_code == 401


def test_an_older_place_never_takes_the_stead_of_a_newer_one(car):
    tell(PLACE | {"lat": 36.0, "at": ago(10)})

    tell(PLACE | {"lat": 35.0, "at": ago(60)})

    assert seen(car).lat == 36.0


def test_a_fast_clock_makes_no_place_of_the_future(car):
    tell(PLACE | {"at": ago(-30)})

    assert seen(car).at <= timezone.now()


def test_a_place_measured_long_ago_is_kept_as_old(car):
    tell(PLACE | {"at": ago(600)})

    assert timezone.now() - seen(car).at > timedelta(minutes=9)


def test_a_unit_is_written_at_most_every_two_seconds(car):
    tell(PLACE | {"lat": 36.0, "at": ago(5)})

    tell(PLACE | {"lat": 35.0, "at": ago(4)})

    assert seen(car).lat == 36.0


def test_what_an_app_would_send_for_ever_is_taken_and_ignored(car, caplog):
    poisoned = {"_type": "location", "lat": 999, "lon": -78.9, "tst": 1}

    with caplog.at_level(logging.WARNING, logger="dispatch.api.positions"):
        answer = tell(poisoned)

    assert answer.status_code == 200
    assert seen(car) is None
    assert "position refused" in caplog.text
    assert "999" not in caplog.text


def test_a_program_is_told_which_key_is_wrong(car):
    answer = tell({"lat": 999, "lon": -78.9})

    assert answer.status_code == 422
    assert "lat" in answer.content.decode()


def test_of_a_batch_the_newest_counts(car):
    said = [PLACE | {"lat": 35.0, "at": ago(90)}, PLACE | {"lat": 36.0, "at": ago(5)}]

    tell(said)

    assert seen(car).lat == 36.0


def test_one_bad_place_in_a_list_costs_only_itself(car):
    answer = tell([PLACE, {"lat": 999, "lon": -78.9}, PLACE | {"at": "yesterday"}])

    assert (answer.status_code, seen(car).lat) == (200, 35.99)
    assert [one["refused"] for one in answer.json()] == ["1.lat", "2.at"]
    assert all(one["why"] for one in answer.json())


def test_a_list_of_owntracks_keeps_what_is_good_and_the_log_has_the_rest(car, caplog):
    good = {"_type": "location", **PLACE, "tst": int(timezone.now().timestamp())}

    with caplog.at_level(logging.WARNING, logger="dispatch.api.positions"):
        answer = tell([good | {"lat": 999}, good])

    assert (answer.status_code, answer.json()) == (200, [])
    assert seen(car).lat == 35.99
    assert [one.field for one in caplog.records] == ["0.lat"]


def test_a_list_with_nothing_good_is_refused(car):
    assert tell([{"lat": 999, "lon": -78.9}]).status_code == 422

    assert seen(car) is None


def test_lat_and_lon_exchanged_are_seen_by_where_the_centre_is(car):
    answer = tell({"lat": -78.9, "lon": 35.99})

    assert answer.status_code == 422
    assert "exchanged" in answer.content.decode()
    assert seen(car) is None


def test_a_supervisor_makes_a_key_that_is_shown_once_and_kept_as_a_hash(car):
    desk = signed_in(makers.a_user(car.agency, "supervisor"))
    before = PositionKey.objects.count()

    page = desk.post(reverse("unit_key", args=[car.pk]), {"do": "make"})

    secret = page.context["made"][1]
    assert secret in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert secret not in desk.get(reverse("staff")).content.decode()
    made = PositionKey.objects.latest("made_at")
    assert (PositionKey.objects.count(), made.hash) == (before + 1, hashed(secret))
    assert tell(PLACE, header=f"Bearer {secret}").status_code == 200
    desk.post(reverse("unit_key", args=[car.pk]), {"do": "revoke"})
    assert tell(PLACE, header=f"Bearer {secret}").status_code == 401
