"""What counts as transferred to a clinician, and as diverted by one."""

from datetime import timedelta

import pytest

from dispatch.actions import disposition, intake, seat, transfer
from dispatch.events import ROUTER
from dispatch.selectors.measures import DAY
from tests import makers
from tests.selectors.reports import by_phone, figure, lines, moved


def test_an_offer_that_nobody_took_is_no_transfer(centre):
    by_phone(centre)
    makers.ring_out(makers.ringing(makers.decided(makers.a_call(centre))))

    found = figure(centre, "transferred")

    assert (found.part, found.whole) == (1, None)


def test_an_accepted_call_is_transferred_once_the_clinician_has_the_caller(centre):
    assignment = makers.accepted(makers.decided(makers.a_call(centre)))
    assert figure(centre, "transferred").part == 0
    assert lines(centre, "times")["Offer made to accepted by the clinician"] == (1,)

    transfer.confirm(assignment_id=assignment.pk, by=makers.by(assignment.person))

    assert figure(centre, "transferred").part == 1
    confirmed = lines(centre, "times")["Accepted by the clinician to caller taken over"]
    assert confirmed == (1,)


def test_reached_and_resolved_by_phone_with_nobody_sent_is_diverted(centre):
    by_phone(centre)

    found = figure(centre, "diverted")

    assert (found.part, found.whole, found.share) == (1, 1, "100 %")


@pytest.mark.parametrize(
    ("outcome", "reached"),
    [
        ("resolved_by_phone", None),
        ("resolved_by_phone", False),
        ("declined_help", True),
    ],
    ids=["not known whether reached", "somebody else spoke", "not resolved"],
)
def test_what_is_not_known_or_not_resolved_is_not_diverted(centre, outcome, reached):
    by_phone(centre, outcome, reached=reached)

    found = figure(centre, "diverted")

    assert (found.part, found.whole) == (0, 1)


@pytest.mark.parametrize("kind", ["police", "ems", "cit", "fire"])
def test_somebody_sent_on_the_same_call_is_no_diversion(centre, kind):
    call = makers.decided(makers.a_call(centre))
    assignment = makers.with_clinician(call)
    makers.decision.request_team(
        call_id=call.pk, response=kind, reason="more_help", by=ROUTER
    )
    seat.confirm_told(seat_id=makers.seat_of(call, kind).pk, by=ROUTER)
    disposition.end_session(
        assignment_id=assignment.pk,
        outcomes=["resolved_by_phone"],
        person_reached=True,
        by=makers.by(assignment.person),
    )

    found = figure(centre, "diverted")

    assert (found.part, found.whole) == (0, 1)


@pytest.mark.parametrize(
    ("phone", "address", "diverted"),
    [
        ("919-555-0142", "7 Elm St", 0),
        ("919-555-0199", "12 OAK  st", 0),
        ("919-555-0199", "7 Elm St", 1),
    ],
    ids=["the same number", "the same place", "somebody else elsewhere"],
)
def test_a_team_within_a_day_to_the_person_or_place_counts(
    centre, phone, address, diverted
):
    by_phone(centre, phone="919-555-0142", address="12 Oak St")
    makers.a_unit(centre)
    later = makers.a_call(centre, type="trespass", phone=phone, address=address)
    makers.on_scene(makers.decided(later))

    assert figure(centre, "diverted").part == diverted


def test_a_team_after_the_day_does_not_undo_the_diversion(centre):
    first = by_phone(centre)
    moved(first, DAY + timedelta(hours=1))
    makers.a_unit(centre)
    makers.on_scene(makers.decided(makers.a_call(centre, type="trespass")))

    assert figure(centre, "diverted").part == 1


def test_hang_ups_988_talks_and_duplicates_are_counted_apart(centre):
    by_phone(centre, "caller_hung_up")
    by_phone(centre, "moved_to_988")
    by_phone(centre, type="counselling")
    kept, same = by_phone(centre), by_phone(centre)
    intake.link_calls(call_id=same.pk, duplicate_of=kept.pk, by=ROUTER)

    found = figure(centre, "diverted")

    assert (found.part, found.whole) == (1, 1)
    assert [said[0] for said in found.apart] == ["1"] * 4


def test_a_call_whose_day_is_not_over_is_not_judged_yet(centre):
    by_phone(centre)

    found = figure(centre, "diverted", later=timedelta(hours=23))

    assert found.whole == 0
    assert found.share == "no cases"
    assert found.apart == ("1 are younger than 24 hours",)
