"""The pages of navigator, supervisor and administrator."""

import re
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.actions import decision, followup, integration, safety
from dispatch.actions.base import database_now
from dispatch.events import ROUTER
from dispatch.models import AccessRecord, Event, FollowUp, SourceWording, Unit
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_day():
    """A centre where it is about noon now: no midnight falls into the test."""
    hours = database_now().astimezone(UTC).hour - 12
    return makers.an_agency(zone=f"Etc/GMT{hours:+d}")


@pytest.fixture
def browser(client):
    """A browser for whoever is named: ``browser(user)`` signs in."""

    def open_for(user):
        client.force_login(user)
        return client

    return open_for


def press(client, name, *args, **said):
    path = reverse(name, args=args)
    return client.post(path, {"key": str(uuid4()), **said})


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# follow-ups


@pytest.fixture
def due(centre):
    """A call whose person agreed to be called back."""
    return one_due(centre)


def one_due(centre, **known):
    makers.a_clinician(centre)
    session = makers.with_clinician(makers.decided(makers.a_call(centre, **known)))
    makers.ended(session, consent="yes")
    return FollowUp.objects.latest("pk")


def test_an_empty_list_says_how_it_fills(centre, browser):
    page = browser(makers.a_user(centre, "navigator")).get(reverse("followups"))

    assert "Nobody is to be called back." in words(page)


def test_the_number_shows_to_whoever_claims_it_and_is_recorded(centre, due, browser):
    navigator = makers.a_user(centre, "navigator")
    page = browser(navigator)
    before = words(page.get(reverse("followups"), {"open": due.pk}))

    taken = press(page, "followup_claim", due.pk, seen=due.version)
    after = words(page.get(taken.url))

    assert "919-555-0142" not in before
    assert "919-555-0142" in after
    assert "919-555-0142" not in words(page.get(reverse("followups_live")))
    seen = AccessRecord.objects.get(verb="followup.see")
    assert (seen.user, seen.call) == (navigator, due.call)


@pytest.mark.parametrize("role", ["navigator", "supervisor"])
def test_a_colleague_sees_who_has_it_and_no_number(centre, due, browser, role):
    first = makers.a_user(centre, "navigator", "P. First")
    followup.claim(followup_id=due.pk, by=makers.by(first))
    page = browser(makers.a_user(centre, role))

    said = words(page.get(reverse("followups"), {"open": due.pk}))

    assert "P. First" in said
    assert "919-555-0142" not in said
    assert not AccessRecord.objects.filter(verb="followup.see").exists()


def test_two_presses_from_the_list_to_reached(centre, due, browser):
    page = browser(makers.a_user(centre, "navigator"))

    press(page, "followup_claim", due.pk, seen=due.version)
    press(page, "followup_attempt", due.pk, channel="voice", reached="yes", seen=2)

    assert makers.fresh(due).state == "reached"
    assert makers.fresh(due).attempts == 1


def test_postponed_and_closed_with_an_outcome(centre, due, browser):
    page = browser(makers.a_user(centre, "navigator"))
    press(page, "followup_claim", due.pk)

    press(page, "followup_postpone", due.pk, hours="72")
    later = makers.fresh(due).due_at
    refused = press(page, "followup_close", due.pk, outcome="")
    press(page, "followup_close", due.pk, outcome="engaged")

    assert later > due.due_at
    assert refused.status_code == 422
    assert makers.fresh(due).outcome == "engaged"


def test_a_refused_channel_cannot_be_pressed_and_says_why(centre, browser):
    row = one_due(centre, safe_contact="call_only")
    page = browser(makers.a_user(centre, "navigator"))
    shown = page.get(press(page, "followup_claim", row.pk).url)

    refused = press(page, "followup_attempt", row.pk, channel="text", reached="no")

    channels = {one["code"]: one["why"] for one in shown.context["channels"]}
    assert channels == {"voice": "", "text": "not wanted", "visit": ""}
    assert re.search(r'value="text" disabled', shown.content.decode())
    assert refused.status_code == 422
    assert makers.fresh(row).attempts == 0


def test_who_asked_not_to_be_contacted_is_not_tried(centre, browser):
    row = one_due(centre, safe_contact="none")
    page = browser(makers.a_user(centre, "navigator"))

    shown = page.get(press(page, "followup_claim", row.pk).url)

    assert "asked not to be contacted" in words(shown)
    assert reverse("followup_attempt", args=[row.pk]) not in shown.content.decode()


