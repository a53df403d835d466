"""What the programme's figures mean, each told by calls that were really made."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.actions import followup, intake
from dispatch.events import ROUTER
from dispatch.models import FollowUp, FollowUpAttempt
from dispatch.selectors import measures, report
from tests import makers
from tests.selectors.reports import by_phone, figure, lines, made

# follow-up


def agreed(agency, phone="919-555-0142"):
    """Somebody served who agreed to be called back."""
    by_phone(agency, consent="yes", phone=phone)
    return FollowUp.objects.latest("pk")


def attempt(row, *, reached, after):
    followup.attempt(followup_id=row.pk, reached=reached, by=ROUTER)
    last = FollowUpAttempt.objects.filter(followup=row).latest("number")
    last.at += after
    last.save(update_fields=["at"])


def test_an_attempt_is_not_a_contact(centre):
    attempt(agreed(centre), reached=False, after=timedelta(hours=1))

    assert lines(centre, "followed_up") == {
        "Served, long enough ago": (1, 1),
        "Asked for consent": (1, 1),
        "Agreed": (1, 1),
        "Attempted in that time": (1, 1),
        "Reached in that time": (0, 0),
    }


def test_reached_on_the_third_day_counts_for_the_week_alone(centre):
    attempt(agreed(centre), reached=True, after=timedelta(hours=60))

    assert figure(centre, "reached_48h").part == 0
    assert figure(centre, "reached_7d").part == 1


def test_two_calls_of_one_number_are_one_person(centre):
    attempt(agreed(centre), reached=True, after=timedelta(hours=2))
    by_phone(centre, consent="no")
    by_phone(centre, phone="")
    by_phone(centre, phone="")

    found = figure(centre, "reached_7d")

    assert (found.part, found.whole) == (1, 3)


def test_who_was_served_too_lately_is_left_out_and_said(centre):
    attempt(agreed(centre), reached=True, after=timedelta(hours=2))

    soon = figure(centre, "reached_48h", later=timedelta(hours=49))
    week = figure(centre, "reached_7d", later=timedelta(hours=49))

    assert (soon.part, soon.whole) == (1, 1)
    assert (week.part, week.whole) == (0, 0)
    assert "1 people were served too recently to be counted" in week.apart


def test_nobody_served_means_no_cases_and_not_nought_per_cent(centre):
    makers.a_call(centre)

    assert {one.share for one in made(centre).figures if one.whole is not None} == {
        "no cases"
    }


# served


def test_not_triaged_is_not_ineligible_and_open_is_not_unserved(centre):
    by_phone(centre)
    makers.a_call(centre)
    makers.decided(makers.a_call(centre, type="noise"))
    missed = makers.decided(makers.a_call(centre, type="trespass"))

    found = figure(centre, "served")

    assert (found.part, found.whole) == (1, 2)
    assert lines(centre, "not_served") == {"nobody was free": (1,)}
    assert missed.not_served == "no_unit"
    assert "1 were never triaged: not the same as not eligible" in found.apart
    assert "1 were not eligible by a rule" in found.apart


def test_a_call_of_the_past_is_volume_and_nothing_else(centre):
    call = makers.triaged(makers.a_call(centre, simulated="replay"))
    makers.decision.decide(call_id=call.pk, by=ROUTER, send=False)
    intake.return_to_911(call_id=call.pk, reason="past", by=ROUTER)
    by_phone(centre)

    found = made(centre, "yes")

    assert found.calls == 2
    assert figure(centre, "served", which="yes").whole == 1
    assert lines(centre, "times", which="yes")["Call opened to decided"] == (1,)


# times, overrides, volumes


def test_times_run_from_the_moment_the_console_saw(centre):
    makers.a_unit(centre)
    makers.on_scene(makers.decided(makers.a_call(centre, type="trespass")))

    assert lines(centre, "times") == {
        "Call rings to answered": (0,),
        "Call opened to decided": (1,),
        "Offer made to accepted by the clinician": (0,),
        "Accepted by the clinician to caller taken over": (0,),
        "Unit dispatched to acknowledged": (1,),
        "Unit dispatched to en route": (1,),
        "Unit dispatched to on scene": (1,),
    }


@pytest.mark.parametrize(
    ("seconds", "median", "ninetieth"),
    [([5], 5, 5), ([1, 3], 2, 3), (list(range(1, 11)), 5.5, 9)],
)
def test_nine_of_ten_do_not_exceed_the_ninetieth(seconds, median, ninetieth):
    found = measures.span(seconds)

    assert (found.n, found.median, found.ninetieth) == (
        len(seconds),
        median,
        ninetieth,
    )


def test_the_likely_range_is_wilsons():
    low, high = measures.likely(64, 206)

    assert (round(100 * low), round(100 * high)) == (25, 38)


def test_overrides_stand_beside_how_often_their_rule_decided(centre):
    makers.a_unit(centre, "cor")
    makers.override(makers.decided(makers.a_call(centre)), "cor", "officer_asks")
    makers.decided(makers.a_call(centre))

    assert lines(centre, "overrides") == {"E2: Officer on scene asks": (1, 2)}


def test_hours_are_the_agencys_own(centre):
    call = makers.a_call(centre)
    hour = call.opened_at.astimezone(centre.zone).hour

    counts = lines(centre, "hour")

    assert counts[f"{hour:02d}"] == (1,)
    assert sum(count for (count,) in counts.values()) == 1


@pytest.mark.parametrize(
    ("now", "today"),
    [
        ("2026-11-23T00:00:00Z", date(2026, 11, 22)),
        ("2026-11-23T04:59:59Z", date(2026, 11, 22)),
        ("2026-11-23T05:00:00Z", date(2026, 11, 23)),
        ("2026-11-01T03:59:59Z", date(2026, 10, 31)),
        ("2026-11-02T04:59:59Z", date(2026, 11, 1)),
        ("2027-03-15T03:59:59Z", date(2027, 3, 14)),
        ("2027-03-15T04:00:00Z", date(2027, 3, 15)),
        ("2027-01-01T04:59:59Z", date(2026, 12, 31)),
    ],
)
def test_four_weeks_end_on_the_day_that_it_is_in_the_agencys_own_zone(
    centre, now, today
):
    first, last = report.window(centre, None, None, now=datetime.fromisoformat(now))

    assert (first, last) == (today - timedelta(days=27), today)


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2026, 11, 22), "2026-11-22T05:00:00Z", "2026-11-23T05:00:00Z"),
        (date(2026, 11, 1), "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        (date(2027, 3, 14), "2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z"),
        (date(2026, 12, 31), "2026-12-31T05:00:00Z", "2027-01-01T05:00:00Z"),
    ],
    ids=["24 hours", "25 hours", "23 hours", "the year's end"],
)
def test_a_day_of_the_report_goes_from_midnight_to_midnight(centre, day, start, end):
    start, end = datetime.fromisoformat(start), datetime.fromisoformat(end)
    second = timedelta(seconds=1)
    for at in (start - second, start, end - second, end):
        makers.a_call(centre, opened_at=at)

    found = report.report(centre, day, day, now=end)

    hours = [line.counts for line in found.tables[-1].lines]
    assert found.calls == 2
    assert (hours[0], hours[23]) == ((1,), (1,))


def test_simulated_calls_stand_apart_unless_there_are_no_others(centre):
    makers.a_call(centre, simulated="call,answers")
    alone = made(centre)
    makers.a_call(centre)
    makers.a_call(centre)

    assert (alone.which, alone.asked, alone.calls) == ("only", False, 1)
    assert (made(centre).which, made(centre).calls) == ("no", 2)
    assert (made(centre, "yes").calls, made(centre, "only").calls) == (3, 1)


def test_another_centres_calls_are_never_counted(centre):
    other = makers.an_agency()
    makers.a_clinician(other)
    by_phone(other)

    assert made(centre).calls == 0


def test_the_report_costs_the_same_however_many_calls(
    centre, django_assert_num_queries
):
    by_phone(centre, consent="yes")
    made(centre)
    with CaptureQueriesContext(connection) as few:
        made(centre)
    for _number in range(5):
        by_phone(centre, consent="yes")

    with django_assert_num_queries(len(few)):
        assert made(centre).calls == 6
