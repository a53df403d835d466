"""Travel times over roads: asked quickly, believed carefully, missed without harm."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest

from dispatch.interop import road
from routing.core.facts import Point
from tests.edges.mock_twilio import served

HERE = Point(lat=35.994034, lon=-78.898621)
STARTS = [Point(lat=36.0 + n / 100, lon=-78.9) for n in range(3)]
UNKNOWN = [None, None, None]


class Osrm:
    """What it is asked, and what it says next: a status and a body, or silence."""

    def __init__(self):
        self.asked = []
        self.says = (200, table([[60], [120.5], [None]]))
        self.release = threading.Event()


def table(durations):
    return json.dumps({"code": "Ok", "durations": durations}).encode()


@pytest.fixture
def osrm():
    mock = Osrm()

    class Roads(BaseHTTPRequestHandler):
        def do_GET(self):
            mock.asked.append(self.path)
            if mock.says == "silence":
                mock.release.wait(10)
                return
            status, body = mock.says
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Quiet."""

    with served(Roads) as mock.address:
        yield mock
        mock.release.set()


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(road, "_rest_until", {})


def test_each_start_has_its_time_and_no_way_is_unknown(osrm):
    assert road.seconds(osrm.address + "/", STARTS, HERE) == [60.0, 120.5, None]

    assert osrm.asked == [
        "/table/v1/driving/-78.9000,36.0000;-78.9000,36.0100;-78.9000,36.0200;"
        "-78.8986,35.9940?sources=0;1;2&destinations=3"
    ]


@pytest.mark.parametrize(
    "says",
    [
        (200, b"<html>"),
        (500, b"oh"),
        (200, b"[]"),
        (200, b'{"durations": [[1],[2],[3]]}'),
        (200, table([[1], [2]])),
        (200, table([[1, 2], [3, 4], [5, 6]])),
        (200, table([["1"], ["2"], ["3"]])),
        (200, table([[True], [2], [3]])),
        (200, table(None)),
        (200, b"[" * 100_000),
    ],
)
def test_garbage_is_unknown_and_is_not_asked_again_for_a_while(osrm, says):
    osrm.says = says

    assert road.seconds(osrm.address, STARTS, HERE) == UNKNOWN
    osrm.says = (200, table([[1], [2], [3]]))
    assert road.seconds(osrm.address, STARTS, HERE) == UNKNOWN

    assert len(osrm.asked) == 1


def test_a_silent_one_costs_a_third_of_a_second_and_once(osrm):
    osrm.says = "silence"

    began = time.monotonic()
    first = road.seconds(osrm.address, STARTS, HERE)
    took = time.monotonic() - began
    again = road.seconds(osrm.address, STARTS, HERE)

    assert first == again == UNKNOWN
    assert took < road.TIMEOUT + 0.5
    assert len(osrm.asked) == 1


def test_after_its_rest_it_is_asked_again(osrm, monkeypatch):
    osrm.says = (500, b"oh")
    road.seconds(osrm.address, STARTS, HERE)
    osrm.says = (200, table([[1], [2], [3]]))

    monkeypatch.setattr(road, "REST", -1.0)
    road._fail(osrm.address, "the rest is over")

    assert road.seconds(osrm.address, STARTS, HERE) == [1, 2, 3]


def test_nobody_at_the_address_is_unknown():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert road.seconds(f"http://127.0.0.1:{port}", STARTS, HERE) == UNKNOWN


def test_a_place_off_the_map_is_unknown_and_no_failure(osrm):
    osrm.says = (400, b'{"code": "NoSegment"}')

    assert road.seconds(osrm.address, STARTS, HERE) == UNKNOWN
    osrm.says = (200, table([[1], [2], [3]]))

    assert road.seconds(osrm.address, STARTS, HERE) == [1, 2, 3]


@pytest.mark.parametrize(
    "value",
    [-1, 1e9, float("nan"), 10**400],
    ids=["less than none", "days", "NaN", "endless"],
)
def test_a_time_that_cannot_be_is_unknown(osrm, value):
    osrm.says = (200, table([[value], [2], [3]]))

    assert road.seconds(osrm.address, STARTS, HERE) == [None, 2, 3]


def test_more_starts_than_it_takes_are_left_to_the_straight_line(osrm):
    osrm.says = (200, table([[n] for n in range(road.MOST)]))

    found = road.seconds(osrm.address, STARTS * 40, HERE)

    assert found == [*range(road.MOST), *[None] * (120 - road.MOST)]


def test_without_an_address_or_a_start_nobody_is_asked(osrm):
    assert road.seconds("", STARTS, HERE) == UNKNOWN
    assert road.seconds(osrm.address, [], HERE) == []

    assert osrm.asked == []


def test_where_somebody_is_stays_out_of_the_log(osrm, caplog):
    osrm.says = (500, b"oh")

    road.seconds(osrm.address, STARTS, HERE)

    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "roads unknown" in logged
    assert "35.99" not in logged
