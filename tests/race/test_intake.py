"""Eight positions at once: numbers without gaps, links without loops."""

from functools import partial

import pytest
from django.db import DataError

from dispatch.actions import intake
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Call, Event
from dispatch.selectors import chain
from tests import makers


def opening(centre, **known):
    return partial(
        intake.open_call, agency_id=centre.pk, intake=Intake(**known), by=CLOCK
    )


def counted(model, centre, column):
    rows = model.objects.filter(agency=centre).order_by(column)
    return list(rows.values_list(column, flat=True))


def test_call_numbers_have_no_gap_under_parallel_openers_and_broken_openings(
    centre, at_once
):
    # No column holds such a zone: its number was already taken when that shows.
    broken = opening(centre, zone="z" * 999)
    for _ in range(5):
        told = at_once(*[opening(centre)] * 8, *[broken] * 4, losing=DataError)
        assert sum(isinstance(one, DataError) for one in told) == 4

    numbers = [int(number[3:]) for number in counted(Call, centre, "number")]

    assert numbers == list(range(1, 41))
    assert counted(Event, centre, "number") == list(range(1, 41))


def test_a_journal_that_grows_while_it_is_checked_is_whole(centre, at_once):
    def opens():
        for _ in range(40):
            opening(centre)()

    def checks():
        return [chain.verify(centre).faults for _ in range(40)]

    told = at_once(opens, opens, checks)

    assert told[2] == [()] * 40


def test_the_same_event_of_another_system_at_once_is_one_call(centre, at_once):
    told = at_once(*[opening(centre, source_ref="CAD-9")] * 6)

    assert len(set(told)) == 1
    assert counted(Call, centre, "number") == [told[0].number]


@pytest.mark.parametrize("attempt", range(3))
def test_linking_both_ways_at_once_neither_waits_for_ever_nor_loops(
    centre, at_once, attempt
):
    one, two = makers.a_call(centre), makers.a_call(centre)

    told = at_once(
        partial(intake.link_calls, call_id=one.pk, duplicate_of=two.pk, by=CLOCK),
        partial(intake.link_calls, call_id=two.pk, duplicate_of=one.pk, by=CLOCK),
        losing=Invalid,
    )

    assert sorted(type(answer).__name__ for answer in told) == ["Call", "Invalid"]
    assert Call.objects.filter(state="duplicate").count() == 1


def test_what_happens_to_many_calls_at_once_is_numbered_without_gap_or_twin(
    centre, at_once
):
    calls = [makers.a_call(centre) for _ in range(8)]

    at_once(
        *[
            partial(intake.add_note, call_id=call.pk, text="seen", by=CLOCK)
            for call in calls
        ]
    )

    assert counted(Event, centre, "number") == list(range(1, 17))
    assert not chain.verify(centre).faults
