"""A rehearsed day: every clock divided, real code paths, and promises that are checked."""

import copy
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from dispatch.management.centre.scene import ASKING
from dispatch.management.rehearsal import floor, play, printed, report, scaled, staff
from dispatch.management.rehearsal.scaled import COUNTS, in_force
from dispatch.models import Agency, Alarm, Call, Decision, Event, Offer, User
from dispatch.selectors import due
from routing import store
from routing.core import protocol
from routing.core.facts import Response
from routing.core.protocol import CLOCKS
from routing.core.table import is_open
from tests.makers import a_call, a_clinician, an_agency, decided, shipped

SPEED = 300
WORDINGS = (
    "sanantonio_sapd,{},Welfare Check",
    "sanantonio_sapd,{},Disturbance",
    "toronto_tps_pic,{},Person in Crisis",
    "toronto_tps_pic,{},Suicide-related",
)
HEADER = (
    "call_id,source,received_at,time_precision,call_type,lat,lon,location,district\n"
)
BEGINS = datetime(2025, 5, 5, 13, 0, tzinfo=UTC)


def a_day(folder, number):
    """So many calls, ten seconds apart, and one before that nobody has mapped."""
    kinds = ["sanantonio_sapd,{},Sky falling"]
    kinds += [WORDINGS[n % len(WORDINGS)] for n in range(number)]
    lines = [
        f"R-{n},{kind},29.4,-98.4,100 Main St,S\n".format(
            f"{(BEGINS + timedelta(seconds=10 * n)).isoformat()},second"
        )
        for n, kind in enumerate(kinds)
    ]
    path = folder / "day.csv"
    path.write_text(HEADER + "".join(lines))
    return path


def rehearse(path, **options):
    """Exit status and the report."""
    out = io.StringIO()
    said = {"speed": SPEED, "json": True, "stdout": out, "stderr": io.StringIO()}
    try:
        call_command("rehearse", path, **{"day": BEGINS.date(), **said, **options})
        status = 0
    except SystemExit as end:
        status = end.code
    return status, json.loads(out.getvalue())


# The whole of it


def test_a_rehearsed_day_leaves_no_call_without_an_owner_or_a_code(
    own_database, tmp_path, monkeypatch
):
    ends = play.Rehearsal._over

    def over(self, seen):
        """At the machine's own pace: when most are decided, however long that takes."""
        decided = Decision.objects.values("call").distinct().count()
        self.went.stopped = enough = decided > 20 and self.elapsed > 2400
        return enough or ends(self, seen)

    monkeypatch.setattr(play.Rehearsal, "_over", over)
    live = an_agency("live")
    before = Event.objects.filter(agency=live).count()

    status, found = rehearse(a_day(tmp_path, 30))

    agency = Agency.objects.get(code__startswith="rehearsal-")
    assert status == 0, found
    assert not any(found["broken"].values())
    assert (found["rehearsal"]["calls"], found["calls"]["opened"]) == (30, 30)
    # It may stop while a call is still asked about; none ends without one.
    undecided = Call.objects.exclude(pk__in=Decision.objects.values("call"))
    assert set(undecided.values_list("state", flat=True)) <= ASKING
    assert sum(found["calls"]["decided_first"].values()) == 30 - undecided.count() > 20
    assert found["calls"]["open_with_owner"] == found["calls"]["open"]
    assert found["offers"]["made"] == Offer.objects.count() > 0
    assert found["alarms"].keys() == set(Alarm.objects.values_list("about", flat=True))
    assert not Call.objects.filter(simulated="").exists()
    assert not User.objects.filter(agency=agency, simulated=False).exists()
    assert Event.objects.filter(agency=live).count() == before


def test_where_nobody_works_each_call_has_an_alarm(own_database, tmp_path, monkeypatch):
    monkeypatch.setattr(play, "LINGER", 900.0)

    status, found = rehearse(a_day(tmp_path, 5), staff="none")

    assert status == 0, found
    assert found["rehearsal"]["stopped before all was over"] == "yes"
    figures = found["calls"]
    assert (figures["open"], figures["open_with_owner"]) == (5, 0)
    assert figures["open_with_alarm"] == found["alarms"]["unowned"]["open"] == 5
    agency = Agency.objects.get()
    Alarm.objects.update(state="ended")
    assert not report.holds({"broken": report.broken(agency)})


def test_a_clock_that_does_not_go_round_is_found_out(
    own_database, tmp_path, monkeypatch
):
    monkeypatch.setattr(play, "LINGER", 300.0)
    monkeypatch.setattr(play, "round_", lambda *, sealing: None)

    status, found = rehearse(a_day(tmp_path, 2), staff="none")

    broken = found["broken"]["an open call has an owner or an open alarm"]
    assert (status, len(broken)) == (1, 2)


@pytest.mark.parametrize(
    "options",
    [
        {"staff": "clinician=many"},
        {"staff": "wizard=1"},
        {"agency": "taken"},
        {"day": BEGINS.date() + timedelta(days=1)},
    ],
    ids=str,
)
def test_what_cannot_be_rehearsed_is_refused(db, tmp_path, options):
    an_agency("taken")

    with pytest.raises(CommandError):
        rehearse(a_day(tmp_path, 1), **options)

    assert Agency.objects.count() == 1


def test_nothing_is_rehearsed_where_real_callers_are(db, tmp_path, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="real callers"):
        rehearse(a_day(tmp_path, 1))


