"""Follow-up: by consent, in time, in the way the person wants, and an honest count."""

from datetime import timedelta

import pytest

from dispatch.actions import decision, disposition, followup
from dispatch.errors import Invalid, LostRace, Stale
from dispatch.events import CLOCK
from dispatch.models import Disposition, FollowUp
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def navigator(centre):
    return makers.somebody_free(centre, "navigator")


def planned(centre, **known):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, **known))
    makers.ended(makers.with_clinician(call), consent="yes")
    return FollowUp.objects.get(call=call)


@pytest.mark.parametrize(
    "act",
    [
        lambda row, by: followup.attempt(followup_id=row.pk, reached=True, by=by),
        lambda row, by: followup.postpone(followup_id=row.pk, hours=4, by=by),
        lambda row, by: followup.complete(followup_id=row.pk, outcome="other", by=by),
    ],
    ids=["attempt", "postpone", "complete"],
)
def test_what_a_colleague_has_claimed_is_theirs(centre, navigator, act):
    row = planned(centre)
    followup.claim(followup_id=row.pk, by=makers.by(navigator))
    other = makers.somebody_free(centre, "navigator")

    with pytest.raises(LostRace):
        act(row, makers.by(other))

    act(row, makers.by(navigator))


def attempt(row, *, reached=False, channel="voice"):
    return followup.attempt(
        followup_id=row.pk, reached=reached, channel=channel, by=CLOCK
    )


def test_a_follow_up_is_due_within_two_days(centre):
    row = planned(centre)

    assert (
        timedelta(hours=47)
        < row.due_at - row.planned_at
        <= timedelta(hours=48, seconds=9)
    )
    assert row.state == "due"


def test_a_call_has_one_open_follow_up(centre):
    row = planned(centre)

    again = followup.plan(call_id=row.call_id, due_at=row.due_at, by=CLOCK)

    assert again == row


def test_the_first_navigator_has_it_and_the_second_is_told(centre, navigator):
    row = planned(centre)
    second = makers.somebody_free(centre, "navigator")
    followup.claim(followup_id=row.pk, by=makers.by(navigator))
    followup.claim(followup_id=row.pk, by=makers.by(navigator))

    with pytest.raises(LostRace):
        followup.claim(followup_id=row.pk, by=makers.by(second))

    assert makers.fresh(row).claimed_by == navigator


def test_an_attempt_is_not_a_contact(centre):
    row = attempt(planned(centre))
    assert (row.state, row.attempts, row.reached_at) == ("attempted", 1, None)

    row = attempt(row, reached=True)

    assert (row.state, row.attempts) == ("reached", 2)
    assert row.reached_at is not None


def test_after_five_attempts_nobody_is_pressed_further(centre):
    row = planned(centre)
    for _ in range(5):
        assert row.state != "closed"
        row = attempt(row)

    assert (row.state, row.outcome) == ("closed", "unreachable")
    with pytest.raises(LostRace):
        attempt(row)


def test_who_was_reached_once_is_not_unreachable(centre):
    row = attempt(planned(centre), reached=True)

    for _ in range(5):
        row = attempt(row)

    assert row.state == "reached"


@pytest.mark.parametrize(
    ("preference", "channel", "refused"),
    [
        ("none", "voice", True),
        ("call_only", "text", True),
        ("no_voicemail", "text", True),
        ("not_asked", "text", True),
        ("text_first", "text", False),
        ("not_asked", "voice", False),
    ],
)
def test_nobody_is_reached_against_their_wish(centre, preference, channel, refused):
    row = planned(centre, safe_contact=preference)

    if refused:
        with pytest.raises(Invalid):
            attempt(row, channel=channel)
    else:
        attempt(row, channel=channel)

    assert makers.fresh(row).attempts == (0 if refused else 1)


def test_a_refused_way_says_why(centre):
    with pytest.raises(Invalid) as refused:
        attempt(planned(centre, safe_contact="not_asked"), channel="text")

    assert "nobody has asked them" in str(refused.value.params["why"])


def test_what_a_colleague_did_meanwhile_is_looked_at_again(centre, navigator):
    row = planned(centre)
    followup.claim(followup_id=row.pk, by=makers.by(navigator))

    with pytest.raises(Stale):
        followup.postpone(followup_id=row.pk, hours=4, seen=row.version, by=CLOCK)


@pytest.mark.parametrize("hours", [0, -1, 337])
def test_postponing_is_for_hours_and_not_for_ever(centre, hours):
    with pytest.raises(Invalid):
        followup.postpone(followup_id=planned(centre).pk, hours=hours, by=CLOCK)


def test_a_closed_follow_up_is_not_claimed(centre, navigator):
    row = planned(centre)
    followup.complete(followup_id=row.pk, outcome="engaged", by=CLOCK)

    with pytest.raises(LostRace):
        followup.claim(followup_id=row.pk, by=makers.by(navigator))


def test_a_call_for_care_navigation_is_served_by_the_claim_and_resolved_by_the_end(
    centre, navigator
):
    call = makers.decided(makers.a_call(centre, type="follow_up"))
    row = FollowUp.objects.get(call=call)
    followup.claim(followup_id=row.pk, by=makers.by(navigator))
    assert (makers.fresh(call).state, makers.fresh(call).service) == (
        "working",
        "served",
    )

    followup.complete(followup_id=row.pk, outcome="declined", by=CLOCK)

    assert makers.fresh(call).state == "resolved"
    assert makers.seat_of(call, "cn").state == "done"
    assert Disposition.objects.get(call=call).outcomes == ["declined_help"]


def test_a_later_no_closes_what_was_planned_at_once_and_a_later_yes_plans_anew(centre):
    row = planned(centre)

    makers.closed(row.call, consent="no")

    closed = makers.fresh(row)
    assert (closed.state, closed.outcome) == ("closed", "declined")
    assert closed.closed_at is not None
    told = makers.events_of(row.call).filter(kind="FollowUpClosed").get()
    assert told.body == {"followup": str(row.pk), "outcome": "declined"}
    disposition.reopen(call_id=row.call_id, reason="called_again", by=CLOCK)
    makers.closed(row.call, consent="yes")
    assert FollowUp.objects.exclude(state="closed").get(call=row.call).pk != row.pk


@pytest.mark.parametrize("answer", ["not_known", "not_asked"])
def test_no_answer_closes_nothing(centre, answer):
    row = planned(centre)

    makers.closed(row.call, consent=answer)

    assert makers.fresh(row).state == "due"


@pytest.mark.parametrize(
    ("claimed", "left"), [(False, "withdrawn"), (True, "done")], ids=["open", "claimed"]
)
def test_who_says_no_lets_care_navigation_go_whoever_has_it(
    centre, navigator, claimed, left
):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    decision.request_team(call_id=call.pk, response="cn", reason="care", by=CLOCK)
    row = FollowUp.objects.get(call=call)
    if claimed:
        followup.claim(followup_id=row.pk, by=makers.by(navigator))

    makers.ended(makers.with_clinician(call), consent="no")

    assert makers.fresh(row).outcome == "declined"
    assert makers.seat_of(call, "cn").state == left
