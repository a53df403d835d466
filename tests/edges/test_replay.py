"""Real input goes through the actions; what is made up is marked; bad rows say why."""

import gzip
import io
import json
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from dispatch.management.replay import answers, calls_for_service, pace, places, shipped
from dispatch.management.replay.calls_for_service import CallForService, Fault
from dispatch.models import (
    Answer,
    Call,
    Contact,
    Decision,
    Event,
    Offer,
    Seat,
    SourceWording,
)
from routing.core.facts import Point
from routing.core.geo import in_polygon
from tests.makers import a_clinician, a_unit, an_agency

HEADER = (
    "call_id,source,received_at,time_precision,call_type,category,priority,"
    "lat,lon,location,district,zip,disposition"
)
GOOD = (
    "SATX-1,sanantonio_sapd,2024-01-05T10:00:00-06:00,second,Welfare Check,x,,"
    "29.4,-98.4,100 Main St,South,78223,"
)


def changed(line=GOOD, **columns):
    names = HEADER.split(",")
    fields = dict(zip(names, line.split(","), strict=True)) | columns
    return ",".join(fields[name] for name in names)


def a_file(folder, *lines, name="calls.csv"):
    path = folder / name
    path.write_bytes(
        b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines)
    )
    return path


def replay(path, agency, **options):
    """Exit status, the counts and the lines of complaint."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(
            "replay", path, agency=agency.code, stdout=out, stderr=err, **options
        )
        status = 0
    except SystemExit as end:
        status = end.code
    return status, json.loads(out.getvalue()), err.getvalue().splitlines()


def test_a_call_of_the_past_is_decided_at_its_time_and_stays_off_the_board(
    db, tmp_path
):
    agency = an_agency()
    a_clinician(agency)
    a_unit(agency)

    status, counts, _ = replay(a_file(tmp_path, HEADER, GOOD), agency)

    call = Call.objects.get(agency=agency)
    assert (status, counts["opened"]) == (0, 1)
    assert call.opened_at == datetime.fromisoformat("2024-01-05T10:00:00-06:00")
    assert (call.number, call.state) == ("24-000001", "returned_to_911")
    assert (call.type, call.source_wording) == ("welfare_check", "Welfare Check")
    made = Decision.objects.get(call=call)
    assert datetime.fromisoformat(made.facts["at"]) == call.opened_at
    assert not Seat.objects.exists()
    assert not Offer.objects.exists()


def test_the_same_file_again_opens_nothing_twice(db, tmp_path):
    agency = an_agency()
    path = a_file(tmp_path, HEADER, GOOD, GOOD)
    replay(path, agency)
    head = Event.objects.filter(agency=agency).count()

    status, counts, _ = replay(path, agency)

    assert (status, counts["opened"], counts["already_there"]) == (0, 0, 2)
    assert Event.objects.filter(agency=agency).count() == head


def test_who_joined_a_call_is_there_already_when_the_file_comes_again(db, tmp_path):
    agency = an_agency()
    again = {"call_id": "SATX-2", "received_at": "2024-01-05T10:01:00-06:00"}
    path = a_file(tmp_path, HEADER, GOOD, changed(**again))
    _, counts, _ = replay(path, agency, link=True)
    assert (counts["opened"], counts["joined"]) == (1, 1)

    _, counts, _ = replay(path, agency, link=True)

    assert (counts["joined"], counts["already_there"]) == (0, 2)
    assert Contact.objects.filter(call__agency=agency).count() == 2


def test_a_replay_that_was_cut_off_is_carried_on(db, tmp_path, monkeypatch):
    agency = an_agency()
    path = a_file(tmp_path, HEADER, GOOD)
    with monkeypatch.context() as cut:
        cut.setattr("dispatch.actions.decision.decide", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            replay(path, agency)
    assert Call.objects.get(agency=agency).state == "triaging"

    _, counts, _ = replay(path, agency)

    assert counts["opened"] == 1
    assert Call.objects.get(agency=agency).state == "returned_to_911"
    assert Decision.objects.filter(call__agency=agency).count() == 1


def test_live_a_call_is_of_today_and_is_offered(db, tmp_path):
    agency = an_agency()
    a_unit(agency)
    path = a_file(tmp_path, HEADER, GOOD)

    replay(path, agency, speed=1000.0, answers=1, place="durham")

    call = Call.objects.get(agency=agency)
    assert call.opened_at.year > 2024
    assert call.state in {"decided", "working"}
    assert Seat.objects.filter(call=call).exists()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (changed(received_at="yesterday"), "received_at: 'yesterday' is no ISO"),
        (changed(received_at="2024-01-05T10:00:00"), "has no offset from UTC"),
        (changed(received_at="0001-01-01T00:00:00+14:00"), "lies outside 1970"),
        (changed(lat="north"), "lat: 'north' is no number"),
        (changed(lon="-198.4"), "lon: '-198.4' lies outside"),
        (changed(lat="nan"), "lat: 'nan' lies outside"),
        (changed(lat=""), "lat: '' is no number"),
        (changed(call_id=" "), "call_id: is missing"),
        (changed(call_id="x" * 61), "call_id: is longer than 60"),
        (changed(source="mars_pd"), "source: 'mars_pd' is unknown"),
        (GOOD + ",one more", "row: has 14 columns, not 13"),
        ("only,three,columns", "row: has 3 columns, not 13"),
        (changed(location='"half a quote'), "row: is not CSV on one line"),
        (changed(location="a\x00b"), "row: holds a NUL"),
        (GOOD.encode().replace(b"Main", b"M\xe4in"), "row: is not UTF-8"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and " " in value else None,
)
def test_a_bad_row_is_named_by_its_line_and_the_rest_goes_on(db, tmp_path, line, why):
    agency = an_agency()
    path = a_file(tmp_path, HEADER, changed(call_id="A"), line, changed(call_id="B"))

    status, counts, complaints = replay(path, agency)

    assert status == 1
    assert len(complaints) == 1
    assert complaints[0].startswith("line 3: ")
    assert why in complaints[0]
    assert (counts["read"], counts["opened"], counts["rejected"]) == (3, 2, 1)


def test_an_offset_that_only_python_takes_is_a_time_like_any_other(db, tmp_path):
    agency = an_agency()
    path = a_file(tmp_path, HEADER, changed(received_at="2024-01-05T10:00:00+23:59"))

    status, counts, complaints = replay(path, agency)

    assert (status, complaints, counts["opened"]) == (0, [], 1)
    told = Call.objects.get(agency=agency).opened_at.isoformat()
    assert told == "2024-01-04T10:01:00+00:00"


def test_a_header_that_lacks_a_column_ends_it_with_one_sentence(db, tmp_path):
    agency = an_agency()
    path = a_file(tmp_path, HEADER.replace("received_at", "when"), GOOD)

    with pytest.raises(CommandError, match="lacks received_at") as refused:
        replay(path, agency)

    assert refused.value.returncode == 2


def test_a_compressed_file_that_breaks_off_keeps_what_came_before(db, tmp_path):
    agency = an_agency()
    lines = [changed(call_id=f"C{n}") for n in range(200)]
    whole = gzip.compress("\n".join([HEADER, *lines]).encode())
    path = tmp_path / "calls.csv.gz"
    path.write_bytes(whole[:-200])

    found = list(calls_for_service.rows(path))

    assert isinstance(found[0][1], CallForService)
    assert isinstance(found[-1][1], Fault)
    assert "breaks off" in found[-1][1].why
    assert agency.code


def test_what_nobody_asked_stays_not_asked(db, tmp_path):
    agency = an_agency()

    replay(a_file(tmp_path, HEADER, GOOD), agency)

    facts = Decision.objects.get(call__agency=agency).facts
    assert facts["weapon"] == facts["violence"] == "not_asked"
    assert facts["location"]["verified"] is False
    assert not Answer.objects.filter(call__agency=agency).exists()
    assert Call.objects.get(agency=agency).simulated == "replay"


def test_drawn_answers_and_places_are_marked_and_the_same_in_every_run(db, tmp_path):
    path = a_file(tmp_path, HEADER, *(changed(call_id=f"C{n}") for n in range(5)))
    facts = []
    for agency in (an_agency(), an_agency()):
        replay(path, agency, answers=7, place="durham")
        calls = Call.objects.filter(agency=agency).order_by("source_ref")
        assert {call.simulated for call in calls} == {"replay,answers,place"}
        facts.append(
            [
                (call.zone, call.caller.point, call.decisions.get().line["response"])
                for call in calls
            ]
        )

    assert facts[0] == facts[1]
    assert len({point for _zone, point, _response in facts[0]}) == 5


def test_another_seed_gives_other_answers():
    drawn = [
        [answers.of(f"C{n}", "disturbance", seed).answers for n in range(40)]
        for seed in (1, 2)
    ]

    assert drawn[0] != drawn[1]
    assert drawn[0] == [
        answers.of(f"C{n}", "disturbance", 1).answers for n in range(40)
    ]


def test_the_table_of_answers_never_promises_more_than_all_calls():
    for key, shares in answers.table().items():
        assert 0 < sum(share for _answer, share in shares) <= 1, key


def test_drawn_answers_come_as_often_as_the_table_says():
    drawn = [answers.of(f"C{n}", "overdose", 3).answers for n in range(2000)]

    share = sum(each.get("medical") == "yes" for each in drawn) / 2000

    assert 0.82 < share < 0.88


def test_every_place_lies_in_the_county():
    border = places.area("durham").border

    for number in range(200):
        lat, lon = places.place("durham", f"C{number}").point
        assert in_polygon(Point(lat=lat, lon=lon), border)


def test_a_wording_that_nobody_mapped_stays_visible_and_is_counted(db, tmp_path):
    agency = an_agency()
    lines = [changed(call_id=f"C{n}", call_type="Odd Thing") for n in range(3)]

    _, counts, _ = replay(a_file(tmp_path, HEADER, *lines), agency)

    row = SourceWording.objects.get(agency=agency, wording="Odd Thing")
    assert (row.type, row.seen) == ("", 3)
    assert counts["unmapped_by_wording"] == {"Odd Thing": 3}
    call = Call.objects.filter(agency=agency).first()
    assert (call.type, call.source_wording) == ("", "Odd Thing")
    assert call.eligibility == "not_triaged"


def test_what_the_agency_mapped_holds_and_is_not_mapped_back(db, tmp_path):
    agency = an_agency()
    path = a_file(tmp_path, HEADER, changed(call_type="Odd Thing"))
    replay(path, agency)
    SourceWording.objects.filter(agency=agency, wording="Odd Thing").update(
        type="noise"
    )
    SourceWording.objects.filter(agency=agency, wording="Drunk").update(type="")

    again = changed(call_id="D", call_type="Odd Thing")
    drunk = changed(call_id="E", call_type="Drunk")
    replay(a_file(tmp_path, HEADER, again, drunk), agency)

    types = dict(Call.objects.filter(agency=agency).values_list("source_ref", "type"))
    assert types == {"SATX-1": "", "D": "noise", "E": ""}


def test_the_shipped_sample_has_no_bad_row():
    rows = [row for _number, row in calls_for_service.rows(shipped.SAMPLE)]

    assert len(rows) == 600
    assert not [row for row in rows if isinstance(row, Fault)]


@pytest.mark.parametrize(
    ("before", "after", "seconds"),
    [
        (None, "2024-01-01T00:00:00+00:00", 0),
        ("2024-01-01T00:00:00+00:00", "2024-01-01T00:01:00+00:00", 6),
        ("2024-01-01T00:00:00+00:00", "2023-01-01T00:00:00+00:00", 0),
        ("2023-01-01T00:00:00+00:00", "2024-01-01T00:00:00+00:00", 360),
    ],
    ids=["first", "a minute", "backwards", "a year"],
)
def test_the_gaps_keep_their_rhythm_and_leaps_are_cut(before, after, seconds):
    before = before and datetime.fromisoformat(before)

    assert pace.gap(before, datetime.fromisoformat(after), 10) == seconds
