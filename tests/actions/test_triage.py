"""Triage: four values, said once, and danger that comes late is never overlooked."""

import pytest

from dispatch import nudge
from dispatch.actions import intake, triage
from dispatch.actions.intake import Details
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Answer, Decision
from tests import makers

pytestmark = pytest.mark.django_db

HAZARD = Details(hazard=True)


@pytest.mark.parametrize("value", ["yes", "no", "not_known"])
def test_an_answer_keeps_its_value(centre, value):
    call = makers.late(makers.a_call(centre), weapon=value)

    assert Answer.objects.get(call=call, question="weapon").value == value
    assert call.state == "triaging"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"wepon": "no"}, "wepon"),
        ({"weapon": "maybe"}, "weapon"),
        ({"weapon": ""}, "weapon"),
    ],
    ids=["a question nobody asks", "a value nobody can give", "an empty value"],
)
def test_what_is_no_answer_is_refused_by_its_key(centre, answers, field):
    call = makers.a_call(centre)

    with pytest.raises(Invalid) as refused:
        makers.late(call, **answers)

    assert refused.value.params["field"] == field
    assert not Answer.objects.filter(call=call).exists()


def test_the_same_answers_twice_record_nothing(centre):
    call = makers.late(makers.a_call(centre), weapon="no", threat="not_known")

    again = makers.late(call, weapon="no", threat="not_known")

    assert again.version == call.version
    assert makers.kinds(call).count("AnswersRecorded") == 1


def test_not_asked_is_what_was_before_and_records_nothing(centre):
    call = makers.late(makers.a_call(centre), weapon="not_asked")

    assert makers.kinds(call) == ["CallOpened"]


def test_a_completed_triage_wants_a_decision_and_names_what_is_open(centre):
    call = makers.a_call(centre)

    triage.complete(call_id=call.pk, answers={"weapon": "no"}, by=CLOCK)

    call = makers.fresh(call)
    assert call.decision_wanted_at is not None
    told = makers.events_of(call).get(kind="CallTriaged").body["open_questions"]
    assert "violence" in told
    assert "weapon" not in told


def test_a_closed_call_takes_no_answer(centre):
    call = makers.closed(makers.decided(makers.a_call(centre)))

    with pytest.raises(Invalid):
        makers.late(call, weapon="yes")


def test_a_late_safety_answer_asks_for_a_new_decision(centre):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    call = makers.late(call, weapon="yes")
    assert (call.state, call.decision_wanted_at is None) == ("triaging", False)
    call = makers.decide(call)

    assert Decision.objects.filter(call=call).count() == 2
    assert Decision.objects.filter(call=call).latest("pk").rule == "S3"


@pytest.mark.parametrize(
    "details",
    [
        Details(hazard=True),
        Details(type="overdose"),
        Details(urgent=True),
        Details(caller_kind="third_party"),
    ],
    ids=["a hazard at the place", "it is an overdose", "it is urgent", "who calls"],
)
def test_a_late_correction_that_bears_on_safety_asks_for_a_new_decision(
    centre, details
):
    call = makers.decided(makers.a_call(centre, type="trespass"))

    intake.correct(call_id=call.pk, details=details, by=CLOCK)

    assert makers.fresh(call).decision_wanted_at is not None


@pytest.mark.parametrize("said", [{"answers": {"weapon": "yes"}}, {"details": HAZARD}])
def test_whoever_decides_at_once_wakes_no_worker_whatever_was_recorded(
    centre, said, monkeypatch, django_capture_on_commit_callbacks
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    woken = []
    monkeypatch.setattr(nudge, "route", woken.append)

    with django_capture_on_commit_callbacks(execute=True):
        triage.complete(call_id=call.pk, by=CLOCK, nudged=False, **said)

    assert woken == []
    assert makers.fresh(call).decision_wanted_at is not None
    makers.decide(call)
    with django_capture_on_commit_callbacks(execute=True):
        triage.complete(call_id=call.pk, by=CLOCK)
    assert woken == [call.pk]


def test_a_late_answer_without_danger_leaves_the_decision(centre):
    call = makers.decided(makers.a_call(centre))

    assert makers.late(call, agrees_988="yes").decision_wanted_at is None


def test_a_rolling_unarmed_team_stages_before_anybody_has_decided(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")

    makers.late(call, weapon="yes")

    assert makers.seat_of(call, "crt").mode == "staged"
    assert "StagingOrdered" in makers.kinds(call)


def test_a_team_that_only_rings_is_let_go_when_danger_is_known(centre):
    unit = makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))

    makers.decide(makers.late(call, violence="yes"))

    assert makers.fresh(unit).state == "available"
    assert makers.seat_of(call, "crt").state == "withdrawn"
    assert makers.seat_of(call, "police").state == "wanted"


def test_nobody_is_asked_on_a_decision_that_may_not_hold(centre):
    first = makers.a_unit(centre)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    ring = makers.ringing(call, "crt")
    makers.late(call, weapon="yes")

    makers.ring_out(ring)

    assert not makers.seat_of(call, "crt").offers.filter(state="pending").exists()
    assert makers.fresh(first).state == "available"