def test_nobody_tries_what_somebody_else_has_claimed(centre, due, browser):
    first = makers.a_user(centre, "navigator", "P. First")
    followup.claim(followup_id=due.pk, by=makers.by(first))
    page = browser(makers.a_user(centre, "navigator"))

    assert press(page, "followup_claim", due.pk).status_code == 409
    answer = press(page, "followup_attempt", due.pk, channel="voice", reached="yes")
    assert answer.status_code == 409
    assert "Somebody else was first." in words(answer)
    assert makers.fresh(due).attempts == 0


def test_a_supervisor_reads_the_list_and_presses_nothing(centre, due, browser):
    page = browser(makers.a_user(centre, "supervisor"))

    shown = page.get(reverse("followups")).content.decode()

    assert reverse("followup_claim", args=[due.pk]) not in shown
    assert press(page, "followup_claim", due.pk).status_code == 403


# report


def test_the_report_says_its_window_and_its_side(centre, browser):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre, simulated="all of it")))
    page = browser(makers.a_user(centre, "supervisor"))

    alone = words(page.get(reverse("report")))
    left_out = words(page.get(reverse("report"), {"simulated": "no"}))

    assert "There are only simulated calls in these days" in alone
    assert "America/New_York" in alone
    assert "Calls transferred to a clinician 1 calls" in alone
    assert "Calls transferred to a clinician 0 calls" in left_out
    assert "no cases" in left_out


def test_the_report_is_of_four_weeks_that_end_today(by_day, browser):
    page = browser(makers.a_user(by_day, "administrator"))

    shown = page.get(reverse("report")).context["report"]

    today = database_now().astimezone(by_day.zone).date()
    assert (shown.first, shown.last) == (today - timedelta(days=27), today)


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday"},
        {"from": "2026-02-02", "to": "2026-01-01"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"to": "0001-01-01"},
    ],
)
def test_days_that_make_no_window_are_refused_in_words(centre, browser, asked):
    page = browser(makers.a_user(centre, "supervisor"))

    assert page.get(reverse("report"), asked).status_code == 422


def test_small_numbers_do_not_leave_the_house(centre, browser):
    makers.a_clinician(centre)
    makers.with_clinician(makers.decided(makers.a_call(centre)))
    for _number in range(12):
        makers.a_call(centre, type="trespass")

    answer = browser(makers.a_user(centre, "administrator")).get(reverse("report_csv"))

    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/csv")
    assert "figure,transferred,,part,<11" in text
    # One type alone would be the total less the other: neither is shown.
    assert "table,type,Mental-health crisis,Calls,<11" in text
    assert "table,type,Report of an unwanted person,Calls,<11" in text
    assert "table,zone,District 2,Calls,13" in text
    assert "table,times,Call opened to decided,Median,<11" in text


def test_a_zone_is_no_formula_of_a_spreadsheet(centre, browser):
    makers.a_call(centre, zone="=1+1")

    answer = browser(makers.a_user(centre, "supervisor")).get(reverse("report_csv"))

    assert ",'=1+1," in answer.content.decode()


# staff


@pytest.fixture
def team(centre):
    return makers.a_unit(centre, name="CRT 2")


def test_the_floor_takes_a_unit_out_of_service_and_back(centre, team, browser):
    floor = browser(makers.a_user(centre, "dispatcher"))

    refused = press(floor, "unit_out", team.pk, reason="")
    press(floor, "unit_out", team.pk, reason="vehicle")
    out = makers.fresh(team)
    shown = words(floor.get(reverse("staff")))
    press(floor, "unit_in", team.pk)

    assert refused.status_code == 422
    assert (out.state, out.reason) == ("out_of_service", "vehicle")
    assert "Back in service" in shown
    assert makers.fresh(team).state == "available"


def test_the_floor_ends_an_emergency_and_a_crew_does_not_from_here(
    centre, team, browser
):
    crew = team.shifts.get().user
    safety.emergency(unit_id=team.pk, by=makers.by(crew))

    refused = press(browser(crew), "unit_over", team.pk)
    floor = browser(makers.a_user(centre, "dispatcher"))
    shown = words(floor.get(reverse("staff")))
    press(floor, "unit_over", team.pk)

    assert refused.status_code == 403
    assert "Emergency is over" in shown
    assert Unit.objects.get(pk=team.pk).emergency_at is None


