"""Positions from phones: each app's own words, and nonsense refused by its key."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import Invalid
from dispatch.interop.positions import MOST, Fix, Source, read
from routing.core.facts import Point

NOW = datetime(2026, 5, 5, 16, 0, tzinfo=UTC)
DURHAM = Point(lat=35.994, lon=-78.8986)
EPOCH = int(NOW.timestamp())


def one(said, **options):
    [fix] = read(said, now=NOW, **options).fixes
    return fix


def query(text):
    return dict(parse_qsl(text))


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        (
            {"lat": 36, "lon": -78.9},
            Fix(lat=36.0, lon=-78.9, accuracy_m=None, at=None, source=Source.CONSOLE),
        ),
        (
            {"lat": 36, "lon": -78.9, "accuracy": 8, "at": "2026-05-05T12:00:00-04:00"},
            Fix(lat=36.0, lon=-78.9, accuracy_m=8, at=NOW, source=Source.CONSOLE),
        ),
        (
            {"_type": "location", "lat": 36.0, "lon": -78.9, "acc": 12, "tst": EPOCH}
            | {"tid": "c6", "batt": 80, "vel": 40},
            Fix(
                lat=36.0,
                lon=-78.9,
                accuracy_m=12,
                at=NOW,
                source=Source.OWNTRACKS,
                device="c6",
            ),
        ),
        (
            query(
                f"id=c6&lat=36.0&lon=-78.9&timestamp={EPOCH}"
                "&accuracy=5.5&speed=3.2&batt=88"
            ),
            Fix(
                lat=36.0,
                lon=-78.9,
                accuracy_m=5.5,
                at=NOW,
                source=Source.TRACCAR,
                device="c6",
            ),
        ),
        (
            {
                "location": {
                    "timestamp": "2026-05-05T16:00:00.000Z",
                    "coords": {"latitude": 36.0, "longitude": -78.9, "accuracy": 9},
                    "battery": {"level": 1},
                },
                "device_id": "48",
            },
            Fix(
                lat=36.0,
                lon=-78.9,
                accuracy_m=9,
                at=NOW,
                source=Source.TRACCAR,
                device="48",
            ),
        ),
    ],
    ids=["ours", "ours, whole", "OwnTracks", "OsmAnd", "Traccar 9"],
)
def test_each_app_is_understood(said, fix):
    assert one(said) == fix


@pytest.mark.parametrize(
    "timestamp",
    [f"{EPOCH}", f"{EPOCH}000", f"{EPOCH}.0", "2026-05-05T16:00:00Z"],
    ids=["seconds", "milliseconds", "a fraction", "ISO"],
)
def test_a_timestamp_means_the_same_in_each_spelling(timestamp):
    said = {"id": "c6", "lat": "36", "lon": "-78.9", "timestamp": timestamp}

    assert one(said).at == NOW


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"lat": 36}, "lon"),
        ({"lat": "36", "lon": -78.9}, "lat"),
        ({"lat": True, "lon": -78.9}, "lat"),
        ({"lat": float("nan"), "lon": -78.9}, "lat"),
        ({"lat": 36, "lon": float("inf")}, "lon"),
        ({"lat": 10**400, "lon": -78.9}, "lat"),
        ({"lat": -100, "lon": 36}, "lat"),
        ({"lat": 36, "lon": 181}, "lon"),
        ({"lat": 0, "lon": 0.0}, "lat"),
        ({"lat": 36, "lon": -78.9, "accuracy": -1}, "accuracy"),
        ({"lat": 36, "lon": -78.9, "at": "2026-05-05T16:01:01Z"}, "at"),
        ({"lat": 36, "lon": -78.9, "at": "2026-05-05T16:00:00"}, "at"),
        ({"lat": 36, "lon": -78.9, "at": "1970-01-01T00:00:00Z"}, "at"),
        ({"lat": 36, "lon": -78.9, "at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"lat": 36, "lon": -78.9, "at": EPOCH}, "at"),
        ({"_type": "location", "lat": 36, "lon": -78.9}, "tst"),
        ({"_type": "encrypted", "data": "x"}, "_type"),
        ({"_type": ["location"]}, "_type"),
        ({"id": "c6", "lat": "x", "lon": "-78.9"}, "lat"),
        ({"id": "c6", "lat": "nan", "lon": "-78.9"}, "lat"),
        (query(f"id=c&lat=36&lon=-78.9&timestamp={'9' * 30}"), "timestamp"),
        (query("id=c&lat=36&lon=-78.9&timestamp=nan"), "timestamp"),
        (query("id=c&lat=36&lon=-78.9&timestamp=2026-05-05 16:00:00"), "timestamp"),
        ({"location": {"coords": {"latitude": 36}}}, "location.coords.longitude"),
        ({"location": {"coords": 5}}, "location.coords"),
        (7, "body"),
        ([[]], "0.body"),
        ([{"lat": 36, "lon": 999}, {"lat": 999, "lon": 36}], "0.lon"),
        ([{"lat": 36, "lon": -78.9}] * (MOST + 1), "body"),
    ],
)
def test_nonsense_is_refused_by_its_key(said, key):
    with pytest.raises(Invalid) as refused:
        read(said, now=NOW)

    assert refused.value.params["field"] == key


def test_a_clock_that_runs_a_minute_ahead_is_forgiven():
    ahead = (NOW + timedelta(seconds=60)).isoformat()

    assert one({"lat": 36, "lon": -78.9, "at": ahead}).at > NOW


def test_nought_metres_is_not_known_and_never_perfect():
    assert (
        one({"id": "c", "lat": "36", "lon": "-78", "accuracy": "0.0"}).accuracy_m
        is None
    )


def test_lat_and_lon_exchanged_are_seen_where_the_centre_is_known():
    exchanged = {"lat": -78.9, "lon": 36.0}

    assert one(exchanged).lat == -78.9
    assert one({"lat": 36.0, "lon": -78.9}, home=DURHAM).lat == 36.0
    assert one({"lat": 51.5, "lon": 0.1}, home=DURHAM).lat == 51.5
    with pytest.raises(Invalid, match="exchanged"):
        one(exchanged, home=DURHAM)


def test_a_batch_comes_newest_last_whatever_its_order():
    at = [NOW - timedelta(minutes=n) for n in (-0.5, 5, 3)]
    batch = [{"lat": 36, "lon": -78.9, "at": when.isoformat()} for when in at]
    batch.insert(1, {"lat": 36, "lon": -78.9})

    found = [fix.at for fix in read(batch, now=NOW).fixes]

    assert found == [at[1], at[2], at[0], None]


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"_type": "lwt", "tst": 1},
        {"_type": "transition", "event": "enter"},
        query("id=c6&valid=false&lat=0&lon=0"),
    ],
)
def test_what_is_no_place_is_nothing_and_no_fault(said):
    assert read(said, now=NOW).fixes == ()


def test_what_stood_there_is_not_repeated():
    with pytest.raises(Invalid) as refused:
        read({"lat": "12 Elm Street", "lon": -78.9}, now=NOW)

    assert "Elm" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = ("lat", "lon", "accuracy", "acc", "at", "_type", "tst", "tid", "topic", "id")
KEYS += ("deviceid", "valid", "timestamp", "location", "device_id")
WORDS = st.sampled_from(
    ["location", "36", "-78.9", "nan", "1e999", "2026-05-05T16:00:00Z", "9" * 5000]
)
COORDS = st.dictionaries(
    st.sampled_from(["latitude", "longitude", "accuracy"]), JSON | st.floats(-90, 90)
)
PHONES = st.dictionaries(
    st.sampled_from(KEYS),
    WORDS
    | JSON
    | st.floats(-90, 90)
    | st.datetimes().map(datetime.isoformat)
    | st.fixed_dictionaries({"coords": COORDS, "timestamp": WORDS | JSON}),
)


@given(PHONES | st.lists(PHONES, max_size=3) | JSON)
def test_whatever_comes_is_a_place_or_refused(said):
    try:
        found = read(said, now=NOW, home=DURHAM).fixes
    except Invalid:
        found = ()

    for fix in found:
        assert -90 <= fix.lat <= 90
        assert -180 <= fix.lon <= 180
        assert fix.at is None or fix.at <= NOW + timedelta(seconds=60)
        assert fix.accuracy_m is None or fix.accuracy_m > 0