# The protocol


def test_every_clock_is_divided_and_no_count():
    usual = shipped()
    before = copy.deepcopy(usual)

    made = scaled.scaled(usual, 60)

    assert usual == before
    read, was = protocol.read(made), protocol.read(usual)
    for name in CLOCKS:
        wanted = was.clocks[name] / (1 if name in COUNTS else 60)
        assert read.clocks[name] == pytest.approx(wanted, abs=1e-4), name
    assert read.queue.rises == pytest.approx([at / 60 for at in was.queue.rises])
    assert read.queue.sticky == pytest.approx(was.queue.sticky / 60, abs=1e-4)
    assert read.queue.relax_required == pytest.approx(was.queue.relax_required / 60)
    assert read.queue.targets[Response.CRT] == was.queue.targets[Response.CRT] / 60
    assert read.ranking.rest == was.ranking.rest / 60
    same = ("capacity", "ring_at_once", "missed_offers", "wishes")
    assert all(getattr(read.queue, n) == getattr(was.queue, n) for n in same)
    assert (read.ranking.near, read.hours) == (was.ranking.near, was.hours)


def test_what_a_document_leaves_out_runs_faster_too():
    bare = {key: value for key, value in shipped().items() if key != "clocks"}
    bare |= {"queue": {}, "ranking": {}}

    read = protocol.read(scaled.scaled(bare, 60))

    assert read.clocks["offer_rings"] == pytest.approx(20 / 60, abs=1e-4)
    assert read.queue.rises == (2, 5)
    assert read.ranking.rest == 5


def test_a_clock_that_would_be_too_short_is_named():
    assert scaled.cut_short(shipped(), 60) == []
    assert "silence" in scaled.cut_short(shipped(), 600)
    assert scaled.scaled(shipped(), 600)["clocks"]["silence"] == scaled.LEAST


@pytest.mark.parametrize("now", range(24))
def test_the_hours_are_those_of_the_rehearsed_day(now):
    at = datetime(2026, 11, 23, now, 59, tzinfo=ZoneInfo("America/New_York"))

    def open_at(hour):
        made = protocol.read(in_force(shipped(), BEGINS.replace(hour=hour), at))
        minute = at.hour * 60 + at.minute
        return {
            kind.value for kind, hours in made.hours.items() if is_open(minute, hours)
        }

    assert open_at(3) == {"ccd"}
    assert open_at(10) == {"ccd", "crt", "cor"}
    assert open_at(22) == {"ccd", "crt"}


def test_an_offer_rings_for_a_part_of_a_second(db):
    agency = an_agency()
    # Only these: on a slow machine whoever is there would count as absent.
    clocks = shipped()["clocks"] | {"offer_rings": 20 / 60}
    waits = shipped()["queue"] | {"rises": [0.5, 1.5]}
    short = {"hours": {}, "clocks": clocks, "queue": waits}
    store.publish(agency.pk, shipped() | short)
    a_clinician(agency)

    call = decided(a_call(agency, type="suicide_threat", caller_kind="person"))

    offer = Offer.objects.get(seat__call=call)
    rang = (offer.expires_at - offer.made_at).total_seconds()
    assert rang == pytest.approx(20 / 60, abs=0.001)
    assert list(due.waiting_calls(agency.pk)) == []


# The people


def test_the_staff_is_as_asked_and_else_as_usual():
    assert staff.understood("") == staff.USUAL
    assert staff.understood("crt=2,cor=0") == staff.USUAL | {"crt": 2, "cor": 0}
    assert set(staff.understood("none").values()) == {0}


def test_some_are_silent_for_minutes_and_the_same_each_time():
    minutes = [BEGINS + timedelta(minutes=n) for n in range(24 * 60)]
    heard = Counter(
        staff.silent(f"Clinician {n}", at) for n in range(20) for at in minutes
    )

    share = heard[True] / heard.total()
    assert share == pytest.approx(staff.SILENT_HOURS * staff.SILENT_FOR / 3600, rel=0.3)


def test_an_alarm_is_taken_and_a_call_of_somebody_silent_goes_to_another():
    away, here = uuid4(), uuid4()
    call = SimpleNamespace(id=uuid4(), owner=away, helps=())
    seen = SimpleNamespace(now=BEGINS, speed=60, calls={call.id: call})
    known = {
        "pk": uuid4(),
        "about": "waiting",
        "call_id": call.id,
        "raised_at": BEGINS - timedelta(seconds=1),
    }
    one = SimpleNamespace(state="raised", owner_id=None, **known)
    taken = SimpleNamespace(state="taken", owner_id=here, **known)

    (take,) = floor.steps(seen, [one], [here])
    (over,) = floor.steps(seen, [taken], [here])

    assert (take.verb, take.by, take.row) == ("take_alarm", here, one.pk)
    assert (over.verb, over.by, over.row) == ("take_call", here, call.id)
    assert floor.steps(seen, [one], []) == []


def test_the_report_is_printed_in_lines():
    said = {
        "waits": {"ccd": {"of": 2, "median": 3}, "crt": None},
        "broken": {"an open call has an owner": ["26-1"], "whole": []},
        "alarms": {},
    }

    assert list(printed.lines(said)) == [
        "WAITS",
        "  ccd: of 2, median 3",
        "  crt: -",
        "BROKEN",
        "  an open call has an owner: 26-1",
        "  whole: holds",
        "ALARMS",
        "  none",
    ]