def test_what_the_radio_says_is_recorded_as_such(centre, team, browser):
    makers.on_scene(makers.decided(makers.a_call(centre, type="trespass")))
    floor = browser(makers.a_user(centre, "supervisor"))
    before = makers.fresh(team).check_due_at

    shown = words(floor.get(reverse("staff_live")))
    press(floor, "unit_radio", team.pk)

    assert "Radio says OK" in shown
    assert makers.fresh(team).check_due_at > before
    assert Event.objects.get(kind="CrewSafe").body["by_radio"] is True


def test_whose_page_went_silent_is_marked(centre, browser):
    clinician = makers.a_clinician(centre, "D. Mercer")
    makers.silent(clinician)

    shown = browser(makers.a_user(centre, "supervisor")).get(reverse("staff"))

    person = next(one for one in shown.context["people"] if one.name == "D. Mercer")
    assert person.quiet
    assert "silent" in words(shown)


def test_a_supervisor_reads_todays_overrides_and_others_do_not(by_day, browser):
    call = makers.decided(makers.a_call(by_day))
    boss = makers.a_user(by_day, "supervisor", "S2 Grant")
    decision.override(
        call_id=call.pk, response="cor", reason="officer_asks", by=makers.by(boss)
    )

    mine = words(browser(boss).get(reverse("staff")))
    theirs = [
        words(browser(makers.a_user(by_day, role)).get(reverse("staff")))
        for role in ("dispatcher", "administrator")
    ]

    assert "Co-Response Team Officer on scene asks S2 Grant" in mine
    assert not any("Officer on scene asks" in said for said in theirs)


def test_an_administrator_reads_the_units_and_presses_nothing(centre, team, browser):
    page = browser(makers.a_user(centre, "administrator"))

    assert "CRT 2" in words(page.get(reverse("staff")))
    assert press(page, "unit_out", team.pk, reason="vehicle").status_code == 403


def test_the_staff_page_costs_the_same_for_many(
    centre, team, browser, django_assert_num_queries
):
    page = browser(makers.a_user(centre, "supervisor"))
    page.get(reverse("staff"))
    with CaptureQueriesContext(connection) as few:
        page.get(reverse("staff"))
    for _number in range(6):
        makers.a_unit(centre)
        makers.a_clinician(centre)

    with django_assert_num_queries(len(few)):
        page.get(reverse("staff"))


# call types


def test_unmapped_wordings_come_first_and_are_mapped_in_place(centre, browser):
    integration.load_wordings(
        agency_id=centre.pk, rows=[("city", "TRESPASSER", "trespass")], by=ROUTER
    )
    integration.count_wordings(
        agency_id=centre.pk, seen={("city", "ODD THING"): 3}, by=ROUTER
    )
    page = browser(makers.a_user(centre, "supervisor"))
    shown = page.get(reverse("wordings"))
    row = SourceWording.objects.get(wording="ODD THING")

    refused = press(page, "wording_put", row.pk, type="no_such_type")
    press(page, "wording_put", row.pk, type="noise")
    press(page, "wording_put", row.pk, type="noise")

    assert [one.text for one in shown.context["list"].rows] == [
        "ODD THING",
        "TRESPASSER",
    ]
    assert "1 of 2 has no type 3 calls came with one of those" in words(shown)
    assert refused.status_code == 422
    assert makers.fresh(row).type == "noise"
    assert Event.objects.filter(kind="WordingMapped").count() == 1


def test_a_wording_is_found_by_its_words(centre, browser):
    rows = [("city", "TRESPASSER", "trespass"), ("city", "LOUD NOISE", "noise")]
    integration.load_wordings(agency_id=centre.pk, rows=rows, by=ROUTER)
    page = browser(makers.a_user(centre, "administrator"))

    shown = page.get(reverse("wordings"), {"words": "noi"})

    assert [one.text for one in shown.context["list"].rows] == ["LOUD NOISE"]


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("followups", {"navigator", "supervisor"}),
        ("report", {"supervisor", "administrator"}),
        ("report_csv", {"supervisor", "administrator"}),
        ("staff", {"dispatcher", "supervisor", "administrator"}),
        ("wordings", {"supervisor", "administrator"}),
    ],
)
def test_each_page_opens_for_its_roles_alone(centre, browser, name, opens):
    roles = ("dispatcher", "clinician", "responder", "navigator")
    roles = (*roles, "supervisor", "administrator", "wallboard")

    status = {
        role: browser(makers.a_user(centre, role)).get(reverse(name)).status_code
        for role in roles
    }

    assert status == {role: 200 if role in opens else 403 for role in roles}
